"""Lines: thin ribbons on the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers import draping, palette
from layers.surfaces import mesh as mesh
from layers.surfaces import packed_faces

KIND = "lines"
VERSION = 2
COLUMNS: tuple[str, ...] = ("object_type",)
WIDTH = 2.0
"""Metres."""


def encode(table: pa.Table) -> bytes:
    """Each line buffered to two metres."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    ribbons = draping.draped(shapely.buffer(geometries, WIDTH / 2, cap_style="flat", quad_segs=2), geometries)
    return packed_faces(table, shapely.force_3d(ribbons), np.full(len(table), 0.3), palette.typed(table))


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
