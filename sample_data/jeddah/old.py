"""Al-Balad: irregular blocks between narrow lanes, split into tight old houses."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import shapely

from sample_data.jeddah.built import Built, geometries
from sample_data.jeddah.fabric import heights
from sample_data.jeddah.lots import Cut
from sample_data.jeddah.solids import mosques

_BLOCK = 44.0
"""Metres between the middles of blocks."""
_HOUSE = 165.0
"""The largest plot that is not split again, in m²."""
_CORNERS = 24


def build(found: Cut, region: Any, random: np.random.Generator) -> Built:
    """Lanes, blocks and houses over a superblock's room, as far as a region goes."""
    room = found.frame.boxes(found.room[None])[0]
    ground = shapely.intersection(room, region)
    seeds = _seeds(ground, random)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds)))
    cells = cells[np.lexsort(np.round(shapely.get_coordinates(shapely.centroid(cells)), 2).T)]
    blocks = _blocks(cells, ground)
    square = np.arange(len(blocks)) % 37 == 18
    parks, blocks = blocks[square], blocks[~square]
    plots, owner = _plots(blocks, random)
    shapes = shapely.orient_polygons(shapely.set_precision(shapely.buffer(plots, -0.12, join_style="mitre"), 0.01))
    good = np.flatnonzero((shapely.get_type_id(shapes) == 3) & (shapely.area(shapes) > 28))
    good = good[np.argsort(owner[good], kind="stable")]
    plots, owner, shapes = plots[good], owner[good], shapes[good]
    middle = shapely.get_coordinates(shapely.centroid(blocks))[owner]
    use = np.full(len(plots), "residential", object)
    use[random.random(len(plots)) < 0.24] = "mixed"
    # Merchants' houses stand together, towards the sea; houses rise with their plot.
    rise = 0.5 + 0.5 * np.sin(middle[:, 0] / 95 + 0.8 * np.sin(middle[:, 1] / 120))
    levels = 3 + np.clip(np.round(rise * 1.6 + (shapely.area(plots) - 80) / 75, 6).astype(np.int64), 0, 3)
    what = np.full(len(plots), "", object)
    _mosques(blocks, owner, shapes, use, what)
    levels[what != ""] = 2
    height = heights(use, levels)
    gross = np.round(shapely.area(shapes) * levels * 0.92, 1)
    mine = np.flatnonzero((what != "") & (shapely.area(shapes) > 90))
    shapes[mine] = mosques(shapes[mine], height[mine])
    lanes, widths = _lanes(seeds, ground)
    era = 1905 + (owner * 13) % 50
    return Built(
        blocks, plots, owner, shapes, np.arange(len(plots)), levels, use, what, gross, height, era, parks, lanes, widths
    )  # fmt: skip


def _seeds(ground: Any, random: np.random.Generator) -> Any:
    west, south, east, north = ground.bounds
    rows = int((north - south) / (_BLOCK * 0.87)) + 3
    columns = int((east - west) / _BLOCK) + 3
    j, i = (side.ravel() for side in np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"))
    at = np.column_stack([west + (i - 1 + 0.5 * (j % 2)) * _BLOCK, south + (j - 1) * _BLOCK * 0.87])
    return np.round(at + (random.random(at.shape) - 0.5) * 0.62 * _BLOCK, 2)


def _blocks(cells: Any, ground: Any) -> Any:
    """What lies between the lanes; every third lane is wide enough for carts."""
    wide = np.where(np.arange(len(cells)) % 5 == 0, 3.4, 2.3)
    inner = shapely.buffer(shapely.intersection(cells, ground), -wide, join_style="mitre")
    parts = shapely.get_parts(inner)
    hulls = shapely.convex_hull(parts)
    # The edge of the old town follows roads that are straight: what is not convex there is left open.
    fine = (shapely.area(parts) > 260) & (shapely.area(parts) > 0.985 * shapely.area(hulls))
    return shapely.set_precision(hulls[fine], 0.01)


def _lanes(seeds: Any, ground: Any) -> tuple[Any, Any]:
    edges = shapely.voronoi_polygons(shapely.multipoints(seeds), only_edges=True)
    parts = shapely.get_parts(shapely.line_merge(shapely.intersection(shapely.node(edges), ground)))
    parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 2)]
    return shapely.set_precision(parts, 0.01), np.full(len(parts), 3.6)


def _mosques(blocks: Any, owner: Any, shapes: Any, use: Any, what: Any) -> None:
    """One in every twenty blocks: its largest plot."""
    area = shapely.area(shapes)
    for block in range(7, len(blocks), 20):
        mine = np.flatnonzero(owner == block)
        if len(mine):
            best = mine[int(np.argmax(area[mine]))]
            use[best], what[best] = "religious", "religious"


def _plots(blocks: Any, random: np.random.Generator) -> tuple[Any, Any]:
    """Convex blocks split again and again across their longer side."""
    rings = np.zeros((len(blocks), _CORNERS, 2))
    sizes = np.zeros(len(blocks), np.int64)
    origin = np.array([shapely.total_bounds(blocks)[0], shapely.total_bounds(blocks)[1]])
    for n, block in enumerate(blocks):
        points = shapely.get_coordinates(shapely.get_exterior_ring(shapely.orient_polygons(block)))[:-1] - origin
        sizes[n] = len(points)
        rings[n, : len(points)] = points
    owner = np.arange(len(blocks))
    done_rings, done_owner = [], []
    while len(rings):
        area = _areas(rings, sizes)
        ready = area < _HOUSE * (0.75 + 0.6 * random.random(len(rings)))
        for n in np.flatnonzero(ready).tolist():
            done_rings.append(np.round(rings[n, : sizes[n]] + origin, 2))
            done_owner.append(owner[n])
        rings, sizes, owner = rings[~ready], sizes[~ready], owner[~ready]
        share = 0.42 + 0.16 * random.random(len(rings))
        rings, sizes = _halved(rings, sizes, share)
        owner = np.repeat(owner, 2)
    return geometries([shapely.Polygon(ring) for ring in done_rings]), np.array(done_owner, np.int64)


@numba.njit(cache=True)
def _areas(rings, sizes):  # type: ignore[no-untyped-def]
    found = np.zeros(len(rings))
    for n in range(len(rings)):
        for k in range(sizes[n]):
            a, b = rings[n, k], rings[n, (k + 1) % sizes[n]]
            found[n] += a[0] * b[1] - b[0] * a[1]
    return found / 2


@numba.njit(cache=True)
def _halved(rings, sizes, share):  # type: ignore[no-untyped-def]
    """Each ring cut in two, square to its longest side; halves follow each other."""
    out = np.zeros((2 * len(rings), rings.shape[1], 2))
    counts = np.zeros(2 * len(rings), np.int64)
    for n in range(len(rings)):
        size = sizes[n]
        # The direction of the longest side; the cut goes across the ring's reach along it or square to it.
        best, dx, dy = -1.0, 1.0, 0.0
        for k in range(size):
            a, b = rings[n, k], rings[n, (k + 1) % size]
            x, y = b[0] - a[0], b[1] - a[1]
            if x * x + y * y > best:
                best, dx, dy = x * x + y * y, x, y
        long = np.sqrt(best)
        dx, dy = dx / long, dy / long
        low_a, high_a, low_b, high_b = 1e18, -1e18, 1e18, -1e18
        for k in range(size):
            p = rings[n, k, 0] * dx + rings[n, k, 1] * dy
            q = rings[n, k, 1] * dx - rings[n, k, 0] * dy
            low_a, high_a, low_b, high_b = min(low_a, p), max(high_a, p), min(low_b, q), max(high_b, q)
        if high_b - low_b > high_a - low_a:
            dx, dy, low_a, high_a = -dy, dx, low_b, high_b
        at = low_a + share[n] * (high_a - low_a)
        for k in range(size):
            x, y = rings[n, k, 0], rings[n, k, 1]
            xx, yy = rings[n, (k + 1) % size, 0], rings[n, (k + 1) % size, 1]
            one, other = x * dx + y * dy - at, xx * dx + yy * dy - at
            half = 2 * n if one <= 0 else 2 * n + 1
            out[half, counts[half], 0], out[half, counts[half], 1] = x, y
            counts[half] += 1
            if (one <= 0) != (other <= 0):
                part = one / (one - other)
                cx, cy = x + part * (xx - x), y + part * (yy - y)
                for side in (2 * n, 2 * n + 1):
                    out[side, counts[side], 0], out[side, counts[side], 1] = cx, cy
                    counts[side] += 1
    return out, counts
