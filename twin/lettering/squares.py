"""Points by squares of the plan, so that those near an eye are found without asking all of a million."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_SIDE = 256.0
"""Metres."""
_ENOUGH = 60_000
"""Points: where a picture has more of them, it has its words from the nearest."""


class Squares:
    """Points that stand still."""

    def __init__(self, points: Any) -> None:
        """``points`` are (n, 2) or more, in metres."""
        plan = np.asarray(points, np.float64)[:, :2]
        self._order = np.arange(len(plan))
        if len(plan) <= _ENOUGH:
            return
        cells = np.floor(plan / _SIDE).astype(np.int64)
        cells -= cells.min(axis=0)
        number = cells[:, 0] * (int(cells[:, 1].max()) + 1) + cells[:, 1]
        self._order = np.argsort(number, kind="stable")
        self._starts = np.flatnonzero(np.diff(number[self._order], prepend=-1))
        self._counts = np.diff(self._starts, append=len(plan))
        self._middles = (np.floor(plan[self._order[self._starts]] / _SIDE) + 0.5) * _SIDE

    def near(self, eye: Sequence[float], reach: float = np.inf) -> Any:
        """The rows of all points within ``reach`` metres in plan and of some beyond, or of enough of the nearest."""
        if len(self._order) <= _ENOUGH:
            return self._order
        away = np.linalg.norm(self._middles - np.array(eye[:2]), axis=1) - _SIDE
        nearest = np.argsort(away, kind="stable")
        nearest = nearest[away[nearest] < reach]
        enough = int(np.searchsorted(np.cumsum(self._counts[nearest]), _ENOUGH)) + 1
        some = [self._order[start : start + count] for start, count in self._runs(nearest[:enough])]
        return np.concatenate(some) if some else self._order[:0]

    def _runs(self, squares: Any) -> Any:
        return zip(self._starts[squares].tolist(), self._counts[squares].tolist(), strict=True)
