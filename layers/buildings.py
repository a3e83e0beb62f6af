"""Buildings: prisms from footprints, or the roofs and walls of LoD2 as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import blocks, coarse, kernels, lips, palette, solid
from layers.faces import Faces, triangulated
from twin.api import shapes

KIND = "buildings"
VERSION = 7
COLUMNS: tuple[str, ...] = ("height", "ground", "surfaces", "facade")
WOODEN = "roshan"
"""The façade that has wooden bays."""

DETAILS = (0.0, 0.3, 6.0)
"""Metres by which each level of detail may be off: with façades, plain, as boxes."""
AFAR = palette.AFAR
"""What they melt into where a pixel holds several."""

coarsen = blocks.coarsen
heights = blocks.heights

_STEPS = 65_535
_COLOURS = np.concatenate([palette.STONE, palette.ROOF])


def encode(table: pa.Table) -> bytes:
    """Footprints quantised to 1/65,535 of the tile's longer side; solid faces as they are."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    fids = table.column("fid").to_numpy()
    high = shapely.has_z(geometries)
    boxes = shapely.bounds(geometries)
    there = np.isfinite(boxes[:, 0])
    origin = np.array([*np.nanmin(boxes[:, :2], axis=0), 0.0]) if there.any() else np.zeros(3)
    return shapes.pack(
        origin=origin,
        **_footprints(table, geometries, fids, there, there & ~high, origin),
        **solid.packed(table, geometries, there & high, origin),
    )


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
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / _STEPS)
    courts, solids = packed["court_points"], packed["face_points"]
    parts = shapes.parts(packed, "face_part", len(solids))
    return shapes.Targets(
        origin=tuple(float(value) for value in packed["origin"]),  # type: ignore[arg-type]
        x=np.ascontiguousarray(xy[:, 0]),
        y=np.ascontiguousarray(xy[:, 1]),
        starts=packed["starts"],
        ground=packed["ground"],
        height=packed["height"],
        fids=packed["fids"],
        points=np.concatenate([courts, solids]),
        triangles=np.concatenate([packed["court_triangles"], packed["face_triangles"] + len(courts)]).astype(np.int32),
        owner=np.concatenate([packed["court_owner"], packed["face_owner"] + len(packed["court_fids"])]),
        part=np.concatenate([np.full(len(courts), -1, np.int32), parts]),
        owners=np.concatenate([packed["court_fids"], packed["face_fids"]]),
    )


def _footprints(table: pa.Table, geometries: Any, fids: Any, there: Any, flat: Any, origin: Any) -> dict[str, Any]:
    parts, whose = shapely.get_parts(geometries[flat], return_index=True)
    shells = shapely.orient_polygons(parts)
    whole = shapely.get_num_interior_rings(shells) == 0
    ground = _numbers(table, "ground", 0.0)[flat]
    height = np.maximum(_numbers(table, "height", 3.2)[flat], 0.1)
    rings = shapely.get_exterior_ring(shells[whole])
    points, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.empty(0, bool)
    points, ring = points[~last], ring[~last]
    side = float(np.max(points - origin[:2], initial=1.0))
    courts = whose[~whole]
    courtyards = _courtyards(shells[~whole], ground[courts], height[courts], fids[flat][courts], origin)
    return {
        "side": np.array([side]),
        "xy": np.rint((points - origin[:2]) / side * _STEPS).astype(np.uint16),
        "starts": np.searchsorted(ring, np.arange(len(rings) + 1)).astype(np.int64),
        "ground": ground[whose[whole]].astype(np.float32),
        "height": height[whose[whole]].astype(np.float32),
        "wood": _wooden(table)[flat][whose[whole]],
        "fids": fids[flat][whose[whole]],
        **courtyards,
        "row": _rows(flat, whose[whole], courts, there & ~flat),
    }


def _rows(flat: Any, rings: Any, courts: Any, solids: Any) -> Any:
    """The row in the table of each feature: of rings, courtyards and solids."""
    first = np.flatnonzero(flat)
    found = np.concatenate([first[rings], first[courts], np.flatnonzero(solids)])
    return found.astype(np.uint16 if len(flat) <= _STEPS else np.uint32)


def _courtyards(shells: Any, ground: Any, height: Any, fids: Any, origin: Any) -> dict[str, Any]:
    """Footprints with holes, as faces: few, so they are triangulated once here."""
    faces, rims = lips.lipped(triangulated(shapely.force_3d(shells)), origin)
    top = faces.points.copy()
    top[:, 2] = (ground + height)[faces.feature]
    walls = [
        _walls(shell, low, high, n)
        for n, (shell, low, high) in enumerate(zip(shells, ground, ground + height, strict=True))
    ]
    points = np.concatenate([top, *(wall[0] for wall in walls)]) - origin
    count, quads = len(top), sum(len(wall[0]) // 4 for wall in walls)
    square = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    wall_triangles = (count + 4 * np.arange(quads, dtype=np.int32)[:, None, None] + square).reshape(-1, 3)
    up = np.tile(np.array([0, 0, 1], np.float32), (count, 1))
    whole = Faces(
        points,
        np.concatenate([faces.triangles, wall_triangles]).astype(np.int32),
        np.concatenate([up, *(wall[1] for wall in walls)]).astype(np.float32),
        np.concatenate([faces.feature, *(wall[2] for wall in walls)]).astype(np.int32),
        np.concatenate([np.full(count, -1), np.repeat(np.arange(quads), 4)]).astype(np.int32),
    )
    return {
        "court_points": points.astype(np.float32),
        "court_triangles": whole.triangles,
        "court_normals": whole.normals,
        "court_owner": whole.feature,
        "court_facade": solid.facade(points, whole, fids, rims, 0),
        "court_roof": np.concatenate([np.ones(count, bool), np.zeros(4 * quads, bool)]),
        "court_fids": fids,
    }


def _walls(shell: Any, low: float, high: float, number: int) -> tuple[Any, Any, Any]:
    points, normals = [], []
    for ring in shapely.get_rings(shell):
        a = shapely.get_coordinates(ring)
        a, b = a[:-1], a[1:]
        run = np.maximum(np.linalg.norm(b - a, axis=1), 1e-9)
        outward = np.column_stack([(b - a)[:, 1] / run, -(b - a)[:, 0] / run, np.zeros(len(a))])
        corners = [np.column_stack([at, np.full(len(a), z)]) for at, z in ((a, low), (b, low), (b, high), (a, high))]
        points.append(np.stack(corners, axis=1).reshape(-1, 3))
        normals.append(np.repeat(outward, 4, axis=0))
    found = np.concatenate(points)
    return found, np.concatenate(normals), np.full(len(found), number)


def _prisms(packed: shapes.Packed, solids: solid.Part) -> solid.Part:
    """Footprints as prisms, and the solids after them: into arrays with room for both, so that nothing is copied."""
    starts, fids = packed["starts"], packed["fids"]
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / _STEPS)
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
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / _STEPS)
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


def _wooden(table: pa.Table) -> Any:
    if "facade" not in table.column_names:
        return np.zeros(table.num_rows, bool)
    return np.array([said == WOODEN for said in table.column("facade").to_pylist()], bool)


def _numbers(table: pa.Table, name: str, otherwise: float) -> Any:
    if name not in table.column_names:
        return np.full(table.num_rows, otherwise)
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(values), otherwise, values)
