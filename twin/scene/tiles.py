"""The tiles of a city's layers, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Key = tuple[str, int, int, int]
"""Layer, level, x, y."""


@dataclass(frozen=True)
class Tile:
    """A tile that is there to be drawn."""

    key: Key
    box: tuple[float, float, float, float, float, float]
    kind: str
    count: int
    """How many things are drawn: in one of the finest its features."""


class Node(NamedTuple):
    """A tile at a level of detail."""

    key: Key
    detail: int
    """As the layer kind's ``mesh`` counts: 0 is everything. A coarse tile has no other than 0."""


def above(key: Key) -> Key:
    """The coarser tile that a tile is part of, whether there is one or not."""
    layer, level, x, y = key
    return layer, level - 1, x // 2, y // 2
