"""What is baked for the ground: how far each spot lies from the coast, and the shade of what stands there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.model.shapes import Arrays

REACH = 160.0
"""Metres from the coast that are told apart: the shoal of 140 (ART) and some."""
_COAST_SIDE, _COAST_FINEST = 2048, 1.0
SHADE_PIXELS, WIDE_PIXELS, SKETCH_PIXELS, SHADE_FINEST = 12_000_000, 6_000_000, 2_500_000, 0.75
"""Of the shade, of one that a finer one lies upon, and of the sketch that a first picture is shown with; metres a pixel
at the finest. What is sent to a card at once is felt."""
_CONTACT, _SHADOW, _FOOT, _GLOW = 0.45, 0.42, 5.0, 6.0
"""Shares of shade, and the metres that contact shade (ART) and the light of lamps reach."""

Sides = tuple[float, float, float, float]
"""West, south, east, north, in metres."""


@dataclass(frozen=True)
class Raster:
    """Bytes by row and column, the first row in the south, and where they lie in the city."""

    picture: Any
    sides: Sides
    close: float = 0.0
    """Metres that the finer of a coast's two channels tells apart."""


def coast(sea: Sequence[Arrays], sides: Sides) -> Raster:
    """The signed distance to the coast, 0 far inland, ½ at the coast, 1 far out: for all the reach, and for ``close``.

    A distance is smooth where a picture of the sea is not: from a few metres a pixel it gives a line that is
    sharp from any height (Green 2007, "Improved alpha-tested magnification"). VTK makes bytes of any texture,
    too coarse for a line, hence the second channel.
    """
    from twin.scene import rasters

    pixel = max(_COAST_FINEST, (sides[2] - sides[0]) / _COAST_SIDE, (sides[3] - sides[1]) / _COAST_SIDE)
    raster, water = _masked(sides, pixel)
    for arrays in sea:
        x, y = _placed(arrays, sides, pixel)
        rasters.fill(x, y, arrays.triangles, water)
    far = np.full(water.shape, REACH / pixel, np.float32)
    for arrays in sea:
        rasters.away(_shores(arrays, sides, pixel), far)
    out = np.where(water > 0, far, -far) * np.float32(pixel)
    close = max(16.0, 2.2 * pixel)
    return Raster(np.stack([_byte(out, REACH), _byte(out, close)], axis=-1), raster, close)


def dry(sides: Sides) -> Raster:
    """Where there is no sea."""
    return Raster(np.zeros((2, 2, 2), np.uint8), sides, 16.0)


def shade(sides: Sides, pixel: float, standing: Iterable[Arrays], roads: Iterable[Arrays], sun: Any) -> Raster:
    """What buildings and lamps do to the ground within sides, two channels of 0 to 255.

    The shade at the buildings' foot and away from the sun, and how near a road is with its lamps, for the night. Tiles
    are taken one after the other, so that a whole city needs no more room than the picture of it.
    """
    from twin.scene import rasters

    slant = -sun[:2] / max(sun[2], 0.05) / pixel
    raster, stood = _masked(sides, pixel)
    cast = np.zeros_like(stood)
    for arrays in standing:
        rise = rasters.rises(arrays.points, arrays.owner, int(arrays.owner.max(initial=0)) + 1)
        x, y = _placed(arrays, sides, pixel)
        rasters.fill(x, y, arrays.triangles, stood)
        rasters.fill(x + slant[0] * rise, y + slant[1] * rise, arrays.triangles, cast)
    found = np.empty_like(stood)
    rasters.soften(stood, cast, max(1, round(_FOOT / pixel)), _CONTACT, _SHADOW, found)
    return Raster(np.stack([found, _lamps(roads, sides, pixel, found.shape)], axis=-1), raster)


def _lamps(roads: Iterable[Arrays], sides: Sides, pixel: float, shape: tuple[int, int]) -> Any:
    from twin.scene import rasters

    lit, found = np.zeros(shape, np.uint8), np.empty(shape, np.uint8)
    for arrays in roads:
        x, y = _placed(arrays, sides, pixel)
        rasters.fill(x, y, arrays.triangles, lit)
    rasters.soften(lit, np.zeros((0, shape[1]), np.uint8), max(1, round(_GLOW / pixel)), 1.0, 0.0, found)
    return found


def _byte(out: Any, most: float) -> Any:
    return np.rint(np.clip(out / np.float32(2 * most) + np.float32(0.5), 0, 1) * np.float32(255)).astype(np.uint8)


def _masked(sides: Sides, pixel: float) -> tuple[Sides, Any]:
    columns, rows = max(2, math.ceil((sides[2] - sides[0]) / pixel)), max(2, math.ceil((sides[3] - sides[1]) / pixel))
    whole = (sides[0], sides[1], sides[0] + columns * pixel, sides[1] + rows * pixel)
    return whole, np.zeros((rows, columns), np.uint8)


def _placed(arrays: Arrays, sides: Sides, pixel: float) -> tuple[Any, Any]:
    """The points in pixels."""
    points = arrays.points[:, :2].astype(np.float64)
    return (
        (points[:, 0] + (arrays.origin[0] - sides[0])) / pixel,
        (points[:, 1] + (arrays.origin[1] - sides[1])) / pixel,
    )


def _shores(arrays: Arrays, sides: Sides, pixel: float) -> Any:
    """The outer edges of the sea's triangles, in pixels."""
    x, y = _placed(arrays, sides, pixel)
    _, same = np.unique(np.round(np.column_stack([x, y]), 3), axis=0, return_inverse=True)
    same = same.ravel()
    edges = np.sort(same[arrays.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)], axis=1)
    ends, times = np.unique(edges, axis=0, return_counts=True)
    one = np.zeros(same.max(initial=-1) + 1, np.int64)
    one[same] = np.arange(len(same))
    ends = one[ends[times == 1]]
    return np.column_stack([x[ends[:, 0]], y[ends[:, 0]], x[ends[:, 1]], y[ends[:, 1]]])
