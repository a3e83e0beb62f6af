"""Footprints with holes, as faces: few, so they are triangulated once, when their tile is encoded."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from layers import lips, solid
from layers.cutting import Solids, Tiles
from layers.faces import Faces, triangulated

_SQUARE = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def packed(
    shells: Any, rows: Any, ground: Any, height: Any, fids: Any, origins: Any, tiles: Tiles
) -> list[dict[str, Any]]:
    """For each tile the roofs and walls of its polygons with holes; a row of each argument for a polygon."""
    shells = shapely.orient_polygons(shells)
    faces, rims = lips.lipped(triangulated(shapely.force_3d(shells)), origins)
    top = faces.points.copy()
    top[:, 2] = (ground + height)[faces.feature]
    corners, outward, whose = _walls(shells, ground, ground + height)
    count, quads = len(top), len(corners)
    feature = np.concatenate([faces.feature, np.repeat(whose, 4)]).astype(np.int32)
    points = np.concatenate([top, corners.reshape(-1, 3)]) - origins[feature]
    walls = (count + 4 * np.arange(quads, dtype=np.int32)[:, None, None] + _SQUARE).reshape(-1, 3)
    up = np.tile(np.array([0, 0, 1], np.float32), (count, 1))
    whole = Faces(
        points,
        np.concatenate([faces.triangles, walls]).astype(np.int32),
        np.concatenate([up, np.repeat(outward, 4, axis=0)]).astype(np.float32),
        feature,
        np.concatenate([np.full(count, -1), np.repeat(np.arange(quads), 4)]).astype(np.int32),
    )
    solids = Solids(
        points.astype(np.float32),
        whole.triangles,
        whole.normals,
        feature,
        solid.facade(points, whole, fids, rims, 0),
        {"roof": np.arange(len(points)) < count},
    )
    return tiles.split("court", solids, rows, fids)


def _walls(shells: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
    """(w, 4, 3) the corners of all walls, (w, 3) where each looks, and (w,) which of the shells it belongs to."""
    rings, shell = shapely.get_rings(shells, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    side = ring[1:] == ring[:-1]
    a, b, whose = points[:-1][side], points[1:][side], shell[ring[:-1][side]]
    run = np.maximum(np.linalg.norm(b - a, axis=1), 1e-9)
    outward = np.column_stack([(b - a)[:, 1] / run, -(b - a)[:, 0] / run, np.zeros(len(a))])
    corners = np.empty((len(a), 4, 3))
    corners[:, [0, 3], :2], corners[:, [1, 2], :2] = a[:, None], b[:, None]
    corners[:, :2, 2], corners[:, 2:, 2] = low[whose, None], high[whose, None]
    return corners, outward, whose
