"""A square of the city out of tiles: the scale that is just fine enough, a few tiles of it, never all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from twin.formats import tile_grid, tile_picture, warping
from twin.formats.raster_drivers import ready
from twin.model.patches import Patch, Square
from twin.model.service import Box, Grid

_MOST = 64
"""Tiles that a square may need: it is seen from too far for the coarsest scale there is where it needs more."""
_ABOVE = 6
"""Levels above a tile that isn't there, where the picture of its place is looked for."""

At = tuple[int, int, int]
"""The place of a level in the grid, a column and a row."""


@dataclass(frozen=True)
class Got:
    """What became of some tiles."""

    pictures: Mapping[At, Any]
    """(rows, columns, 4) bytes of those that are there."""
    lacking: frozenset[At] = frozenset()
    """Those of which nothing is known now."""


class Tiles(Protocol):
    """Where tiles come from."""

    @property
    def grid(self) -> Grid:
        """What they lie on."""

    @property
    def bounds(self) -> Box | None:
        """Where there are any, in the grid's CRS."""

    def get(self, wanted: Collection[At]) -> Got:
        """Some tiles."""


def patch(tiles: Tiles, city_crs: str, square: Square) -> Patch | None:
    """What there is of a square; None where there is nothing and nothing is lacking."""
    ready()
    source, city = warping.crs(tiles.grid.crs), warping.crs(city_crs)
    needed = _needed(tiles, square, source, city)
    if needed is None:
        return None
    place, (left, top, right, bottom) = needed
    level = tiles.grid.levels[place]
    wanted = [(place, x, y) for y in range(top, bottom) for x in range(left, right)]
    got = tiles.get(wanted)
    pictures, lacking = _from_above(tiles, wanted, got)
    whole = not lacking
    if not pictures:
        return None if whole else Patch(whole=False)
    share = max(1, int(_cell(square, source, city) / level.cell))
    down, across = max(1, level.down // share), max(1, level.across // share)
    cells = np.zeros(((bottom - top) * down, (right - left) * across, 4), np.uint8)
    for (_, x, y), found in pictures.items():
        row, column = (y - top) * down, (x - left) * across
        cells[row : row + down, column : column + across] = tile_picture.fitted(found, down, across)
    picture = _warped(cells, level.box(left, top), level.cell * level.across / across, source, city, square)
    if picture is None:
        return None if whole else Patch(whole=False)
    return Patch(picture=picture, whole=whole)


def _needed(tiles: Tiles, square: Square, source: Any, city: Any) -> tuple[int, tuple[int, int, int, int]] | None:
    """The level and the columns and rows of it that a square lies on; None where it doesn't, or is far too large."""
    x, y = warping.moved(*warping.grid(square, 0), city, source)
    sure = np.isfinite(x) & np.isfinite(y)
    if not sure.any():
        return None
    box = (float(x[sure].min()), float(y[sure].min()), float(x[sure].max()), float(y[sure].max()))
    there = box if tiles.bounds is None else tile_grid.meet(box, tiles.bounds)
    if there is None:
        return None
    place = tile_grid.fitting(tiles.grid, _cell(square, source, city))
    while True:
        found = tile_grid.span(tiles.grid.levels[place], there)
        count = (found[2] - found[0]) * (found[3] - found[1])
        if 0 < count <= _MOST:
            return place, found
        if place == 0 or count == 0:
            return None
        place -= 1


def _cell(square: Square, source: Any, city: Any) -> float:
    """How large a place of the square is in the grid's CRS, the smaller of its two sides."""
    middle = (square.west + square.side / 2, square.south + square.side / 2)
    reach = square.side / 8
    xs = np.array([middle[0], middle[0] + reach, middle[0]])
    ys = np.array([middle[1], middle[1], middle[1] + reach])
    x, y = warping.moved(xs, ys, city, source)
    ways = np.hypot(x[1:] - x[0], y[1:] - y[0])
    return float(np.nanmin(ways)) / reach * square.apart if np.isfinite(ways).any() else square.apart


def _from_above(tiles: Tiles, wanted: Collection[At], got: Got) -> tuple[dict[At, Any], bool]:
    """The pictures with those of coarser levels for tiles that aren't there; and whether any is lacking."""
    pictures, missing = dict(got.pictures), [one for one in wanted if one not in got.pictures]
    lacking = bool(got.lacking)
    for up in range(1, _ABOVE + 1):
        above = {one: found for one in missing if (found := _parent(tiles.grid, one, up))}
        if not above:
            break
        more = tiles.get(sorted(set(above.values())))
        lacking |= bool(more.lacking)
        for one, parent in above.items():
            if parent in more.pictures:
                pictures[one] = _part(tiles.grid, one, parent, more.pictures[parent])
        missing = [one for one in missing if one not in pictures]
    return {one: picture for one, picture in pictures.items() if picture is not None}, lacking


def _parent(grid: Grid, at: At, up: int) -> At | None:
    """The tile of a coarser level that holds all of a tile; None where levels aren't made so."""
    place, x, y = at
    if place - up < 0:
        return None
    box, coarse = grid.levels[place].box(x, y), grid.levels[place - up]
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    left, top, *_ = tile_grid.span(coarse, middle)
    found = coarse.box(left, top)
    slack = grid.levels[place].cell
    if found[0] - slack > box[0] or found[1] - slack > box[1] or found[2] + slack < box[2] or found[3] + slack < box[3]:
        return None
    return place - up, left, top


def _part(grid: Grid, at: At, parent: At, picture: Any) -> Any:
    """The part of a coarser tile's picture where a tile lies; None where that is less than a pixel or empty."""
    fine, coarse = grid.levels[at[0]].box(*at[1:]), grid.levels[parent[0]].box(*parent[1:])
    rows, columns = picture.shape[:2]
    left = round((fine[0] - coarse[0]) / (coarse[2] - coarse[0]) * columns)
    right = round((fine[2] - coarse[0]) / (coarse[2] - coarse[0]) * columns)
    top = round((coarse[3] - fine[3]) / (coarse[3] - coarse[1]) * rows)
    bottom = round((coarse[3] - fine[1]) / (coarse[3] - coarse[1]) * rows)
    part = picture[max(0, top) : bottom, max(0, left) : right]
    return np.ascontiguousarray(part) if part.size and part[..., 3].any() else None


def _warped(cells: Any, corner: Box, size: float, source: Any, city: Any, square: Square) -> Any:
    from rasterio.transform import Affine

    there = cells[..., 3:] > 127
    bands = np.where(there, cells, np.nan).astype(np.float32)
    bands[..., 3] = cells[..., 3]
    placed = Affine(size, 0.0, corner[0], 0.0, -size, corner[3])
    return warping.picture(warping.onto(np.ascontiguousarray(np.moveaxis(bands, -1, 0)), placed, source, city, square))
