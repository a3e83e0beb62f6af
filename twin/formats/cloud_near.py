"""The point of a cloud that lies nearest to a place in plan: by the nodes that reach there, no other is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.formats.cloud_file import Cloud
from twin.model.patches import Points


def nearest(cloud: Cloud, east: float, north: float, within: float) -> Points | None:
    """One point, of those in one place the highest; None where none lies within so many metres."""
    tree = cloud.octree()
    away = _away(tree.boxes, east, north)
    best, found = within, None
    for node in np.argsort(away, kind="stable").tolist():
        if away[node] > best:
            break
        if not tree.counts[node]:
            continue
        points = cloud.points(node)
        if not len(points.places):
            continue
        off = np.hypot(*(points.places[:, :2] + np.asarray(points.origin[:2]) - (east, north)).T)
        at = int(np.lexsort((-points.places[:, 2], off))[0])
        height = float(points.places[at, 2]) + points.origin[2]
        if off[at] < best or (found is not None and off[at] == best and height > found.origin[2]):
            best, found = float(off[at]), points.alone(at)
    return found


def _away(boxes: Any, east: float, north: float) -> Any:
    """(n,) metres in plan from each box."""
    across = np.maximum(0, np.maximum(boxes[:, 0] - east, east - boxes[:, 3]))
    along = np.maximum(0, np.maximum(boxes[:, 1] - north, north - boxes[:, 4]))
    return np.hypot(across, along)
