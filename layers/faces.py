"""Polygons in space: their flat triangles, and the normal of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mapbox_earcut
import numpy as np
import shapely
from numpy.typing import NDArray

from layers import rings


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
    # Holes are rare, and take their time.
    whole = shapely.get_num_interior_rings(parts) == 0
    some = [_whole(parts[whole], owner[whole], number[whole])]
    some += [_polygon(*found) for found in zip(parts[~whole], owner[~whole], number[~whole], strict=True)]
    firsts = np.cumsum([0, *(len(one.points) for one in some)])
    return Faces(
        np.concatenate([one.points for one in some]),
        np.concatenate([one.triangles + first for one, first in zip(some, firsts[:-1], strict=True)]).astype(np.int32),
        np.concatenate([one.normals for one in some]),
        np.concatenate([one.feature for one in some]),
        np.concatenate([one.part for one in some]),
    )


def _whole(parts: Any, owner: Any, number: Any) -> Faces:
    """Polygons without holes."""
    points, ring = shapely.get_coordinates(parts, include_z=True, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.empty(0, bool)
    points, ring = np.where(np.isnan(points[~last]), 0.0, points[~last]), ring[~last]
    starts = np.searchsorted(ring, np.arange(len(parts) + 1)).astype(np.int64)
    sizes = np.diff(starts)
    normals, triangles = np.empty((len(parts), 3)), np.empty((int(np.sum(np.maximum(sizes - 2, 0))), 3), np.int32)
    rings.cut(points, starts, normals, triangles)
    return Faces(
        points,
        triangles,
        normals[ring].astype(np.float32),
        owner[ring].astype(np.int32),
        number[ring].astype(np.int32),
    )


def _polygon(polygon: Any, whose: int, which: int) -> Faces:
    points, sizes = _rings(polygon)
    normal = _newell(points[: sizes[0]])
    found = mapbox_earcut.triangulate_float64(_flattened(points, normal), np.cumsum(sizes).astype(np.uint32))
    triangles = _facing(points, found.reshape(-1, 3).astype(np.int32), normal)
    count = len(points)
    return Faces(
        points,
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
