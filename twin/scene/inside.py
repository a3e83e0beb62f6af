"""Compiled kernels of selecting: which shapes reach into an area that was drawn on the screen.

A projection takes a point to (X, Y, W), and X/W and Y/W are its pixels; what has no W is behind the eye.
"""

from __future__ import annotations

import numpy as np

from twin.core.kernels import numba

_NEAR = 0.1
"""The least W that is before the eye, in metres; edges are cut there."""


@numba.njit(cache=True, nogil=True)
def within(x, y, area):  # type: ignore[no-untyped-def]
    """Whether a point lies in a polygon, by its winding number: where a lasso crosses itself, both loops count."""
    winding = 0
    for n in range(len(area)):
        m = n + 1 if n + 1 < len(area) else 0
        ax, ay, bx, by = area[n, 0], area[n, 1], area[m, 0], area[m, 1]
        side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
        if ay <= y < by and side > 0:
            winding += 1
        elif by <= y < ay and side < 0:
            winding -= 1
    return winding != 0


@numba.njit(cache=True, nogil=True)
def crosses(ax, ay, bx, by, area, sides):  # type: ignore[no-untyped-def]
    """Whether a segment reaches into an area, whose ``sides`` are its least and greatest x and y."""
    if max(ax, bx) < sides[0] or max(ay, by) < sides[1] or min(ax, bx) > sides[2] or min(ay, by) > sides[3]:
        return False
    if within(ax, ay, area) or within(bx, by, area):
        return True
    for n in range(len(area)):
        m = n + 1 if n + 1 < len(area) else 0
        cx, cy, dx, dy = area[n, 0], area[n, 1], area[m, 0], area[m, 1]
        one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
        three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
        four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
        if one * two <= 0 and three * four <= 0 and (one != two or three != four):
            return True
    return False


@numba.njit(cache=True, nogil=True)
def edge(a, b, area, sides):  # type: ignore[no-untyped-def]
    """The same of an edge between two projected points, as much of it as is before the eye."""
    if a[2] < _NEAR and b[2] < _NEAR:
        return False
    ax, ay, aw, bx, by, bw = a[0], a[1], a[2], b[0], b[1], b[2]
    if aw < _NEAR:
        share = (_NEAR - aw) / (bw - aw)
        ax, ay, aw = ax + share * (bx - ax), ay + share * (by - ay), _NEAR
    elif bw < _NEAR:
        share = (_NEAR - bw) / (aw - bw)
        bx, by, bw = bx + share * (ax - bx), by + share * (ay - by), _NEAR
    return crosses(ax / aw, ay / aw, bx / bw, by / bw, area, sides)


@numba.njit(cache=True, nogil=True)
def covers(corners, area):  # type: ignore[no-untyped-def]
    """Whether a face that is all before the eye lies over an area: over its first point, if no edge crosses it."""
    x, y, odd = area[0, 0], area[0, 1], False
    for n in range(len(corners)):
        if corners[n, 2] < _NEAR:
            return False
        m = n + 1 if n + 1 < len(corners) else 0
        ax, ay = corners[n, 0] / corners[n, 2], corners[n, 1] / corners[n, 2]
        bx, by = corners[m, 0] / corners[m, 2], corners[m, 1] / corners[m, 2]
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            odd = not odd
    return odd


@numba.njit(cache=True, nogil=True)
def prisms(x, y, starts, ground, height, matrix, shift, area, sides, found):  # type: ignore[no-untyped-def]
    """Which prisms reach into the area, by their walls' edges, their roofs and their walls."""
    for which in range(len(starts) - 1):
        first, count = starts[which], starts[which + 1] - starts[which]
        foot, roof = np.empty((count, 3)), np.empty((count, 3))
        for n in range(count):
            for row in range(3):
                flat = matrix[row, 0] * x[first + n] + matrix[row, 1] * y[first + n] + shift[row]
                foot[n, row] = flat + matrix[row, 2] * ground[which]
                roof[n, row] = foot[n, row] + matrix[row, 2] * height[which]
        hit = False
        for n in range(count):
            m = n + 1 if n + 1 < count else 0
            if (
                edge(roof[n], roof[m], area, sides)
                or edge(foot[n], foot[m], area, sides)
                or edge(foot[n], roof[n], area, sides)
            ):
                hit = True
                break
        if not hit:
            hit = covers(roof, area)
        wall = np.empty((4, 3))
        for n in range(count):
            if hit:
                break
            m = n + 1 if n + 1 < count else 0
            wall[0], wall[1], wall[2], wall[3] = foot[n], foot[m], roof[m], roof[n]
            hit = covers(wall, area)
        found[which] |= hit


@numba.njit(cache=True, nogil=True)
def faces(points, triangles, owner, matrix, shift, area, sides, found):  # type: ignore[no-untyped-def]
    """Which owners have a triangle that reaches into the area."""
    corners = np.empty((3, 3))
    for n in range(len(triangles)):
        if found[owner[triangles[n, 2]]]:
            continue
        for corner in range(3):
            p = points[triangles[n, corner]]
            for row in range(3):
                corners[corner, row] = (
                    matrix[row, 0] * p[0] + matrix[row, 1] * p[1] + matrix[row, 2] * p[2] + shift[row]
                )
        hit = (
            edge(corners[0], corners[1], area, sides)
            or edge(corners[1], corners[2], area, sides)
            or edge(corners[2], corners[0], area, sides)
            or covers(corners, area)
        )
        if hit:
            found[owner[triangles[n, 2]]] = True


def warm() -> None:
    """Compile all by using each once."""
    area, sides = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 0.0, 1.0, 1.0])
    x, one, starts = np.array([0, 1, 1], np.float32), np.ones(1, np.float32), np.array([0, 3], np.int64)
    prisms(x, x, starts, one, one, np.eye(3), np.ones(3), area, sides, np.zeros(1, np.bool_))
    points, triangles = np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32)
    faces(points, triangles, np.zeros(3, np.int32), np.eye(3), np.ones(3), area, sides, np.zeros(1, np.bool_))
