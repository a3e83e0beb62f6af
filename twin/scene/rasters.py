"""Compiled rasters for the baked ground: triangles into a mask, distances to the coast, and the shade on the ground."""

from __future__ import annotations

import math

import numpy as np

from twin.core.kernels import numba


@numba.njit(cache=True, nogil=True)
def fill(x, y, triangles, mask):  # type: ignore[no-untyped-def]
    """Set the pixels whose centres lie in any triangle; x and y in pixels."""
    rows, columns = mask.shape
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        low = max(0, math.ceil(min(y[a], y[b], y[c]) - 0.5))
        high = min(rows - 1, math.floor(max(y[a], y[b], y[c]) - 0.5))
        if low > high or min(x[a], x[b], x[c]) > columns or max(x[a], x[b], x[c]) < 0:
            continue
        for row in range(low, high + 1):
            level = row + 0.5
            start, stop = np.inf, -np.inf
            for side in range(3):
                p = a if side == 0 else (b if side == 1 else c)
                q = b if side == 0 else (c if side == 1 else a)
                if (y[p] <= level) != (y[q] <= level):
                    at = x[p] + (level - y[p]) / (y[q] - y[p]) * (x[q] - x[p])
                    start, stop = min(start, at), max(stop, at)
            if start <= stop:
                for column in range(max(0, math.ceil(start - 0.5)), min(columns - 1, math.floor(stop - 0.5)) + 1):
                    mask[row, column] = 1


@numba.njit(cache=True, nogil=True)
def away(ends, found):  # type: ignore[no-untyped-def]
    """Lower ``found`` to the exact distance, in pixels, from segments (ax, ay, bx, by), up to its first value."""
    rows, columns = found.shape
    most = found[0, 0]
    for n in range(len(ends)):
        ax, ay, bx, by = ends[n]
        run = (bx - ax) ** 2 + (by - ay) ** 2
        first, last = max(0, int(min(ay, by) - most)), min(rows - 1, int(max(ay, by) + most) + 1)
        left, right = max(0, int(min(ax, bx) - most)), min(columns - 1, int(max(ax, bx) + most) + 1)
        for row in range(first, last + 1):
            for column in range(left, right + 1):
                px, py = column + 0.5 - ax, row + 0.5 - ay
                share = ((px * (bx - ax) + py * (by - ay)) / run) if run > 0 else 0.0
                share = min(1.0, max(0.0, share))
                far = math.sqrt((px - share * (bx - ax)) ** 2 + (py - share * (by - ay)) ** 2)
                found[row, column] = min(found[row, column], far)


@numba.njit(cache=True, nogil=True)
def rises(points, owner, count):  # type: ignore[no-untyped-def]
    """Each point's height above the lowest point of its feature."""
    low = np.full(count, np.inf, np.float32)
    for n in range(len(points)):
        low[owner[n]] = min(low[owner[n]], points[n, 2])
    found = np.empty(len(points), np.float64)
    for n in range(len(points)):
        found[n] = points[n, 2] - low[owner[n]]
    return found


@numba.njit(cache=True, nogil=True)
def soften(stood, cast, reach, contact, shadow, shade):  # type: ignore[no-untyped-def]
    """The shade of masks of what stands (blurred over 2·reach+1 pixels) and what it shadows (over 3), in 1/255."""
    rows, columns = stood.shape
    near, sun = np.zeros(columns, np.int32), np.zeros(columns, np.int32)
    for row in range(-reach, rows):
        if row + reach < rows:
            near += stood[row + reach]
        if row - reach - 1 >= 0:
            near -= stood[row - reach - 1]
        if 0 <= row + 1 < len(cast):
            sun += cast[row + 1]
        if 0 <= row - 2 < len(cast):
            sun -= cast[row - 2]
        if row < 0:
            continue
        wide, narrow = 0, 0
        for column in range(-reach, columns):
            if column + reach < columns:
                wide += near[column + reach]
            if column - reach - 1 >= 0:
                wide -= near[column - reach - 1]
            if 0 <= column + 1 < columns:
                narrow += sun[column + 1]
            if column - 2 >= 0:
                narrow -= sun[column - 2]
            if column >= 0:
                by_foot = contact * wide / (2 * reach + 1) ** 2
                shade[row, column] = int(255 * (1 - (1 - by_foot) * (1 - shadow * narrow / 9)) + 0.5)


def warm() -> None:
    """Compile all by using each once."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    triangle, mask = np.array([[0, 1, 2]], np.int32), np.zeros((2, 2), np.uint8)
    fill(points[:, 0].astype(np.float64), points[:, 1].astype(np.float64), triangle, mask)
    away(np.zeros((1, 4)), np.full((2, 2), 9.0, np.float32))
    kept = triangle.copy()
    kept.flags.writeable = False
    fill(points[:, 0].astype(np.float64), points[:, 1].astype(np.float64), kept, mask)
    rises(points, np.zeros(3, np.int32), 1)
    soften(mask, mask, 1, 0.4, 0.4, mask.copy())
