"""Polygons in space: their flat triangles, and the normal of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mapbox_earcut
import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True)
class Faces:
    """Triangulated polygons; vertices aren't shared between polygons."""

    points: NDArray[np.float64]
    triangles: NDArray[np.int32]
    normals: NDArray[np.float32]
    feature: NDArray[np.int32]
    """(n,) which geometry a vertex came from."""
    part: NDArray[np.int32]
    """(n,) which polygon of that geometry."""


def triangulated(geometries: Any) -> Faces:
    """The polygons of an array of shapely geometries, each triangulated in its own plane."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    number = _number_in_owner(owner)
    kept = shapely.get_type_id(parts) == 3
    parts, owner, number = parts[kept], owner[kept], number[kept]
    # Models made of triangles are the most of what comes: those need no triangulation.
    simple = (shapely.get_num_coordinates(parts) == 4) & (shapely.get_num_interior_rings(parts) == 0)
    some = [_triangles(parts[simple], owner[simple], number[simple])]
    some += [_polygon(*found) for found in zip(parts[~simple], owner[~simple], number[~simple], strict=True)]
    firsts = np.cumsum([0, *(len(one.points) for one in some)])
    return Faces(
        np.concatenate([one.points for one in some]),
        np.concatenate([one.triangles + first for one, first in zip(some, firsts[:-1], strict=True)]).astype(np.int32),
        np.concatenate([one.normals for one in some]),
        np.concatenate([one.feature for one in some]),
        np.concatenate([one.part for one in some]),
    )


def _triangles(parts: Any, owner: Any, number: Any) -> Faces:
    points = shapely.get_coordinates(parts, include_z=True).reshape(-1, 4, 3)[:, :3]
    points = np.where(np.isnan(points), 0.0, points)
    normal = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    size = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = np.where(size > 0, normal / np.where(size > 0, size, 1), (0.0, 0.0, 1.0))
    return Faces(
        points.reshape(-1, 3),
        np.arange(3 * len(points), dtype=np.int32).reshape(-1, 3),
        np.repeat(normal, 3, axis=0).astype(np.float32),
        np.repeat(owner, 3).astype(np.int32),
        np.repeat(number, 3).astype(np.int32),
    )


def _polygon(polygon: Any, whose: int, which: int) -> Faces:
    rings, sizes = _rings(polygon)
    normal = _newell(rings[: sizes[0]])
    found = mapbox_earcut.triangulate_float64(_flattened(rings, normal), np.cumsum(sizes).astype(np.uint32))
    triangles = _facing(rings, found.reshape(-1, 3).astype(np.int32), normal)
    count = len(rings)
    return Faces(
        rings,
        triangles,
        np.broadcast_to(normal.astype(np.float32), (count, 3)),
        np.full(count, whose, np.int32),
        np.full(count, which, np.int32),
    )


def _number_in_owner(owner: Any) -> Any:
    firsts = np.searchsorted(owner, owner)
    return np.arange(len(owner)) - firsts


def _rings(polygon: Any) -> tuple[NDArray[np.float64], list[int]]:
    found = [shapely.get_coordinates(ring, include_z=True)[:-1] for ring in shapely.get_rings(polygon)]
    points = np.concatenate(found)
    return np.where(np.isnan(points), 0.0, points), [len(ring) for ring in found]


def _newell(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """The polygon's unit normal (Newell's method; Sutherland, Sproull and Schumacker 1974)."""
    after = np.roll(ring, -1, axis=0)
    minus, plus = ring - after, ring + after
    normal = np.array(
        [
            np.sum(minus[:, 1] * (plus[:, 2] - 2 * ring[0, 2])),
            np.sum(minus[:, 2] * (plus[:, 0] - 2 * ring[0, 0])),
            np.sum(minus[:, 0] * (plus[:, 1] - 2 * ring[0, 1])),
        ]
    )
    size = np.linalg.norm(normal)
    return normal / size if size > 0 else np.array([0.0, 0.0, 1.0])


def _flattened(points: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points on the axes' plane that the polygon covers most of."""
    dropped = int(np.argmax(np.abs(normal)))
    return np.ascontiguousarray(np.delete(points, dropped, axis=1))


def _facing(points: NDArray[np.float64], triangles: Any, normal: NDArray[np.float64]) -> Any:
    """The triangles turned so that each faces along the normal."""
    a, b, c = (points[triangles[:, n]] for n in range(3))
    wrong = np.einsum("ij,j->i", np.cross(b - a, c - a), normal) < 0
    triangles[wrong] = triangles[wrong][:, ::-1]
    return triangles
