"""The compiled kernel of tubes: rings about a line, mitred where it bends, so that its radius is true everywhere."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def rings(points, starts, radius, sides, made, away, triangles, line):  # type: ignore[no-untyped-def]
    """Tubes about lines: points, the way from the middle line to each, triangles, and the line that each is of.

    ``points`` (n, 3) of lines without repeated points, ``starts`` (l + 1,) the first of each. What is found goes to
    ``made`` and ``away``, (n · sides, 3), ``triangles``, (2 · sides · (n − l) + 2 · l · (sides − 2), 3), and ``line``.
    The frame is carried along by the least turn from piece to piece (Bishop 1975).
    """
    at = 0
    for one in range(len(starts) - 1):
        first, last = starts[one], starts[one + 1] - 1
        dx, dy, dz = _way(points, first)
        flat = np.sqrt(dx * dx + dy * dy)
        ux, uy, uz = (-dy / flat, dx / flat, 0.0) if flat > 1e-6 else (1.0, 0.0, 0.0)
        for n in range(first, last + 1):
            vx, vy, vz = dy * uz - dz * uy, dz * ux - dx * uz, dx * uy - dy * ux
            ex, ey, ez = _way(points, n) if first < n < last else (dx, dy, dz)
            both = 1.0 + dx * ex + dy * ey + dz * ez
            for side in range(sides):
                turn = 2.0 * np.pi * side / sides
                cos, sin = radius[one] * np.cos(turn), radius[one] * np.sin(turn)
                ox, oy, oz = cos * ux + sin * vx, cos * uy + sin * vy, cos * uz + sin * vz
                # Along the piece to the plane that halves the bend, where both pieces' tubes meet.
                slide = (ox * ex + oy * ey + oz * ez) / both
                ox, oy, oz = ox - slide * dx, oy - slide * dy, oz - slide * dz
                to = n * sides + side
                made[to, 0], made[to, 1], made[to, 2] = points[n, 0] + ox, points[n, 1] + oy, points[n, 2] + oz
                away[to, 0], away[to, 1], away[to, 2] = ox, oy, oz
                line[to] = one
                if n < last:
                    a, b = to, n * sides + (side + 1) % sides
                    triangles[at, 0], triangles[at, 1], triangles[at, 2] = b, a + sides, a
                    triangles[at + 1, 0], triangles[at + 1, 1], triangles[at + 1, 2] = b, b + sides, a + sides
                    at += 2
            tilt = (ux * ex + uy * ey + uz * ez) / both
            ux, uy, uz = ux - tilt * (dx + ex), uy - tilt * (dy + ey), uz - tilt * (dz + ez)
            dx, dy, dz = ex, ey, ez
        for side in range(1, sides - 1):
            a, b = first * sides, last * sides
            triangles[at, 0], triangles[at, 1], triangles[at, 2] = a, a + side + 1, a + side
            triangles[at + 1, 0], triangles[at + 1, 1], triangles[at + 1, 2] = b, b + side, b + side + 1
            at += 2


@numba.njit(cache=True, nogil=True)
def _way(points, n):  # type: ignore[no-untyped-def]
    x, y, z = points[n + 1, 0] - points[n, 0], points[n + 1, 1] - points[n, 1], points[n + 1, 2] - points[n, 2]
    far = max(np.sqrt(x * x + y * y + z * z), 1e-12)
    return x / far, y / far, z / far
