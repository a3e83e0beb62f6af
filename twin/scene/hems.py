"""Where an elevation model ends: its ground goes on as an embankment, so that it ends in no cliff and has no holes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from twin.model.patches import Square


@dataclass(frozen=True)
class Hem:
    """Of one elevation model, roughly: a finer one is made of it about what is looked at."""

    square: Square
    heights: Any
    """(n, n) metres, the first row in the south."""

    def at(self, square: Square, count: int, rim: int) -> Any:
        """(count + 2 rim, count + 2 rim) metres at the places of a square, from ``rim`` places before its border on."""
        n = len(self.heights)
        if not np.isfinite(self.heights).any():
            return np.full((count + 2 * rim, count + 2 * rim), -np.inf)
        apart, own = square.side / (count - 1), self.square.side / (n - 1)
        along = (np.arange(count + 2 * rim) - rim) * apart
        x, y = ((square.west - self.square.west + along) / own, (square.south - self.square.south + along) / own)
        column, row = (np.clip(np.floor(one).astype(int), 0, n - 2) for one in (x, y))
        right, up = np.clip(x - column, 0, 1), np.clip(y - row, 0, 1)[:, None]
        low, high = ((1 - right) * self.heights[one][:, column] + right * self.heights[one][:, column + 1]
                     for one in (row, row + 1))  # fmt: skip
        found = (1 - up) * low + up * high
        beyond = (x < 0) | (x > n - 1), (y < 0) | (y > n - 1)
        found[:, beyond[0]], found[beyond[1]] = -np.inf, -np.inf
        return found


def hem(square: Square, heights: Any, fall: float) -> Hem:
    """Of (n, n) heights over a square, NaN where there are none."""
    return Hem(square, fallen(heights, np.float32(-np.inf), square.side / (len(heights) - 1), fall))


def fallen(heights: Any, rough: Any, apart: float, fall: float) -> Any:
    """(n, n) heights, where they are NaN those of an embankment about them and about a ``rough`` one; −∞ far away."""
    kept = np.isfinite(heights)
    found = np.where(kept, heights, rough).astype(np.float32)
    _sweep(found, kept, np.float32(apart * fall))
    return found


@numba.njit(cache=True, nogil=True)
def _sweep(found, kept, step):  # type: ignore[no-untyped-def]
    """Down from each place to those about it, on the way there and back (Borgefors 1986, weights 1 and √2)."""
    rows, columns = found.shape
    slant = step * np.float32(1.4142135)
    for way in (1, -1):
        for n in range(rows):
            row = n if way > 0 else rows - 1 - n
            before = row - way
            for m in range(columns):
                column = m if way > 0 else columns - 1 - m
                if kept[row, column]:
                    continue
                best = found[row, column]
                if 0 <= column - way < columns:
                    best = max(best, found[row, column - way] - step)
                if 0 <= before < rows:
                    best = max(best, found[before, column] - step)
                    if column > 0:
                        best = max(best, found[before, column - 1] - slant)
                    if column < columns - 1:
                        best = max(best, found[before, column + 1] - slant)
                found[row, column] = best
