"""Terrain: triangles of a surface as they are, or a linked elevation model in the sun's light."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.surfaces import COLUMNS as COLUMNS
from layers.surfaces import VERSION as VERSION
from layers.surfaces import encode as encode
from layers.surfaces import mesh as mesh
from twin.api import shapes

KIND = "terrain"
_STOPS = ((-50.0, "#DDD0B6"), (0.0, "#E4D8C1"), (300.0, "#DACBAE"), (1000.0, "#C9B697"), (2200.0, "#D9D0C3"),
          (4500.0, "#F4F1EC"))  # fmt: skip
"""Metres and the ground's colour there, as calm as the rest of the ground (ART)."""
_SUN = np.array([-0.579, -0.406, 0.707])
"""Towards the default light's sun: azimuth 235°, height 45° (ART)."""
_RAISED = 1.6
"""Slopes are lit as if they were so much steeper: else hills from afar are as flat as their map."""


def paint(heights: Any, apart: float) -> Any:
    """(n, n, 4) bytes of a grid of (n + 2, n + 2) metres, ``apart`` metres from each other, the first row in the south.

    Where no height is, there is no ground.
    """
    middle = heights[1:-1, 1:-1]
    there = np.isfinite(middle)
    east = _slope(heights[1:-1, :-2], middle, heights[1:-1, 2:], apart)
    north = _slope(heights[:-2, 1:-1], middle, heights[2:, 1:-1], apart)
    up = 1 / np.sqrt(1 + east**2 + north**2)
    sunny = np.maximum(0.0, (-east * _SUN[0] - north * _SUN[1] + _SUN[2]) * up)
    light, flat = 0.58 + 0.14 * up + 0.5 * sunny, 0.72 + 0.5 * _SUN[2]
    at = np.nan_to_num(middle)
    metres = [stop for stop, _ in _STOPS]
    colours = np.array([shapes.colour(code) for _, code in _STOPS], float)
    base = np.stack([np.interp(at, metres, colours[:, part]) for part in range(3)], axis=-1)
    lit = base * np.clip(light / flat, 0.55, 1.12)[..., None]
    alpha = np.where(there, 255, 0)[..., None]
    return np.concatenate([np.clip(np.rint(lit), 0, 255), alpha], axis=-1).astype(np.uint8)


def _slope(before: Any, middle: Any, after: Any, apart: float) -> Any:
    """Across each place, from the side that is there where one is missing."""
    first = np.where(np.isfinite(before), before, middle)
    last = np.where(np.isfinite(after), after, middle)
    both = np.isfinite(before).astype(np.float32) + np.isfinite(after)
    return np.nan_to_num((last - first) / (np.maximum(both, 1) * apart)) * _RAISED
