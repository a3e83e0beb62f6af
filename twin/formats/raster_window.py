"""A window of a GeoTIFF, brought to a square of the city: from the overview that is just fine enough, never all."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from twin.formats import warping
from twin.formats.placing import LOCAL
from twin.formats.raster_facts import DEEPEST, Facts, facts
from twin.formats.raster_file import opened, told
from twin.model.patches import SIDE, Patch, RasterFile, Square

_MOST = 400
"""Cells a side that are read for a square at the most."""


def patch(file: RasterFile, square: Square) -> Patch | None:
    """What it holds of a square; None where it holds nothing there. Raises NotThisFormat where it can't be read."""
    path = Path(file.path)
    heights = file.kind == "terrain"
    rim = 1 if heights else 0
    window = _window(file, square, rim)
    if window is None:
        return None
    dataset, found = opened(path), facts(path)
    if heights:
        made = _warped(file, found, square, rim, window, _heights(dataset, file.height_unit))
        there = made[0][::-1] + _separation(file, square, rim)
        return Patch(heights=np.ascontiguousarray(there)) if np.isfinite(there).any() else None
    made = _warped(file, found, square, rim, window, lambda *asked: _picture(dataset, found, *asked))
    picture = warping.picture(made)
    return None if picture is None else Patch(picture=picture)


def _separation(file: RasterFile, square: Square, rim: int) -> Any:
    """What brings the heights of a square to the city's level, in metres."""
    if file.levels is None:
        return np.float32(0)
    from twin.formats import vertical

    reach = rim * square.apart
    low, high = (square.west - reach, square.south - reach), square.side + 2 * reach
    box = (*low, low[0] + high, low[1] + high)
    places = SIDE + 2 * rim
    x, y = np.meshgrid(np.linspace(box[0], box[2], places), np.linspace(box[1], box[3], places))
    lattice = vertical.Shift(file.levels).over(box)
    return vertical.between(lattice, box, x, y).astype(np.float32)


Read = Callable[[Any, tuple[int, int]], Any]
"""From a window and a shape to (bands, rows, columns) floats, NaN where nothing is."""


def _window(file: RasterFile, square: Square, rim: int) -> Any:
    """The part of the file that a square lies on: columns, rows and their ends; None where it doesn't."""
    path = Path(file.path)
    found = facts(path)
    back = ~placed(file, found)
    source, city = systems_of(file)
    with told(path):
        x, y = warping.moved(*warping.grid(square, rim), city, source)
    sure = np.isfinite(x) & np.isfinite(y)
    if not sure.any():
        return None
    columns, rows = back @ (x[sure], y[sure])
    low = np.floor([columns.min(), rows.min()]) - 2
    high = np.ceil([columns.max(), rows.max()]) + 2
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(found.width, int(high[0])), min(found.height, int(high[1]))
    return (left, top, right, bottom) if right > left and bottom > top else None


def _warped(file: RasterFile, found: Facts, square: Square, rim: int, window: Any, read: Read) -> Any:
    """(bands, places, places) floats, the first row in the north; NaN where the file has nothing."""
    from rasterio.transform import Affine
    from rasterio.windows import Window

    left, top, right, bottom = window
    source, city = systems_of(file)
    share = max(1.0, max(right - left, bottom - top) / _MOST)
    shape = (max(1, math.ceil((bottom - top) / share)), max(1, math.ceil((right - left) / share)))
    with told(Path(file.path)):
        cells = read(Window(left, top, right - left, bottom - top), shape)
        whole = placed(file, found) @ Affine.translation(left, top)
        scaled = whole @ Affine.scale((right - left) / shape[1], (bottom - top) / shape[0])
        return warping.onto(cells, scaled, source, city, square, rim)


def _heights(dataset: Any, unit: float) -> Read:
    from rasterio.enums import Resampling

    def read(window: Any, shape: tuple[int, int]) -> Any:
        cells = dataset.read([1], window=window, out_shape=(1, *shape), masked=True, resampling=Resampling.bilinear)
        found = np.ma.filled(cells.astype(np.float32), np.nan) * np.float32(dataset.scales[0])
        found += np.float32(dataset.offsets[0])
        found[~np.isfinite(found) | (found < DEEPEST) | (np.abs(found) > 1e30)] = np.nan
        return found * np.float32(unit)

    return read


def _picture(dataset: Any, found: Facts, window: Any, shape: tuple[int, int]) -> Any:
    """Red, green, blue and 0 or 255 for what is there."""
    from rasterio.enums import ColorInterp, Resampling

    meanings = {meaning: band for band, meaning in zip(dataset.indexes, dataset.colorinterp, strict=True)}
    palette = dataset.colorinterp[0] == ColorInterp.palette
    coloured = [meanings.get(one) for one in (ColorInterp.red, ColorInterp.green, ColorInterp.blue)]
    plain = [band for band, meaning in zip(dataset.indexes, dataset.colorinterp, strict=True)
             if meaning != ColorInterp.alpha]  # fmt: skip
    bands = coloured if all(coloured) else plain[:3] if len(plain) >= 3 and not palette else plain[:1]
    way = Resampling.nearest if palette else Resampling.average
    cells = dataset.read(bands, window=window, out_shape=(len(bands), *shape), resampling=way)
    there = dataset.dataset_mask(window=window, out_shape=shape)
    if palette:
        table = np.zeros((256, 4), np.uint8)
        for code, colour in dataset.colormap(1).items():
            if code < len(table):
                table[code] = colour
        *cells, clear = np.moveaxis(table[np.clip(cells[0], 0, 255).astype(np.uint8)], -1, 0)
        cells, there = np.stack(cells), np.where(clear > 127, there, 0)
    made = cells.astype(np.float32)
    if cells.dtype != np.uint8:
        scale, offset = (
            np.array([one[band - 1] for band in bands if band]) for one in (dataset.scales, dataset.offsets)
        )
        made = made * scale[:, None, None].astype(np.float32) + offset[:, None, None].astype(np.float32)
        black, white = found.stretch
        made = (made - np.float32(black)) * np.float32(255 / (white - black))
        there = np.where(np.isfinite(made).all(axis=0), there, 0)
        made = np.clip(np.nan_to_num(made), 0, 255)
    if len(made) < 3:
        made = np.repeat(made[:1], 3, axis=0)
    return np.concatenate([np.where(there > 0, made, np.nan), (there > 0)[None] * np.float32(255)])


def placed(file: RasterFile, found: Facts) -> Any:
    """From cells to its CRS; to the city where it was placed by hand."""
    from rasterio.transform import Affine

    if file.crs != LOCAL or file.local is None:
        return found.transform
    east, north, angle, scale = file.local
    return Affine.translation(east, north) @ Affine.rotation(angle) @ Affine.scale(scale) @ found.transform


def systems_of(file: RasterFile) -> tuple[Any, Any]:
    """The file's CRS and the city's, as rasterio has them."""
    return warping.crs(file.city_crs if file.crs == LOCAL else file.crs), warping.crs(file.city_crs)
