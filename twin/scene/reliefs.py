"""A terrain's triangles by where they lie, and the height of any place on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np

from twin.model.shapes import Arrays

_A_CELL = 2
"""Triangles, as many as there are on average."""


def indexed(tiles: Sequence[Arrays]) -> tuple[Any, ...]:
    """What ``heights`` asks: points, triangles, and which triangles reach into each cell of a grid over them."""
    firsts = np.cumsum([0, *(len(one.points) for one in tiles)])
    points = np.concatenate([np.empty((0, 3)), *(one.points.astype(np.float64) + one.origin for one in tiles)])
    corners = [one.triangles + first for one, first in zip(tiles, firsts[:-1], strict=True)]
    triangles = np.concatenate([np.empty((0, 3), np.int32), *corners]).astype(np.int64)
    if not len(triangles):
        return points, triangles, np.zeros(4), np.zeros(2, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64)
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    cells = max(1, int(np.sqrt(len(triangles) / _A_CELL)))
    frame = np.array([*low, *np.maximum(high - low, 1e-6) / cells])
    starts, held = _gathered(points, triangles, frame, cells)
    return points, triangles, frame, np.array([cells, cells], np.int64), starts, held


def heights(index: tuple[Any, ...], east: Any, north: Any) -> Any:
    """(n,) of places; NaN where the terrain has no triangle, the highest where several lie over each other."""
    points, triangles, frame, size, starts, held = index
    places = np.asarray(east, np.float64), np.asarray(north, np.float64)
    return _heights(points, triangles, frame, size, starts, held, *places)


@numba.njit(cache=True, nogil=True)
def _gathered(points, triangles, frame, cells):  # type: ignore[no-untyped-def]
    counts = np.zeros(cells * cells + 1, np.int64)
    spans = np.empty((len(triangles), 4), np.int64)
    for n in range(len(triangles)):
        for axis in range(2):
            a, b, c = (points[triangles[n, 0], axis], points[triangles[n, 1], axis], points[triangles[n, 2], axis])
            for end in range(2):
                side = min(a, b, c) if end == 0 else max(a, b, c)
                at = int((side - frame[axis]) / frame[2 + axis])
                spans[n, 2 * axis + end] = min(cells - 1, max(0, at))
        for x in range(spans[n, 0], spans[n, 1] + 1):
            for y in range(spans[n, 2], spans[n, 3] + 1):
                counts[y * cells + x + 1] += 1
    starts = np.cumsum(counts)
    held, free = np.empty(starts[-1], np.int64), starts[:-1].copy()
    for n in range(len(triangles)):
        for x in range(spans[n, 0], spans[n, 1] + 1):
            for y in range(spans[n, 2], spans[n, 3] + 1):
                held[free[y * cells + x]] = n
                free[y * cells + x] += 1
    return starts, held


@numba.njit(cache=True, nogil=True)
def _heights(points, triangles, frame, size, starts, held, east, north):  # type: ignore[no-untyped-def]
    found = np.full(len(east), np.nan)
    for n in range(len(east)):
        if len(held) == 0:
            continue
        x, y = int(np.floor((east[n] - frame[0]) / frame[2])), int(np.floor((north[n] - frame[1]) / frame[3]))
        # The very edge belongs to the last cell.
        x, y = x - (x == size[0]), y - (y == size[1])
        if not (0 <= x < size[0] and 0 <= y < size[1]):
            continue
        for k in range(starts[y * size[0] + x], starts[y * size[0] + x + 1]):
            a, b, c = triangles[held[k], 0], triangles[held[k], 1], triangles[held[k], 2]
            bx, by = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
            cx, cy = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1]
            px, py = east[n] - points[a, 0], north[n] - points[a, 1]
            whole = bx * cy - by * cx
            if abs(whole) < 1e-12:
                continue
            u, v = (px * cy - py * cx) / whole, (bx * py - by * px) / whole
            if u >= -1e-9 and v >= -1e-9 and u + v <= 1 + 1e-9:
                z = points[a, 2] + u * (points[b, 2] - points[a, 2]) + v * (points[c, 2] - points[a, 2])
                if not found[n] >= z:
                    found[n] = z
    return found
