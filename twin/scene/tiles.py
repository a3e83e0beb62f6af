"""Tiles on their way to the screen: meshed by workers, nearest first; drawn by the thread that owns the window."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.scene import datasets
from twin.scene.source import TileSource

_log = logging.getLogger("balad")

Key = tuple[str, int, int, int]
"""Layer, level, x, y."""


@dataclass(frozen=True)
class Tile:
    """A tile that is there to be drawn."""

    key: Key
    box: tuple[float, float, float, float, float, float]
    kind: str
    count: int


@dataclass(frozen=True)
class Listing:
    """Which layers and tiles there are, at one moment."""

    layers: dict[str, Layer]
    tiles: dict[Key, Tile]

    @classmethod
    def of(cls, source: TileSource) -> Listing:
        """Ask for all of them."""
        layers = {layer.id: layer for layer in source.layers()}
        return cls(layers, {tile.key: tile for name in layers for tile in _listed(source, name)})


def _listed(source: TileSource, layer: str) -> Iterator[Tile]:
    for row in source.tiles(layer).to_pylist():
        box = (row["xmin"], row["ymin"], row["zmin"], row["xmax"], row["ymax"], row["zmax"])
        yield Tile((layer, row["level"], row["x"], row["y"]), box, row["kind"], row["count"])


class Meshing:
    """Workers that read and mesh tiles; what is ready waits for the window's thread."""

    def __init__(self, source: TileSource, workers: int = 2) -> None:
        self._source = source
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="mesh")
        self._faulty: set[str] = set()
        self._waiting: dict[Key, Future[Arrays | None]] = {}

    def ask(self, tiles: list[Tile], eye: tuple[float, float, float], first: frozenset[str] = frozenset()) -> None:
        """Start on these tiles: those of the ``first`` layers, then the nearest to the eye."""
        for tile in sorted(tiles, key=lambda tile: (tile.key[0] not in first, away(tile, eye))):
            if tile.key not in self._waiting:
                self._waiting[tile.key] = self.pool.submit(self._mesh, tile)

    def ready(self, most: int) -> Iterator[tuple[Key, Arrays]]:
        """What is done, up to ``most`` bytes: a bound on what one frame uploads."""
        sent = 0
        for key, future in list(self._waiting.items()):
            if sent >= most:
                return
            if future.done():
                del self._waiting[key]
                arrays = future.result()
                if arrays is not None and len(arrays.triangles):
                    sent += arrays.nbytes
                    yield key, arrays

    def keep(self, keys: Iterable[Key]) -> None:
        """Drop what is under way, but for these tiles."""
        wanted = set(keys)
        for key in [key for key in self._waiting if key not in wanted]:
            self._waiting.pop(key).cancel()

    def __contains__(self, key: Key) -> bool:
        return key in self._waiting

    def among(self, layers: frozenset[str]) -> bool:
        """Whether a tile of these layers is under way."""
        return any(key[0] in layers for key in self._waiting)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._waiting)

    def close(self) -> None:
        """Stop."""
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _mesh(self, tile: Tile) -> Arrays | None:
        try:
            payload = self._source.payload(*tile.key)
            if not payload:
                return None
            made = self._source.kind(tile.kind).mesh(payload, 0)
            arrays = made if isinstance(made, Arrays) else datasets.arrays(made)
        except Exception as why:  # noqa: BLE001  a layer kind is a stranger: one tile of it must not take the view along
            if tile.key[0] not in self._faulty:
                self._faulty.add(tile.key[0])
                words = "tile %s of kind %s can't be drawn: %s"
                _log.error(words, tile.key, tile.kind, why, exc_info=not isinstance(why, datasets.NotDrawable))
            return None
        return arrays


def away(tile: Tile, eye: tuple[float, float, float]) -> float:
    """Metres from the eye to the nearest that a tile can be."""
    west, south, low, east, north, high = tile.box
    sides = ((west, east), (south, north), (low, high))
    return math.hypot(*(max(least - at, 0.0, at - most) for (least, most), at in zip(sides, eye, strict=True)))
