"""Roads: ribbons with the width of their class, laid on the ground."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import palette
from layers.surfaces import mesh as mesh
from layers.surfaces import packed_faces

KIND = "roads"
VERSION = 2
COLUMNS: tuple[str, ...] = ("object_type", "road_class", "width")
WIDTHS = {"motorway": 28.0, "main": 18.0, "street": 9.0}
"""Metres, where a road names no width."""


def encode(table: pa.Table) -> bytes:
    """Each line buffered to its width; polygons are taken as they are."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    classes = table.column("road_class").to_pylist() if "road_class" in table.column_names else ["street"] * len(table)
    widths = np.array([WIDTHS.get(name or "", 9.0) for name in classes])
    if "width" in table.column_names:
        said = table.column("width").cast(pa.float64()).to_numpy(zero_copy_only=False)
        widths = np.where(np.isfinite(said) & (said > 0), said, widths)
    line = shapely.get_dimensions(geometries) == 1
    ribbons = np.where(line, shapely.buffer(geometries, widths / 2, cap_style="flat", quad_segs=3), geometries)
    names = [name if name in WIDTHS else "street" for name in classes]
    ribbons = _draped(ribbons, geometries)
    # Wider roads lie a hand above narrower ones, so that a crossing shows the wider.
    lifts = {"street": 0.10, "main": 0.16, "motorway": 0.22}
    raised = shapely.transform(shapely.force_3d(ribbons), lambda points: points, include_z=True)
    for name, lift in lifts.items():
        mine = np.array([found == name for found in names])
        if mine.any():
            raised[mine] = _lifted(raised[mine], lift)
    typed = table.drop_columns(["object_type"]) if "object_type" in table.column_names else table
    palette.OBJECTS.update(palette.ROADS)
    return packed_faces(typed.append_column("object_type", pa.array(names)), raised)


def _draped(ribbons: Any, lines: Any) -> Any:
    """Ribbons at the heights of their lines, where lines have any."""
    found = np.array(ribbons, object)
    rows = np.flatnonzero((shapely.get_dimensions(lines) == 1) & shapely.has_z(lines))
    if not len(rows):
        return found
    fine = shapely.force_3d(shapely.segmentize(found[rows], 100.0))
    points, owner = shapely.get_coordinates(fine, include_z=True, return_index=True)
    along = shapely.line_locate_point(shapely.force_2d(lines[rows])[owner], shapely.points(points[:, :2]))
    flat = shapely.length(shapely.force_2d(lines[rows]))[owner]
    foot = shapely.line_interpolate_point(lines[rows][owner], np.clip(along, 0.0, flat))
    points[:, 2] = shapely.get_coordinates(foot, include_z=True)[:, 2]
    found[rows] = shapely.set_coordinates(fine, points)
    return found


def _lifted(geometries: Any, metres: float) -> Any:
    return shapely.transform(geometries, lambda points: points + np.array([0.0, 0.0, metres]), include_z=True)


__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
