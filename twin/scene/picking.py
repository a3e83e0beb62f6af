"""What a ray meets: tile boxes first, then the exact triangles of the tiles it passes, nearest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np

from twin.model.shapes import Arrays
from twin.scene import rasters
from twin.scene.camera import Point
from twin.scene.tiles import Key


class Hit(NamedTuple):
    """What lies under a pixel."""

    layer: str
    fid: int
    surface: int
    """Which of the feature's faces, as its geometry lists them; −1 where a face comes from a footprint."""
    point: Point
    """In the city's CRS."""


class Targets:
    """The tiles that a ray may meet."""

    def __init__(self) -> None:
        self._arrays: dict[Key, Arrays] = {}
        self._boxes: Any = None

    def add(self, key: Key, arrays: Arrays) -> None:
        """A tile is there."""
        self._arrays[key], self._boxes = arrays, None

    def drop(self, key: Key) -> None:
        """A tile is no longer there."""
        self._arrays.pop(key, None)
        self._boxes = None

    def nearest(self, eye: Point, way: Point, wanted: Callable[[Key], bool], most: float = np.inf) -> Hit | None:
        """The first triangle that a ray meets within ``most`` metres, among the tiles that are wanted."""
        keys = list(self._arrays)
        if not keys:
            return None
        if self._boxes is None:
            self._boxes = np.array([_box(self._arrays[key]) for key in keys])
        start, along = np.array(eye), np.array(way)
        near = meets(self._boxes, start, along)
        best, found = most, None
        for at in np.argsort(near, kind="stable"):
            if near[at] >= best:
                break
            if not wanted(keys[at]):
                continue
            arrays = self._arrays[keys[at]]
            which, far = first(arrays.points, arrays.triangles, start - arrays.origin, along)
            if which >= 0 and far < best:
                best, found = far, (keys[at], arrays, which)
        if found is None:
            return None
        key, arrays, which = found
        corner = arrays.triangles[which, 0]
        surface = -1 if arrays.part is None else int(arrays.part[corner])
        point = tuple(float(value) for value in start + best * along)
        return Hit(key[0], int(arrays.fids[arrays.owner[corner]]), surface, point)  # type: ignore[arg-type]


def _box(arrays: Arrays) -> Any:
    if not len(arrays.triangles):
        return np.full(6, np.nan)
    # What is encoded as float32 is as exact as a few micrometres; the box must not be tighter.
    low, high = arrays.points.min(axis=0) - 0.01, arrays.points.max(axis=0) + 0.01
    return np.concatenate([low + np.array(arrays.origin), high + np.array(arrays.origin)])


@numba.njit(cache=True, nogil=True)
def meets(boxes, eye, way):  # type: ignore[no-untyped-def]
    """How far along a ray each box begins; infinite where it misses (Kay and Kajiya 1986)."""
    found = np.full(len(boxes), np.inf)
    for n in range(len(boxes)):
        near, far = 0.0, np.inf
        for axis in range(3):
            low, high = boxes[n, axis] - eye[axis], boxes[n, axis + 3] - eye[axis]
            if way[axis] == 0:
                if not low <= 0 <= high:
                    far = -1.0
            else:
                a, b = low / way[axis], high / way[axis]
                near, far = max(near, min(a, b)), min(far, max(a, b))
        # An empty tile's box is not a number, which is in no order with any.
        if near <= far and not np.isnan(boxes[n, 0]):
            found[n] = near
    return found


@numba.njit(cache=True, nogil=True)
def first(points, triangles, eye, way):  # type: ignore[no-untyped-def]
    """The first triangle a ray meets and how far along it (Möller and Trumbore 1997); −1 where none."""
    best, which = np.inf, -1
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        e1x, e1y, e1z = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        e2x, e2y, e2z = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        px, py, pz = way[1] * e2z - way[2] * e2y, way[2] * e2x - way[0] * e2z, way[0] * e2y - way[1] * e2x
        det = e1x * px + e1y * py + e1z * pz
        if abs(det) < 1e-12:
            continue
        tx, ty, tz = eye[0] - points[a, 0], eye[1] - points[a, 1], eye[2] - points[a, 2]
        u = (tx * px + ty * py + tz * pz) / det
        if u < 0 or u > 1:
            continue
        qx, qy, qz = ty * e1z - tz * e1y, tz * e1x - tx * e1z, tx * e1y - ty * e1x
        v = (way[0] * qx + way[1] * qy + way[2] * qz) / det
        if v < 0 or u + v > 1:
            continue
        far = (e2x * qx + e2y * qy + e2z * qz) / det
        if 0 < far < best:
            best, which = far, n
    return which, best


def warm() -> None:
    """Compile the scene's kernels by using each once."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    first(points, np.array([[0, 1, 2]], np.int32), np.zeros(3), np.ones(3))
    meets(np.zeros((1, 6)), np.zeros(3), np.ones(3))
    rasters.warm()
