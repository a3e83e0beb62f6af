"""What a city shows of itself in a small plan: its roads, and its buildings' outlines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.feature import GEOMETRY
from twin.model.layer import Layer
from twin.store.city import City

Lines = list[NDArray[np.float64]]
_ROADS, _LINES, _BLOCKS = ("roads",), ("lines",), ("buildings", "areas", "surfaces")
_MOST = 4_000
"""Features of a layer: a plan of a few kilometres holds no more that can be told apart."""


@dataclass(frozen=True)
class Plan:
    """Lines in the city's CRS, each (n, 2)."""

    roads: Lines
    blocks: Lines
    """Outlines of buildings."""


def plan(city: City, box: tuple[float, float, float, float]) -> Plan:
    """What stands in a box (west, south, east, north), in metres of the city's CRS."""
    layers = [layer for layer in city.layers() if layer.link is None and layer.count]
    roads = _of(city, layers, _ROADS, box) or _of(city, layers, _LINES, box)
    buildings = [layer for layer in layers if layer.kind == "buildings"]
    return Plan(roads, _of(city, buildings or layers, _BLOCKS, box))


def _of(city: City, layers: Iterable[Layer], kinds: tuple[str, ...], box: tuple[float, float, float, float]) -> Lines:
    import shapely

    found: Lines = []
    for layer in layers:
        if layer.kind in kinds:
            table = city.features(layer.id, columns=[GEOMETRY], box=box, limit=_MOST)
            shapes: Any = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
            edges = [one.boundary if one.geom_type.endswith("Polygon") else one for one in shapes if one is not None]
            parts = shapely.get_parts(np.array([one for one in edges if one is not None], dtype=object))
            found += [shapely.get_coordinates(part) for part in parts]
    return [line for line in found if len(line) > 1]
