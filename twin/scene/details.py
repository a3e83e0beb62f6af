"""Features in full detail, whatever is drawn of them: what a ray meets, and where a feature's edges are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from twin.model.shapes import Arrays
from twin.scene.camera import Point
from twin.scene.tiles import Key, Tile

MOST = 192 << 20
"""Bytes of tiles that are kept for the next question."""
_LOOSE = 15.0
"""Metres that what is drawn may reach beyond the box of its features."""


class Hit(NamedTuple):
    """What lies under a pixel."""

    layer: str
    fid: int
    surface: int
    """Which of the feature's faces, as its geometry lists them; −1 where a face comes from a footprint."""
    point: Point
    """In the city's CRS."""


class Details:
    """The finest tiles of a city, meshed when they are asked for and kept for a while."""

    def __init__(self, mesh: Callable[[Key], Arrays | None]) -> None:
        self._mesh = mesh
        self._kept: OrderedDict[Key, Arrays | None] = OrderedDict()
        self._bytes = 0
        self._keys: list[Key] = []
        self._boxes: Any = np.empty((0, 6))

    def of(self, tiles: list[Tile]) -> None:
        """The finest tiles there are now; nothing of the old ones is kept."""
        self._kept.clear()
        self._bytes = 0
        self._keys = [tile.key for tile in tiles]
        # A glyph or a line's width reaches beyond what was measured.
        loose = np.array([-_LOOSE] * 3 + [_LOOSE] * 3)
        self._boxes = np.array([tile.box for tile in tiles], np.float64).reshape(-1, 6) + loose

    def tile(self, key: Key) -> Arrays | None:
        """A tile with all its triangles."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        arrays = self._kept[key] = self._mesh(key)
        self._bytes += _size(arrays)
        while self._bytes > MOST and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        return arrays

    def holding(self, layer: str, fid: int, box: Any = None) -> tuple[Key, Arrays] | None:
        """The tile that has a feature: of those that are kept, else of those that meet its ``box``."""
        for key, arrays in self._kept.items():
            if key[0] == layer and arrays is not None and fid in arrays.fids:
                return key, arrays
        if box is None:
            return None
        meet = (self._boxes[:, :2] <= box[3:5]).all(axis=1) & (self._boxes[:, 3:5] >= box[:2]).all(axis=1)
        for at in np.flatnonzero(meet):
            key = self._keys[at]
            found = self.tile(key) if key[0] == layer else None
            if found is not None and fid in found.fids:
                return key, found
        return None

    def nearest(
        self,
        eye: Point,
        way: Point,
        wanted: Callable[[str], bool],
        hidden: Callable[[str, Any], Any],
        most: float = np.inf,
    ) -> Hit | None:
        """The first triangle that a ray meets within ``most`` metres, among the layers that are wanted.

        ``hidden`` says of each of a layer's features whether it isn't drawn.
        """
        # numba comes with the first question, and not while the window is built.
        from twin.scene.rays import first, meets

        if not self._keys:
            return None
        start, along = np.array(eye), np.array(way)
        near = meets(self._boxes, start, along)
        best, found = most, None
        for at in np.argsort(near, kind="stable"):
            if near[at] >= best:
                break
            key = self._keys[at]
            arrays = self.tile(key) if wanted(key[0]) else None
            if arrays is None:
                continue
            gone = hidden(key[0], arrays.fids)
            which, far = first(arrays.points, arrays.triangles, arrays.owner, gone, start - arrays.origin, along)
            if which >= 0 and far < best:
                best, found = far, (key, arrays, which)
        if found is None:
            return None
        key, arrays, which = found
        corner = arrays.triangles[which, 2]
        surface = -1 if arrays.part is None else int(arrays.part[corner])
        point = tuple(float(value) for value in start + best * along)
        return Hit(key[0], int(arrays.fids[arrays.owner[corner]]), surface, point)  # type: ignore[arg-type]


def _size(arrays: Arrays | None) -> int:
    return 0 if arrays is None else arrays.nbytes + arrays.normals.nbytes + arrays.owner.nbytes + arrays.base.nbytes
