"""Compiled kernels of picking: what a ray meets."""

from __future__ import annotations

import numpy as np

from twin.core.kernels import numba


@numba.njit(cache=True, nogil=True)
def meets(boxes, eye, way):  # type: ignore[no-untyped-def]
    """How far along a ray each box begins; infinite where it misses (Kay and Kajiya 1986)."""
    found = np.full(len(boxes), np.inf)
    for n in range(len(boxes)):
        near, far = 0.0, np.inf
        for axis in range(3):
            low, high = boxes[n, axis] - eye[axis], boxes[n, axis + 3] - eye[axis]
            if way[axis] == 0:
                if not low <= 0 <= high:
                    far = -1.0
            else:
                a, b = low / way[axis], high / way[axis]
                near, far = max(near, min(a, b)), min(far, max(a, b))
        # An empty tile's box is not a number, which is in no order with any.
        if near <= far and not np.isnan(boxes[n, 0]):
            found[n] = near
    return found


@numba.njit(cache=True, nogil=True)
def first(points, triangles, owner, gone, eye, way):  # type: ignore[no-untyped-def]
    """The first triangle a ray meets and how far along it (Möller and Trumbore 1997); −1 where none.

    Triangles of an owner that is ``gone`` are not there.
    """
    best, which = np.inf, -1
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        e1x, e1y, e1z = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        e2x, e2y, e2z = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        px, py, pz = way[1] * e2z - way[2] * e2y, way[2] * e2x - way[0] * e2z, way[0] * e2y - way[1] * e2x
        det = e1x * px + e1y * py + e1z * pz
        if abs(det) < 1e-12:
            continue
        tx, ty, tz = eye[0] - points[a, 0], eye[1] - points[a, 1], eye[2] - points[a, 2]
        u = (tx * px + ty * py + tz * pz) / det
        if u < 0 or u > 1:
            continue
        qx, qy, qz = ty * e1z - tz * e1y, tz * e1x - tx * e1z, tx * e1y - ty * e1x
        v = (way[0] * qx + way[1] * qy + way[2] * qz) / det
        if v < 0 or u + v > 1:
            continue
        far = (e2x * qx + e2y * qy + e2z * qz) / det
        if 0 < far < best and not gone[owner[c]]:
            best, which = far, n
    return which, best


@numba.njit(cache=True, nogil=True)
def drawn(seen, deep, triangles, owner, gone, x, y, parallel):  # type: ignore[no-untyped-def]
    """The triangle that a card would draw at a pixel, the depth there, and its corners' shares; −1 where none.

    ``seen`` (n, 3) are points as ``camera.projection`` has them, ``deep`` (n,) the metres ahead of the eye that each
    is drawn at: between corners depth goes as one over it, in a parallel view as it is.
    """
    best, which, shares = np.inf, -1, (0.0, 0.0, 0.0)
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        # Without dividing, so that what reaches behind the eye is met before it (Olano and Greer 1997).
        ax, ay, aw = seen[a, 0] - x * seen[a, 2], seen[a, 1] - y * seen[a, 2], seen[a, 2]
        bx, by, bw = seen[b, 0] - x * seen[b, 2], seen[b, 1] - y * seen[b, 2], seen[b, 2]
        cx, cy, cw = seen[c, 0] - x * seen[c, 2], seen[c, 1] - y * seen[c, 2], seen[c, 2]
        u, v, w = bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx
        whole = u * aw + v * bw + w * cw
        if abs(whole) < 1e-12 or u * whole < 0 or v * whole < 0 or w * whole < 0 or gone[owner[c]]:
            continue
        u, v, w = u / whole, v / whole, w / whole
        if parallel:
            depth = u * deep[a] + v * deep[b] + w * deep[c]
        else:
            depth = 1.0 / (u * aw / deep[a] + v * bw / deep[b] + w * cw / deep[c])
        if 0.1 < depth < best:
            sum_ = u + v + w
            best, which, shares = depth, n, (u / sum_, v / sum_, w / sum_)
    return which, best, shares


@numba.njit(cache=True, nogil=True)
def struck(x, y, starts, ground, height, gone, eye, way):  # type: ignore[no-untyped-def]
    """The first prism a ray meets, by its walls or its roof, and how far along it; −1 where none."""
    best, which = np.inf, -1
    for n in range(len(starts) - 1):
        if gone[n]:
            continue
        low, high = ground[n] - eye[2], ground[n] + height[n] - eye[2]
        near, far = 0.0, best
        if way[2] != 0.0:
            a, b = low / way[2], high / way[2]
            near, far = max(near, min(a, b)), min(far, max(a, b))
        elif low > 0.0 or high < 0.0:
            continue
        if near > far:
            continue
        roof = high / way[2] if way[2] != 0.0 else -1.0
        px, py, inside = eye[0] + roof * way[0], eye[1] + roof * way[1], False
        first, last = starts[n], starts[n + 1]
        ax, ay = x[last - 1], y[last - 1]
        for k in range(first, last):
            bx, by = x[k], y[k]
            dx, dy = bx - ax, by - ay
            across = way[0] * dy - way[1] * dx
            if across != 0.0:
                ox, oy = ax - eye[0], ay - eye[1]
                along, share = (ox * dy - oy * dx) / across, (ox * way[1] - oy * way[0]) / across
                if 0.0 <= share <= 1.0 and near <= along <= far and 0.0 < along < best:
                    best, which = along, n
            if (ay > py) != (by > py) and px < (bx - ax) * (py - ay) / (by - ay) + ax:
                inside = not inside
            ax, ay = bx, by
        if inside and 0.0 < roof < best:
            best, which = roof, n
    return which, best


def warm() -> None:
    """Compile all by using each once; a drawn tile's arrays can't be written to."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    owner = np.zeros(3, np.int32)
    triangles = np.array([[0, 1, 2]], np.int32)
    first(points, triangles, owner, np.zeros(1, np.bool_), np.zeros(3), np.ones(3))
    for array in (points, triangles, owner):
        array.flags.writeable = False
    first(points, triangles, owner, np.zeros(1, np.bool_), np.zeros(3), np.ones(3))
    meets(np.zeros((1, 6)), np.zeros(3), np.ones(3))
    drawn(np.ones((3, 3)), np.ones(3), np.array([[0, 1, 2]], np.int32), owner, np.zeros(1, np.bool_), 0.5, 0.5, False)
    flat, none = np.zeros(3, np.float32), np.zeros(1, np.bool_)
    struck(flat, flat, np.array([0, 3], np.int64), flat[:1], flat[:1], none, np.zeros(3), np.ones(3))
