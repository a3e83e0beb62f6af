"""What stands in a superblock, whatever its fabric."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely


@dataclass(frozen=True)
class Built:
    """Arrays by block, by parcel and by building, in the city's CRS."""

    blocks: Any
    parcels: Any
    parcel_block: Any
    shapes: Any
    """Footprints, or solids in Z that stand at 0."""
    parcel: Any
    """Each building's parcel."""
    levels: Any
    use: Any
    part: Any
    """What kind of landmark it is, or ""."""
    gross: Any
    """Floor area, in m²."""
    height: Any
    era: Any
    """Year that its block was built up."""
    parks: Any
    streets: Any
    """(m,) lines."""
    widths: Any


def joined(some: list[Built]) -> Built:
    """All of them as one, their indices moved on."""
    blocks = np.cumsum([0, *(len(one.blocks) for one in some)])
    lots = np.cumsum([0, *(len(one.parcels) for one in some)])
    values = {field.name: [getattr(one, field.name) for one in some] for field in fields(Built)}
    values["parcel_block"] = [rows + first for rows, first in zip(values["parcel_block"], blocks, strict=False)]
    values["parcel"] = [rows + first for rows, first in zip(values["parcel"], lots, strict=False)]
    return Built(**{name: np.concatenate(rows) for name, rows in values.items()})


def geometries(some: Any) -> Any:
    """An array of geometries, also where there are none."""
    found = np.empty(len(some), object)
    found[:] = some
    return found


def clipped(shapes: Any, region: Any, least: float = 0.4) -> Any:
    """Polygons cut to a region, one part each; None where less than a share of one is left."""
    found = np.array(shapes, object)
    cut = np.flatnonzero(~shapely.contains(region, found))
    for n in cut:
        whole = shapely.area(found[n])
        parts = shapely.get_parts(shapely.intersection(found[n], region))
        best = parts[int(np.argmax(shapely.area(parts)))] if len(parts) else None
        there = best is not None and best.geom_type == "Polygon" and best.area > least * whole
        found[n] = shapely.set_precision(best, 0.01) if there else None
    return found


def ashore(lines: Any, region: Any) -> Any:
    """Lines cut to a prepared region; those that lie within it stay as they are, which is far faster."""
    found = np.array(lines, object)
    cut = np.flatnonzero(~shapely.contains_properly(region, found))
    found[cut] = shapely.intersection(found[cut], region)
    return found


def shrunk(shape: Any, metres: float) -> Any:
    """A parcel of any form inside its setback; None where too little is left to build on."""
    parts = shapely.get_parts(shapely.buffer(shape, -metres, join_style="mitre"))
    if not len(parts):
        return None
    best = shapely.set_precision(shapely.simplify(parts[int(np.argmax(shapely.area(parts)))], 0.6), 0.01)
    return shapely.orient_polygons(best) if best.geom_type == "Polygon" and best.area > 70 else None
