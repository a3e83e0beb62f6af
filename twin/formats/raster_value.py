"""What a GeoTIFF holds at one place, in full resolution."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from twin.formats.raster_facts import DEEPEST, facts
from twin.formats.raster_file import opened, told
from twin.formats.raster_window import placed, systems_of
from twin.model.patches import Band, Cell, RasterFile

_MANY = 64
"""Bands that are told of at the most."""


def cell(file: RasterFile, east: float, north: float) -> Cell | None:
    """The cell that a place of the city lies in, None beyond them all. Raises NotThisFormat where it can't be read."""
    from rasterio.warp import transform
    from rasterio.windows import Window

    path = Path(file.path)
    dataset, found = opened(path), facts(path)
    source, city = systems_of(file)
    x, y = [east], [north]
    with told(path):
        if source != city:
            x, y = transform(city, source, x, y)
        if not (math.isfinite(x[0]) and math.isfinite(y[0])):
            return None
        across, down = ~placed(file, found) @ (x[0], y[0])
        column, row = math.floor(across), math.floor(down)
        if not (0 <= column < found.width and 0 <= row < found.height):
            return None
        indexes = list(dataset.indexes)[:_MANY]
        values = dataset.read(indexes, window=Window(column, row, 1, 1), masked=True)[:, 0, 0]
    bands = tuple(_band(dataset, index, value) for index, value in zip(indexes, _values(values), strict=True))
    raw = bands[0].value if file.kind == "terrain" else None
    height = None if raw is None or raw < DEEPEST else raw * file.height_unit + _separation(file, east, north)
    return Cell(column, row, bands, height)


def _values(values: Any) -> list[float | None]:
    """None for what is masked or no number."""
    gone = np.ma.getmaskarray(values)
    found = [None if masked else float(value) for value, masked in zip(values.data.tolist(), gone, strict=True)]
    return [None if value is None or not math.isfinite(value) else value for value in found]


def _band(dataset: Any, index: int, value: float | None) -> Band:
    place = index - 1
    scale, offset = dataset.scales[place], dataset.offsets[place]
    return Band(
        number=index,
        name=(dataset.descriptions[place] or "").strip(),
        meaning=dataset.colorinterp[place].name,
        unit=(dataset.units[place] or "").strip(),
        value=None if value is None else value * scale + offset,
    )


def _separation(file: RasterFile, east: float, north: float) -> float:
    if file.levels is None:
        return 0.0
    from twin.formats import vertical

    return float(vertical.Shift(file.levels)([east], [north])[0])
