"""How the city grows: superblock by superblock from the old harbour and along the coast."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from sample_data.jeddah import fabric, names, old, seafront
from sample_data.jeddah.built import Built, joined
from sample_data.jeddah.frame import BLOCKWISE, SHOREWISE, behind, buildable, nodes, quad
from sample_data.jeddah.lots import MANNERS, cut

_AXIS = shapely.LineString([(518_900, 2_377_000), (517_500, 2_380_200), (515_600, 2_382_000), (512_900, 2_382_000)])
"""From the old town's gate to the Corniche: what lies nearer is built first."""
_LAGOON = shapely.Point(516_100, 2_381_300)
"""Where the first view looks: the smallest sample begins there."""
_GATE, _OLD = np.array([519_250.0, 2_376_600.0]), 780.0
"""The old town's middle, and how far its lanes reach, in metres."""
_SINCE = {"old": 1905, "centre": 1966, "flats": 1974, "villas": 1982, "small": 1986}


@dataclass
class City:
    """Everything that was built, superblock by superblock."""

    cells: list[tuple[int, int]] = field(default_factory=list)
    districts: list[int] = field(default_factory=list)
    """Each superblock's district, as its place in the table of names."""
    built: list[Built] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    """How many buildings of each superblock belong to the sample."""


def grow(wanted: int, seed: int) -> City:
    """Superblocks by their distance from the city's axis, until there are buildings enough."""
    city, count = City(), 0
    for column, row in _order(wanted):
        district = district_of(column, row)
        random = np.random.default_rng([seed, column + 1000, row + 1000])
        found = _built(column, row, district, random)
        if found is None:
            continue
        take = min(len(found.shapes), wanted - count)
        city.cells.append((column, row))
        city.districts.append(district)
        city.built.append(found)
        city.kept.append(take)
        count += take
        if count == wanted:
            return city
    raise ValueError(f"the land holds only {count} buildings")


def district_of(column: int, row: int) -> int:
    """The district whose middle is nearest to the superblock's."""
    middle = quad(column, row).mean(axis=0) / 1000
    places = np.array([(one[2], one[3]) for one in names.DISTRICTS])
    return int(np.argmin(np.round(((places - middle) ** 2).sum(axis=1), 4)))


def _order(wanted: int) -> list[tuple[int, int]]:
    reach = 6 + int(np.sqrt(wanted / 230) * 1.6)
    side = np.arange(-reach, reach + 6)
    column, row = (part.ravel() for part in np.meshgrid(side, side))
    corners = np.stack([nodes(column + i, row + j) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))], axis=1)
    middle = shapely.points(corners.mean(axis=1))
    away = np.round(shapely.distance(middle, _AXIS) + 0.12 * shapely.distance(middle, _LAGOON), 1)
    ashore = shapely.intersects(behind(40.0), shapely.polygons(corners))
    order = np.lexsort((row, column, away))
    return [(int(column[n]), int(row[n])) for n in order if ashore[n]]


def _built(column: int, row: int, district: int, random: np.random.Generator) -> Built | None:
    title, _, _, _, manner, _ = names.DISTRICTS[district]
    room = shapely.Polygon(quad(column, row))
    ashore = behind(0.0)
    if not ashore.contains(room) and ashore.intersection(room).area < 0.05 * BLOCKWISE * SHOREWISE:
        return None
    some = []
    middle = quad(column, row).mean(axis=0)
    if manner == "old" and ((middle - _GATE) ** 2).sum() > _OLD**2:
        manner = "flats"
    if manner == "old":
        some.append(old.build(cut(column, row, MANNERS["centre"]), buildable(), random))
    else:
        some.append(fabric.build(column, row, MANNERS[manner], _SINCE[manner], random))
    front = seafront.build((column, row), room, title, 1990)
    if front is not None:
        some.append(front)
    found = joined(some)
    return found if len(found.shapes) else None
