"""Buildings whose faces are known: LoD2 as the file has it, and courtyards, made faces when they are encoded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from layers import kernels, lips, palette
from layers.cutting import Solids, Tiles
from layers.faces import Faces, triangulated
from twin.api import shapes

_WALL, _ROOF, _FLOOR = 0, 1, 2
_CLASS = {"RoofSurface": _ROOF, "GroundSurface": _FLOOR, "OuterFloorSurface": _ROOF}


@dataclass(frozen=True)
class Part:
    """Some of a tile's triangles, on their way to ``shapes.Arrays``."""

    points: Any
    triangles: Any
    normals: Any
    owner: Any
    fids: Any
    roof: Any
    foot: Any
    part: Any
    facade: Any


def packed(table: pa.Table, geometries: Any, there: Any, origins: Any, tiles: Tiles) -> list[dict[str, Any]]:
    """For each tile the faces of its features that are there; ``origins`` (n, 3) are their tiles'."""
    faces, rims = lips.lipped(triangulated(geometries[there]), origins[there])
    points = faces.points - origins[there][faces.feature]
    fids = table.column("fid").to_numpy()[there]
    return tiles.split(
        "face",
        Solids(
            points.astype(np.float32),
            faces.triangles,
            faces.normals,
            faces.feature,
            facade(points, faces, fids, rims, len(points) - len(rims)),
            {"part": faces.part, "class": _classes(table, there, faces)},
        ),
        np.flatnonzero(there),
        fids,
    )


def meshed(payload: shapes.Packed) -> Part:
    """Courtyards and solids, one after the other."""
    courts, solids = payload["court_points"], payload["face_points"]
    triangles = np.concatenate([payload["court_triangles"], payload["face_triangles"] + len(courts)])
    normals = np.concatenate([payload["court_normals"], payload["face_normals"]])
    fids = np.concatenate([payload["court_fids"], payload["face_fids"]])
    owner = np.concatenate([payload["court_owner"], payload["face_owner"] + len(payload["court_fids"])])
    points = np.concatenate([courts, solids])
    rise, height = _rises(points, owner)
    wall = np.abs(normals[:, 2]) <= 0.5
    dimmed = kernels.FOOT + (1 - kernels.FOOT) * rise / np.maximum(height, 0.1)
    return Part(
        points,
        triangles,
        normals,
        owner,
        fids,
        np.concatenate([payload["court_roof"], payload["face_class"] == _ROOF]),
        np.where(wall, dimmed, 1.0).astype(np.float32),
        np.concatenate([np.full(len(courts), -1, np.int32), shapes.parts(payload, "face_part", len(solids))]),
        np.concatenate([_known(payload, "court_facade", len(courts)), _known(payload, "face_facade", len(solids))]),
    )


def facade(points: Any, faces: Faces, fids: Any, rims: Any, first: int) -> Any:
    """Bays and floors of walls, and the rims of flat roofs from row ``first`` on (see ``shapes.Arrays.facade``).

    An upright quad has whole bays and floors below a lip; other walls are measured from their building's foot.
    """
    made = np.full((len(points), 4), kernels.AWAY, np.float32)
    made[first : first + len(rims)] = rims
    wall = np.abs(faces.normals[:, 2]) <= 0.5
    if not wall.any():
        return made
    rise, height = _rises(points, faces.feature)
    along = points[:, 1] * faces.normals[:, 0] - points[:, 0] * faces.normals[:, 1]
    begin = palette.begins(fids)[faces.feature]
    begun = np.concatenate([[True], (np.diff(faces.part) != 0) | (np.diff(faces.feature) != 0)])
    starts, which = np.flatnonzero(begun), np.cumsum(begun) - 1
    left, right = (side.reduceat(along, starts)[which] for side in (np.minimum, np.maximum))
    low, high = (side.reduceat(points[:, 2], starts)[which] for side in (np.minimum, np.maximum))
    upright = np.minimum(points[:, 2] - low, high - points[:, 2]) < 0.01
    quad = (np.bincount(which) == 4)[which] & np.logical_and.reduceat(upright, starts)[which]
    bays, room = np.rint((right - left) / kernels.BAY), np.maximum(high - low - kernels.LIP, 0.01)
    first_bay = begin + np.mod(np.rint(left / kernels.BAY), 64)
    fitted = first_bay + (along - left) / np.maximum(right - left, 0.01) * bays
    floors = np.rint(room / kernels.FLOOR)
    made[wall] = np.column_stack(
        [
            np.where(quad, fitted, begin + along / kernels.BAY),
            np.where(
                quad,
                floors * (high - points[:, 2] - kernels.LIP) / room,
                np.ceil(height / kernels.FLOOR) - rise / kernels.FLOOR,
            ),
            np.full(len(points), -1.0),
            np.where(quad, 64 * bays + floors, -64.0),
        ]
    )[wall]
    return made


def _known(payload: shapes.Packed, name: str, count: int) -> Any:
    return payload.arrays.get(name, np.full((count, 4), kernels.AWAY, np.float32))


def _classes(table: pa.Table, there: Any, faces: Any) -> Any:
    """Roof, wall or floor: by the file's semantics, else by the face's slope."""
    slope = np.where(faces.normals[:, 2] > 0.2, _ROOF, np.where(faces.normals[:, 2] < -0.2, _FLOOR, _WALL))
    if "surfaces" not in table.column_names:
        return slope.astype(np.uint8)
    firsts = np.searchsorted(
        faces.feature, np.arange(int(there.sum()) + 1), sorter=(order := np.argsort(faces.feature))
    )
    for number, words in enumerate(table.column("surfaces").filter(pa.array(there)).to_pylist()):
        if words is None:
            continue
        known = np.array([_CLASS.get(name, _WALL) if name else 255 for name in json.loads(words)] or [255])
        mine = order[firsts[number] : firsts[number + 1]]
        said = known[np.minimum(faces.part[mine], len(known) - 1)]
        slope[mine] = np.where(said == 255, slope[mine], said)
    return slope.astype(np.uint8)


def _rises(points: Any, owner: Any) -> tuple[Any, Any]:
    """Each point's height above its feature's lowest point, and the feature's height."""
    if not len(points):
        return np.empty(0), np.empty(0)
    low, high = np.full(owner.max() + 1, np.inf), np.full(owner.max() + 1, -np.inf)
    np.minimum.at(low, owner, points[:, 2])
    np.maximum.at(high, owner, points[:, 2])
    return points[:, 2] - low[owner], (high - low)[owner]
