"""Heights that a network's nodes say, brought into the geometry of nodes and of the links between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely


def lifted(shapes: Any, first: Any, last: Any) -> Any:
    """(n,) shapes with heights: a link's go evenly along it from its ``first`` to its ``last`` end's, in metres.

    Where one end says none (NaN), the other's holds; where neither does, the shape stays flat.
    """
    first, last = np.asarray(first, float), np.asarray(last, float)
    first, last = np.where(np.isnan(first), last, first), np.where(np.isnan(last), first, last)
    found = np.array(shapes, object)
    rows = np.flatnonzero(np.isfinite(first) & ~shapely.is_missing(found))
    if not len(rows):
        return found
    solid = shapely.force_3d(found[rows])
    points, owner = shapely.get_coordinates(solid, include_z=True, return_index=True)
    steps = np.linalg.norm(np.diff(points[:, :2], axis=0, prepend=points[:1, :2]), axis=1)
    begins = np.diff(owner, prepend=-1) > 0
    steps[begins] = 0.0
    along = np.cumsum(steps)
    starts, ends = along[begins][owner], along[np.append(np.flatnonzero(begins)[1:] - 1, len(along) - 1)][owner]
    share = (along - starts) / np.maximum(ends - starts, 1e-12)
    points[:, 2] = first[rows][owner] * (1 - share) + last[rows][owner] * share
    found[rows] = shapely.set_coordinates(solid, points)
    return found
