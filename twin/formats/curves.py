"""Curves and meshes as WKB tells them, as lines and polygons: shapely has neither.

ISO 19125 and SQL/MM types 8 to 12 (circular strings, compound curves, curve polygons and their collections) are drawn
in steps of 4 degrees, as GDAL does; 15 to 17 (polyhedral surfaces, TINs, triangles) are polygons as they stand.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

STEP = math.radians(4)
DEPTH = 16
KINDS = frozenset({8, 9, 10, 11, 12, 15, 16, 17})
_Points = NDArray[np.float64]


def is_curve(raw: bytes) -> bool:
    """Whether a geometry is of a kind that ``linear`` is for, or may hold one."""
    if len(raw) < 5 or raw[0] > 1:
        return False
    kind = struct.unpack("<I" if raw[0] else ">I", raw[1:5])[0]
    return (kind & 0x0FFFFFFF) % 1000 in {*KINDS, 7}


def linear(raw: bytes) -> Any:
    """The geometry in lines and polygons; ValueError where the bytes are none."""
    return _Wkb(raw).geometry(0)


class _Wkb:
    """Bytes that are read from their beginning to their end."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def geometry(self, depth: int) -> Any:
        kind, size, order = self._head(depth)
        if kind in (1, 2, 3):
            return {1: self._point, 2: self._line, 3: self._polygon}[kind](size, order)
        if kind in (8, 9):
            return shapely.LineString(self._curve(kind, size, order, depth))
        if kind == 10:
            return _polygon([self._ring(depth) for _ in range(self._count(order))])
        if kind == 17:
            return self._polygon(size, order)
        parts = [self.geometry(depth + 1) for _ in range(self._count(order))]
        gathered: dict[int, Callable[[Any], Any]] = {
            4: shapely.multipoints, 5: shapely.multilinestrings, 6: shapely.multipolygons, 11: shapely.multilinestrings,
            12: shapely.multipolygons, 15: shapely.multipolygons, 16: shapely.multipolygons,
            7: shapely.geometrycollections,
        }  # fmt: skip
        if kind not in gathered:
            raise ValueError(kind)
        return gathered[kind](parts)

    def _head(self, depth: int) -> tuple[int, int, str]:
        """Kind, numbers a point, byte order."""
        if depth > DEPTH:
            raise ValueError(depth)
        order = "<" if self._take(1)[0] else ">"
        kind = int(struct.unpack(order + "I", self._take(4))[0])
        flags, plain = kind >> 28, kind & 0x0FFFFFFF
        thousands = plain // 1000
        solid, measured = bool(flags & 8) or thousands in (1, 3), bool(flags & 4) or thousands in (2, 3)
        self.solid = solid
        return plain % 1000, 2 + solid + measured, order

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.raw):
            raise ValueError(count)
        self.at += count
        return self.raw[self.at - count : self.at]

    def _count(self, order: str) -> int:
        count = int(struct.unpack(order + "I", self._take(4))[0])
        if count > len(self.raw):
            raise ValueError(count)
        return count

    def _points(self, size: int, order: str, count: int | None = None) -> _Points:
        number = self._count(order) if count is None else count
        found = np.frombuffer(self._take(8 * size * number), order + "f8").reshape(number, size)
        return found[:, : 3 if self.solid else 2].astype(np.float64)

    def _point(self, size: int, order: str) -> Any:
        return shapely.Point(self._points(size, order, 1)[0])

    def _line(self, size: int, order: str) -> Any:
        return shapely.LineString(self._points(size, order))

    def _polygon(self, size: int, order: str) -> Any:
        return _polygon([self._points(size, order) for _ in range(self._count(order))])

    def _ring(self, depth: int) -> _Points:
        kind, size, order = self._head(depth + 1)
        return self._curve(kind, size, order, depth + 1)

    def _curve(self, kind: int, size: int, order: str, depth: int) -> _Points:
        if kind == 2:
            return self._points(size, order)
        if kind == 8:
            return _stroked(self._points(size, order))
        if kind != 9:
            raise ValueError(kind)
        pieces = [self._ring(depth) for _ in range(self._count(order))]
        return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])]) if pieces else np.empty((0, 2))


def _polygon(rings: list[_Points]) -> Any:
    return shapely.Polygon(rings[0], rings[1:]) if rings and len(rings[0]) else shapely.Polygon()


def _stroked(points: _Points) -> _Points:
    """A circular string, an arc for every two points after its first."""
    if len(points) < 3 or len(points) % 2 == 0:
        return points
    made = [points[:1]]
    for at in range(0, len(points) - 2, 2):
        made.append(_arc(points[at], points[at + 1], points[at + 2]))
    return np.concatenate(made)


def _arc(start: _Points, middle: _Points, end: _Points) -> _Points:
    """The corners after an arc's start; its chord where its points lie on one line."""
    (ax, ay), (bx, by), (cx, cy) = start[:2], middle[:2], end[:2]
    full = bool(ax == cx and ay == cy)
    twice = 2 * ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
    if full:
        x, y = (ax + bx) / 2, (ay + by) / 2
    elif not math.isfinite(twice) or abs(twice) < 1e-12:
        return np.array([middle, end])
    else:
        b, c = (bx - ax) ** 2 + (by - ay) ** 2, (cx - ax) ** 2 + (cy - ay) ** 2
        x = ax + ((cy - ay) * b - (by - ay) * c) / twice
        y = ay + ((bx - ax) * c - (cx - ax) * b) / twice
    first, last = math.atan2(ay - y, ax - x), math.atan2(cy - y, cx - x)
    turn = 2 * math.pi if full else (last - first) % (2 * math.pi)
    if not full and twice < 0:
        turn -= 2 * math.pi
    if not math.isfinite(turn):
        return np.array([middle, end])
    steps = max(2, math.ceil(abs(turn) / STEP))
    share = np.linspace(0, 1, steps + 1)[1:]
    radius = math.hypot(ax - x, ay - y)
    found = np.column_stack([x + radius * np.cos(first + turn * share), y + radius * np.sin(first + turn * share)])
    if len(start) > 2:
        found = np.column_stack([found, start[2] + (end[2] - start[2]) * share])
    found[-1] = end
    return found
