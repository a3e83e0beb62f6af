"""The relief: low at the shore, rising gently inland, as a triangulated grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data.jeddah.frame import land

RELIEF = 1.0
"""How much of the relief is built: 1 is all of it, 0 a level plain."""
STEP = 200.0
"""Metres between grid points."""
_WEST, _SOUTH, _COLUMNS, _ROWS = 498_000.0, 2_356_000.0, 321, 361


@dataclass(frozen=True)
class Relief:
    """Heights above mean sea level at the points of a regular grid, in metres, to the centimetre."""

    heights: NDArray[np.float64]

    def at(self, points: Any) -> NDArray[np.float64]:
        """The height on the triangles that are drawn, whose diagonals run north-east; points is (…, 2)."""
        points = np.asarray(points, np.float64)
        x = np.clip((points[..., 0] - _WEST) / STEP, 0, _COLUMNS - 1.001)
        y = np.clip((points[..., 1] - _SOUTH) / STEP, 0, _ROWS - 1.001)
        column, row = x.astype(np.int64), y.astype(np.int64)
        x, y = x - column, y - row
        low, high = self.heights[row, column], self.heights[row + 1, column + 1]
        side = np.where(x >= y, self.heights[row, column + 1], self.heights[row + 1, column])
        level = np.where(x >= y, low + x * (side - low) + y * (high - side), low + y * (side - low) + x * (high - side))
        return np.round(level, 2)  # type: ignore[no-any-return]


@cache
def relief() -> Relief:
    """The city's relief: by the distance to the shore, with wadis further inland."""
    east, north = np.meshgrid(_WEST + STEP * np.arange(_COLUMNS), _SOUTH + STEP * np.arange(_ROWS))
    points = shapely.points(east.ravel(), north.ravel())
    ashore = shapely.contains_xy(land(), east.ravel(), north.ravel())
    coast = _segments()
    tree = shapely.STRtree(coast)
    away = np.zeros(len(points))
    nearest = tree.nearest(points[ashore])
    away[ashore] = shapely.distance(points[ashore], coast[nearest]) / 1000
    wadis = np.sin(north / 2100 + 0.8 * np.sin(east / 3900)).ravel() * np.clip(away - 2.5, 0, 9) * 0.55
    heights = np.where(ashore, 0.6 + 2.6 * away + 0.15 * away**2 + wadis, 0.0)
    return Relief(np.round(RELIEF * heights, 2).reshape(_ROWS, _COLUMNS))


def patches(extent: tuple[float, float, float, float], side: int = 10) -> list[Any]:
    """The triangles within an extent, as multipolygons of ``side``² grid squares each."""
    heights = relief().heights
    first, last = _index(extent[0], extent[1]), _index(extent[2], extent[3])
    found = []
    for row in range(first[1], last[1], side):
        for column in range(first[0], last[0], side):
            r, c = np.meshgrid(
                np.arange(row, min(row + side, _ROWS - 1)), np.arange(column, min(column + side, _COLUMNS - 1)),
                indexing="ij",
            )  # fmt: skip
            found.append(_patch(r.ravel(), c.ravel(), heights))
    return found


def raised(geometries: Any) -> Any:
    """Lines or polygons laid on the ground, a point every grid step at least."""
    if RELIEF == 0:
        return geometries
    fine = shapely.segmentize(geometries, STEP / 2)
    flat = shapely.force_3d(fine)
    xy = np.round(shapely.get_coordinates(flat), 2)
    return shapely.set_coordinates(flat, np.column_stack([xy, relief().at(xy)]))


def _segments() -> Any:
    rings, whose = shapely.get_coordinates(shapely.get_parts(shapely.boundary(land())), return_index=True)
    joined = whose[1:] == whose[:-1]
    return shapely.linestrings(np.stack([rings[:-1][joined], rings[1:][joined]], axis=1))


def _index(east: float, north: float) -> tuple[int, int]:
    column, row = int((east - _WEST) // STEP), int((north - _SOUTH) // STEP)
    return min(max(column, 0), _COLUMNS - 1), min(max(row, 0), _ROWS - 1)


def _patch(row: Any, column: Any, heights: Any) -> Any:
    def corner(down: int, right: int) -> Any:
        r, c = row + down, column + right
        return np.column_stack([_WEST + STEP * c, _SOUTH + STEP * r, heights[r, c]])

    a, b, c, d = corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0)
    triangles: Any = shapely.polygons(np.concatenate([np.stack([a, b, c, a], axis=1), np.stack([a, c, d, a], axis=1)]))
    return shapely.multipolygons(triangles)
