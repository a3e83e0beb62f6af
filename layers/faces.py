"""Polygons in space: their flat triangles, and the normal of each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
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
    whole = shapely.get_num_interior_rings(parts) == 0
    some = [_whole(parts[whole], owner[whole], number[whole]), _holed(parts[~whole], owner[~whole], number[~whole])]
    return joined(some)


def joined(some: Sequence[Faces]) -> Faces:
    """One after the other."""
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


def _holed(parts: Any, owner: Any, number: Any) -> Faces:
    """Polygons with holes, by Mapbox's ear cutter: all but its own work is done for all of them at once."""
    loops, polygon = shapely.get_rings(parts, return_index=True)
    points, loop = shapely.get_coordinates(loops, include_z=True, return_index=True)
    last = np.append(loop[1:] != loop[:-1], True) if len(loop) else np.empty(0, bool)
    points, loop = np.where(np.isnan(points[~last]), 0.0, points[~last]), loop[~last]
    starts = np.searchsorted(loop, np.arange(len(loops) + 1)).astype(np.int64)
    firsts = np.searchsorted(polygon, np.arange(len(parts) + 1)).astype(np.int64)
    normals, flat = np.empty((len(parts), 3)), np.empty((len(points), 2))
    rings.flatten(points, starts, firsts, normals, flat)
    found, ends = [np.empty(0, np.uint32)], starts[1:].astype(np.uint32)
    for first, stop in itertools.pairwise(firsts.tolist()):
        begin, end = starts[first], starts[stop]
        found.append(mapbox_earcut.triangulate_float64(flat[begin:end], ends[first:stop] - np.uint32(begin)))
        found[-1] += np.uint32(begin)
    triangles = np.concatenate(found).reshape(-1, 3).astype(np.int32)
    whose = polygon[loop]
    rings.face(points, triangles, whose, normals)
    return Faces(
        points,
        triangles,
        normals[whose].astype(np.float32),
        owner[whose].astype(np.int32),
        number[whose].astype(np.int32),
    )


def _number_in_owner(owner: Any) -> Any:
    firsts = np.searchsorted(owner, owner)
    return np.arange(len(owner)) - firsts
