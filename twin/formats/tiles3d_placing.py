"""Many coordinates of one tile brought to the city at once: PROJ is asked at some places, and between them a
polynomial stands for it where that is as good."""

from __future__ import annotations

import numpy as np

from twin.formats.tiles3d_volumes import Doubles, Placed

_FEW, _WIDEST = 4000, 20_000.0
"""Coordinates that are not worth it, and metres beyond which it is never as good."""
_OFF = 5e-4
"""Metres."""


def quick(placed: Placed) -> Placed:
    """The same, to half a millimetre, and some fifty times as fast where many places lie near each other."""

    def place(points: Doubles) -> Doubles:
        if len(points) < _FEW:
            return placed(points)
        low, high = points.min(axis=0), points.max(axis=0)
        middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-3)
        if half.max() > _WIDEST:
            return placed(points)
        at, between = _grid(np.linspace(-1, 1, 4)), _grid(np.linspace(-0.8, 0.8, 3))
        known = placed(np.vstack([at, between]) * half + middle)
        if not np.isfinite(known).all():
            return placed(points)
        origin = known[0]
        terms, *_ = np.linalg.lstsq(_powers(at), known[: len(at)] - origin, rcond=None)
        if np.abs(_powers(between) @ terms + origin - known[len(at) :]).max() > _OFF:
            return placed(points)
        return np.asarray(_powers((points - middle) / half) @ terms + origin, np.float64)

    return place


def _grid(along: Doubles) -> Doubles:
    return np.array(np.meshgrid(along, along, along)).reshape(3, -1).T


def _powers(points: Doubles) -> Doubles:
    """(n, 10) up to the second."""
    x, y, z = points.T
    return np.column_stack([np.ones(len(x)), x, y, z, x * x, y * y, z * z, x * y, y * z, z * x])
