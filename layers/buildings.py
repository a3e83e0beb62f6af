"""Buildings: prisms from footprints, or the roofs and walls of LoD2 as they are."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import kernels, palette
from layers.faces import triangulated
from twin.api import shapes

KIND = "buildings"
VERSION = 1
COLUMNS: tuple[str, ...] = ("height", "ground", "surfaces")

_STEPS = 65_535
_WALL, _ROOF, _FLOOR = 0, 1, 2
_CLASS = {"RoofSurface": _ROOF, "GroundSurface": _FLOOR, "OuterFloorSurface": _ROOF}


def encode(table: pa.Table) -> bytes:
    """Footprints quantised to 1/65,535 of the tile's longer side; solid faces as they are."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    fids = table.column("fid").to_numpy()
    solid = shapely.has_z(geometries)
    boxes = shapely.bounds(geometries)
    there = np.isfinite(boxes[:, 0])
    origin = np.array([*np.nanmin(boxes[:, :2], axis=0), 0.0]) if there.any() else np.zeros(3)
    return shapes.pack(
        origin=origin,
        **_footprints(table, geometries, fids, there & ~solid, origin),
        **_solids(table, there & solid, origin),
    )


def mesh(payload: bytes, _level: int = 0) -> shapes.Arrays:
    """Walls and roofs; the coral stone's tint goes by feature."""
    packed = shapes.unpack(payload)
    points, triangles, normals, owner, foot, fids, roof = _prisms(packed)
    faces = _faces(packed, len(points), len(fids))
    points, triangles, normals, owner, foot, fids, roof = (
        np.concatenate(pair) for pair in zip((points, triangles, normals, owner, foot, fids, roof), faces, strict=True)
    )
    tint = palette.stone(fids)[owner]
    base = np.where(roof[:, None], palette.ROOF[tint], palette.STONE[tint]).astype(np.uint8)
    origin = tuple(float(value) for value in packed["origin"])
    return shapes.Arrays(origin, points, triangles, normals, owner, fids, base, foot)  # type: ignore[arg-type]


def _footprints(table: pa.Table, geometries: Any, fids: Any, flat: Any, origin: Any) -> dict[str, Any]:
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
    courtyards = _courtyards(shells[~whole], ground[whose[~whole]], height[whose[~whole]], origin)
    return {
        "side": np.array([side]),
        "xy": np.rint((points - origin[:2]) / side * _STEPS).astype(np.uint16),
        "starts": np.searchsorted(ring, np.arange(len(rings) + 1)).astype(np.int64),
        "ground": ground[whose[whole]].astype(np.float32),
        "height": height[whose[whole]].astype(np.float32),
        "fids": fids[flat][whose[whole]],
        **courtyards,
        "court_fids": fids[flat][whose[~whole]],
    }


def _courtyards(shells: Any, ground: Any, height: Any, origin: Any) -> dict[str, Any]:
    """Footprints with holes, as faces: few, so they are triangulated once here."""
    faces = triangulated(shapely.force_3d(shells))
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
    return {
        "court_points": points.astype(np.float32),
        "court_triangles": np.concatenate([faces.triangles, wall_triangles]).astype(np.int32),
        "court_normals": np.concatenate([up, *(wall[1] for wall in walls)]).astype(np.float32),
        "court_owner": np.concatenate([faces.feature, *(wall[2] for wall in walls)]).astype(np.int32),
        "court_roof": np.concatenate([np.ones(count, bool), np.zeros(4 * quads, bool)]),
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


def _solids(table: pa.Table, solid: Any, origin: Any) -> dict[str, Any]:
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))[solid]
    faces = triangulated(geometries)
    return {
        "face_points": (faces.points - origin).astype(np.float32),
        "face_triangles": faces.triangles,
        "face_normals": faces.normals,
        "face_owner": faces.feature,
        "face_class": _classes(table, solid, faces),
        "face_fids": table.column("fid").to_numpy()[solid],
    }


def _classes(table: pa.Table, solid: Any, faces: Any) -> Any:
    """Roof, wall or floor: by the file's semantics, else by the face's slope."""
    slope = np.where(faces.normals[:, 2] > 0.2, _ROOF, np.where(faces.normals[:, 2] < -0.2, _FLOOR, _WALL))
    if "surfaces" not in table.column_names:
        return slope.astype(np.uint8)
    for number, words in enumerate(table.column("surfaces").filter(pa.array(solid)).to_pylist()):
        if words is None:
            continue
        known = np.array([_CLASS.get(name, _WALL) if name else 255 for name in json.loads(words)] or [255])
        mine = np.flatnonzero(faces.feature == number)
        said = known[np.minimum(faces.part[mine], len(known) - 1)]
        slope[mine] = np.where(said == 255, slope[mine], said)
    return slope.astype(np.uint8)


def _prisms(packed: shapes.Packed) -> tuple[Any, ...]:
    starts = packed["starts"]
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / _STEPS)
    corners, rings = len(xy), len(starts) - 1
    points, normals = np.empty((5 * corners, 3), np.float32), np.empty((5 * corners, 3), np.float32)
    foot, owner = np.empty(5 * corners, np.float32), np.empty(5 * corners, np.int32)
    triangles = np.empty((max(0, 3 * corners - 2 * rings), 3), np.int32)
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    kernels.prisms(x, y, starts, packed["ground"], packed["height"], points, normals, foot, owner, triangles)
    return points, triangles, normals, owner, foot, packed["fids"], normals[:, 2] > 0.5


def _faces(packed: shapes.Packed, first_point: int, first_fid: int) -> tuple[Any, ...]:
    """Courtyards and solids behind the prisms, their indices moved on."""
    courts, solids = packed["court_points"], packed["face_points"]
    second = first_point + len(courts)
    triangles = np.concatenate([packed["court_triangles"] + first_point, packed["face_triangles"] + second])
    normals = np.concatenate([packed["court_normals"], packed["face_normals"]])
    courts_fids = packed["court_fids"]
    owner = np.concatenate([packed["court_owner"] + first_fid, packed["face_owner"] + first_fid + len(courts_fids)])
    roof = np.concatenate([packed["court_roof"], packed["face_class"] == _ROOF])
    fids = np.concatenate([courts_fids, packed["face_fids"]])
    points = np.concatenate([courts, solids])
    return (
        points,
        triangles.astype(np.int32),
        normals,
        owner.astype(np.int32),
        _foot(points, owner, normals),
        fids,
        roof,
    )


def _foot(points: Any, owner: Any, normals: Any) -> Any:
    """0.72 at a feature's lowest point, 1 at its top; roofs stay at 1."""
    if not len(points):
        return np.empty(0, np.float32)
    low, high = np.full(owner.max() + 1, np.inf), np.full(owner.max() + 1, -np.inf)
    np.minimum.at(low, owner, points[:, 2])
    np.maximum.at(high, owner, points[:, 2])
    rise = (points[:, 2] - low[owner]) / np.maximum(high[owner] - low[owner], 0.1)
    return np.where(np.abs(normals[:, 2]) > 0.5, 1.0, kernels.FOOT + (1 - kernels.FOOT) * rise).astype(np.float32)


def _numbers(table: pa.Table, name: str, otherwise: float) -> Any:
    if name not in table.column_names:
        return np.full(table.num_rows, otherwise)
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(values), otherwise, values)
