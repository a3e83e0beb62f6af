"""Compiled: the rings of footprints straight out of their WKB, without making a geometry of each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pyarrow as pa

WHOLE, HOLED, OTHER, NOTHING = range(4)
"""A feature of polygons in plan without holes; one that has a part with holes; anything else; no geometry."""
STEPS = 65_535
"""Into so many the longer side of a tile is divided."""
_POLYGON, _MULTIPOLYGON = 3, 6
"""Codes of geometries in plan (OGC 06-103r4, 8.2.3); little endian alone, as the store keeps them."""


class Column(NamedTuple):
    """A column of WKB, and what its features are."""

    data: Any
    """(b,) bytes of all."""
    starts: Any
    """(n + 1,) where each begins."""
    kinds: Any
    """(n,) WHOLE, HOLED, OTHER or NOTHING."""
    rings: Any
    """(n,) how many polygons without holes each has."""
    corners: Any
    """(n,) how many corners those have together."""
    sides: Any
    """(n, 4) the least x and y of those corners, and the greatest; infinite where there are none."""


def read(geometries: pa.ChunkedArray) -> Column:
    """What is in a column of WKB."""
    # One chunk of 64-bit offsets, whatever the column was cut into.
    whole = pa.chunked_array(geometries).cast(pa.large_binary()).combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    _, offsets, body = whole.buffers()
    starts = np.frombuffer(offsets, np.int64, len(whole) + 1, 8 * whole.offset)
    data = np.frombuffer(body, np.uint8) if body else np.empty(0, np.uint8)
    kinds = np.where(whole.is_null().to_numpy(zero_copy_only=False), NOTHING, OTHER).astype(np.int8)
    rings, corners = np.zeros(len(whole), np.int64), np.zeros(len(whole), np.int64)
    sides = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(whole), 1))
    counted(data, starts, kinds, rings, corners, sides)
    return Column(data, starts, kinds, rings, corners, sides)


def traced(column: Column, origins: Any, sides: Any) -> tuple[Any, Any]:
    """The corners of the polygons without holes, counter-clockwise and open: (c, 2) in steps; and the first of each.

    ``origins`` (n, 2) and ``sides`` (n,) are those of the tile that each feature is in.
    """
    xy = np.empty((int(column.corners.sum()), 2), np.uint16)
    starts = np.zeros(int(column.rings.sum()) + 1, np.int64)
    quantised(column.data, column.starts, column.kinds, origins, sides, xy, starts)
    return xy, starts


@numba.njit(cache=True, nogil=True)
def _number(data, at):  # type: ignore[no-untyped-def]
    """The unsigned 32 bits at a place."""
    found = np.int64(0)
    for n in range(4):
        found |= np.int64(data[at + n]) << (8 * n)
    return found


@numba.njit(cache=True, nogil=True)
def _polygon(data, at, stop):  # type: ignore[no-untyped-def]
    """Where the rings of a polygon begin, where it ends and how many it has; it ends at −1 where it isn't one."""
    if at + 9 > stop or data[at] != 1 or _number(data, at + 1) != _POLYGON:
        return at, -1, 0
    rings, first = _number(data, at + 5), at + 9
    at = first
    for _ in range(rings):
        if at + 4 > stop:
            return first, -1, 0
        at += 4 + 16 * _number(data, at)
        if at > stop:
            return first, -1, 0
    return first, at, rings


@numba.njit(cache=True, nogil=True)
def _parts(data, at, stop):  # type: ignore[no-untyped-def]
    """Where the polygons of a feature begin, and how many there are; −1 where it is made of something else."""
    if at + 9 <= stop and data[at] == 1:
        kind = _number(data, at + 1)
        if kind == _POLYGON:
            return at, 1
        if kind == _MULTIPOLYGON:
            return at + 9, _number(data, at + 5)
    return at, -1


@numba.njit(cache=True, nogil=True)
def counted(data, starts, kinds, rings, corners, sides):  # type: ignore[no-untyped-def]
    """Say of each feature that may be read what it is and how much there is of it (see ``Column``)."""
    for n in range(len(kinds)):
        if kinds[n] == NOTHING:
            continue
        at, parts = _parts(data, starts[n], starts[n + 1])
        kind, whole, points = (WHOLE if parts >= 0 else OTHER), 0, 0
        for _ in range(parts):
            first, at, many = _polygon(data, at, starts[n + 1])
            if at < 0:
                kind = OTHER
                break
            if many > 1:
                kind = HOLED
            elif many == 1 and _number(data, first) > 3:
                whole += 1
                points += _number(data, first) - 1
                ring = data[first + 4 : at].copy().view(np.float64)
                for k in range(0, len(ring), 2):
                    sides[n, 0], sides[n, 1] = min(sides[n, 0], ring[k]), min(sides[n, 1], ring[k + 1])
                    sides[n, 2], sides[n, 3] = max(sides[n, 2], ring[k]), max(sides[n, 3], ring[k + 1])
        kinds[n] = kind
        if kind != OTHER:
            rings[n], corners[n] = whole, points


@numba.njit(cache=True, nogil=True)
def quantised(data, starts, kinds, origins, sides, xy, firsts):  # type: ignore[no-untyped-def]
    """Write down the corners of all polygons without holes, each from its origin and in steps of its side."""
    point, ring = 0, 0
    for n in range(len(kinds)):
        if kinds[n] not in (WHOLE, HOLED):
            continue
        west, south, side = origins[n, 0], origins[n, 1], sides[n]
        at, parts = _parts(data, starts[n], starts[n + 1])
        for _ in range(parts):
            first, at, many = _polygon(data, at, starts[n + 1])
            count = _number(data, first) - 1 if many == 1 else 0
            if count < 3:
                continue
            line = data[first + 4 : at].copy().view(np.float64)
            twice = 0.0
            for k in range(1, count - 1):
                ax, ay = line[2 * k] - line[0], line[2 * k + 1] - line[1]
                twice += ax * (line[2 * k + 3] - line[1]) - (line[2 * k + 2] - line[0]) * ay
            for k in range(count):
                # A ring that runs the other way is read backwards from the same corner.
                of = k if twice >= 0.0 or k == 0 else count - k
                xy[point, 0] = np.uint16(np.rint((line[2 * of] - west) / side * STEPS))
                xy[point, 1] = np.uint16(np.rint((line[2 * of + 1] - south) / side * STEPS))
                point += 1
            ring += 1
            firsts[ring] = point


def warm() -> None:
    """Compile them by reading one triangle."""
    corners = np.array([0.0, 0, 1, 0, 0, 1, 0, 0]).tobytes()
    triangle = b"\x01" + np.array([3, 1, 4], np.uint32).tobytes() + corners
    traced(read(pa.chunked_array([pa.array([triangle])])), np.zeros((1, 2)), np.ones(1))
