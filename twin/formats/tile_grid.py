"""Grids of tiles: the one that the web's maps share, and which tiles of which scale a window needs."""

from __future__ import annotations

import math

from twin.model.service import Box, Grid, Level

MERCATOR = "EPSG:3857"
HALF = math.pi * 6378137.0
"""Metres from the middle of EPSG:3857 to its edges."""
DEEPEST = 24
EDGE = 85.0511287798066
"""Degrees north and south where its square ends."""
_COARSER = 1.25
"""How much larger than wanted a pixel may be before the next finer scale is read."""


def mercator(deepest: int, coarsest: int = 0, side: int = 256) -> Grid:
    """The tiles of OpenStreetMap and all after it: one at level 0, four times as many at each next."""
    levels = [
        Level(
            name=str(level), cell=2 * HALF / side / 2**level, west=-HALF, north=HALF, wide=2**level, high=2**level,
            across=side, down=side,
        )
        for level in range(coarsest, deepest + 1)
    ]  # fmt: skip
    return Grid(crs=MERCATOR, levels=tuple(levels))


def from_degrees(box: Box) -> Box:
    """A box of longitudes and latitudes in the metres of EPSG:3857."""
    west, south, east, north = box
    return _metres(west, south) + _metres(east, north)


def _metres(lon: float, lat: float) -> tuple[float, float]:
    lon, lat = min(180.0, max(-180.0, lon)), min(EDGE, max(-EDGE, lat))
    return lon / 180 * HALF, math.asinh(math.tan(math.radians(lat))) * HALF / math.pi


def fitting(grid: Grid, cell: float) -> int:
    """The place of the coarsest level that is fine enough for pixels of a size; the finest where none is."""
    for place, level in enumerate(grid.levels):
        if level.cell <= cell * _COARSER:
            return place
    return len(grid.levels) - 1


def span(level: Level, box: Box) -> tuple[int, int, int, int]:
    """The first column and row and the ones after the last that meet a box; empty where none does."""
    wide, high = level.across * level.cell, level.down * level.cell
    left, right = math.floor((box[0] - level.west) / wide), math.ceil((box[2] - level.west) / wide)
    top, bottom = math.floor((level.north - box[3]) / high), math.ceil((level.north - box[1]) / high)
    if level.wide is not None:
        left, right = max(0, left), min(level.wide, right)
    if level.high is not None:
        top, bottom = max(0, top), min(level.high, bottom)
    return left, top, max(left, right), max(top, bottom)


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes share; None where they share nothing."""
    west, south = max(one[0], other[0]), max(one[1], other[1])
    east, north = min(one[2], other[2]), min(one[3], other[3])
    return (west, south, east, north) if east > west and north > south else None
