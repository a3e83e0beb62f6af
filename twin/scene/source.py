"""What the scene reads: an open city, or anything that answers like one."""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa

from twin.model.layer import Layer
from twin.model.patches import Octree, Patch, Points, Square
from twin.model.tilesets import Branch, Tile, TileKey


class LinkSource(Protocol):
    """Windows of linked files, as ``twin.model.patches`` has them; every call waits, and may come from any thread."""

    def patch(self, layer: Layer, square: Square) -> Patch | None:
        """What a raster holds of a square."""

    def lacking(self, layer: str, square: Square) -> bool:
        """Whether a square was answered without all that belongs to it: it may be asked for again."""

    def octree(self, layer: Layer) -> Octree:
        """The nodes of a point cloud."""

    def points(self, layer: Layer, node: int) -> Points:
        """The points of a node."""

    def sample(self, layer: Layer) -> Points:
        """Some of all its points."""

    def branch(self, layer: Layer, path: tuple[int, ...]) -> Branch:
        """The tiles of a tileset behind some doors."""

    def tile(self, layer: Layer, key: TileKey) -> Tile:
        """What one of them shows."""

    def named(self, layer: str, key: TileKey, number: int) -> int:
        """The number, below 0, that a feature of a tile goes by from now on."""


class TileSource(Protocol):
    """Tiles of layers; every call may come from any thread."""

    def layers(self) -> list[Layer]:
        """In drawing order."""

    def tiles(self, layer: str) -> pa.Table:
        """level, x, y, xmin…zmax, count, kind."""

    def fids(self, layer: str) -> Any:
        """(n,) the layer's features in its own order, the one that coarse tiles count rows in."""

    def payload(self, layer: str, level: int, x: int, y: int) -> bytes:
        """A tile's blob."""

    def kind(self, name: str) -> Any:
        """The layer kind, which has ``mesh(payload, level)``."""

    def undrawn(self, layer: str, kind: str, why: str) -> None:
        """Hear that a tile of a layer can't be drawn: once for each layer."""

    def values(self, layer: str, column: str) -> pa.Table:
        """A column's values by fid."""
