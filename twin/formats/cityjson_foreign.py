"""Features that did not come from CityJSON, drawn as city objects: a prism as LoD1, else their own form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import shapely

from twin.formats.cityjson_names import STEP

Number = Callable[[tuple[float, ...]], int]
"""Gives a place its vertex in the file."""


def drawn(row: Mapping[str, Any], kind: str, number: Number) -> dict[str, Any]:
    """The object, without its attributes; ``kind`` is the layer's."""
    geometry = shapely.from_wkb(row["geometry"]) if row["geometry"] else None
    if geometry is None or geometry.is_empty:
        return {"type": "CityFurniture"}
    dimension = int(shapely.get_dimensions(geometry))
    if dimension == 0:
        places = shapely.get_coordinates(shapely.force_3d(geometry), include_z=True)
        points = [number(_step(place)) for place in places]
        return {"type": "CityFurniture", "geometry": [{"type": "MultiPoint", "lod": "1", "boundaries": points}]}
    if dimension == 1:
        lines = [_ring(line, number, closed=False) for line in _parts(geometry, 1)]
        what = "Road" if kind == "roads" else "CityFurniture"
        return {"type": what, "geometry": [{"type": "MultiLineString", "lod": "0", "boundaries": lines}]}
    # A geometry in Z is a form of its own, not a footprint to be raised, and its faces look where they look.
    polygons = _parts(geometry if shapely.has_z(geometry) else shapely.orient_polygons(geometry), 2)
    if row.get("height") and not shapely.has_z(geometry):
        low = float(row.get("ground") or 0.0)
        solids = [[_prism(polygon, low, low + float(row["height"]), number)] for polygon in polygons]
        what, found = ("Solid", solids[0]) if len(solids) == 1 else ("MultiSolid", solids)
        return {"type": "Building", "geometry": [{"type": what, "lod": "1", "boundaries": found}]}
    surfaces = [[_ring(ring, number) for ring in shapely.get_rings(polygon)] for polygon in polygons]
    what, lod = ("Building", "2") if row.get("height") else ("Road" if kind == "roads" else "LandUse", "0")
    return {"type": what, "geometry": [{"type": "MultiSurface", "lod": lod, "boundaries": surfaces}]}


def _parts(geometry: Any, dimension: int) -> list[Any]:
    """Its parts of one dimension, those of a collection's parts too."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if not part.is_empty and shapely.get_dimensions(part) == dimension]


def _prism(polygon: Any, low: float, high: float, number: Number) -> list[list[list[int]]]:
    rings = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(polygon)]
    tops = [[number(_step((*place, high))) for place in ring] for ring in rings]
    bottoms = [[number(_step((*place, low))) for place in ring] for ring in rings]
    walls = []
    for top, bottom in zip(tops, bottoms, strict=True):
        for n in range(len(top)):
            m = (n + 1) % len(top)
            walls.append([[bottom[n], bottom[m], top[m], top[n]]])
    return [tops, [ring[::-1] for ring in bottoms], *walls]


def _ring(line: Any, number: Number, *, closed: bool = True) -> list[int]:
    places = shapely.get_coordinates(shapely.force_3d(line), include_z=True)
    return [number(_step(place)) for place in (places[:-1] if closed else places)]


def _step(place: Any) -> tuple[float, ...]:
    return tuple(round(float(side) / STEP) * STEP for side in place)
