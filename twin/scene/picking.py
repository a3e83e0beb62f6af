"""What a ray meets: tile boxes first, then the exact triangles of the tiles it passes, nearest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from twin.model.shapes import Arrays
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
        # numba comes with the first question, and not while the window is built.
        from twin.scene.rays import first, meets

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
