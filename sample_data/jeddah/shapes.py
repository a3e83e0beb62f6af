"""Footprints: outlines on a unit plot, scaled to the plot that is left inside its setbacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

OUTLINES = {
    "block": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "ell": [(0, 0), (1, 0), (1, 0.55), (0.6, 0.55), (0.6, 1), (0, 1)],
    "you": [(0, 0), (1, 0), (1, 1), (0.68, 1), (0.68, 0.5), (0.32, 0.5), (0.32, 1), (0, 1)],
    "notch": [(0, 0), (1, 0), (1, 1), (0.7, 1), (0.7, 0.85), (0.3, 0.85), (0.3, 1), (0, 1)],
    "tee": [(0, 0), (1, 0), (1, 0.6), (0.75, 0.6), (0.75, 1), (0.25, 1), (0.25, 0.6), (0, 0.6)],
    "cross": [
        (0.25, 0), (0.75, 0), (0.75, 0.25), (1, 0.25), (1, 0.75), (0.75, 0.75),
        (0.75, 1), (0.25, 1), (0.25, 0.75), (0, 0.75), (0, 0.25), (0.25, 0.25),
    ],
    "chamfer": [(0.2, 0), (0.8, 0), (1, 0.2), (1, 0.8), (0.8, 1), (0.2, 1), (0, 0.8), (0, 0.2)],
}  # fmt: skip
"""Counter-clockwise rings in the unit square."""


def footprints(names: Any, plots: Any, flipped: Any) -> Any:
    """Polygons in grid coordinates: ``plots`` is (n, 4) of low and high sides; ``flipped`` mirrors inland."""
    found = np.empty(len(names), object)
    for name in np.unique(names):
        mine = np.flatnonzero(names == name)
        ring = np.array(OUTLINES[name], float)
        unit = np.broadcast_to(ring, (len(mine), *ring.shape)).copy()
        turned = flipped[mine]
        unit[turned] = (unit[turned] * (1, -1) + (0, 1))[:, ::-1]
        low, size = plots[mine, None, :2], plots[mine, None, 2:] - plots[mine, None, :2]
        found[mine] = shapely.polygons(low + unit * size)
    return found
