"""Lines: thin ribbons on the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers.surfaces import mesh as mesh
from layers.surfaces import packed_faces

KIND = "lines"
VERSION = 1
COLUMNS: tuple[str, ...] = ("object_type",)
WIDTH = 2.0
"""Metres."""


def encode(table: pa.Table) -> bytes:
    """Each line buffered to two metres."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    ribbons = shapely.buffer(geometries, WIDTH / 2, cap_style="flat", quad_segs=2)
    return packed_faces(table, np.array(shapely.force_3d(ribbons)), 0.3)


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
