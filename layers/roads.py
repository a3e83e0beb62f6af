"""Roads: ribbons with the width of their class, laid on the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers import draping, palette
from layers.surfaces import mesh as mesh
from layers.surfaces import packed_faces

KIND = "roads"
VERSION = 2
COLUMNS: tuple[str, ...] = ("road_class", "width")
WIDTHS = {"motorway": 28.0, "main": 18.0, "street": 9.0}
"""Metres, where a road names no width."""
LIFTS = {"street": 0.10, "main": 0.16, "motorway": 0.22}
"""Metres above the ground: a crossing shows the wider road."""


def encode(table: pa.Table) -> bytes:
    """Each line buffered to its width; polygons are taken as they are."""
    geometries = np.array(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False)), object)
    classes = table.column("road_class").to_pylist() if "road_class" in table.column_names else ["street"] * len(table)
    widths = np.array([WIDTHS.get(name or "", 9.0) for name in classes])
    if "width" in table.column_names:
        said = table.column("width").cast(pa.float64()).to_numpy(zero_copy_only=False)
        widths = np.where(np.isfinite(said) & (said > 0), said, widths)
    line = shapely.get_dimensions(geometries) == 1
    ribbons = shapely.buffer(geometries[line], widths[line] / 2, cap_style="flat", quad_segs=3)
    geometries[line] = draping.draped(ribbons, geometries[line])
    names = [name if name in WIDTHS else "street" for name in classes]
    lifts = np.array([LIFTS[name] for name in names])
    return packed_faces(table, shapely.force_3d(geometries), lifts, [palette.ROADS[name] for name in names])


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
