"""The lie of the land: the real coast, and a grid of main roads that bends along it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

CRS = "EPSG:9357"
ORIGIN = np.array([516_000.0, 2_380_000.0])
"""Node (0, 0) of the main roads before they bend: north of the old harbour, in metres."""
BLOCKWISE, SHOREWISE = 640.0, 740.0
"""A superblock's sides, inland and along the shore, between the middles of main roads, in metres."""
MOTORWAYS = frozenset({5, 14, 26})
"""The lines along the shore that are motorways."""
HALF_MAIN, HALF_MOTORWAY = 17.0, 30.0
"""Half of what a road takes between superblocks, its verges and pavements included, in metres."""
CORNICHE = 52.0
"""From the water to the middle of the coast road, in metres."""
DEEP = 62.0
"""The depth of the row of plots along the coast road, in metres."""

# Grid north leans nine degrees west, as the coast and Al-Madinah Road do.
_INLAND, _ALONG = np.array([0.98769, 0.15643]), np.array([-0.15643, 0.98769])
_WEST, _SOUTH, _EAST, _NORTH = 480_000.0, 2_345_000.0, 590_000.0, 2_440_000.0


def nodes(column: Any, row: Any) -> NDArray[np.float64]:
    """Where main roads cross, to the centimetre: (…, 2)."""
    u, v = np.asarray(column) * BLOCKWISE, np.asarray(row) * SHOREWISE
    bent_u = u + 260 * np.sin(v / 2900 + 0.9) + 70 * np.sin(v / 1300 + u / 2600)
    bent_v = v + 210 * np.sin(u / 2700 + 1.0) + 60 * np.sin(u / 1400 - v / 2300)
    found = ORIGIN + bent_u[..., None] * _INLAND + bent_v[..., None] * _ALONG
    return np.round(found, 2)  # type: ignore[no-any-return]


def quad(column: int, row: int) -> NDArray[np.float64]:
    """A superblock's corners, counter-clockwise from the south-west: (4, 2)."""
    return nodes(np.array([column, column + 1, column + 1, column]), np.array([row, row, row + 1, row + 1]))


def half_width(way: int, number: int) -> float:
    """Half of what the main road on a grid line takes; way 0 runs along the shore, 1 inland."""
    return HALF_MOTORWAY if way == 0 and number in MOTORWAYS else HALF_MAIN


@cache
def land() -> Any:
    """The mainland east of the coast and the islands before the old harbour, their corners rounded."""
    import pyproj

    lines = json.loads(Path(__file__).with_name("coast.json").read_text(encoding="utf-8"))["lines"]
    forward = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    metric = [np.round(np.column_stack(forward(*np.array(line).T)), 2) for line in lines]
    coast = max(metric, key=len)
    if coast[0, 1] < coast[-1, 1]:
        coast = coast[::-1]
    islands = [shapely.Polygon(_rounded(line)) for line in metric if line is not coast and len(line) > 3]
    coast = _rounded(coast)
    rim = [[coast[-1, 0], _SOUTH], [_EAST, _SOUTH], [_EAST, _NORTH], [coast[0, 0], _NORTH]]
    mainland = shapely.make_valid(shapely.Polygon([*coast.tolist(), *rim]))
    joined = shapely.get_parts(shapely.union_all([mainland, *islands]))
    return shapely.MultiPolygon([part for part in joined if part.geom_type == "Polygon"])


def _rounded(line: Any) -> Any:
    """Corners cut twice (Chaikin 1974): the source's points lie on a raster, and a shore has no steps."""
    for _ in range(2):
        closed = bool((line[0] == line[-1]).all())
        a, b = line[:-1], line[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        line = np.concatenate([cut, cut[:1]]) if closed else np.concatenate([line[:1], cut, line[-1:]])
    return np.round(line, 2)


@cache
def mainland() -> Any:
    """The largest part of the land."""
    parts = shapely.get_parts(land())
    return parts[int(np.argmax(shapely.area(parts)))]


@cache
def shore() -> Any:
    """The coast, for distances."""
    return shapely.boundary(land())


def sea(extent: tuple[float, float, float, float]) -> Any:
    """The water within a box."""
    return shapely.set_precision(shapely.box(*extent).difference(land()), 0.01)


@cache
def behind(metres: float) -> Any:
    """The mainland from a line on that follows the coast road, so many metres behind its middle.

    The coast road leaves out what is narrower than 260 m, and turns in wide bends.
    """
    found = shapely.buffer(shapely.buffer(mainland(), -(CORNICHE + 130), quad_segs=6), 130 - metres, quad_segs=6)
    parts = shapely.get_parts(found)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    shapely.prepare(largest)
    return largest


@cache
def buildable() -> Any:
    """Where the grid's blocks may lie: behind the row along the coast road and its back street."""
    return behind(20 + DEEP + 17)
