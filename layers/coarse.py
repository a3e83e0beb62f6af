"""The compiled kernels of what is seen from afar: plain prisms, boxes, and one box for several buildings.

Corners are shared between faces: a triangle's last corner says its normal, the others where it is and how light.
"""

from __future__ import annotations

import numba
import numpy as np

from layers.kernels import FOOT, ears

X, Y, WIDE, DEEP, COSINE, SINE, GROUND, HEIGHT = range(8)
"""What is known of a box: its middle, half its sides, the direction of the first of them, its foot and its height."""
RISES = 8.0
"""Metres above the mean of its roofs from which a part of a building is a tower."""


@numba.njit(cache=True, nogil=True)
def plain(x, y, starts, ground, height, points, normals, foot, owner, triangles):  # type: ignore[no-untyped-def]
    """Prisms without façades: a ring of n vertices gives 2n points and 3n−2 triangles."""
    point, triangle = 0, 0
    for which in range(len(starts) - 1):
        first, count = starts[which], starts[which + 1] - starts[which]
        low, high = ground[which], ground[which] + height[which]
        for n in range(count):
            m = n + 1 if n + 1 < count else 0
            ax, ay = x[first + n], y[first + n]
            east, north = x[first + m] - ax, y[first + m] - ay
            run = np.sqrt(east * east + north * north)
            b, t = point + n, point + count + n
            points[b, 0], points[b, 1], points[b, 2] = ax, ay, low
            points[t, 0], points[t, 1], points[t, 2] = ax, ay, high
            east, north = (east / run, north / run) if run > 0 else (1.0, 0.0)
            normals[b, 0], normals[b, 1], normals[b, 2] = north, -east, 0.0
            normals[t, 0], normals[t, 1], normals[t, 2] = 0.0, 0.0, 1.0
            foot[b], foot[t] = FOOT, 1.0
            owner[b], owner[t] = which, which
            triangles[triangle, 0], triangles[triangle, 1], triangles[triangle, 2] = point + m, point + count + m, b
            triangles[triangle + 1, 0], triangles[triangle + 1, 1] = point + count + m, t
            triangles[triangle + 1, 2] = b
            triangle += 2
        triangle = ears(x, y, first, count, triangles, triangle, point + count)
        point += 2 * count


@numba.njit(cache=True, nogil=True)
def boxed(x, y, starts, ground, height, found):  # type: ignore[no-untyped-def]
    """A box for each ring, along its longest side and of its area, into (n, 8) ``found``."""
    for which in range(len(starts) - 1):
        first, last = starts[which], starts[which + 1]
        longest, cosine, sine, area = 0.0, 1.0, 0.0, 0.0
        for n in range(first, last):
            m = n + 1 if n + 1 < last else first
            east, north = x[m] - x[n], y[m] - y[n]
            run = east * east + north * north
            if run > longest:
                longest, cosine, sine = run, east / np.sqrt(run), north / np.sqrt(run)
            area += 0.5 * ((x[n] - x[first]) * (y[m] - y[first]) - (x[m] - x[first]) * (y[n] - y[first]))
        left, right, near, far = np.inf, -np.inf, np.inf, -np.inf
        for n in range(first, last):
            along, across = x[n] * cosine + y[n] * sine, y[n] * cosine - x[n] * sine
            left, right = min(left, along), max(right, along)
            near, far = min(near, across), max(far, across)
        wide, deep = max(right - left, 0.01), max(far - near, 0.01)
        share = np.sqrt(min(1.0, abs(area) / (wide * deep)))
        along, across = 0.5 * (left + right), 0.5 * (near + far)
        found[which, X] = along * cosine - across * sine
        found[which, Y] = along * sine + across * cosine
        found[which, WIDE], found[which, DEEP] = 0.5 * wide * share, 0.5 * deep * share
        found[which, COSINE], found[which, SINE] = cosine, sine
        found[which, GROUND], found[which, HEIGHT] = ground[which], height[which]


@numba.njit(cache=True, nogil=True)
def around(points, triangles, normals, owner, found):  # type: ignore[no-untyped-def]
    """Two boxes for each feature whose faces are known, (n, 2, 8) ``found``: what stands low of it, and its towers.

    A box is north-up, as large as what it covers seen from above, and as high as its roofs are on average: a minaret
    must not raise the mosque. Where nothing rises out of the rest, the second has no height.
    """
    count = len(found)
    low, high, mean, area = np.full(count, np.inf), np.full(count, -np.inf), np.zeros(count), np.zeros(count)
    for n in range(len(points)):
        low[owner[n]], high[owner[n]] = min(low[owner[n]], points[n, 2]), max(high[owner[n]], points[n, 2])
    for n in range(len(triangles)):
        up, top = _roof(points, triangles, normals, n)
        area[owner[triangles[n, 2]]] += up
        mean[owner[triangles[n, 2]]] += up * top
    for which in range(count):
        mean[which] = mean[which] / area[which] if area[which] > 0.0 else high[which]
    west, east = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    south, north = west.copy(), east.copy()
    covered, raised = np.zeros((count, 2)), np.zeros((count, 2))
    for n in range(len(triangles)):
        up, top = _roof(points, triangles, normals, n)
        if up > 0.0:
            which = owner[triangles[n, 2]]
            rises = high[which] - mean[which]
            part = 1 if rises > RISES and top > mean[which] + 0.5 * rises else 0
            covered[which, part] += up
            raised[which, part] += up * top
            for corner in triangles[n]:
                west[which, part] = min(west[which, part], points[corner, 0])
                east[which, part] = max(east[which, part], points[corner, 0])
                south[which, part] = min(south[which, part], points[corner, 1])
                north[which, part] = max(north[which, part], points[corner, 1])
    for which in range(count):
        for part in range(2):
            found[which, part, :] = 0.0
            found[which, part, COSINE] = 1.0
            if covered[which, part] > 0.0:
                wide, deep = east[which, part] - west[which, part], north[which, part] - south[which, part]
                share = np.sqrt(min(1.0, covered[which, part] / max(wide * deep, 1e-6)))
                found[which, part, X] = 0.5 * (west[which, part] + east[which, part])
                found[which, part, Y] = 0.5 * (south[which, part] + north[which, part])
                found[which, part, WIDE], found[which, part, DEEP] = 0.5 * wide * share, 0.5 * deep * share
                found[which, part, GROUND] = low[which]
                found[which, part, HEIGHT] = raised[which, part] / covered[which, part] - low[which]


@numba.njit(cache=True, nogil=True)
def _roof(points, triangles, normals, n):  # type: ignore[no-untyped-def]
    """What a triangle covers from above if it looks up, and how high it lies."""
    a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
    if normals[c, 2] <= 0.0:
        return 0.0, 0.0
    ax, ay, bx, by = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
    area = 0.5 * abs((bx - ax) * (points[c, 1] - ay) - (points[c, 0] - ax) * (by - ay))
    return area, (points[a, 2] + points[b, 2] + points[c, 2]) / 3.0


@numba.njit(cache=True, nogil=True)
def merged(boxes, starts, found):  # type: ignore[no-untyped-def]
    """One box for each run of boxes: their area, their mean height by area, turned as the largest of them."""
    for which in range(len(starts) - 1):
        first, last = starts[which], starts[which + 1]
        total, ground, height, largest, lead = 0.0, 0.0, 0.0, -1.0, first
        for n in range(first, last):
            area = 4.0 * boxes[n, WIDE] * boxes[n, DEEP]
            total += area
            ground += area * boxes[n, GROUND]
            height += area * boxes[n, HEIGHT]
            if area > largest:
                largest, lead = area, n
        total = max(total, 1e-6)
        cosine, sine = boxes[lead, COSINE], boxes[lead, SINE]
        left, right, near, far = np.inf, -np.inf, np.inf, -np.inf
        for n in range(first, last):
            turn = abs(boxes[n, COSINE] * cosine + boxes[n, SINE] * sine)
            other = abs(boxes[n, SINE] * cosine - boxes[n, COSINE] * sine)
            wide = boxes[n, WIDE] * turn + boxes[n, DEEP] * other
            deep = boxes[n, WIDE] * other + boxes[n, DEEP] * turn
            along = boxes[n, X] * cosine + boxes[n, Y] * sine
            across = boxes[n, Y] * cosine - boxes[n, X] * sine
            left, right = min(left, along - wide), max(right, along + wide)
            near, far = min(near, across - deep), max(far, across + deep)
        wide, deep = max(right - left, 0.01), max(far - near, 0.01)
        share = np.sqrt(min(1.0, total / (wide * deep)))
        along, across = 0.5 * (left + right), 0.5 * (near + far)
        found[which, X] = along * cosine - across * sine
        found[which, Y] = along * sine + across * cosine
        found[which, WIDE], found[which, DEEP] = 0.5 * wide * share, 0.5 * deep * share
        found[which, COSINE], found[which, SINE] = cosine, sine
        found[which, GROUND], found[which, HEIGHT] = ground / total, height / total


@numba.njit(cache=True, nogil=True)
def drawn(boxes, points, normals, foot, owner, triangles):  # type: ignore[no-untyped-def]
    """Boxes as 8 points and 10 triangles each; nobody sees their floors."""
    for which in range(len(boxes)):
        cosine, sine = boxes[which, COSINE], boxes[which, SINE]
        for n in range(4):
            # Counter-clockwise from the corner that lies back and left.
            along = boxes[which, WIDE] if n in (1, 2) else -boxes[which, WIDE]
            across = boxes[which, DEEP] if n in (2, 3) else -boxes[which, DEEP]
            b, t = 8 * which + n, 8 * which + 4 + n
            for at in (b, t):
                points[at, 0] = boxes[which, X] + along * cosine - across * sine
                points[at, 1] = boxes[which, Y] + along * sine + across * cosine
                owner[at] = which
            points[b, 2], points[t, 2] = boxes[which, GROUND], boxes[which, GROUND] + boxes[which, HEIGHT]
            foot[b], foot[t] = FOOT, 1.0
            # Outward of the side from this corner to the next: across back, along right, across front, along left.
            out_along = 1.0 if n == 1 else (-1.0 if n == 3 else 0.0)
            out_across = -1.0 if n == 0 else (1.0 if n == 2 else 0.0)
            normals[b, 0] = out_along * cosine - out_across * sine
            normals[b, 1] = out_along * sine + out_across * cosine
            normals[b, 2] = 0.0
            normals[t, 0], normals[t, 1], normals[t, 2] = 0.0, 0.0, 1.0
            m = (n + 1) % 4
            first = 10 * which + 2 * n
            triangles[first, 0], triangles[first, 1], triangles[first, 2] = 8 * which + m, 8 * which + 4 + m, b
            triangles[first + 1, 0], triangles[first + 1, 1], triangles[first + 1, 2] = 8 * which + 4 + m, t, b
        top, last = 8 * which + 4, 10 * which + 8
        triangles[last, 0], triangles[last, 1], triangles[last, 2] = top, top + 1, top + 2
        triangles[last + 1, 0], triangles[last + 1, 1], triangles[last + 1, 2] = top + 2, top + 3, top


def warm() -> None:
    """Compile all kernels by using each once; a payload's arrays can't be written to."""
    x, y = np.array([0, 1, 1, 0], np.float32), np.array([0, 0, 1, 1], np.float32)
    starts, one = np.array([0, 4], np.int64), np.ones(1, np.float32)
    points, normals = np.empty((8, 3), np.float32), np.empty((8, 3), np.float32)
    foot, owner, triangles = np.empty(8, np.float32), np.empty(8, np.int32), np.empty((10, 3), np.int32)
    plain(x, y, starts, one, one, points, normals, foot, owner, triangles)
    boxes = np.empty((1, 8), np.float32)
    boxed(x, y, starts, one, one, boxes)
    around(points, triangles, normals, owner * 0, np.empty((1, 2, 8), np.float32))
    merged(boxes, np.array([0, 1], np.int64), boxes.copy())
    drawn(boxes, points, normals, foot, owner, triangles)
    starts.flags.writeable = one.flags.writeable = False
    plain(x, y, starts, one, one, points, normals, foot, owner, triangles)
