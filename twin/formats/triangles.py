"""Triangles as a feature's geometry: a MultiPolygon in space, written as WKB at once."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ONE = np.dtype([("order", "u1"), ("type", "<u4"), ("rings", "<u4"), ("corners", "<u4"), ("xyz", "<f8", (4, 3))])
_POLYGON, _POLYGONS = 1003, 1006
"""ISO 19125 WKB codes with Z."""


def multipolygon(points: NDArray[np.float64], triangles: NDArray[Any]) -> bytes | None:
    """(n, 3) points and (m, 3) indices as ISO WKB; None where no triangle has an area."""
    corners = points[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    corners = corners[(across != 0).any(axis=1)]
    if not len(corners):
        return None
    made = np.zeros(len(corners), _ONE)
    made["order"], made["type"], made["rings"], made["corners"] = 1, _POLYGON, 1, 4
    made["xyz"][:, :3], made["xyz"][:, 3] = corners, corners[:, 0]
    return struct.pack("<BII", 1, _POLYGONS, len(made)) + made.tobytes()


def box(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(6,) around them; NaN where there are none."""
    if not len(points):
        return np.full(6, np.nan)
    return np.concatenate([points.min(axis=0), points.max(axis=0)])
