"""The levels of administration: the authority, its sub-municipalities, districts, plans, blocks and parcels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import compute

from sample_data.jeddah import names
from sample_data.jeddah.columns import PARCELS, SampleLayer, columns, schema
from sample_data.jeddah.frame import mainland, quad
from sample_data.jeddah.growth import City
from sample_data.jeddah.layers import areas, stream

FIRST_PLAN = 400


def administration(city: City) -> Iterator[SampleLayer]:
    """From the widest to the narrowest."""
    plans = _plans(city)
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
    yield _lots("blocks", "Blocks", "البلكات", city.blocks.read(), "B")
    yield _lots("parcels", "Parcels", "قطع الأراضي", city.parcels.read(), "")


def ids(superblock: int, number: Any, mark: str = "") -> pa.Array:
    """Ids of buildings and parcels; of blocks with their mark."""
    count = compute.cast(compute.add(number, 1), pa.string())
    return compute.binary_join_element_wise(f"{FIRST_PLAN + superblock}-{mark}", count, "")


def _lots(which: str, en: str, ar: str, batches: Iterator[pa.RecordBatch], mark: str) -> SampleLayer:
    tables = (_numbered(n, found, which[:-1], mark) for n, found in enumerate(batches))
    return SampleLayer(which, "areas", en, ar, False, columns(PARCELS), stream(schema(PARCELS, boxed=True), tables))


def _numbered(superblock: int, found: pa.RecordBatch, kind: str, mark: str) -> pa.Table:
    count = len(found)
    own = {
        "uid": ids(superblock, np.arange(count), mark),
        "plan": np.full(count, FIRST_PLAN + superblock, np.int64),
        "object_type": pa.repeat(kind, count),
    }
    return pa.table({name: found[name] for name in found.schema.names} | own).select(schema(PARCELS, boxed=True).names)


def _plans(city: City) -> Any:
    """The superblocks' land; what has land all around is cut to a box, which leaves the same and is far faster."""
    found: Any = shapely.polygons(np.stack([quad(*cell) for cell in city.cells]))
    low, high = np.split(shapely.bounds(found), 2, axis=1)
    regions: Any = shapely.box(*(low - 50).T, *(high + 50).T)
    region = shapely.box(*_around(city)) & mainland()
    shapely.prepare(region)
    regions[~shapely.contains_properly(region, found)] = region
    return shapely.intersection(found, regions)


def _unions(shapes: Any, keys: list[int], wanted: list[int]) -> list[Any]:
    of = np.array(keys)
    # What is left between plans where four of them meet is closed by the grid they are rounded to.
    return [shapely.set_precision(shapely.union_all(shapes[of == key]), 0.01) for key in wanted]


def _around(city: City) -> tuple[float, float, float, float]:
    corners = np.concatenate([quad(*cell) for cell in city.cells])
    low, high = corners.min(axis=0) - 100, corners.max(axis=0) + 100
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
