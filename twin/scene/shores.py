"""Which triangles of the ground need the coast: elsewhere its picture says one and the same thing."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.scene.ground import Raster

LAND, SHORE, SEA = 0, 1, 2
_INLAND, _OUT = 0, 255
"""What a coast's picture says beyond its reach."""


def parts(raster: Raster, points: Any, triangles: Any) -> dict[int, Any]:
    """The (n, 3) triangles of the land, of the shore and of the open sea; their points are (m, 2) or more, in metres.

    A pixel more about each triangle counts, since a texture is read between pixels; beyond its sides it goes on.
    """
    far = raster.picture[:, :, 0]
    rows, columns = far.shape
    west, south, east, north = raster.sides
    at = (points[:, :2] - (west, south)) / ((east - west) / columns, (north - south) / rows)
    corners = at[triangles]
    low, high = np.floor(corners.min(axis=1)).astype(np.int64) - 1, np.ceil(corners.max(axis=1)).astype(np.int64) + 1
    limits = np.array([columns, rows])
    low, high = np.clip(low, 0, limits - 1), np.clip(high, 1, limits)
    inland, out = (_everywhere(far == value, low, high) for value in (_INLAND, _OUT))
    where = np.where(inland, LAND, np.where(out, SEA, SHORE))
    return {part: triangles[where == part] for part in (LAND, SHORE, SEA) if (where == part).any()}


def _everywhere(true: Any, low: Any, high: Any) -> Any:
    """(n,) whether a picture is true in all of each box, from its ``low`` column and row to before its ``high``."""
    sums = np.zeros((true.shape[0] + 1, true.shape[1] + 1), np.int32)
    np.cumsum(true, axis=0, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    (left, under), (right, over) = low.T, high.T
    found = sums[over, right] - sums[under, right] - sums[over, left] + sums[under, left]
    return found == (right - left) * (over - under)
