"""Tiles on their way to the screen: meshed by workers, nearest first; drawn by the thread that owns the window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.scene.source import TileSource

Key = tuple[str, int, int, int]
"""Layer, level, x, y."""


@dataclass(frozen=True)
class Tile:
    """A tile that is there to be drawn."""

    key: Key
    box: tuple[float, float, float, float, float, float]
    kind: str
    count: int


def listed(source: TileSource, layer: Layer) -> list[Tile]:
    """A layer's tiles."""
    found = []
    for row in source.tiles(layer.id).to_pylist():
        box = (row["xmin"], row["ymin"], row["zmin"], row["xmax"], row["ymax"], row["zmax"])
        found.append(Tile((layer.id, row["level"], row["x"], row["y"]), box, row["kind"], row["count"]))
    return found


class Meshing:
    """Workers that read and mesh tiles; what is ready waits for the window's thread."""

    def __init__(self, source: TileSource, workers: int = 2) -> None:
        self._source = source
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="mesh")
        self._waiting: dict[Key, Future[Arrays | None]] = {}

    def ask(self, tiles: list[Tile], eye: tuple[float, float, float]) -> None:
        """Start on these tiles, the nearest to the eye first."""
        for tile in sorted(tiles, key=lambda tile: _away(tile, eye)):
            if tile.key not in self._waiting:
                self._waiting[tile.key] = self._pool.submit(self._mesh, tile)

    def ready(self, most: int) -> Iterator[tuple[Key, Arrays]]:
        """What is done, up to ``most`` bytes: a bound on what one frame uploads."""
        sent = 0
        for key, future in list(self._waiting.items()):
            if sent >= most:
                return
            if future.done():
                del self._waiting[key]
                arrays = future.result()
                if arrays is not None:
                    sent += arrays.nbytes
                    yield key, arrays

    def forget(self, layer: str) -> None:
        """Drop what is under way for a layer."""
        for key in [key for key in self._waiting if key[0] == layer]:
            self._waiting.pop(key).cancel()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._waiting)

    def close(self) -> None:
        """Stop."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _mesh(self, tile: Tile) -> Arrays | None:
        payload = self._source.payload(*tile.key)
        if not payload:
            return None
        arrays: Arrays = self._source.kind(tile.kind).mesh(payload, 0)
        return arrays


def _away(tile: Tile, eye: tuple[float, float, float]) -> Any:
    west, south, _, east, north, _ = tile.box
    return math.hypot(max(west - eye[0], 0, eye[0] - east), max(south - eye[1], 0, eye[1] - north))
