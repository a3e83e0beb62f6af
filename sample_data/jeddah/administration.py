"""The levels of administration: the authority, its sub-municipalities, districts, plans, blocks and parcels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah import names
from sample_data.jeddah.columns import PARCELS, SampleLayer, columns
from sample_data.jeddah.frame import mainland, quad
from sample_data.jeddah.growth import City
from sample_data.jeddah.layers import areas, wkb
from sample_data.jeddah.terrain import raised

FIRST_PLAN = 400


def administration(city: City) -> Iterator[SampleLayer]:
    """From the widest to the narrowest."""
    plans = shapely.intersection(
        shapely.polygons(np.stack([quad(*cell) for cell in city.cells])), shapely.box(*_around(city)) & mainland()
    )
    found = sorted(set(city.districts))
    shapes = _unions(plans, city.districts, found)
    subs = [names.DISTRICTS[district][5] for district in found]
    some = sorted(set(subs))
    joined = _unions(np.array(shapes, object), subs, some)
    whole = shapely.set_precision(shapely.union_all(joined), 0.01)
    yield areas("municipality", "Municipality", "الأمانة", [whole], ["municipality"], [names.MUNICIPALITY])
    titles = [names.SUB_MUNICIPALITIES[sub] for sub in some]
    yield areas(
        "sub_municipalities", "Sub-municipalities", "البلديات الفرعية", joined, ["sub_municipality"] * len(some), titles
    )
    quarters = [names.DISTRICTS[district][:2] for district in found]
    yield areas("districts", "Districts", "الأحياء", shapes, ["district"] * len(found), quarters)
    numbered = [(f"Plan {FIRST_PLAN + n}", f"مخطط {FIRST_PLAN + n}") for n in range(len(plans))]
    yield areas("plans", "Plans", "المخططات", shapely.set_precision(plans, 0.01), ["plan"] * len(plans), numbered)
    yield _lots(city, "blocks", "Blocks", "البلكات")
    yield _lots(city, "parcels", "Parcels", "قطع الأراضي")


def block_id(superblock: int, number: Any) -> list[str]:
    """Ids of blocks."""
    return [f"{FIRST_PLAN + superblock}-B{n + 1}" for n in number]


def parcel_id(superblock: int, number: Any) -> list[str]:
    """Ids of parcels."""
    return [f"{FIRST_PLAN + superblock}-{n + 1}" for n in number]


def _lots(city: City, which: str, en: str, ar: str) -> SampleLayer:
    rows = [getattr(found, which) for found in city.built]
    ids = block_id if which == "blocks" else parcel_id
    plan = np.concatenate([np.full(len(some), FIRST_PLAN + n, np.int64) for n, some in enumerate(rows)])
    table = pa.table(
        {
            "uid": [name for n, some in enumerate(rows) for name in ids(n, range(len(some)))],
            "geometry": wkb(raised(np.concatenate(rows))),
            "plan": plan,
            "object_type": pa.array([which[:-1]] * len(plan), pa.string()),
        }
    )
    return SampleLayer(which, "areas", en, ar, False, columns(PARCELS), table)


def _unions(shapes: Any, keys: list[int], wanted: list[int]) -> list[Any]:
    of = np.array(keys)
    # What is left between plans where four of them meet is closed by the grid they are rounded to.
    return [shapely.set_precision(shapely.union_all(shapes[of == key]), 0.01) for key in wanted]


def _around(city: City) -> tuple[float, float, float, float]:
    corners = np.concatenate([quad(*cell) for cell in city.cells])
    low, high = corners.min(axis=0) - 100, corners.max(axis=0) + 100
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
