"""Compiled: polygons in space as triangles, each in the plane it lies in."""

from __future__ import annotations

import numba
import numpy as np

from layers.kernels import ears


@numba.njit(cache=True, nogil=True)
def cut(points, starts, normals, triangles):  # type: ignore[no-untyped-def]
    """Triangles of rings that are open, ``starts`` their first points: n−2 of each, facing along its unit normal.

    The normal is Newell's (Sutherland, Sproull and Schumacker 1974); a ring is cut as it is seen on the axes' plane
    that it covers most of.
    """
    u, v = np.empty(len(points)), np.empty(len(points))
    at = 0
    for which in range(len(starts) - 1):
        first, last = starts[which], starts[which + 1]
        nx, ny, nz = 0.0, 0.0, 0.0
        ox, oy, oz = points[first, 0], points[first, 1], points[first, 2]
        for n in range(first, last):
            m = n + 1 if n + 1 < last else first
            # From the first point on, so that large coordinates cost no digits.
            ax, ay, az = points[n, 0] - ox, points[n, 1] - oy, points[n, 2] - oz
            bx, by, bz = points[m, 0] - ox, points[m, 1] - oy, points[m, 2] - oz
            nx += (ay - by) * (az + bz)
            ny += (az - bz) * (ax + bx)
            nz += (ax - bx) * (ay + by)
        size = np.sqrt(nx * nx + ny * ny + nz * nz)
        if size > 0.0:
            nx, ny, nz = nx / size, ny / size, nz / size
        else:
            nz = 1.0
        normals[which, 0], normals[which, 1], normals[which, 2] = nx, ny, nz
        # The two axes that stay, in the order in which the ring runs counter-clockwise.
        if abs(nx) >= abs(ny) and abs(nx) >= abs(nz):
            one, other, turned = 1, 2, nx < 0.0
        elif abs(ny) >= abs(nz):
            one, other, turned = 2, 0, ny < 0.0
        else:
            one, other, turned = 0, 1, nz < 0.0
        if turned:
            one, other = other, one
        for n in range(first, last):
            u[n], v[n] = points[n, one] - points[first, one], points[n, other] - points[first, other]
        at = ears(u, v, first, last - first, triangles, at, first)


@numba.njit(cache=True, nogil=True)
def flatten(points, starts, firsts, normals, flat):  # type: ignore[no-untyped-def]
    """Polygons with holes as they are seen on the axes' plane that each covers most of, and their unit normals.

    ``starts`` are the first points of rings, ``firsts`` the outer rings of polygons. The normal is Newell's, of the
    outer ring.
    """
    for which in range(len(firsts) - 1):
        first, last, end = starts[firsts[which]], starts[firsts[which] + 1], starts[firsts[which + 1]]
        nx, ny, nz = 0.0, 0.0, 0.0
        ox, oy, oz = points[first, 0], points[first, 1], points[first, 2]
        for n in range(first, last):
            m = n + 1 if n + 1 < last else first
            ax, ay, az = points[n, 0] - ox, points[n, 1] - oy, points[n, 2] - oz
            bx, by, bz = points[m, 0] - ox, points[m, 1] - oy, points[m, 2] - oz
            nx += (ay - by) * (az + bz)
            ny += (az - bz) * (ax + bx)
            nz += (ax - bx) * (ay + by)
        size = np.sqrt(nx * nx + ny * ny + nz * nz)
        if size > 0.0:
            nx, ny, nz = nx / size, ny / size, nz / size
        else:
            nz = 1.0
        normals[which, 0], normals[which, 1], normals[which, 2] = nx, ny, nz
        if abs(nx) >= abs(ny) and abs(nx) >= abs(nz):
            one, other = 1, 2
        elif abs(ny) >= abs(nz):
            one, other = 0, 2
        else:
            one, other = 0, 1
        for n in range(first, end):
            flat[n, 0], flat[n, 1] = points[n, one] - points[first, one], points[n, other] - points[first, other]


@numba.njit(cache=True, nogil=True)
def face(points, triangles, whose, normals):  # type: ignore[no-untyped-def]
    """Turn each triangle so that it faces along the normal of the polygon ``whose`` its points are."""
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        to = normals[whose[a]]
        if (uy * vz - uz * vy) * to[0] + (uz * vx - ux * vz) * to[1] + (ux * vy - uy * vx) * to[2] < 0.0:
            triangles[n, 0], triangles[n, 2] = c, a


def warm() -> None:
    """Compile it by using it once."""
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], np.float64)
    cut(points, np.array([0, 3], np.int64), np.empty((1, 3)), np.empty((1, 3), np.int32))
    one = np.array([0, 3], np.int64)
    flatten(points, one, np.array([0, 1], np.int64), np.empty((1, 3)), np.empty((3, 2)))
    face(points, np.array([[0, 1, 2]], np.int32), np.zeros(3, np.int64), np.ones((1, 3)))
