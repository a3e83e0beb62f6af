"""Which layers and tiles there are, at one moment: asked for beside the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from twin.model.layer import Layer
from twin.model.shapes import Colour
from twin.scene import extents
from twin.scene.facades import NEAR
from twin.scene.source import TileSource
from twin.scene.tiles import Key, Tile, above
from twin.scene.tree import Tree


@dataclass(frozen=True)
class Listing:
    """Layers in drawing order, their tiles in the order of their features' rows, and how tiles lie in each other."""

    layers: dict[str, Layer]
    tiles: dict[Key, Tile]
    coarse: frozenset[Key] = frozenset()
    """Those that stand for finer ones."""
    tree: Tree = field(default_factory=Tree)
    afar: dict[str, Colour] = field(default_factory=dict)
    """By kind, the colour that its features melt into."""
    grounded: frozenset[str] = frozenset()
    """Kinds some of whose heights count from the ground."""
    grows: dict[str, float] = field(default_factory=dict)
    """By kind, the pixels that what it draws may reach beyond what is there."""

    @classmethod
    def of(cls, source: TileSource) -> Self:
        """Ask for all of them."""
        layers = {layer.id: layer for layer in source.layers()}
        tiles = {tile.key: tile for name in layers for tile in _listed(source, name)}
        kinds = {tile.kind for tile in tiles.values()}
        grounded = frozenset(name for name in kinds if _told(source, name, "GROUNDED", False))
        if grounded:
            low, high = extents.ground(layers.values())
            tiles = {key: _over(one, low, high) if one.kind in grounded else one for key, one in tiles.items()}
        details = {name: tuple(_told(source, name, "DETAILS", (0.0,))) for name in kinds}
        afar = {name: _told(source, name, "AFAR", None) for name in kinds}
        near = {name: NEAR for name in kinds if _told(source, name, "FACADES", False)}
        coarse = frozenset(above(key) for key in tiles) & tiles.keys()
        known = {name: colour for name, colour in afar.items() if colour}
        grows = {name: float(_told(source, name, "GROWS", 0.0)) for name in kinds}
        return cls(layers, tiles, coarse, Tree(tiles.values(), details, near), known, grounded, grows)

    def leaves(self, without: Iterable[str] = ()) -> list[Tile]:
        """The finest tiles, but for those of some layers."""
        left = set(without)
        return [tile for key, tile in self.tiles.items() if key not in self.coarse and key[0] not in left]

    def changed(self, before: Listing) -> frozenset[str]:
        """The layers of either whose features or tiles are no longer the same."""
        found = set()
        for name in {*self.layers, *before.layers}:
            now, then = self.layers.get(name), before.layers.get(name)
            if now is None or then is None or (now.source, now.version) != (then.source, then.version):
                found.add(name)
        found |= {key[0] for key in self.tiles.keys() ^ before.tiles.keys()}
        found |= {key[0] for key, tile in self.tiles.items() if before.tiles.get(key, tile) != tile}
        return frozenset(found)

    def holding(self, layer: str, row: int) -> Key | None:
        """The finest tile that has the feature of a row."""
        leaves = [key for key in self.tiles if key[0] == layer and key not in self.coarse]
        last = np.cumsum([self.tiles[key].count for key in leaves])
        at = int(np.searchsorted(last, row, side="right"))
        return leaves[at] if at < len(leaves) else None


def _listed(source: TileSource, layer: str) -> Iterable[Tile]:
    for row in source.tiles(layer).to_pylist():
        box = (row["xmin"], row["ymin"], row["zmin"], row["xmax"], row["ymax"], row["zmax"])
        yield Tile((layer, row["level"], row["x"], row["y"]), box, row["kind"], row["count"])


def _over(tile: Tile, low: float, high: float) -> Tile:
    """A tile some of whose heights count from ground that lies between these."""
    west, south, foot, east, north, top = tile.box
    return replace(tile, box=(west, south, foot + min(0.0, low), east, north, top + max(0.0, high)))


def _told(source: TileSource, kind: str, name: str, otherwise: Any) -> Any:
    """What a kind says of itself; a kind that nobody brings says nothing."""
    try:
        return getattr(source.kind(kind), name, otherwise)
    except Exception:  # noqa: BLE001  a stranger's; its tiles say why when they are meshed
        return otherwise
