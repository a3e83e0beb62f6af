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
    points, triangles, normals, feature, part, at = [], [], [], [], [], 0
    for polygon, whose, which in zip(parts[kept], owner[kept], number[kept], strict=True):
        rings, sizes = _rings(polygon)
        normal = _newell(rings[: sizes[0]])
        found = mapbox_earcut.triangulate_float64(_flattened(rings, normal), np.cumsum(sizes).astype(np.uint32))
        if not len(found):
            continue
        corners = _facing(rings, found.reshape(-1, 3).astype(np.int32), normal)
        points.append(rings)
        triangles.append(corners + at)
        normals.append(np.broadcast_to(normal.astype(np.float32), (len(rings), 3)))
        feature.append(np.full(len(rings), whose, np.int32))
        part.append(np.full(len(rings), which, np.int32))
        at += len(rings)
    if not points:
        empty = np.empty(0, np.int32)
        return Faces(np.empty((0, 3)), np.empty((0, 3), np.int32), np.empty((0, 3), np.float32), empty, empty)
    return Faces(*(np.concatenate(found) for found in (points, triangles, normals, feature, part)))


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
