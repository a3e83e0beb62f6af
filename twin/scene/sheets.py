"""Linked rasters that lie on each other: one quadtree of patches over all of them, chosen by what is seen of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from twin.model.layer import Layer
from twin.model.patches import SIDE, Square
from twin.scene.tree import Eye, Floats, Sides, clearness, distances, visible

TOLERANCE = 1.3
"""Pixels that a place of a patch may fill."""
_STEADY = 1.1
"""A patch that was refined stays so until it is this much farther away."""
_FINER = 0.75
"""Of a cell's size: nothing finer is asked for."""
_DEEPEST, _MOST = 24, 500
"""Levels, and patches at a time."""
_FALL, _WIDEST = 1 / 3, 0.5
"""How steep an elevation model's embankment is, and how wide at the most, as a share of the model's own side."""
_ROUGH = 64
"""Into so many parts an embankment is divided."""

Levels = tuple[float, float]
"""Between which heights the ground lies, in metres."""


class Spot(NamedTuple):
    """A patch's place in the quadtree: its level, and x and y from the south-west."""

    level: int
    x: int
    y: int

    @property
    def below(self) -> tuple[Spot, ...]:
        """The four that it is made of."""
        x, y = 2 * self.x, 2 * self.y
        return tuple(Spot(self.level + 1, x + right, y + up) for up in (0, 1) for right in (0, 1))


@dataclass(frozen=True)
class Raster:
    """One of a sheet's layers."""

    layer: Layer
    box: tuple[float, ...]
    cell: float
    """Metres."""
    hem: float = 0.0
    """Metres that its embankment reaches beyond its box (see ``hems``)."""
    fall: float = _FALL
    """Metres down for each of them."""

    def meets(self, square: Square, beyond: float = 0.0) -> bool:
        """Whether its box, or what lies so many metres beyond it, reaches into a square."""
        west, south, _, east, north, _ = self.box
        return (
            west - beyond < square.west + square.side
            and square.west < east + beyond
            and south - beyond < square.south + square.side
            and square.south < north + beyond
        )

    def detail(self, square: Square) -> float:
        """Metres that the finest of it in a square are wide: an embankment has nothing fine."""
        return self.cell if self.meets(square) else max(self.cell, self.hem / _ROUGH)

    @property
    def widened(self) -> Square:
        """All of it with its embankment."""
        west, south, _, east, north, _ = self.box
        side = max(east - west, north - south) + 2 * self.hem
        return Square(west - self.hem, south - self.hem, side)


@dataclass(frozen=True)
class Wanted:
    """What of a sheet is seen."""

    refined: frozenset[Spot]
    leaves: frozenset[Spot]
    urgent: dict[Spot, float]
    """Of all of them and what is above them: the pixels that its absence is off."""


class Sheet:
    """Rasters on each other, the lowest first: heights, then pictures."""

    def __init__(self, layers: Sequence[Layer], ground: Levels) -> None:
        order = sorted(layers, key=lambda layer: layer.kind != "terrain")
        self.rasters = [_raster(layer, ground[0]) for layer in order]
        self.relief = [one for one in self.rasters if one.layer.kind == "terrain"]
        self.floor = ground[0]
        """The lowest ground beside it."""
        heights = [(one.box[2], one.box[5]) for one in self.relief]
        self.low, self.high = min(low for low, _ in (ground, *heights)), max(high for _, high in (ground, *heights))
        boxes = np.array([one.box for one in self.rasters])
        hem = np.array([one.hem for one in self.rasters])[:, None]
        low, high = (boxes[:, :2] - hem).min(axis=0), (boxes[:, 3:5] + hem).max(axis=0)
        side = max(float(high[0] - low[0]), float(high[1] - low[1]), 1.0)
        self.square = Square(float(low[0]), float(low[1]), side)
        self._refined: frozenset[Spot] = frozenset()

    def told(self, layers: Sequence[Layer]) -> None:
        """What these same layers say now, their opacity."""
        now = {layer.id: layer for layer in layers}
        self.rasters = [replace(one, layer=now[one.layer.id]) for one in self.rasters]
        self.relief = [one for one in self.rasters if one.layer.kind == "terrain"]

    def of(self, spot: Spot) -> Square:
        """Where a patch lies."""
        side = self.square.side / 2**spot.level
        return Square(self.square.west + spot.x * side, self.square.south + spot.y * side, side)

    def on(self, square: Square) -> list[Raster]:
        """Those that reach into a square with their embankments, the lowest first."""
        return [one for one in self.rasters if one.meets(square, one.hem)]

    def wanted(self, eye: Eye) -> Wanted:
        """The patches that are seen from an eye."""
        refined: set[Spot] = set()
        leaves: set[Spot] = set()
        urgent = {Spot(0, 0, 0): math.inf}
        front = [Spot(0, 0, 0)]
        while front and len(urgent) < _MOST:
            boxes = self._boxes(front)
            apart = self.square.side / 2 ** front[0].level / (SIDE - 1)
            away = distances(boxes, eye)
            clarity = clearness(away / eye.clear) if eye.clear else np.ones(len(away))
            reach = apart * eye.focal / (TOLERANCE * eye.tolerance / 0.8) * clarity
            seen = visible(boxes, eye)
            following: list[Spot] = []
            for spot, there, near, far in zip(front, seen.tolist(), away.tolist(), reach.tolist(), strict=True):
                square = self.of(spot)
                rasters = self.on(square)
                if not rasters or not (there or spot.level == 0):
                    continue
                deeper = spot.level < _DEEPEST and apart > _FINER * min(one.detail(square) for one in rasters)
                if deeper and near < far * (_STEADY if spot in self._refined else 1.0):
                    refined.add(spot)
                    for below in spot.below:
                        urgent[below] = far / max(near, 1.0)
                    following += spot.below
                else:
                    leaves.add(spot)
            front = following
        leaves |= set(front) - refined
        self._refined = frozenset(refined)
        known = refined | leaves
        return Wanted(self._refined, frozenset(leaves), {spot: by for spot, by in urgent.items() if spot in known})

    def drawn(self, wanted: Wanted, there: Collection[Spot]) -> set[Spot]:
        """What is drawn of what is there: never a hole where a coarser patch can fill it."""
        found: set[Spot] = set()
        self._cover(Spot(0, 0, 0), wanted, there, found)
        return found

    def _cover(self, spot: Spot, wanted: Wanted, there: Collection[Spot], found: set[Spot]) -> bool:
        if spot in wanted.refined:
            below = [one for one in spot.below if one in wanted.urgent]
            parts: set[Spot] = set()
            covered = [self._cover(one, wanted, there, parts) for one in below]
            if all(covered):
                found |= parts
                return True
            if spot in there:
                found.add(spot)
                return True
            found |= parts
            return False
        if spot in there:
            found.add(spot)
            return True
        if spot.level < _DEEPEST and all(one in there for one in spot.below):
            found.update(spot.below)
            return True
        return False

    def _boxes(self, spots: Sequence[Spot]) -> Floats:
        squares = [self.of(spot) for spot in spots]
        return np.array(
            [(one.west, one.south, self.low, one.west + one.side, one.south + one.side, self.high) for one in squares]
        )


def sheets(layers: Sequence[Layer]) -> list[tuple[Layer, ...]]:
    """Layers that lie on each other, together."""
    groups: list[list[Layer]] = []
    for layer in layers:
        meeting = [group for group in groups if any(_meet(layer, one) for one in group)]
        joined = [one for group in meeting for one in group] + [layer]
        groups = [group for group in groups if group not in meeting] + [joined]
    order = {layer.id: place for place, layer in enumerate(layers)}
    return [tuple(sorted(group, key=lambda one: order[one.id])) for group in groups]


def around(layers: Sequence[Layer]) -> Sides:
    """The sides of all of these."""
    boxes = np.array([layer.extent for layer in layers])
    (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 3:5].max(axis=0).tolist()
    return west, south, east, north


def _meet(one: Layer, other: Layer) -> bool:
    a, b = one.extent, other.extent
    if a is None or b is None:
        return False
    return a[0] < b[3] and b[0] < a[3] and a[1] < b[4] and b[1] < a[4]


def _raster(layer: Layer, floor: float) -> Raster:
    assert layer.extent is not None
    assert layer.link is not None
    made = Raster(layer, layer.extent, max(layer.link.cell, 1e-3))
    west, south, _, east, north, high = layer.extent
    down = high - floor
    if layer.kind != "terrain" or down <= 0:
        return made
    hem = min(down / _FALL, _WIDEST * max(east - west, north - south))
    return replace(made, hem=hem, fall=down / hem)
