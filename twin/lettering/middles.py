"""Points that stand for shapes: where a label has its foot."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

_FINE = 20.0
"""Metres within which the middle of an area is found, at the most."""
_FEW = 500
"""Up to so many areas are searched for their middle; of more, any point within will do."""
_WALL, _MULTIPOLYGON = 1.0, 6
"""Square metres in plan below which a face is a wall, and GEOS's number of the type."""


def middles(shapes: Any) -> Any:
    """(n, 2): a point of each shape that stands for it; NaN where it has none."""
    shapes = _tops(shapes)
    found = np.full((len(shapes), 2), np.nan)
    dimension = np.where(shapely.is_empty(shapes) | shapely.is_missing(shapes), -1, shapely.get_dimensions(shapes))
    areas, lines = np.flatnonzero(dimension == 2), np.flatnonzero(dimension == 1)
    if len(areas) <= _FEW:
        # The middle of the largest circle within: the middle of a box may lie in the sea.
        fine = np.minimum(_FINE, np.sqrt(shapely.area(shapes[areas])) / 20)
        middles = shapely.get_point(shapely.maximum_inscribed_circle(shapes[areas], fine), 0)
    else:
        middles = shapely.point_on_surface(shapes[areas])
    found[areas] = _xy(middles)
    found[lines] = _xy(shapely.line_interpolate_point(shapely.line_merge(shapes[lines]), 0.5, normalized=True))
    points = np.flatnonzero(dimension == 0)
    found[points] = _xy(shapely.centroid(shapes[points]))
    return found


def _tops(shapes: Any) -> Any:
    """Of what is made of faces in space, the highest one that is more than a wall; the rest as it is."""
    solid = np.flatnonzero(shapely.has_z(shapes) & (shapely.get_type_id(shapes) == _MULTIPOLYGON))
    faces, owner = shapely.get_parts(shapes[solid], return_index=True)
    level = shapely.area(faces) > _WALL
    faces, owner = faces[level], owner[level]
    points, face = shapely.get_coordinates(faces, include_z=True, return_index=True)
    if not len(face):
        return shapes
    height = np.fmin.reduceat(points[:, 2], np.flatnonzero(np.diff(face, prepend=-1)))
    order = np.lexsort((height, owner))
    last = order[np.flatnonzero(np.diff(owner[order], append=-1))]
    found = shapes.copy()
    found[solid[owner[last]]] = faces[last]
    return found


def _xy(points: Any) -> Any:
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])
