"""Features in full detail, whatever is drawn of them: what a ray meets, and where a feature's edges are."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from twin.model.shapes import Arrays, Targets
from twin.scene import camera
from twin.scene.camera import Point
from twin.scene.growing import Aim
from twin.scene.tiles import Key, Tile

MOST = 192 << 20
"""Bytes of tiles that are kept for the next question."""
_AHEAD = 96 << 20
"""Of them, of those that nobody has asked for yet."""
_MET = -1
"""Stands for what can be met of a tile, beside its levels of detail."""
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
    """The finest tiles of a city, read when they are asked for and kept for a while."""

    def __init__(self, mesh: Callable[[Key, int], Arrays | None], targets: Callable[[Key], Targets | None]) -> None:
        """``targets`` gives what can be met of a tile without meshing it; None where its kind doesn't say."""
        self._mesh, self._targets = mesh, targets
        self._kept: OrderedDict[tuple[Key, int], Arrays | Targets | None] = OrderedDict()
        self._bytes = 0
        self._keys: list[Key] = []
        self._boxes: Any = np.empty((0, 6))
        self._grows: Any = np.empty(0)
        self._lock = threading.Lock()
        self._stopped = False

    def of(self, tiles: list[Tile], grows: Mapping[str, float] | None = None) -> None:
        """The finest tiles there are now; nothing of the old ones is kept.

        ``grows`` says by kind how many pixels what is drawn may reach beyond what is there.
        """
        with self._lock:
            self._kept.clear()
            self._bytes = 0
        self._keys = [tile.key for tile in tiles]
        # A glyph or a line's width reaches beyond what was measured.
        loose = np.array([-_LOOSE] * 3 + [_LOOSE] * 3)
        self._boxes = np.array([tile.box for tile in tiles], np.float64).reshape(-1, 6) + loose
        self._grows = np.array([(grows or {}).get(tile.kind, 0.0) for tile in tiles])

    def tile(self, key: Key, detail: int = 0) -> Arrays | None:
        """A tile with all its triangles, or as it is at another level of detail."""
        found = self._held((key, detail), lambda: self._mesh(key, detail))
        return found if isinstance(found, Arrays) else None

    def met(self, key: Key) -> Arrays | Targets | None:
        """What can be met of a tile, in full detail."""
        return self._held((key, _MET), partial(self._targets, key)) or self.tile(key)

    @property
    def finest(self) -> tuple[list[Key], Any]:
        """The finest tiles, and (n, 6) the boxes that all of them lies in."""
        return self._keys, self._boxes

    def foresee(self, keys: Sequence[Key]) -> None:
        """Read what may be met of these tiles before somebody asks, as far as there is room; on any thread."""
        for key in keys:
            if self._stopped or self._bytes > _AHEAD:
                return
            self._held((key, _MET), partial(self._targets, key))

    def stop(self) -> None:
        """Read nothing ahead any more."""
        self._stopped = True

    def _held(self, what: tuple[Key, int], make: Callable[[], Arrays | Targets | None]) -> Arrays | Targets | None:
        with self._lock:
            if what in self._kept:
                self._kept.move_to_end(what)
                return self._kept[what]
        made = make()
        with self._lock:
            if what not in self._kept:
                self._kept[what] = made
                self._bytes += _size(made)
            while self._bytes > MOST and len(self._kept) > 1:
                self._bytes -= _size(self._kept.popitem(last=False)[1])
        return made

    def nearest(
        self,
        eye: Point,
        way: Point,
        wanted: Callable[[str], bool],
        hidden: Callable[[str, Any], Any],
        most: float = np.inf,
        aim: Aim | None = None,
    ) -> Hit | None:
        """The first triangle that a ray meets within ``most`` metres, among the layers that are wanted.

        ``hidden`` says of each of a layer's features whether it isn't drawn; an ``aim`` meets what grows as it is.
        """
        # numba comes with the first question, and not while the window is built.
        from twin.scene.rays import meets

        if not self._keys:
            return None
        start, along = np.array(eye), np.array(way)
        near = meets(self._wide(aim), start, along)
        best, found, place = most, None, None
        for at in np.argsort(near, kind="stable"):
            if near[at] >= best:
                break
            layer = self._keys[at][0]
            aimed = aim if self._grows[at] else None
            met = self._met(self._keys[at], start, along, partial(hidden, layer), aimed) if wanted(layer) else None
            if met and met[0] < best:
                best, found, place = met[0], (layer, *met[1:3]), met[3]
        if found is None:
            return None
        point = place or tuple(float(value) for value in start + best * along)
        return Hit(*found, point)  # type: ignore[arg-type]

    def _wide(self, aim: Aim | None) -> Any:
        """(n, 6) the boxes of all tiles, wider where what grows reaches beyond them."""
        if aim is None or not self._grows.any():
            return self._boxes
        reach = aim.reach(self._boxes, self._grows)[:, None]
        return self._boxes + reach * np.array([-1, -1, -1, 1, 1, 1])

    def _met(
        self, key: Key, eye: Any, way: Any, hidden: Callable[[Any], Any], aim: Aim | None
    ) -> tuple[float, int, int, Point | None] | None:
        """How far the first of a tile's features is that a ray meets, which it is, which of its faces, and where.

        Where it lies on the ray, that is not said again.
        """
        from twin.scene.rays import first, struck

        shown = self.tile(key, aim.detail(key)) if aim else None
        if aim and (shown is None or shown.growth is not None):
            # What isn't drawn from so far isn't met.
            return None if shown is None else _aimed(shown, way, hidden(shown.fids), aim)
        tile = self.met(key)
        if tile is None:
            return None
        start = eye - tile.origin
        fids = tile.owners if isinstance(tile, Targets) else tile.fids
        which, far = first(tile.points, tile.triangles, tile.owner, hidden(fids), start, way)
        met: tuple[float, int, int, Point | None] | None = None
        if which >= 0:
            corner = tile.triangles[which, 2]
            met = far, int(fids[tile.owner[corner]]), -1 if tile.part is None else int(tile.part[corner]), None
        if isinstance(tile, Targets):
            which, nearer = struck(tile.x, tile.y, tile.starts, tile.ground, tile.height, hidden(tile.fids), start, way)
            if which >= 0 and (met is None or nearer < met[0]):
                met = nearer, int(tile.fids[which]), -1, None
        return met


def _aimed(tile: Arrays, way: Any, hidden: Any, aim: Aim) -> tuple[float, int, int, Point | None] | None:
    found = aim.first(tile, hidden)
    if found is None:
        return None
    depth, which, point = found
    corner = tile.triangles[which, 2]
    far = depth / float(np.dot(way, camera.ahead(aim.camera)))
    return far, int(tile.fids[tile.owner[corner]]), -1 if tile.part is None else int(tile.part[corner]), point


def _size(kept: Arrays | Targets | None) -> int:
    if not isinstance(kept, Arrays):
        return 0 if kept is None else kept.nbytes
    return kept.nbytes + kept.normals.nbytes + kept.owner.nbytes + kept.base.nbytes
