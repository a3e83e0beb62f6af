"""Points: small posts that are seen from afar."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers.buildings import encode as encode_prisms
from layers.buildings import mesh as mesh

KIND = "points"
VERSION = 2
COLUMNS: tuple[str, ...] = ()
RADIUS, HEIGHT = 1.2, 4.0
"""Metres."""


def encode(table: pa.Table) -> bytes:
    """Each point of a feature as a six-sided post."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    points, whose = shapely.get_coordinates(geometries, include_z=True, return_index=True)
    turns = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    ring = RADIUS * np.column_stack([np.cos(turns), np.sin(turns)])
    posts = shapely.polygons(points[:, None, :2] + ring)
    ground = np.where(np.isnan(points[:, 2]), 0.0, points[:, 2])
    return encode_prisms(
        pa.table(
            {
                "fid": table.column("fid").to_numpy()[whose],
                "geometry": list(shapely.to_wkb(posts)),
                "ground": ground,
                "height": np.full(len(points), HEIGHT),
            }
        )
    )


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
