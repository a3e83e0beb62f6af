"""The lie of the land: the real coast, and a street grid turned along it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

CRS = "EPSG:9357"
CORNER = np.array([512_350.0, 2_382_650.0])
"""Where the grid begins: the south end of the Corniche, in metres."""
TURN = np.radians(6.5)
"""How far the coast there leans west of north."""
BLOCKWISE, SHOREWISE = 640.0, 760.0
"""A superblock's sides, inland and along the shore, between the middles of main roads, in metres."""

_INLAND = np.array([np.cos(TURN), np.sin(TURN)])
_ALONG = np.array([-np.sin(TURN), np.cos(TURN)])
_FAR_EAST, _NORTH, _SOUTH, _WEST = 580_000.0, 2_425_000.0, 2_345_000.0, 470_000.0


def placed(uv: Any) -> NDArray[np.float64]:
    """Grid coordinates (inland, along the shore; metres) in the city's CRS."""
    uv = np.asarray(uv, np.float64)
    return CORNER + uv[..., :1] * _INLAND + uv[..., 1:] * _ALONG  # type: ignore[no-any-return]


@cache
def land() -> Any:
    """The mainland east of the coast, and the islands of the old harbour."""
    import pyproj

    lines = json.loads(Path(__file__).with_name("coast.json").read_text(encoding="utf-8"))["lines"]
    forward = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    metric = [np.round(np.column_stack(forward(*np.array(line).T)), 2) for line in lines]
    coast = max(metric, key=len)
    if coast[0, 1] < coast[-1, 1]:
        coast = coast[::-1]
    rim = [[_FAR_EAST, _SOUTH], [_FAR_EAST, _NORTH], [coast[0, 0], _NORTH]]
    mainland = shapely.Polygon([*coast.tolist(), [coast[-1, 0], _SOUTH], *rim])
    islands = [shapely.Polygon(line) for line in metric if line is not coast and len(line) > 3]
    joined = shapely.get_parts(shapely.union_all([shapely.make_valid(mainland), *islands]))
    return shapely.MultiPolygon([part for part in joined if part.geom_type == "Polygon"])


@cache
def shore() -> Any:
    """The mainland's coast, for distances."""
    return shapely.boundary(land())


def sea(extent: tuple[float, float, float, float]) -> Any:
    """The water within a box."""
    west, south, east, north = extent
    return shapely.set_precision(shapely.box(west, south, east, north).difference(land()), 0.01)


@cache
def buildable(promenade: float = 95.0) -> Any:
    """Land behind the Corniche road and its promenade."""
    found = land().buffer(-promenade, quad_segs=4)
    shapely.prepare(found)
    return found
