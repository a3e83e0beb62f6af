"""What a GeoTIFF is: heights or a picture, where it lies, between which values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import CannotRead, NoCrs
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats.raster_file import opened, told

DEEPEST, HIGHEST = -11_500.0, 9_500.0
"""Metres that a height on earth lies between: what is beyond is a mark for a missing value that nobody declared."""
_SIDE, _BLOCKS = 1024, 48
"""Cells a side that a sample of all has; without overviews so many blocks instead."""
_UNITS = {
    "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "cm": 0.01, "centimetre": 0.01, "mm": 0.001,
    "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "international foot": 0.3048,
    "us-ft": 1200 / 3937, "us survey foot": 1200 / 3937, "foot_us": 1200 / 3937, "ftus": 1200 / 3937,
}  # fmt: skip
"""What a height in a unit is multiplied by to be metres."""
_SPEAKING = ("elev", "dem", "dtm", "dsm", "height", "altitude", "bathy", "terrain")


@dataclass(frozen=True)
class Facts:
    """A GeoTIFF, looked at."""

    crs: str | None
    transform: Any
    """From column and row to its own coordinates."""
    bounds: tuple[float, float, float, float]
    width: int
    height: int
    bands: int
    type: str
    elevation: bool
    """Whether its one band looks like heights."""
    unit: float | None
    """What a height is multiplied by to be metres; None where neither it nor its CRS says."""
    low: float
    """Of its values, by a sample; NaN where there is none."""
    high: float
    stretch: tuple[float, float]
    """The values that are black and white, where they are not bytes."""
    overviews: bool
    nodata: float | None


def facts(path: Path) -> Facts:
    """Look at it, once."""
    found = path.stat()
    return _facts(str(path), found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _facts(path: str, _time: int, _size: int) -> Facts:
    file = Path(path)
    dataset = opened(file)
    with told(file):
        crs = dataset.crs.to_wkt() if dataset.crs else None
        transform = _placed(file, dataset, crs)
        values = _sample(dataset)
    corners = [transform @ at for at in _ring(dataset.width, dataset.height)]
    xs, ys = zip(*corners, strict=True)
    bounds = (min(xs), min(ys), max(xs), max(ys))
    if not all(map(math.isfinite, bounds)) or not (bounds[2] > bounds[0] and bounds[3] > bounds[1]):
        raise CannotRead(mark("Its corners are no places: its georeference is damaged."), file)
    unit = _unit(dataset, crs)
    low, high = (float(values.min()), float(values.max())) if len(values) else (math.nan, math.nan)
    black, white = (float(one) for one in np.percentile(values, (1, 99))) if len(values) else (0.0, 1.0)
    return Facts(
        crs=crs,
        transform=transform,
        bounds=bounds,
        width=dataset.width,
        height=dataset.height,
        bands=dataset.count,
        type=dataset.dtypes[0],
        elevation=_elevation(dataset, unit, values),
        unit=unit,
        low=low,
        high=high,
        stretch=(black, white if white > black else black + 1.0),
        overviews=bool(dataset.overviews(1)),
        nodata=None if dataset.nodata is None else float(dataset.nodata),
    )


def _ring(width: int, height: int) -> list[tuple[float, float]]:
    """Places along the border, in cells, denser than a curve of a projection needs."""
    along = np.linspace(0, 1, 33)[:-1]
    sides = [(along * width, along * 0), (along * 0 + width, along * height)]
    sides += [(width - along * width, along * 0 + height), (along * 0, height - along * height)]
    return [(float(x), float(y)) for xs, ys in sides for x, y in zip(xs, ys, strict=True)]


def ring(found: Facts) -> Any:
    """(n, 2) its border in its own coordinates."""
    return np.array([found.transform @ at for at in _ring(found.width, found.height)])


def _placed(file: Path, dataset: Any, crs: str | None) -> Any:
    """Its georeference; cells as metres where it has none and its place is still to be said."""
    from rasterio.transform import Affine

    if not dataset.transform.is_identity:
        if abs(dataset.transform.determinant) == 0:
            raise CannotRead(mark("Its corners are no places: its georeference is damaged."), file)
        return dataset.transform
    if dataset.gcps[0] or dataset.rpcs:
        words = mark("It is placed by control points: bring it into a CRS first, for example with “gdalwarp”.")
        raise NoCrs(words, file)
    if crs:
        raise NoCrs(mark("It names a coordinate system, but not where it lies in it: export it anew as GeoTIFF."), file)
    return Affine(1.0, 0.0, 0.0, 0.0, -1.0, float(dataset.height))


def _unit(dataset: Any, crs: str | None) -> float | None:
    said = (dataset.units[0] or "").strip().lower()
    if said in _UNITS:
        return _UNITS[said]
    try:
        known = systems.known(crs, None) if crs else None
    except NoCrs:
        return None
    if known is not None and (known.is_compound or len(known.axis_info) == 3):
        return systems.height_unit(known)
    return None


def _sample(dataset: Any) -> Any:
    """Some of the first band's values, those that are there."""
    from rasterio.windows import Window

    whole = max(dataset.width, dataset.height) <= 4 * _SIDE
    if whole or dataset.overviews(1):
        share = max(1.0, max(dataset.width, dataset.height) / _SIDE)
        shape = (max(1, round(dataset.height / share)), max(1, round(dataset.width / share)))
        parts = [dataset.read(1, out_shape=shape, masked=True)]
    else:
        down, across = dataset.block_shapes[0]
        rows, columns = math.ceil(dataset.height / down), math.ceil(dataset.width / across)
        chosen = np.unique(np.linspace(0, rows * columns - 1, min(rows * columns, _BLOCKS)).astype(int)).tolist()
        windows = [Window(at % columns * across, at // columns * down, across, down) for at in chosen]
        sides = Window(0, 0, dataset.width, dataset.height)
        parts = [dataset.read(1, window=one.intersection(sides), masked=True) for one in windows]
    found = np.concatenate([part.compressed() for part in parts]) * float(dataset.scales[0]) + dataset.offsets[0]
    return found[np.isfinite(found) & (np.abs(found) < 1e30)]


def _elevation(dataset: Any, unit: float | None, values: Any) -> bool:
    """One band of numbers that heights on earth could be, and no grey picture."""
    kind = np.dtype(dataset.dtypes[0])
    if dataset.count != 1 or kind.itemsize == 1 or dataset.colorinterp[0].name == "palette" or not len(values):
        return False
    told = " ".join(filter(None, (dataset.descriptions[0], *dataset.tags().values(), *dataset.tags(1).values())))
    if unit is not None or any(word in told.lower() for word in _SPEAKING):
        return True
    like = values[values > DEEPEST]
    # A share or an index lies between −1 and 1; a grey picture of 16 bits has no sign.
    spread = bool(len(like)) and float(like.max()) <= HIGHEST and float(np.abs(like).max()) > 1.0
    return spread and kind.kind in "fi"
