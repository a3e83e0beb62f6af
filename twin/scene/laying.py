"""What pictures lie on: the triangles of the ground and of terrain that is drawn on it, cut to a square."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from twin.model.patches import Square
from twin.model.shapes import Arrays
from twin.scene.ground import Sides
from twin.scene.tiles import Tile

RAISED = 0.12
"""Metres that a picture lies above the ground, which itself lies a little below what stands on it."""
_OVERLAP = 0.001
"""Of its side: how far a square reaches into its neighbours, so that nothing shines through where they meet."""

Triangles = tuple[Any, Any]
"""(n, 3) points and (m, 3) of their numbers."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles, and where they lie."""

    points: Any
    """(n, 3) metres in the city's CRS."""
    triangles: Any
    """(m, 3)"""

    @classmethod
    def of(cls, arrays: Arrays) -> Mesh:
        """Of a tile."""
        return cls(arrays.points.astype(np.float64) + arrays.origin, arrays.triangles)

    @cached_property
    def boxes(self) -> Any:
        """(m, 6) of the triangles."""
        corners = self.points[self.triangles]
        return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)

    def within(self, sides: Sides) -> Triangles:
        """Its triangles within sides; those that lie across them are cut."""
        boxes, (west, south, east, north) = self.boxes, sides
        meets = _meet(boxes, sides)
        some, boxes = self.triangles[meets], boxes[meets]
        inside = (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 3] <= east) & (boxes[:, 4] <= north)
        kept, corners = np.unique(some[inside], return_inverse=True)
        pieces = self.points[some[~inside]]
        for axis, limit, way in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
            pieces = _halved(pieces, way * (pieces[:, :, axis] - limit))
        cut = len(kept) + np.arange(3 * len(pieces))
        points = np.concatenate([self.points[kept], pieces.reshape(-1, 3)])
        return points, np.concatenate([corners.ravel(), cut]).reshape(-1, 3)


class Surface:
    """The ground, and the tiles of terrain that are drawn on it; questions may come from any thread."""

    def __init__(self, ground: Mesh, tiles: Sequence[Tile], tile: Callable[[Any], Arrays | None]) -> None:
        """``tile`` gives a tile's triangles by its key."""
        self._ground = ground
        self._tiles, self._tile = list(tiles), tile
        self._boxes = np.array([one.box for one in tiles], float).reshape(-1, 6)

    def levels(self, sides: Sides) -> tuple[float, float]:
        """Between which heights it lies within sides."""
        boxes = np.concatenate([self._ground.boxes, self._boxes])
        met = boxes[_meet(boxes, sides)]
        return (float(met[:, 2].min()), float(met[:, 5].max())) if len(met) else (0.0, 0.0)

    def within(self, square: Square) -> Triangles:
        """Its triangles within a square, from the square's south-western corner, as a picture lies on them."""
        reach = _OVERLAP * square.side
        east, north = square.west + square.side, square.south + square.side
        sides = (square.west - reach, square.south - reach, east + reach, north + reach)
        ground, corners = self._ground.within(sides)
        found, first = [(ground + np.array([0.0, 0.0, RAISED]), corners)], len(ground)
        for n in np.flatnonzero(_meet(self._boxes, sides)).tolist():
            arrays = self._tile(self._tiles[n].key)
            if arrays is not None:
                points, corners = Mesh.of(arrays).within(sides)
                found.append((points, corners + first))
                first += len(points)
        points = np.concatenate([one for one, _ in found]) - np.array([square.west, square.south, 0.0])
        return points, np.concatenate([one for _, one in found])


def _meet(boxes: Any, sides: Sides) -> Any:
    west, south, east, north = sides
    return (boxes[:, 0] < east) & (boxes[:, 1] < north) & (boxes[:, 3] > west) & (boxes[:, 4] > south)


def _halved(pieces: Any, inside: Any) -> Any:
    """(n, 3, 3) triangles without what lies outside of a line: ``inside`` is (n, 3) metres from it."""
    count = (inside >= 0).sum(axis=1)
    found = [pieces[count == 3]]
    for some, first in ((count == 1, inside.argmax(axis=1)), (count == 2, inside.argmin(axis=1))):
        order = (first[some, None] + np.arange(3)) % 3
        a, b, c = np.moveaxis(np.take_along_axis(pieces[some], order[..., None], axis=1), 1, 0)
        u, v, w = np.take_along_axis(inside[some], order, axis=1).T
        ab, ac = a + (b - a) * (u / (u - v))[:, None], a + (c - a) * (u / (u - w))[:, None]
        if len(found) == 1:
            found.append(np.stack([a, ab, ac], axis=1))
        else:
            found += [np.stack([ab, b, c], axis=1), np.stack([ab, c, ac], axis=1)]
    return np.concatenate(found)
