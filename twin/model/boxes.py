"""Bounding boxes of geometries, as every feature has one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def of(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """(n, 6) xmin, ymin, zmin, xmax, ymax, zmax of shapely geometries; z is 0 for a flat one, all NaN without one."""
    import shapely

    boxes: NDArray[np.float64] = np.full((len(shapes), 6), np.nan)
    boxes[:, [0, 1, 3, 4]] = shapely.bounds(shapes)
    boxes[:, [2, 5]] = np.where(np.isnan(boxes[:, :1]), np.nan, 0.0)
    solid: Any = np.flatnonzero(shapely.has_z(shapes))
    if len(solid):
        points, owner = shapely.get_coordinates(shapes[solid], include_z=True, return_index=True)
        firsts = np.flatnonzero(np.diff(owner, prepend=-1))
        owners = solid[owner[firsts]]
        boxes[owners, 2] = np.fmin.reduceat(points[:, 2], firsts)
        boxes[owners, 5] = np.fmax.reduceat(points[:, 2], firsts)
    return boxes
