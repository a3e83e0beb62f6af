"""What is seen in a pixel, by another road than the program's: every full triangle, VTK's own projection, float64.

Nothing of the code that answers a click is used: no ray, no box, no footprint of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely

from twin.scene.grounds import GROUND_LAYERS

_BESIDE = [(0, 0), *((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)]
"""The pixel itself, and those about it."""
_SAME = 0.02
"""Metres: what lies so near behind the first is in the same place."""
_BELOW = 1.0
"""Metres that the ground gives way to what lies on it: the screen brings roads forward by its own depth."""

NOTHING = (-1, -1)

Spots = Any
"""(n, 2) pixels from the top left corner."""


class Seen(NamedTuple):
    """What was found for each of n pixels."""

    feature: Any
    """(n, 2) which layer, and its feature; −1 where there is none."""
    apart: Any
    """(n,) whether another feature is within a pixel, or in the very same place."""


class Exact:
    """The first triangles of a scene's camera in some pixels and in those about them."""

    def __init__(self, scene: Any, spots: Spots, size: tuple[int, int]) -> None:
        wide, tall = size
        matrix = scene.renderer.GetActiveCamera().GetCompositeProjectionTransformMatrix(wide / tall, -1, 1)
        self._matrix = np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])
        self._origin, self._size, self._spots = np.array(scene.origin), size, spots
        at = (spots[:, None] + np.array(_BESIDE)).reshape(-1, 2)
        flat = np.column_stack([2 * at[:, 0] / wide - 1, 1 - 2 * at[:, 1] / tall])
        self._near, far = (self._unseen(flat, depth) for depth in (-1.0, 1.0))
        self._way = far - self._near
        self._long = np.linalg.norm(self._way, axis=-1)
        shape = len(spots), len(_BESIDE)
        self._best, self._next = np.full(shape, np.inf), np.full(shape, np.inf)
        self._found = np.full((*shape, 2), -1)
        cells = np.zeros((tall + 4, wide + 4), np.int64)
        np.add.at(cells, (spots[:, 1].astype(int) + 2, spots[:, 0].astype(int) + 2), 1)
        self._sums = np.pad(cells.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        self._tree = shapely.STRtree(shapely.points(spots))

    def meet(self, layer: int, arrays: Any) -> None:
        """Take a tile's triangles in; those of layer −1 are the ground's, which is in the way and no answer."""
        corners = arrays.points.astype(np.float64) + (np.array(arrays.origin) - self._origin)
        corners[:, 2] -= _BELOW if layer < 0 else 0.0
        low, high = self._sides(corners, arrays.triangles)
        which = np.flatnonzero(self._holds(low, high))
        spot, at = self._tree.query(shapely.box(*(low[which] - 1.5).T, *(high[which] + 1.5).T))[::-1]
        for some in np.array_split(np.arange(len(spot)), len(spot) // 100_000 + 1):
            self._try(layer, arrays, corners, which[at[some]], spot[some])

    def seen(self) -> Seen:
        """What there is in each pixel."""
        close = np.isfinite(self._next[:, 0]) & (self._next[:, 0] <= self._best[:, 0] + _SAME)
        other = (self._found[:, 1:] != self._found[:, :1]).any(axis=(1, 2))
        return Seen(self._found[:, 0], other | close)

    def _unseen(self, flat: Any, depth: float) -> Any:
        """Points of the picture, so deep, back in the city."""
        whole = np.column_stack([flat, np.full(len(flat), depth), np.ones(len(flat))])
        points = np.linalg.solve(self._matrix, whole.T).T
        return (points[:, :3] / points[:, 3:]).reshape(len(self._spots), len(_BESIDE), 3)

    def _sides(self, corners: Any, triangles: Any) -> tuple[Any, Any]:
        """The box of each triangle in pixels; all of the picture where one reaches behind the eye."""
        flat = np.column_stack([corners, np.ones(len(corners))]) @ self._matrix.T
        before = flat[:, 3] > 1e-6
        with np.errstate(divide="ignore", invalid="ignore"):
            placed = (flat[:, :2] / flat[:, 3:] * (1, -1) + 1) / 2 * self._size
        of, known = placed[triangles], before[triangles]
        low, high = of.min(axis=1), of.max(axis=1)
        low[~known.all(axis=1)], high[~known.all(axis=1)] = (0, 0), self._size
        high[~known.any(axis=1)] = -10
        low[~known.any(axis=1)] = -10
        return low, high

    def _holds(self, low: Any, high: Any) -> Any:
        """Whether any of the pixels lies in or near each box."""
        (west, north), (east, south) = (
            np.clip(side, 0, np.array(self._size)[:, None] + 4).astype(int)
            for side in ((low - 1.5).T + 1, (high + 1.5).T + 4)
        )
        sums = self._sums
        return sums[south, east] - sums[north, east] - sums[south, west] + sums[north, west] > 0

    def _try(self, layer: int, arrays: Any, corners: Any, which: Any, spot: Any) -> None:
        """Cramer's rule for each pair of a pixel's rays and a triangle."""
        a, b, c = (corners[arrays.triangles[which, n]][:, None] for n in range(3))
        way, start = self._way[spot], self._near[spot] - a
        across = np.cross(b - a, c - a)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = -1 / (way * across).sum(axis=-1)
            far, turned = (start * across).sum(axis=-1) * scale, np.cross(start, way)
            u, v = ((c - a) * turned).sum(axis=-1) * scale, -((b - a) * turned).sum(axis=-1) * scale
            met = (u >= 0) & (v >= 0) & (u + v <= 1) & (far >= 0) & (far <= 1)
        fids = arrays.fids[arrays.owner[arrays.triangles[which, 2]]] if layer >= 0 else np.full(len(which), -1)
        pair, ray = np.nonzero(met)
        away = far[pair, ray] * self._long[spot[pair], ray]
        for n in np.lexsort((away, ray, spot[pair])):
            self._keep((int(spot[pair[n]]), int(ray[n])), float(away[n]), (layer, int(fids[pair[n]])))

    def _keep(self, at: tuple[int, int], away: float, feature: tuple[int, int]) -> None:
        same = tuple(self._found[at]) == feature
        if away < self._best[at]:
            if not same:
                self._next[at] = self._best[at]
            self._best[at], self._found[at] = away, feature
        elif not same:
            self._next[at] = min(self._next[at], away)


def exact(scene: Any, source: Any, spots: Spots, size: tuple[int, int]) -> tuple[Seen, list[str]]:
    """What is in each pixel, and the names of the layers it speaks of."""
    found = Exact(scene, spots, size)
    layers = [name for name in scene._listing.layers if name not in GROUND_LAYERS and scene._seen(name)]
    for tile in scene._listing.leaves():
        name = tile.key[0]
        kind = source.kind(tile.kind)
        if name in layers:
            found.meet(layers.index(name), kind.mesh(source.payload(*tile.key), 0))
        elif name == "terrain":
            found.meet(-1, kind.mesh(source.payload(*tile.key), 0))
    return found.seen(), layers
