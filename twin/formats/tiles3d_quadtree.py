"""Features in a quadtree of tiles: the largest above, the rest below, so that what is seen from afar comes first."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

ABOVE, LEAF = 250, 1000
"""How many features a tile with others below it holds, and one without."""
_DEEPEST = 18


@dataclass
class Node:
    """A tile: rows of the table, and the tiles below."""

    rows: NDArray[np.int64]
    level: int
    x: int
    y: int
    children: list[Node] = field(default_factory=list)
    error: float = 0.0
    """Metres: how large the largest is that stands only below it."""

    @property
    def name(self) -> str:
        """Level, column and row."""
        return f"{self.level}-{self.x}-{self.y}"


def quadtree(boxes: NDArray[np.float64]) -> Node:
    """The tree of features by their boxes, (n, 4): west, south, east, north; those without one lie at the top."""
    there = np.isfinite(boxes).all(axis=1)
    rows = np.flatnonzero(there).astype(np.int64)
    sizes = np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    if not len(rows):
        return Node(np.flatnonzero(~there).astype(np.int64), 0, 0, 0)
    low, high = middles[rows].min(axis=0), middles[rows].max(axis=0)
    side = max(float((high - low).max()), 1e-3)
    root = _node(rows, middles, np.nan_to_num(sizes), low, side, (0, 0, 0))
    root.rows = np.concatenate([root.rows, np.flatnonzero(~there)])
    return root


def _node(
    rows: NDArray[np.int64],
    middles: NDArray[np.float64],
    sizes: NDArray[np.float64],
    low: NDArray[np.float64],
    side: float,
    at: tuple[int, int, int],
) -> Node:
    level, x, y = at
    if len(rows) <= LEAF or level >= _DEEPEST:
        return Node(rows, level, x, y)
    # By size, then by place in the table: the same city gives the same tiles.
    order = rows[np.lexsort((rows, -sizes[rows]))]
    own, rest = np.sort(order[:ABOVE]), np.sort(order[ABOVE:])
    node = Node(own, level, x, y, error=float(sizes[rest].max()))
    half = side / 2
    quarter = np.minimum((middles[rest] - low) / half, 1).astype(np.int64)
    for north in (0, 1):
        for east in (0, 1):
            some = rest[(quarter[:, 0] == east) & (quarter[:, 1] == north)]
            if len(some):
                corner = low + half * np.array([east, north])
                below = (level + 1, 2 * x + east, 2 * y + north)
                node.children.append(_node(some, middles, sizes, corner, half, below))
    return node
