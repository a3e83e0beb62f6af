"""Flat areas: parks, blocks, districts, land and sea, just above the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers import palette
from layers.surfaces import mesh as mesh
from layers.surfaces import packed_faces
from twin.api import shapes

KIND = "areas"
VERSION = 1
COLUMNS: tuple[str, ...] = ("object_type",)
LIFT = 0.05
"""Metres above the ground, so that the ground never shows through."""

palette.OBJECTS.update({"park": palette.PARK, "sea": palette.SEA, "land": palette.GROUND, "beach": palette.BEACH})


def encode(table: pa.Table) -> bytes:
    """Triangles of every polygon, at the height of its own points or of the ground."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    return packed_faces(table, np.array(shapely.force_3d(geometries)), LIFT)


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh", "shapes"]
