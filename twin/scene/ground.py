"""The baked ground: sand, sea by its distance to the coast, and the shadows of buildings, in one texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.model.shapes import Arrays
from twin.scene import rasters
from twin.scene.light import Sky

_MOST = 4096
"""Pixels a side at most."""
_FINEST = 1.5
"""Metres a pixel at least."""
_SHOAL = 140.0
_FOAM = 6.0
_BEACH = 14.0
"""Metres from the coast (ART)."""


@dataclass(frozen=True)
class Ground:
    """A picture of the ground and where it lies in the city."""

    picture: Any
    """(rows, columns, 3) bytes, the first row in the south."""
    west: float
    south: float
    east: float
    north: float


def bake(
    extent: tuple[float, float, float, float], sea: Sequence[Arrays], standing: Sequence[Arrays], sky: Sky, sun: Any
) -> Ground:
    """Paint the ground of an extent (west, south, east, north); metres a pixel follow its size."""
    west, south, east, north = extent
    pixel = max(_FINEST, (east - west) / _MOST, (north - south) / _MOST)
    rows, columns = max(2, int((north - south) / pixel)), max(2, int((east - west) / pixel))
    picture = np.empty((rows, columns, 3), np.float32)
    picture[:] = sky.ground
    corner = np.array([west, south])
    water = np.zeros((rows, columns), np.uint8)
    for arrays in sea:
        _draw(arrays, corner, pixel, water)
    if water.any():
        _paint_sea(picture, water, pixel, sky)
    _shade(picture, standing, corner, pixel, sky, sun)
    return Ground(np.clip(picture, 0, 255).astype(np.uint8), west, south, west + columns * pixel, south + rows * pixel)


def _paint_sea(picture: Any, water: Any, pixel: float, sky: Sky) -> None:
    out = rasters.distance(1 - water, _SHOAL / pixel + 1) * pixel
    depth = np.clip(out / _SHOAL, 0, 1)[..., None]
    wet = np.array(sky.shoal) * (1 - depth) + np.array(sky.deep) * depth
    foam = sky.foam_share * np.clip(1 - np.abs(out - _FOAM / 2) / (_FOAM / 2), 0, 1)[..., None]
    wet = wet * (1 - foam) + np.array(sky.foam) * foam
    inland = rasters.distance(water, _BEACH / pixel + 1) * pixel
    sand = np.clip(1 - inland / _BEACH, 0, 1)[..., None]
    picture[:] = picture * (1 - sand) + np.array(sky.beach) * sand
    picture[:] = np.where(water[..., None] > 0, wet, picture)


def _shade(picture: Any, standing: Sequence[Arrays], corner: Any, pixel: float, sky: Sky, sun: Any) -> None:
    cast, stood = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape[:2], np.uint8)
    slant = -sun[:2] / max(sun[2], 0.05)
    for arrays in standing:
        low = arrays.points[:, 2].min(initial=0.0)
        _draw(arrays, corner, pixel, cast, slant, low)
        _draw(arrays, corner, pixel, stood)
    if not stood.any():
        return
    contact = 0.35 * _blurred(stood.astype(np.float32), max(1, round(6 / pixel)))[..., None]
    shadow = 0.42 * _blurred(cast.astype(np.float32), 1)[..., None]
    picture *= 1 - contact
    picture[:] = picture * (1 - shadow) + np.array(sky.shadow) * shadow


def _draw(arrays: Arrays, corner: Any, pixel: float, mask: Any, slant: Any = (0.0, 0.0), low: float = 0.0) -> None:
    """The triangles seen from above, pushed along the light by their height."""
    rise = arrays.points[:, 2] - low
    x = (arrays.origin[0] - corner[0] + arrays.points[:, 0] + slant[0] * rise) / pixel
    y = (arrays.origin[1] - corner[1] + arrays.points[:, 1] + slant[1] * rise) / pixel
    rasters.fill(x.astype(np.float64), y.astype(np.float64), arrays.triangles, mask)


def _blurred(mask: Any, radius: int) -> Any:
    """A box blur of 2·radius+1 pixels, both ways."""
    for axis in (0, 1):
        padded = np.pad(mask, [(radius + 1, radius) if n == axis else (0, 0) for n in (0, 1)], mode="edge")
        sums = np.cumsum(padded, axis=axis, dtype=np.float64)
        width = 2 * radius + 1
        ahead, behind = [slice(None)] * 2, [slice(None)] * 2
        ahead[axis], behind[axis] = slice(width, None), slice(None, -width)
        mask = ((sums[tuple(ahead)] - sums[tuple(behind)]) / width).astype(np.float32)
    return mask
