"""Flat areas just above the ground: parks and squares filled, levels of administration as lines."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers import palette
from layers.borders import bordered
from layers.faces import joined, triangulated
from layers.surfaces import arrays_of
from layers.surfaces import mesh as mesh
from twin.api import shapes

KIND = "areas"
VERSION = 3
COLUMNS: tuple[str, ...] = ("object_type",)
LIFT = 0.05
"""Metres above the ground, so that the ground never shows through."""
BORDERS = {
    "municipality": 16.0, "sub_municipality": 12.0, "district": 9.0, "plan": 5.0, "block": 2.0, "parcel": 0.8,
}  # fmt: skip
"""How wide the line about an area is drawn, in metres: filled, these would cover the city."""


def encode(table: pa.Table) -> bytes:
    """Triangles of every polygon or of its border, at the height of its own points or of the ground."""
    geometries = np.array(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False)), object)
    types = table.column("object_type").to_pylist() if "object_type" in table.column_names else [None] * len(table)
    widths = np.array([BORDERS.get(name or "", 0.0) for name in types])
    lined = widths > 0
    whole = geometries.copy()
    whole[lined] = None
    colours = [
        palette.BORDER if line else palette.OBJECTS.get(name or "", palette.OTHER)
        for name, line in zip(types, lined, strict=True)
    ]
    faces = joined([triangulated(shapely.force_3d(whole)), bordered(geometries, widths)])
    lifts = np.where(lined, 0.3, LIFT)
    return shapes.pack(**arrays_of(table, faces, shapely.bounds(geometries), lifts, colours))


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
