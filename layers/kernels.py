"""The compiled kernels: prisms from footprints, in one pass straight into the arrays that are drawn."""

from __future__ import annotations

import numba
import numpy as np

FOOT = 0.72
"""The dimming of a wall's foot, rising to 1 at the roof."""


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
def prisms(x, y, starts, ground, height, begin, points, normals, foot, facade, owner, triangles):  # type: ignore[no-untyped-def]
    """Walls and roofs of all footprints: rings are counter-clockwise and open, ``starts`` their first vertices.

    A ring of n vertices gives 5n points (4 a wall, 1 a roof corner) and 3n−2 triangles. ``begin`` is where a
    building's façade starts to be measured.
    """
    point, triangle = 0, 0
    for which in range(len(starts) - 1):
        first, count = starts[which], starts[which + 1] - starts[which]
        low, high = ground[which], ground[which] + height[which]
        along = begin[which]
        for n in range(count):
            m = (n + 1) % count
            ax, ay, bx, by = x[first + n], y[first + n], x[first + m], y[first + m]
            run = np.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
            nx, ny = ((by - ay) / run, (ax - bx) / run) if run > 0 else (0.0, 0.0)
            for k in range(4):
                at = point + k
                near = k in (0, 3)
                points[at, 0] = ax if near else bx
                points[at, 1] = ay if near else by
                points[at, 2] = low if k < 2 else high
                normals[at, 0], normals[at, 1], normals[at, 2] = nx, ny, 0.0
                foot[at] = FOOT if k < 2 else 1.0
                facade[at, 0] = along if near else along + run
                facade[at, 1] = 0.0 if k < 2 else height[which]
                owner[at] = which
            triangles[triangle, 0], triangles[triangle, 1], triangles[triangle, 2] = point, point + 1, point + 2
            triangles[triangle + 1, 0], triangles[triangle + 1, 1] = point, point + 2
            triangles[triangle + 1, 2] = point + 3
            triangle += 2
            point += 4
            along += run
        for n in range(count):
            at = point + n
            points[at, 0], points[at, 1], points[at, 2] = x[first + n], y[first + n], high
            normals[at, 0], normals[at, 1], normals[at, 2] = 0.0, 0.0, 1.0
            foot[at] = 1.0
            facade[at, 0], facade[at, 1] = -1.0, -1.0
            owner[at] = which
        triangle = ears(x, y, first, count, triangles, triangle, point)
        point += count
    return point, triangle


def warm() -> None:
    """Compile all kernels by meshing one square."""
    x, y = np.array([0, 1, 1, 0], np.float32), np.array([0, 0, 1, 1], np.float32)
    starts, one = np.array([0, 4], np.int64), np.ones(1, np.float32)
    points, normals = np.empty((20, 3), np.float32), np.empty((20, 3), np.float32)
    foot, owner, triangles = np.empty(20, np.float32), np.empty(20, np.int32), np.empty((10, 3), np.int32)
    facade = np.empty((20, 2), np.float32)
    prisms(x, y, starts, one, one, one, points, normals, foot, facade, owner, triangles)
