"""How high pipes and nodes lie: at their own heights, so deep below the ground, or on it where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers.lengths import metres

COLUMNS = ("elevation", "depth", "depth_m")
_ELEVATION, _DEPTH = {"elevation": 1.0}, {"depth": 1.0, "depth_m": 1.0}
_OVER = 0.3
"""Metres over the ground of what nobody says a height of."""


@dataclass(frozen=True)
class Lying:
    """Of each feature."""

    own: Any
    """(n,) whether its geometry has heights."""
    height: Any
    """(n,) metres where it hasn't: of its middle line, or its foot."""
    on_ground: Any
    """(n,) whether nobody says how high it lies."""
    sunk: Any
    """(n,) whether its height counts from the ground there."""


def lying(table: pa.Table, geometries: Any) -> Lying:
    """By the geometry, else by a column ``elevation``, else by a column ``depth``; a height is never taken for 0."""
    own = shapely.has_z(geometries)
    elevation, depth = metres(table, _ELEVATION), metres(table, _DEPTH)
    high, deep = ~own & np.isfinite(elevation), ~own & ~np.isfinite(elevation) & np.isfinite(depth)
    height = np.where(high, elevation, np.where(deep, -depth, _OVER))
    on_ground = ~own & ~high & ~deep
    return Lying(own, height, on_ground, on_ground | deep)


def placed(points: Any, whose: Any, how: Lying) -> Any:
    """(n, 3) points, each feature's at its heights."""
    z = np.where(how.own[whose], points[:, 2], how.height[whose])
    return np.column_stack([points[:, :2], np.nan_to_num(z)])
