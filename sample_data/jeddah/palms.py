"""Palms along the Corniche and the avenues that have them, a row on each side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah import names
from sample_data.jeddah.columns import PALMS, SampleLayer, columns
from sample_data.jeddah.frame import land
from sample_data.jeddah.growth import City
from sample_data.jeddah.layers import wkb
from sample_data.jeddah.roads import Roads
from sample_data.jeddah.terrain import relief

_LEAST, _MORE = 13.0, 5.0
"""Metres from palm to palm at least, and how many more at most."""
_KERB, _ROAD, _WALL = 2.4, 1.0, 3.5
"""Metres from the kerb to the row, and at least from another road and from a building."""
_LOW, _SPREAD = 6.5, 4.0
"""The height of the lowest in metres, and how much higher the highest is."""


def palms(city: City, roads: Roads, seed: int) -> SampleLayer:
    """The layer of all palms: none in a roadway, in a building or in the sea."""
    rows = [n for n, title in enumerate(roads.titles) if title[0] in names.PALM_LINED]
    sides = [_row(roads.lines[n], roads.widths[n], side, (seed, 91, n)) for n in rows for side in (-1, 1)]
    points = np.round(np.concatenate([np.empty((0, 2)), *sides]), 2)
    points = points[_clear(points, city, roads)]
    height = np.random.default_rng([seed, 92]).random(len(points)) * _SPREAD + _LOW
    table = pa.table(
        {
            "uid": [f"palm-{n + 1}" for n in range(len(points))],
            "geometry": wkb(shapely.points(np.column_stack([points, relief().at(points)]))),
            "height": np.round(height, 1),
        }
    )
    return SampleLayer("palms", "palms", "Palms", "النخيل", True, columns(PALMS), table)


def _row(line: Any, width: float, side: int, seed: tuple[int, int, int]) -> Any:
    """Places along one side of a road, so far from its kerb."""
    steps = _LEAST + _MORE * np.random.default_rng([*seed, side + 1]).random(int(line.length / _LEAST) + 1)
    far = np.cumsum(steps) - steps[0] / 2
    far = far[far < line.length]
    ends = np.clip(np.column_stack([far - 4, far + 4]), 0, line.length)
    a, b = (shapely.get_coordinates(shapely.line_interpolate_point(line, end)) for end in ends.T)
    run = np.maximum(np.sqrt(((b - a) ** 2).sum(axis=1)), 1e-6)[:, None]
    across = np.column_stack([a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]]) / run
    return shapely.get_coordinates(shapely.line_interpolate_point(line, far)) + side * across * (width / 2 + _KERB)


def _clear(points: Any, city: City, roads: Roads) -> Any:
    """Which places have room: off every roadway, away from walls, from each other and from the water."""
    there = shapely.points(points)
    tree = shapely.STRtree(there)
    free = shapely.contains_xy(land(), points[:, 0], points[:, 1])
    free[tree.query(_ways(tree, roads), predicate="intersects")[1]] = False
    for walls in _walls(tree, city):
        free[tree.query(walls, predicate="dwithin", distance=_WALL)[1]] = False
    one, other = tree.query(there, predicate="dwithin", distance=_LEAST - 1)
    later = (one > other) & free[one] & free[other]
    free[one[later]] = False
    return free


def _ways(tree: shapely.STRtree, roads: Roads) -> Any:
    """The roadways whose boxes reach a place of the tree."""
    lines, half = np.array(roads.lines, object), np.array(roads.widths) / 2 + _ROAD
    low, high = np.split(shapely.bounds(lines), 2, axis=1)
    near = np.unique(tree.query(shapely.box(*(low - half[:, None] - 1).T, *(high + half[:, None] + 1).T))[0])
    return shapely.buffer(lines[near], half[near], cap_style="flat")


def _walls(tree: shapely.STRtree, city: City) -> Iterator[Any]:
    """The footprints of each superblock that a place of the tree is near to."""
    boxes = shapely.box(*np.array(city.walls).T)
    laid = city.buildings.opened()
    for n in np.unique(tree.query(boxes, predicate="dwithin", distance=_WALL + 1)[0]).tolist():
        shapes = laid.get_batch(n)["geometry"].to_numpy(zero_copy_only=False)
        yield shapely.force_2d(shapely.from_wkb(shapes))
