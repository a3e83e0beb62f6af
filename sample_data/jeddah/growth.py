"""How the city grows: superblock by superblock from the old harbour and along the coast."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.crew import Cell, superblocks
from sample_data.jeddah.frame import behind, nodes
from sample_data.jeddah.shelf import Shelf
from sample_data.jeddah.superblock import Superblock, unpacked

_AXIS = shapely.LineString([(518_900, 2_377_000), (517_500, 2_380_200), (515_600, 2_382_000), (512_900, 2_382_000)])
"""From the old town's gate to the Corniche: what lies nearer is built first."""
_LAGOON = shapely.Point(516_100, 2_381_300)
"""Where the first view looks: the smallest sample begins there."""

Told = Callable[[float], None]
"""Hears which share is done."""


class City:
    """Everything that was built, superblock by superblock: what is many lies on disk."""

    def __init__(self, folder: Path) -> None:
        self.cells: list[Cell] = []
        self.districts: list[int] = []
        """Each superblock's district, as its place in the table of names."""
        self.kept: list[int] = []
        """How many buildings of each superblock belong to the sample."""
        self.extents: list[Any] = []
        """What each superblock's parcels reach over, and its buildings."""
        self.walls: list[Any] = []
        self.parks: list[Any] = []
        self.streets: list[Any] = []
        self.widths: list[Any] = []
        self.blocks, self.parcels = Shelf(folder, "blocks"), Shelf(folder, "parcels")
        self.buildings = Shelf(folder, "buildings")

    def add(self, cell: Cell, found: Superblock, take: int) -> None:
        """One more superblock, with so many of its buildings."""
        self.cells.append(cell)
        self.districts.append(found.district)
        self.kept.append(take)
        self.extents.append(found.extent)
        self.walls.append(found.walls)
        self.parks.append(unpacked(found.parks))
        self.streets.append(unpacked(found.streets))
        self.widths.append(found.widths)
        self.blocks.put(found.blocks)
        self.parcels.put(found.parcels)
        self.buildings.put(found.buildings.slice(0, take))


def grow(wanted: int, seed: int, folder: Path, told: Told) -> City:
    """Superblocks by their distance from the city's axis, until there are buildings enough."""
    city, count = City(folder), 0
    order = _order(wanted)
    with closing(superblocks(order, seed, wanted)) as some:
        for cell, found in zip(order, some, strict=True):
            if found is None:
                continue
            take = min(len(found.buildings), wanted - count)
            city.add(cell, found, take)
            count += take
            told(count / wanted)
            if count == wanted:
                return city
    raise ValueError(f"the land holds only {count} buildings")


def _order(wanted: int) -> list[Cell]:
    reach = 6 + int(np.sqrt(wanted / 230) * 1.6)
    side = np.arange(-reach, reach + 6)
    column, row = (part.ravel() for part in np.meshgrid(side, side))
    corners = np.stack([nodes(column + i, row + j) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))], axis=1)
    middle = shapely.points(corners.mean(axis=1))
    away = np.round(shapely.distance(middle, _AXIS) + 0.12 * shapely.distance(middle, _LAGOON), 1)
    ashore = shapely.intersects(behind(40.0), shapely.polygons(corners))
    order = np.lexsort((row, column, away))
    return [(int(column[n]), int(row[n])) for n in order if ashore[n]]
