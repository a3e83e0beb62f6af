"""The compiled kernels: prisms from footprints, in one pass straight into the arrays that are drawn."""

from __future__ import annotations

import numba
import numpy as np

FOOT = 0.72
"""The dimming of a wall's foot, rising to 1 at the roof."""
FLOOR, BAY, LIP = 3.2, 2.4, 0.6
"""Metres from floor to floor, from window to window, and from a roof to the top of the lip about it (ART)."""
AWAY = 1000.0
"""Metres from any side: where neither windows nor a lip are drawn."""


@numba.njit(cache=True, nogil=True)
def ears(x, y, first, count, triangles, at, base):  # type: ignore[no-untyped-def]
    """Ear-clip one counter-clockwise ring without holes; the next free place in ``triangles``.

    Meisters, "Polygons have ears" (1975). A ring that has no ear left (touching itself) ends in a fan.
    """
    following = np.empty(count, np.int32)
    before = np.empty(count, np.int32)
    for n in range(count):
        following[n] = (n + 1) % count
        before[n] = (n - 1) % count
    left, corner, idle = count, 0, 0
    while left > 3:
        a, b, c = before[corner], corner, following[corner]
        ax, ay, bx, by, cx, cy = (
            x[first + a], y[first + a], x[first + b], y[first + b], x[first + c], y[first + c]
        )  # fmt: skip
        ear = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0
        if ear:
            other = following[c]
            while other != a:
                px, py = x[first + other], y[first + other]
                inside = (
                    (bx - ax) * (py - ay) - (by - ay) * (px - ax) >= 0
                    and (cx - bx) * (py - by) - (cy - by) * (px - bx) >= 0
                    and (ax - cx) * (py - cy) - (ay - cy) * (px - cx) >= 0
                )
                corner_itself = (px == ax and py == ay) or (px == bx and py == by) or (px == cx and py == cy)
                if inside and not corner_itself:
                    ear = False
                    break
                other = following[other]
        if ear or idle > left:
            triangles[at, 0], triangles[at, 1], triangles[at, 2] = base + a, base + b, base + c
            at += 1
            following[a], before[c] = c, a
            left -= 1
            corner, idle = c, 0
        else:
            corner = c
            idle += 1
    a, b, c = before[corner], corner, following[corner]
    triangles[at, 0], triangles[at, 1], triangles[at, 2] = base + a, base + b, base + c
    return at + 1


@numba.njit(cache=True, nogil=True)
def within(x, y, nx, ny, first, start, corners, many, found, slot):  # type: ignore[no-untyped-def]
    """How far corners of a roof lie within the side that begins at one; False where one lies behind it."""
    e, inside = first + start, True
    for k in range(many):
        at = first + corners[k]
        away = nx[e] * (x[e] - x[at]) + ny[e] * (y[e] - y[at])
        found[k, slot] = max(away, 0.0)
        inside &= away > -0.05
    return inside


@numba.njit(cache=True, nogil=True)
def rims(x, y, nx, ny, first, before, following, corners, many, held, found):  # type: ignore[no-untyped-def]
    """How far each of some corners of a roof lies within its sides, at most four; False where one lies behind another.

    A distance to a line is linear, so that what is drawn between corners is exact. ``nx``, ``ny`` look outward from
    the side that begins at a corner; ``before`` and ``following`` are the corners beside each, counted from ``first``;
    ``held`` is true for the corners that are asked for.
    """
    slot = 0
    for k in range(many):
        v = corners[k]
        if slot < 4 and held[following[v]] and following[v] != v:
            if not within(x, y, nx, ny, first, v, corners, many, found, slot):
                return False
            slot += 1
    for k in range(many):
        # A side that only touches them counts where the outline turns outward: there two lips meet.
        v = corners[k]
        a, b = first + before[v], first + v
        if slot < 4 and nx[a] * ny[b] - ny[a] * nx[b] > 0.0:
            if not held[before[v]] and within(x, y, nx, ny, first, before[v], corners, many, found, slot):
                slot += 1
            if slot < 4 and not held[following[v]] and within(x, y, nx, ny, first, v, corners, many, found, slot):
                slot += 1
    for k in range(many):
        for n in range(slot, 4):
            found[k, n] = AWAY
    return True


@numba.njit(cache=True, nogil=True)
def gathered(triangles, t, stop, held, some):  # type: ignore[no-untyped-def]
    """The corners of a triangle and, where the next lies beside it, the fourth of both; how many they are."""
    shared = 0
    for k in range(3):
        some[k] = triangles[t, k]
        held[some[k]] = True
    if t + 1 < stop:
        for k in range(3):
            v = triangles[t + 1, k]
            if held[v]:
                shared += 1
            else:
                some[3] = v
    if shared == 2:
        held[some[3]] = True
    return 4 if shared == 2 else 3


@numba.njit(cache=True, nogil=True)
def lips(x, y, nx, ny, first, before, following, triangles, begun, stop, held, corner, rim, base):  # type: ignore[no-untyped-def]
    """Give a roof's triangles points of their own, two to four points where they lie side by side; how many there are.

    The corner that each point stands on goes to ``corner``, and to ``rim`` how far it lies within the sides there;
    ``held`` is false for every corner, before and after.
    """
    at, t = 0, begun
    some, found = np.empty(4, np.int32), np.empty((4, 4), np.float32)
    while t < stop:
        many = gathered(triangles, t, stop, held, some)
        fits = rims(x, y, nx, ny, first, before, following, some, many, held, found)
        if many == 4 and not fits:
            many = 3
            held[some[3]] = False
            fits = rims(x, y, nx, ny, first, before, following, some, many, held, found)
        for k in range(many):
            held[some[k]] = False
            corner[at + k] = some[k]
            for n in range(4):
                rim[at + k, n] = found[k, n] if fits else AWAY
        for one in range(t, t + many - 2):
            for k in range(3):
                own = 0
                while some[own] != triangles[one, k]:
                    own += 1
                triangles[one, k] = base + at + own
        at += many
        t += many - 2
    return at


@numba.njit(cache=True, nogil=True)
def prisms(x, y, starts, ground, height, begin, wood, points, normals, foot, facade, owner, triangles):  # type: ignore[no-untyped-def]
    """Walls and roofs of all footprints: rings are counter-clockwise and open, ``starts`` their first vertices.

    A ring of n vertices gives 3n−2 triangles, 4 points a wall, and as many on the roof as its lips need. ``begin`` is
    the bay from which a building's façade is counted, ``wood`` whether it has roshans.
    """
    point, triangle, most = 0, 0, 0
    for which in range(len(starts) - 1):
        most = max(most, starts[which + 1] - starts[which])
    nx, ny = np.empty(len(x), np.float32), np.empty(len(x), np.float32)
    before, following = np.empty(most, np.int32), np.empty(most, np.int32)
    corner, rim, held = np.empty(3 * most, np.int32), np.empty((3 * most, 4), np.float32), np.zeros(most, np.bool_)
    for which in range(len(starts) - 1):
        first, count = starts[which], starts[which + 1] - starts[which]
        low, high = ground[which], ground[which] + height[which]
        along = begin[which]
        floors = round((height[which] - LIP) / FLOOR)
        top = -LIP * floors / (height[which] - LIP) if floors > 0 else 0.0
        for n in range(count):
            m = (n + 1) % count
            ax, ay, bx, by = x[first + n], y[first + n], x[first + m], y[first + m]
            run = np.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
            nx[first + n], ny[first + n] = ((by - ay) / run, (ax - bx) / run) if run > 0 else (0.0, 0.0)
            bays = round(run / BAY)
            for k in range(4):
                at = point + k
                near = k in (0, 3)
                points[at, 0] = ax if near else bx
                points[at, 1] = ay if near else by
                points[at, 2] = low if k < 2 else high
                normals[at, 0], normals[at, 1], normals[at, 2] = nx[first + n], ny[first + n], 0.0
                foot[at] = FOOT if k < 2 else 1.0
                facade[at, 0] = along if near else along + bays
                facade[at, 1] = floors if k < 2 else top
                facade[at, 2] = -1.0 if not wood[which] else (-2.0 if near else -2.0 - bays)
                facade[at, 3] = 64 * bays + floors
                owner[at] = which
            triangles[triangle, 0], triangles[triangle, 1], triangles[triangle, 2] = point, point + 1, point + 2
            triangles[triangle + 1, 0], triangles[triangle + 1, 1] = point, point + 2
            triangles[triangle + 1, 2] = point + 3
            triangle += 2
            point += 4
            along += bays
        for n in range(count):
            before[n], following[n] = (n - 1) % count, (n + 1) % count
        begun, triangle = triangle, ears(x, y, first, count, triangles, triangle, 0)
        top = lips(x, y, nx, ny, first, before, following, triangles, begun, triangle, held, corner, rim, point)
        for k in range(top):
            at, n = point + k, first + corner[k]
            points[at, 0], points[at, 1], points[at, 2] = x[n], y[n], high
            normals[at, 0], normals[at, 1], normals[at, 2] = 0.0, 0.0, 1.0
            foot[at] = 1.0
            facade[at, 0], facade[at, 1], facade[at, 2], facade[at, 3] = rim[k, 0], rim[k, 1], rim[k, 2], rim[k, 3]
            owner[at] = which
        point += top
    return point, triangle


def warm() -> None:
    """Compile all kernels by meshing one square: its own arrays, and a payload's, which can't be written to."""
    x, y = np.array([0, 1, 1, 0], np.float32), np.array([0, 0, 1, 1], np.float32)
    starts, one = np.array([0, 4], np.int64), np.ones(1, np.float32)
    points, normals = np.empty((22, 3), np.float32), np.empty((22, 3), np.float32)
    foot, owner, triangles = np.empty(22, np.float32), np.empty(22, np.int32), np.empty((10, 3), np.int32)
    facade = np.empty((22, 4), np.float32)
    prisms(x, y, starts, one, one, one, one > 0, points, normals, foot, facade, owner, triangles)
    kept, marks = np.ones(1, np.float32), one > 0
    for array in (starts, kept, marks):
        array.flags.writeable = False
    prisms(x, y, starts, kept, kept, one, marks, points, normals, foot, facade, owner, triangles)
