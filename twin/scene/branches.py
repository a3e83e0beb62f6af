"""The tiles of a tileset that are known so far, and which of them are seen: by their own errors, in pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from twin.model.tilesets import Branch, TileKey
from twin.scene.tree import TOLERANCE, Eye, Floats, clearness, distances, visible

PIXELS = 16.0
"""That a tile may be off by its own word before what lies below it is drawn: the usual bound of 3D Tiles."""
_ADDED = 0.125
"""Of that, where tiles add to it: what isn't drawn is then missing, and not only coarse."""
MOST = 400_000
"""Tiles that are known at a time: beyond them no door is opened."""
_STEADY = 1.1
"""A tile that was refined stays so until it is this much farther away."""
_AWAY, _ENDS, _GOES_ON = 0, 1, 2
"""A tile isn't seen; it is the last that is; what lies below it is seen."""


@dataclass(frozen=True)
class Wanted:
    """What of a tileset is seen, each with how urgent it is: the pixels that its absence is off."""

    tiles: dict[int, float] = field(default_factory=dict)
    doors: dict[int, float] = field(default_factory=dict)


class Branches:
    """All of them in one list: children lie side by side, after their parents."""

    def __init__(self) -> None:
        self.boxes: Floats = np.empty((0, 6))
        self._errors: Floats = np.empty(0)
        self._replaces = self._filled = self._doors = np.empty(0, bool)
        self._first = self._count = self._above = np.empty(0, np.int64)
        self._viewers: dict[int, Floats] = {}
        self._paths: list[tuple[int, ...]] = []
        self._starts: list[int] = []
        self._state = np.empty(0, np.int8)
        self._ended: set[int] = set()
        self._dead: set[int] = set()

    def __len__(self) -> int:
        return len(self._errors)

    def hang(self, door: int | None, path: tuple[int, ...], branch: Branch) -> None:
        """Add a branch behind a door; the first has none."""
        start, count = len(self), len(branch.parents)
        numbers = np.arange(count)
        first = np.searchsorted(branch.parents, numbers, "left")
        last = np.searchsorted(branch.parents, numbers, "right")
        above = np.where(branch.parents < 0, -1 if door is None else door, branch.parents + start)
        self.boxes = np.concatenate([self.boxes, branch.boxes])
        self._errors = np.concatenate([self._errors, branch.errors])
        self._replaces = np.concatenate([self._replaces, branch.replaces])
        self._filled = np.concatenate([self._filled, branch.filled])
        self._doors = np.concatenate([self._doors, branch.doors])
        self._first = np.concatenate([self._first, first + start])
        self._count = np.concatenate([self._count, last - first])
        self._above = np.concatenate([self._above, above])
        self._state = np.concatenate([self._state, np.zeros(count, np.int8)])
        self._viewers.update({number + start: volume for number, volume in branch.viewers.items()})
        self._paths.append(path)
        self._starts.append(start)
        if door is not None:
            self._doors[door] = False
            self._first[door], self._count[door] = start, int((branch.parents < 0).sum())

    def key(self, at: int) -> TileKey:
        """How its reader knows a tile."""
        branch = int(np.searchsorted(self._starts, at, "right")) - 1
        return TileKey(self._paths[branch], at - self._starts[branch])

    def lose(self, at: int) -> None:
        """What a tile shows, or what lies behind a door, can't be had: what stands above it stays in its place."""
        if self._count[at]:
            # What lies below it is drawn for it, from however far.
            self._filled[at], self._errors[at] = False, math.inf
            return
        self._dead.add(at)
        self._filled[at] = self._doors[at] = False
        above = int(self._above[at])
        while above >= 0:
            if self._filled[above]:
                if self._replaces[above]:
                    self._ended.add(above)
                return
            above = int(self._above[above])

    def wanted(self, eye: Eye, pixels: float = PIXELS) -> Wanted:
        """What is seen from an eye; remembers it for ``drawn``."""
        before, self._state = self._state, np.zeros(len(self), np.int8)
        found = Wanted()
        front, urgent = np.flatnonzero(self._above < 0), np.full(int((self._above < 0).sum()), np.inf)
        while len(front):
            boxes = self.boxes[front]
            away = np.maximum(distances(boxes, eye), 1e-3)
            clarity = clearness(away / eye.clear) if eye.clear else np.ones(len(away))
            off = self._errors[front] * eye.focal / away * np.maximum(clarity, 1e-9)
            seen = visible(boxes, eye) & self._admitted(front, eye)
            bound = pixels * eye.tolerance / TOLERANCE * np.where(self._replaces[front], 1.0, _ADDED)
            steady = np.where(before[front] == _GOES_ON, bound / _STEADY, bound)
            goes_on = seen & (off > steady) & (self._count[front] > 0)
            for at in self._ended.intersection(front[goes_on].tolist()):
                goes_on[front == at] = False
            self._state[front] = np.where(goes_on, _GOES_ON, np.where(seen, _ENDS, _AWAY))
            for at, by in zip(front[seen].tolist(), urgent[seen].tolist(), strict=True):
                if self._doors[at]:
                    found.doors[at] = by
                elif self._filled[at]:
                    found.tiles[at] = by
            counts = self._count[front[goes_on]]
            below = np.repeat(self._first[front[goes_on]] - np.cumsum(counts) + counts, counts) + np.arange(
                counts.sum()
            )
            # An endless error says no more of what is below than was known above.
            by = np.where(np.isfinite(off), off, urgent)[goes_on]
            front, urgent = below, np.repeat(by, counts)
        return found

    def drawn(self, there: Mapping[int, object]) -> list[int]:
        """The tiles to be drawn of those that are ``there``: none before all that replaces the same tile is there."""
        found: list[int] = []
        for root in np.flatnonzero(self._above < 0).tolist():
            self._cover(root, there, found)
        return found

    def _cover(self, at: int, there: Mapping[int, object], found: list[int]) -> bool:
        """Add what covers a tile; False where something of it is still to come."""
        state, filled = self._state[at], bool(self._filled[at])
        if state == _AWAY or self._doors[at]:
            return bool(state == _AWAY)
        mine = filled and at in there
        if state == _ENDS:
            if mine:
                found.append(at)
            return mine or (self._finer(at, there, found) if filled else at not in self._dead)
        parts: list[int] = []
        whole = True
        for one in self._below(at):
            whole &= self._cover(one, there, parts)
        if not self._replaces[at]:
            found += [at] if mine else []
            found += parts
            return mine or not filled
        if whole or not filled:
            # Where nothing coarser could be seen instead, each is drawn as it comes.
            found += parts
            return whole
        found += [at] if mine else []
        return mine

    def _finer(self, at: int, there: Mapping[int, object], found: list[int]) -> bool:
        """What replaces a tile, where all of it is there already and the tile itself isn't."""
        if not self._replaces[at] or not self._count[at]:
            return False
        if not all(self._filled[one] and one in there for one in self._below(at)):
            return False
        found.extend(self._below(at))
        return True

    def _below(self, at: int) -> range:
        return range(int(self._first[at]), int(self._first[at] + self._count[at]))

    def _admitted(self, front: Iterable[int], eye: Eye) -> np.typing.NDArray[np.bool_]:
        """Whether the eye is where a tile may be seen from (viewerRequestVolume)."""
        if not self._viewers:
            return np.ones(len(list(front)), bool)
        return np.array([_inside(self._viewers.get(int(at)), eye) for at in front], bool)


def _inside(volume: Floats | None, eye: Eye) -> bool:
    if volume is None:
        return True
    way = np.asarray(eye.at) - volume[:3]
    if not math.isnan(volume[12]):
        return bool(np.linalg.norm(way) <= volume[12])
    axes = volume[3:12].reshape(3, 3)
    lengths = (axes * axes).sum(axis=1)
    return bool((np.abs(axes @ way) <= lengths).all())
