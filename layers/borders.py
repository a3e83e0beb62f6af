"""Lines about areas: ribbons along their rings, mitred at the corners, at the heights of the rings' own points."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import shapely

from layers.faces import Faces

_SHARP = 2.5
"""Half widths that a corner reaches out at the most."""


def bordered(areas: Any, widths: Any) -> Faces:
    """A ribbon about each polygon of each geometry, and about its holes; ``widths`` (n,) in metres, 0 for none."""
    wanted = np.flatnonzero(widths > 0)
    parts, owner = shapely.get_parts(np.asarray(areas, object)[wanted], return_index=True)
    flat = shapely.get_type_id(parts) == 3
    rings, part = shapely.get_rings(parts[flat], return_index=True)
    points, ring = shapely.get_coordinates(rings, include_z=True, return_index=True)
    open_ = np.append(ring[1:] == ring[:-1], False) if len(ring) else np.empty(0, bool)
    points, ring = np.where(np.isnan(points[open_]), 0.0, points[open_]), ring[open_]
    starts = np.searchsorted(ring, np.arange(len(rings) + 1)).astype(np.int64)
    whose = wanted[owner[flat][part]]
    made, triangles = np.empty((2 * len(points), 3)), np.empty((2 * len(points), 3), np.int32)
    ribbons(points, starts, widths[whose] / 2, made, triangles)
    up = np.tile(np.array([0, 0, 1], np.float32), (len(made), 1))
    return Faces(made, triangles, up, np.repeat(whose[ring], 2).astype(np.int32), np.zeros(len(made), np.int32))


@numba.njit(cache=True, nogil=True)
def ribbons(points, starts, half, made, triangles):  # type: ignore[no-untyped-def]
    """Two points and two triangles for each point of the rings, which are open: to the right of it and to the left."""
    for which in range(len(starts) - 1):
        first, last = starts[which], starts[which + 1]
        count = last - first
        for n in range(count):
            before, after = first + (n - 1) % count, first + (n + 1) % count
            here = first + n
            ax, ay = _right(points[before], points[here])
            bx, by = _right(points[here], points[after])
            if ax == 0.0 and ay == 0.0:
                ax, ay = bx, by
            if bx == 0.0 and by == 0.0:
                bx, by = ax, ay
            share = 1.0 / max(1.0 + ax * bx + ay * by, 2.0 / (_SHARP * _SHARP))
            x, y = (ax + bx) * share * half[which], (ay + by) * share * half[which]
            right, left = 2 * here, 2 * here + 1
            made[right, 0], made[right, 1], made[right, 2] = points[here, 0] + x, points[here, 1] + y, points[here, 2]
            made[left, 0], made[left, 1], made[left, 2] = points[here, 0] - x, points[here, 1] - y, points[here, 2]
            triangles[right, 0], triangles[right, 1], triangles[right, 2] = right, 2 * after, left
            triangles[left, 0], triangles[left, 1], triangles[left, 2] = 2 * after, 2 * after + 1, left


@numba.njit(cache=True, nogil=True)
def _right(a, b):  # type: ignore[no-untyped-def]
    """The unit vector to the right of a way in plan; nowhere where there is no way."""
    x, y = b[0] - a[0], b[1] - a[1]
    run = np.sqrt(x * x + y * y)
    if run <= 0.0:
        return 0.0, 0.0
    return y / run, -x / run


def warm() -> None:
    """Compile it by using it once."""
    made, triangles = np.empty((6, 3)), np.empty((6, 3), np.int32)
    ribbons(np.eye(3), np.array([0, 3], np.int64), np.ones(1), made, triangles)
