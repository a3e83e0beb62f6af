"""The row along the coast road: towers on podiums, hotels and gardens, turned to the sea wherever it bends."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.built import Built, geometries
from sample_data.jeddah.frame import DEEP, behind, half_width, nodes
from sample_data.jeddah.solids import towers

_EVERY, _FRONT = 46.0, 41.0
"""Metres from plot to plot, and a plot's front."""
_TOWERS = frozenset({"Al-Hamra", "Ash-Shati", "Al-Andalus", "Ar-Ruwais", "An-Naim"})


@cache
def plots() -> tuple[Any, Any, Any]:
    """The row's plots, the middle of each with its way along the coast, and how far along the coast each lies."""
    line = shapely.get_exterior_ring(shapely.orient_polygons(behind(20 + DEEP / 2)))
    count = int(line.length / _EVERY)
    far = _EVERY * np.arange(count)
    points = _at(line, far)
    chord = _at(line, far + 22) - _at(line, far - 22)
    way = np.round(chord / np.sqrt((chord**2).sum(axis=1))[:, None], 5)
    across = np.column_stack([-way[:, 1], way[:, 0]])
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    half = np.array([_FRONT / 2, DEEP / 2 - 4])
    rings = [points + way * (a * half[0]) + across * (b * half[1]) for a, b in corners]
    found: Any = shapely.polygons(np.round(np.stack(rings, axis=1), 2))
    good = shapely.contains(behind(16.0), found) & ~shapely.intersects(behind(20 + DEEP + 3), found)
    return found[good], np.concatenate([points, way], axis=1)[good], far[good]


@cache
def gardens() -> Any:
    """Lawns between the coast road and the beach, with gaps to walk through."""
    line = shapely.get_exterior_ring(shapely.orient_polygons(behind(-24.0)))
    far = 100.0 * np.arange(int(line.length / 100.0))
    ends = far[:, None] + np.linspace(0.0, 78.0, 6)
    lines = shapely.linestrings(_at(line, ends.ravel()).reshape(-1, 6, 2))
    return shapely.set_precision(shapely.buffer(lines, 7.5, cap_style="flat", quad_segs=2), 0.01)


def build(cell: tuple[int, int], room: Any, district: str, since: int) -> Built | None:
    """The row's plots whose middles lie in a superblock, clear of the main roads that lead to the shore."""
    shapes, at, far = plots()
    west, south, east, north = room.bounds
    mine = (at[:, 0] > west) & (at[:, 0] < east) & (at[:, 1] > south) & (at[:, 1] < north)
    mine[mine] = shapely.contains_xy(room, at[mine, :2])
    if not mine.any():
        return None
    taken = _corridors(*cell)
    mine[mine] = ~shapely.intersects(taken, shapes[mine])
    mine = _apart(shapes, np.flatnonzero(mine))
    if not len(mine):
        return None
    lawns = gardens()
    lawns = lawns[shapely.contains(room, lawns) & ~shapely.intersects(taken, lawns)]
    lots, at, far = shapes[mine], at[mine], far[mine]
    garden = (far / _EVERY).astype(np.int64) % 7 == 3
    rows = np.flatnonzero(~garden)
    levels, high = _levels(far[rows], district)
    forms, what, gross, height = _forms(at[rows], levels, high)
    use = np.where((far[rows] / _EVERY).astype(np.int64) % 4 == 0, "commercial", np.where(high, "mixed", "residential"))
    return Built(
        lots, lots, np.arange(len(lots)), forms, rows, levels, use.astype(object), what, gross, height,
        since + (far[rows] / 400).astype(np.int64) % 17, np.concatenate([lots[garden], lawns]), np.empty(0, object),
        np.empty(0),
    )  # fmt: skip


def _levels(far: Any, district: str) -> tuple[Any, Any]:
    """Towers gather in clusters along the coast; elsewhere the row is of houses and small hotels."""
    if district not in _TOWERS:
        low = 4 if district in {"Al-Balad", "Al-Baghdadiyah"} else 3
        return low + ((far / 300).astype(np.int64) % 3), np.zeros(len(far), bool)
    wave = 0.5 + 0.5 * np.sin(far / 330) * np.sin(far / 2100 + 0.6)
    wave = np.round(wave * (0.55 + 0.45 * np.sin(far / 83) ** 2), 4)
    levels = (9 + 34 * wave**1.4).astype(np.int64)
    return levels, levels > 8


def _forms(at: Any, levels: Any, high: Any) -> tuple[Any, Any, Any, Any]:
    count = len(at)
    middle, way = at[:, :2], at[:, 2:]
    turn = np.arange(count) % 3
    forms, what = geometries([None] * count), np.full(count, "", object)
    podium = _box(middle, way, np.full(count, 18.0), np.full(count, 23.0), 0.12)
    slim = np.where(turn == 1, 10.0, 12.5)
    shaft = _box(middle, way, slim, np.where(turn == 2, 17.0, 12.5), 0.3)
    slab = _box(middle, way, np.full(count, 17.0), np.full(count, 10.0), 0.0)
    low, height = np.full(count, 4.2 * 3 + 1.0), np.round(levels * 3.4 + 2.0, 1)
    tall = high & (levels > 13)
    forms[~tall] = slab[~tall]
    forms[tall] = towers(podium[tall], shaft[tall], low[tall], height[tall])
    what[levels > 17] = "tower"
    gross = np.where(
        tall, 3 * shapely.area(podium) + np.maximum(levels - 3, 0) * shapely.area(shaft), levels * shapely.area(slab)
    )
    return forms, what, np.round(0.92 * gross, 1), height


def _box(middle: Any, way: Any, half_front: Any, half_deep: Any, cut: float) -> Any:
    """Boxes along the coast, their corners cut off by a share of the shorter side."""
    across = np.column_stack([-way[:, 1], way[:, 0]])
    off = cut * np.minimum(half_front, half_deep)
    a, b = half_front, half_deep
    corners = [(-a, -b), (a, -b), (a, b), (-a, b)]
    if cut:
        corners = [
            (-a + off, -b), (a - off, -b), (a, -b + off), (a, b - off),
            (a - off, b), (-a + off, b), (-a, b - off), (-a, -b + off),
        ]  # fmt: skip
    rings = [middle + way * x[:, None] + across * y[:, None] for x, y in corners]
    return shapely.polygons(np.round(np.stack(rings, axis=1), 2))


def _at(line: Any, far: Any) -> Any:
    """Points so far along a closed line; far faster than asking for one after the other."""
    points = shapely.get_coordinates(line)
    run = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(points, axis=0) ** 2).sum(axis=1)))])
    far = far % run[-1]
    return np.column_stack([np.interp(far, run, points[:, 0]), np.interp(far, run, points[:, 1])])


def _corridors(column: int, row: int) -> Any:
    """What the main roads around a superblock take."""
    found = []
    for way, number in ((0, column), (0, column + 1), (1, row), (1, row + 1)):
        ends = np.arange(-1, 3)
        line = nodes(np.full(4, number), row + ends) if way == 0 else nodes(column + ends, np.full(4, number))
        found.append(shapely.buffer(shapely.LineString(line), half_width(way, number), cap_style="flat"))
    return shapely.union_all(found)


def _apart(shapes: Any, rows: Any) -> Any:
    """Plots that touch no earlier one: where the coast turns sharply they would."""
    taken: list[int] = []
    for n in rows.tolist():
        near = taken[-3:] + [k for k in taken[:-3] if shapely.distance(shapes[k], shapes[n]) == 0]
        if not any(shapely.intersects(shapes[k], shapes[n]) for k in near):
            taken.append(n)
    return np.array(taken, np.int64)
