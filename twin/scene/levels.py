"""How high the ground is at a place: the city's own terrain, else a linked elevation model, else a level plane."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import numpy as np

from twin.core.errors import TwinError
from twin.model.layer import Layer
from twin.model.patches import SIDE, Patch, Square
from twin.model.shapes import Arrays
from twin.scene import extents
from twin.scene.listing import Listing
from twin.scene.source import TileSource
from twin.scene.tiles import Key

_SIDE, _KEPT = 512.0, 256
"""Metres of a square that heights are read for at a time, and how many are kept: 68 MB, of a city of 8 km square."""
_TERRAIN = "terrain"
_IN = 0.1
"""Metres below the ground from which a thing lies in it."""

_Spot = tuple[str, int, int]
_RELIEF: _Spot = ("", 0, 0)
"""Stands for the city's own terrain among what is asked for."""
_LATER = object()


class Levels:
    """Answers from any thread; the window's never waits for a file."""

    def __init__(self, source: TileSource, mesh: Callable[[Key], Arrays | None], pool: Executor) -> None:
        """``mesh`` gives a tile of the city's own terrain."""
        self._links, self._mesh, self._pool = getattr(source, "links", None), mesh, pool
        self._keys: list[Key] = []
        self._linked: list[Layer] = []
        self._base: float | None = None
        self._relief: tuple[Any, ...] | None = None
        self._squares: OrderedDict[_Spot, Any] = OrderedDict()
        self._asked: dict[_Spot, Future[Any]] = {}
        self._of: object = None
        self.came = 0
        """How many were read that somebody who did not wait asked for."""
        self._lock = threading.Lock()
        self._building = threading.Lock()

    def of(self, listing: Listing) -> bool:
        """The city has these layers now; True where its ground may be another."""
        layers = list(listing.layers.values())
        own = [one for one in layers if one.id == _TERRAIN and one.link is None]
        linked = [one for one in layers if one.link and one.kind == _TERRAIN and one.extent]
        base = extents.level(layers)
        said = (base, *((one.id, one.version, one.source, one.link) for one in (*own, *linked)))
        if said == self._of:
            return False
        with self._lock:
            self._of, self._base, self._linked = said, base, linked
            self._keys = [tile.key for tile in listing.leaves() if own and tile.key[0] == _TERRAIN]
            self._relief = None
            self._squares.clear()
        return True

    @property
    def busy(self) -> bool:
        """Whether something is read that somebody who did not wait asked for."""
        with self._lock:
            return any(not one.done() for one in self._asked.values())

    def laid(self, arrays: Arrays) -> Arrays:
        """A tile whose heights all count from the city's level, and which of what grows lies on the ground."""
        if arrays.stands is not None and np.isfinite(arrays.stands).any():
            mine = np.flatnonzero(np.isfinite(arrays.stands[:, 0]))
            points = arrays.points.copy()
            points[mine, 2] += np.nan_to_num(self._below(arrays, arrays.stands[mine])).astype(np.float32)
            arrays = replace(arrays, points=points)
        if arrays.growth is not None:
            growth = arrays.growth.copy()
            middles = arrays.points - np.where(growth[:, 5:] == 0, growth[:, :3], 0)
            ground = self._below(arrays, middles[:, :2])
            growth[:, 4] = (growth[:, 4] > 0) | ~(middles[:, 2] < ground - _IN)
            arrays = replace(arrays, growth=growth)
        return arrays

    def _below(self, arrays: Arrays, places: Any) -> Any:
        """(n,) the ground's height at places of a tile, (n, 2) from its origin."""
        some, same = np.unique(places.astype(np.float32), axis=0, return_inverse=True)
        return self.at(some[:, 0] + arrays.origin[0], some[:, 1] + arrays.origin[1])[same.ravel()]

    def at(self, east: Any, north: Any, *, wait: bool = True) -> Any:
        """(n,) metres above the city's level; NaN where nobody knows, or unless told to ``wait`` nobody knows yet.

        Beside its own terrain and what elevation models hold the ground is level.
        """
        east, north = np.asarray(east, float), np.asarray(north, float)
        found, awaited = np.full(len(east), np.nan), np.zeros(len(east), bool)
        if self._keys and (wait or self._relief is not None):
            found = self._on_relief(east, north)
        elif self._keys:
            awaited[:] = True
            with self._lock:
                if _RELIEF not in self._asked:
                    self._asked[_RELIEF] = self._pool.submit(self._build)
        for layer in self._linked:
            missing = np.isnan(found)
            if missing.any():
                found[missing], late = self._on_raster(layer, east[missing], north[missing], wait)
                awaited[missing] |= late
        base = np.nan if self._base is None else self._base
        return np.where(awaited, np.nan, np.where(np.isnan(found), base, found))

    def _build(self) -> None:
        try:
            self._on_relief(np.empty(0), np.empty(0))
            with self._lock:
                self.came += 1
        finally:
            with self._lock:
                self._asked.pop(_RELIEF, None)

    def _on_relief(self, east: Any, north: Any) -> Any:
        from twin.scene import reliefs

        with self._building:
            keys, relief = self._keys, self._relief
            if relief is None:
                relief = reliefs.indexed([one for one in map(self._mesh, keys) if one is not None])
                with self._lock:
                    # Where the terrain is another since, the next asks anew.
                    self._relief = relief if keys is self._keys else None
        return reliefs.heights(relief, east, north)

    def _on_raster(self, layer: Layer, east: Any, north: Any, wait: bool) -> tuple[Any, Any]:
        """Its heights, and which of them are still to come."""
        found, awaited = np.full(len(east), np.nan), np.zeros(len(east), bool)
        squares = np.column_stack([np.floor(east / _SIDE), np.floor(north / _SIDE)]).astype(np.int64)
        for x, y in np.unique(squares, axis=0).tolist():
            heights = self._square(layer, x, y, wait)
            mine = (squares == (x, y)).all(axis=1)
            if heights is _LATER:
                awaited[mine] = True
            elif heights is not None:
                found[mine] = _between(heights, (east[mine] - x * _SIDE) / _SIDE, (north[mine] - y * _SIDE) / _SIDE)
        return found, awaited

    def _square(self, layer: Layer, x: int, y: int, wait: bool) -> Any:
        box = layer.extent
        if box is None or (x + 1) * _SIDE < box[0] or x * _SIDE > box[3]:
            return None
        if (y + 1) * _SIDE < box[1] or y * _SIDE > box[4]:
            return None
        spot = (layer.id, x, y)
        with self._lock:
            if spot in self._squares:
                self._squares.move_to_end(spot)
                return self._squares[spot]
            if not wait:
                if spot not in self._asked:
                    self._asked[spot] = self._pool.submit(self._read, layer, spot)
                return _LATER
        return self._read(layer, spot)

    def _read(self, layer: Layer, spot: _Spot) -> Any:
        assert self._links is not None
        of = self._of
        try:
            patch: Patch | None = self._links.patch(layer, Square(spot[1] * _SIDE, spot[2] * _SIDE, _SIDE))
        except TwinError:
            # What is missing is told elsewhere.
            patch = None
        heights = None if patch is None else patch.heights
        with self._lock:
            self.came += self._asked.pop(spot, None) is not None
            if of is self._of:
                self._squares[spot] = heights
            while len(self._squares) > _KEPT:
                self._squares.popitem(last=False)
        return heights


def _between(heights: Any, x: Any, y: Any) -> Any:
    """Heights at shares of a square's sides, between the four places around each."""
    across, up = 1 + x * (SIDE - 1), 1 + y * (SIDE - 1)
    column, row = np.floor(across).astype(int), np.floor(up).astype(int)
    a, b = across - column, up - row
    low = heights[row, column] * (1 - a) + heights[row, column + 1] * a
    high = heights[row + 1, column] * (1 - a) + heights[row + 1, column + 1] * a
    return low * (1 - b) + high * b


def below(levels: Levels, point: tuple[float, float, float]) -> float | None:
    """Metres that a point lies below the ground; None where it doesn't, or nobody knows yet."""
    level = float(levels.at([point[0]], [point[1]], wait=False)[0])
    deep = level - point[2]
    return deep if math.isfinite(deep) and deep > 0 else None
