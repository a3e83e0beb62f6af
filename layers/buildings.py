"""Buildings: prisms from footprints, or the roofs and walls of LoD2 as they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from layers import blocks, coarse, footprints, kernels, palette, solid, wkb
from twin.api import shapes

KIND = "buildings"
VERSION = 7
COLUMNS: tuple[str, ...] = ("height", "ground", "surfaces", "facade")
DETAILS = (0.0, 0.3, 6.0)
"""Metres by which each level of detail may be off: with façades, plain, as boxes."""
FACADES = True
"""The finest level is drawn as far as façades are seen."""
AFAR = palette.AFAR
"""What they melt into where a pixel holds several."""

coarsen = blocks.coarsen
heights = blocks.heights

_COLOURS = np.concatenate([palette.STONE, palette.ROOF])


def encode(table: pa.Table) -> bytes:
    """Footprints quantised to 1/65,535 of the tile's longer side; solid faces as they are."""
    return encode_tiles(table, (0, len(table)))[0]


def encode_tiles(table: pa.Table, starts: Sequence[int]) -> list[bytes]:
    """The same of several tiles, each a run of rows: much of the work costs as much for a few as for many."""
    return [shapes.pack(**arrays) for arrays in footprints.packed(table, starts)]


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """Walls and roofs; the coral stone's tint goes by feature."""
    packed = shapes.unpack(payload)
    if level == 2 or blocks.is_coarse(packed):
        return blocks.mesh(packed)
    solids = solid.meshed(packed)
    made = _plain(packed, solids) if level == 1 else _prisms(packed, solids)
    tint = palette.stone(made.fids)[made.owner]
    return shapes.Arrays(
        origin=tuple(float(value) for value in packed["origin"]),  # type: ignore[arg-type]
        points=made.points,
        triangles=made.triangles,
        normals=made.normals,
        owner=made.owner,
        fids=made.fids,
        base=np.take(_COLOURS, tint + 4 * made.roof, axis=0),
        foot=made.foot,
        part=made.part if len(solids.points) else None,
        facade=made.facade if level == 0 else None,
    )


def targets(payload: bytes) -> shapes.Targets:
    """What a ray may meet: the footprints as they are, and the faces of courtyards and solids."""
    packed = shapes.unpack(payload)
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / wkb.STEPS)
    courts, solids = packed["court_points"], packed["face_points"]
    # Copies: a view of one of them would keep all of the payload in memory.
    starts, ground, height, fids = (packed[name].copy() for name in ("starts", "ground", "height", "fids"))
    parts = shapes.parts(packed, "face_part", len(solids))
    return shapes.Targets(
        origin=tuple(float(value) for value in packed["origin"]),  # type: ignore[arg-type]
        x=np.ascontiguousarray(xy[:, 0]),
        y=np.ascontiguousarray(xy[:, 1]),
        starts=starts,
        ground=ground,
        height=height,
        fids=fids,
        points=np.concatenate([courts, solids]),
        triangles=np.concatenate([packed["court_triangles"], packed["face_triangles"] + len(courts)]).astype(np.int32),
        owner=np.concatenate([packed["court_owner"], packed["face_owner"] + len(packed["court_fids"])]),
        part=np.concatenate([np.full(len(courts), -1, np.int32), parts]),
        owners=np.concatenate([packed["court_fids"], packed["face_fids"]]),
    )


def _prisms(packed: shapes.Packed, solids: solid.Part) -> solid.Part:
    """Footprints as prisms, and the solids after them: into arrays with room for both, so that nothing is copied."""
    starts, fids = packed["starts"], packed["fids"]
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / wkb.STEPS)
    rings, sizes = len(starts) - 1, np.diff(starts)
    sides = max(0, 3 * len(xy) - 2 * rings)
    most = int(np.sum(4 * sizes + np.maximum(sizes, 3 * (sizes - 2)))) + len(solids.points)
    points, normals = np.empty((most, 3), np.float32), np.empty((most, 3), np.float32)
    foot, owner = np.empty(most, np.float32), np.empty(most, np.int32)
    facade = np.empty((most, 4), np.float32)
    triangles = np.empty((sides + len(solids.triangles), 3), np.int32)
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    ground, height, begin = packed["ground"], packed["height"], palette.begins(fids)
    wood = packed.arrays.get("wood", np.zeros(rings, bool))
    count, _ = kernels.prisms(
        x, y, starts, ground, height, begin, wood, points, normals, foot, facade, owner, triangles
    )
    stop = count + len(solids.points)
    points[count:stop], normals[count:stop] = solids.points, solids.normals
    foot[count:stop], facade[count:stop] = solids.foot, solids.facade
    owner[count:stop], triangles[sides:] = solids.owner + len(fids), solids.triangles + count
    roof = normals[:stop, 2] > 0.5
    roof[count:] = solids.roof
    part = np.concatenate([np.full(count, -1, np.int32), solids.part])
    return solid.Part(
        points[:stop],
        triangles,
        normals[:stop],
        owner[:stop],
        np.concatenate([fids, solids.fids]),
        roof,
        foot[:stop],
        part,
        facade[:stop],
    )


def _plain(packed: shapes.Packed, solids: solid.Part) -> solid.Part:
    """The same with shared corners and no façades: what is seen from some way off."""
    starts, fids = packed["starts"], packed["fids"]
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / wkb.STEPS)
    rings, count = len(starts) - 1, 2 * len(xy)
    sides, most = max(0, 3 * len(xy) - 2 * rings), 2 * len(xy) + len(solids.points)
    points, normals = np.empty((most, 3), np.float32), np.empty((most, 3), np.float32)
    foot, owner = np.empty(most, np.float32), np.empty(most, np.int32)
    triangles = np.empty((sides + len(solids.triangles), 3), np.int32)
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    coarse.plain(x, y, starts, packed["ground"], packed["height"], points, normals, foot, owner, triangles)
    points[count:], normals[count:], foot[count:] = solids.points, solids.normals, solids.foot
    owner[count:], triangles[sides:] = solids.owner + len(fids), solids.triangles + count
    roof = normals[:, 2] > 0.5
    roof[count:] = solids.roof
    part = np.concatenate([np.full(count, -1, np.int32), solids.part])
    whole = np.concatenate([fids, solids.fids])
    return solid.Part(points, triangles, normals, owner, whole, roof, foot, part, solids.facade)
