"""Ribbons about lines lie at the heights of their lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

_STEP = 50.0
"""Metres between points along a ribbon, so that it bends with the ground."""


def draped(ribbons: Any, lines: Any, step: float = _STEP) -> Any:
    """Polygons with the height of the nearest place on the line each was made from, where it has heights."""
    found = np.array(ribbons, object)
    rows = np.flatnonzero((shapely.get_dimensions(lines) == 1) & shapely.has_z(lines))
    if not len(rows):
        return found
    fine = shapely.force_3d(shapely.segmentize(found[rows], step))
    points, owner = shapely.get_coordinates(fine, include_z=True, return_index=True)
    flat = shapely.force_2d(lines[rows])[owner]
    along = np.clip(shapely.line_locate_point(flat, shapely.points(points[:, :2])), 0.0, shapely.length(flat))
    foot = shapely.line_interpolate_point(lines[rows][owner], along)
    points[:, 2] = shapely.get_coordinates(foot, include_z=True)[:, 2]
    found[rows] = shapely.set_coordinates(fine, points)
    return found
