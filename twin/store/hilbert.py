"""The Hilbert curve: features near in space lie near in the file, so that zone maps prune a box query."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

ORDER = 16
"""Bits an axis: a cell of 1/65,536 of the square's side."""

Floats = npt.NDArray[np.float64]


def square(xmin: Floats, ymin: Floats, xmax: Floats, ymax: Floats) -> tuple[float, float, float]:
    """The square about all boxes: west, south, side. NaN boxes (features without geometry) don't count."""
    if not np.isfinite(xmin).any():
        return 0.0, 0.0, 1.0
    west, south = float(np.nanmin(xmin)), float(np.nanmin(ymin))
    side = max(float(np.nanmax(xmax)) - west, float(np.nanmax(ymax)) - south)
    return west, south, side * (1 + 1e-9) or 1.0


def index(x: Floats, y: Floats, west: float, south: float, side: float) -> npt.NDArray[np.int64]:
    """Each point's place on the curve, as 32 bits (Hilbert 1891; Hamilton's bit loop, vectorised)."""
    cells = (1 << ORDER) - 1
    a = np.clip(np.nan_to_num((x - west) / side) * (cells + 1), 0, cells).astype(np.int64)
    b = np.clip(np.nan_to_num((y - south) / side) * (cells + 1), 0, cells).astype(np.int64)
    place = np.zeros(len(a), np.int64)
    bit = 1 << (ORDER - 1)
    while bit:
        right, upper = (a & bit) > 0, (b & bit) > 0
        place += bit * bit * ((3 * right) ^ upper)
        a, b = _turned(a, b, right, upper)
        bit >>= 1
    return place


def _turned(a: Any, b: Any, right: Any, upper: Any) -> tuple[Any, Any]:
    """Turn the quadrant so that the curve goes on from its neighbour."""
    flip = ~upper & right
    cells = (1 << ORDER) - 1
    a, b = np.where(flip, cells - a, a), np.where(flip, cells - b, b)
    return np.where(upper, a, b), np.where(upper, b, a)
