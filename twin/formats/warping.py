"""From a raster's own cells to the places of a square of the city."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from twin.formats import crs as systems
from twin.model.patches import SIDE, Square

_EDGE = 17
"""Places a side of a square that say which part of a raster it needs."""


def grid(square: Square, rim: int) -> tuple[Any, Any]:
    """(17, 17) eastings and northings over a square and ``rim`` + 1 places beyond it."""
    reach = square.apart * (rim + 1)
    xs = np.linspace(square.west - reach, square.west + square.side + reach, _EDGE)
    ys = np.linspace(square.south - reach, square.south + square.side + reach, _EDGE)
    x, y = np.meshgrid(xs, ys)
    return x, y


def moved(x: Any, y: Any, city: Any, source: Any) -> tuple[Any, Any]:
    """Places of the city in a raster's CRS; as they are where both are one."""
    if source == city:
        return x, y
    from rasterio.warp import transform

    there = transform(city, source, x.ravel(), y.ravel())
    return np.asarray(there[0]).reshape(x.shape), np.asarray(there[1]).reshape(x.shape)


def onto(cells: Any, placed: Any, source: Any, city: Any, square: Square, rim: int = 0) -> Any:
    """(bands, places, places) floats of (bands, rows, columns), the first row in the north; NaN where nothing is.

    ``placed`` is the affine way from a cell to the ``source`` CRS; a place is the middle of a cell of its own.
    """
    from rasterio.enums import Resampling
    from rasterio.transform import Affine
    from rasterio.warp import reproject

    places, apart = SIDE + 2 * rim, square.apart
    north_west = (square.west - (rim + 0.5) * apart, square.south + square.side + (rim + 0.5) * apart)
    made = np.full((len(cells), places, places), np.nan, np.float32)
    reproject(
        cells,
        made,
        src_transform=placed,
        src_crs=source,
        dst_transform=Affine(apart, 0.0, north_west[0], 0.0, -apart, north_west[1]),
        dst_crs=city,
        src_nodata=math.nan,
        dst_nodata=math.nan,
        resampling=Resampling.bilinear,
        num_threads=1,
    )
    return made


def picture(made: Any) -> Any:
    """(SIDE, SIDE, 4) bytes of four bands, the first row in the south; None where nothing is."""
    rows = np.clip(np.rint(np.moveaxis(np.nan_to_num(made), 0, -1)[::-1]), 0, 255).astype(np.uint8)
    rows[..., 3] = np.where(rows[..., 3] >= 128, 255, 0)
    return np.ascontiguousarray(rows) if rows[..., 3].any() else None


@lru_cache(maxsize=16)
def crs(text: str) -> Any:
    """A CRS as rasterio has it, without heights."""
    from rasterio.crs import CRS

    return CRS.from_wkt(systems.horizontal(systems.known(text, None)).to_wkt())
