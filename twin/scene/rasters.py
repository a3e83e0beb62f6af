"""Compiled rasters for the baked ground: triangles into a mask, and the distance from a mask."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def fill(x, y, triangles, mask):  # type: ignore[no-untyped-def]
    """Set the pixels whose centres lie in any triangle; x and y in pixels."""
    rows, columns = mask.shape
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        ax, ay, bx, by, cx, cy = x[a], y[a], x[b], y[b], x[c], y[c]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        low_y, high_y = max(0, int(min(ay, by, cy))), min(rows - 1, int(max(ay, by, cy)) + 1)
        low_x, high_x = max(0, int(min(ax, bx, cx))), min(columns - 1, int(max(ax, bx, cx)) + 1)
        turn = 1.0 if area > 0 else -1.0
        for row in range(low_y, high_y + 1):
            py = row + 0.5
            for column in range(low_x, high_x + 1):
                px = column + 0.5
                if (
                    turn * ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) >= 0
                    and turn * ((cx - bx) * (py - by) - (cy - by) * (px - bx)) >= 0
                    and turn * ((ax - cx) * (py - cy) - (ay - cy) * (px - cx)) >= 0
                ):
                    mask[row, column] = 1


@numba.njit(cache=True, nogil=True)
def levels(x, y, z, triangles, found):  # type: ignore[no-untyped-def]
    """The height of the triangles at whole numbers of x (columns) and y (rows), where there are any."""
    rows, columns = found.shape
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        ax, ay, bx, by, cx, cy = x[a], y[a], x[b], y[b], x[c], y[c]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        for row in range(max(0, int(min(ay, by, cy))), min(rows - 1, int(max(ay, by, cy)) + 1) + 1):
            for column in range(max(0, int(min(ax, bx, cx))), min(columns - 1, int(max(ax, bx, cx)) + 1) + 1):
                first = ((bx - column) * (cy - row) - (by - row) * (cx - column)) / area
                second = ((cx - column) * (ay - row) - (cy - row) * (ax - column)) / area
                third = 1 - first - second
                if first >= -1e-6 and second >= -1e-6 and third >= -1e-6:
                    found[row, column] = first * z[a] + second * z[b] + third * z[c]


@numba.njit(cache=True, nogil=True)
def distance(mask, most):  # type: ignore[no-untyped-def]
    """Pixels to the nearest pixel that is set, up to ``most`` (chamfer 3-4; Borgefors 1986)."""
    rows, columns = mask.shape
    found = np.empty((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            best = 0.0 if mask[row, column] else most
            if row and found[row - 1, column] + 1 < best:
                best = found[row - 1, column] + 1
            if column and found[row, column - 1] + 1 < best:
                best = found[row, column - 1] + 1
            if row and column and found[row - 1, column - 1] + 1.333 < best:
                best = found[row - 1, column - 1] + 1.333
            if row and column + 1 < columns and found[row - 1, column + 1] + 1.333 < best:
                best = found[row - 1, column + 1] + 1.333
            found[row, column] = best
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            best = found[row, column]
            if row + 1 < rows and found[row + 1, column] + 1 < best:
                best = found[row + 1, column] + 1
            if column + 1 < columns and found[row, column + 1] + 1 < best:
                best = found[row, column + 1] + 1
            if row + 1 < rows and column + 1 < columns and found[row + 1, column + 1] + 1.333 < best:
                best = found[row + 1, column + 1] + 1.333
            if row + 1 < rows and column and found[row + 1, column - 1] + 1.333 < best:
                best = found[row + 1, column - 1] + 1.333
            found[row, column] = best
    return found


@numba.njit(cache=True, nogil=True)
def nearest(points, triangles, eye, ray):  # type: ignore[no-untyped-def]
    """The first triangle a ray meets and how far along it (Möller and Trumbore 1997); −1 where none."""
    best, which = np.inf, -1
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        e1x, e1y, e1z = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        e2x, e2y, e2z = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        px, py, pz = ray[1] * e2z - ray[2] * e2y, ray[2] * e2x - ray[0] * e2z, ray[0] * e2y - ray[1] * e2x
        det = e1x * px + e1y * py + e1z * pz
        if abs(det) < 1e-12:
            continue
        tx, ty, tz = eye[0] - points[a, 0], eye[1] - points[a, 1], eye[2] - points[a, 2]
        u = (tx * px + ty * py + tz * pz) / det
        if u < 0 or u > 1:
            continue
        qx, qy, qz = ty * e1z - tz * e1y, tz * e1x - tx * e1z, tx * e1y - ty * e1x
        v = (ray[0] * qx + ray[1] * qy + ray[2] * qz) / det
        if v < 0 or u + v > 1:
            continue
        far = (e2x * qx + e2y * qy + e2z * qz) / det
        if 0 < far < best:
            best, which = far, n
    return which, best


def warm() -> None:
    """Compile all by using each once."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    triangle = np.array([[0, 1, 2]], np.int32)
    mask = np.zeros((2, 2), np.uint8)
    fill(points[:, 0].astype(np.float64), points[:, 1].astype(np.float64), triangle, mask)
    distance(mask, 9.0)
    x, y, z = (points[:, n].astype(np.float64) for n in range(3))
    levels(x, y, z, triangle, np.zeros((2, 2)))
    nearest(points, triangle, np.zeros(3), np.ones(3))
