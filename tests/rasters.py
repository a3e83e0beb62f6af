"""GeoTIFFs made by the tests with rasterio itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine

from twin.formats import raster_drivers

# Before rasterio is used by a test: what it registers it never lets go of.
raster_drivers.ready()

WEST, NORTH = 517_000.0, 2_380_000.0


def slope(rows: int, columns: int, cell: float = 5.0) -> Any:
    """(rows, columns) heights of a plane that rises to the east and falls to the north: 10 + x/50 + y/100."""
    x, y = (np.arange(columns) + 0.5) * cell, (np.arange(rows) + 0.5) * cell
    return (10 + x[None] / 50 + y[:, None] / 100).astype(np.float32)


def height(east: Any, north: Any) -> Any:
    """What the plane says at a place."""
    return 10 + (np.asarray(east) - WEST) / 50 + (NORTH - np.asarray(north)) / 100


def tiff(path: Path, bands: Any, cell: float = 5.0, crs: str | None = "EPSG:32637", **said: Any) -> Path:
    """A GeoTIFF of (rows, columns) or (bands, rows, columns) cells whose north-western corner lies in Jeddah."""
    cells = bands if bands.ndim == 3 else bands[None]
    after = {name: said.pop(name) for name in ("units", "colormap", "colorinterp", "overviews") if name in said}
    if "transform" not in said:
        said["transform"] = Affine(cell, 0, WEST, 0, -cell, NORTH)
    with rasterio.open(
        path, "w", driver="GTiff", count=len(cells), height=cells.shape[1], width=cells.shape[2],
        dtype=cells.dtype, crs=crs, **said,
    ) as made:  # fmt: skip
        made.write(cells)
        if "units" in after:
            made.units = after["units"]
        if "colormap" in after:
            made.write_colormap(1, after["colormap"])
        if "overviews" in after:
            made.build_overviews(after["overviews"])
    return path
