"""The buildings' table: what is known of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sample_data.jeddah import names
from sample_data.jeddah.administration import FIRST_PLAN, ids
from sample_data.jeddah.columns import BOX, BUILDINGS, SampleLayer, columns, schema
from sample_data.jeddah.growth import City
from sample_data.jeddah.layers import stream


def buildings(city: City, seed: int) -> SampleLayer:
    """The layer of all buildings of the sample."""
    tables = (
        _superblock(n, district, found, seed)
        for n, (district, found) in enumerate(zip(city.districts, city.buildings.read(), strict=True))
    )
    rows = stream(schema(BUILDINGS, boxed=True), tables)
    return SampleLayer("buildings", "buildings", "Buildings", "المباني", True, columns(BUILDINGS), rows)


def _superblock(number: int, district: int, found: pa.RecordBatch, seed: int) -> pa.Table:
    random, count = np.random.default_rng([seed, 77, number]), len(found)
    en, ar, _, _, _, sub = names.DISTRICTS[district]
    titles = [_title(kind, number * 13 + k) for k, kind in enumerate(found["part"].to_pylist())]
    same = ("geometry", *BOX, "use", "levels", "height", "ground", "floor_area", "people")
    own = {
        "uid": ids(number, np.arange(count)),
        "year": np.minimum(2024, found["era"].to_numpy() + (5 * random.random(count)).astype(np.int64)),
        "facade": pa.array(_facades(found["wooden"].to_numpy(zero_copy_only=False), random), pa.string()),
        "name_en": pa.array([one[0] for one in titles], pa.string()),
        "name_ar": pa.array([one[1] for one in titles], pa.string()),
        "district_en": pa.repeat(en, count),
        "district_ar": pa.repeat(ar, count),
        "sub_municipality": pa.repeat(names.SUB_MUNICIPALITIES[sub][1], count),
        "plan": np.full(count, FIRST_PLAN + number, np.int64),
        "block": ids(number, found["block"], "B"),
        "parcel": ids(number, found["parcel"]),
    }
    return pa.table({name: found[name] for name in same} | own).select(schema(BUILDINGS, boxed=True).names)


def _facades(old: Any, random: np.random.Generator) -> Any:
    """Three of four old houses still have their roshans."""
    facades = np.full(len(old), None, object)
    facades[old & (random.random(len(old)) < 0.75)] = "roshan"
    return facades.tolist()


def _title(kind: str, number: int) -> tuple[str | None, str | None]:
    if not kind:
        return None, None
    if kind == "government":
        return "Civil Affairs Office", "مكتب الأحوال المدنية"
    en, ar = names.LANDMARKS[kind]
    own = names.TOWERS if kind in {"tower", "mall"} else names.MOSQUES
    title = own[number % len(own)]
    return f"{title[0]} {en}", f"{ar} {title[1]}"
