"""The buildings' table: what is known of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah import names
from sample_data.jeddah.administration import FIRST_PLAN, block_id, parcel_id
from sample_data.jeddah.built import Built
from sample_data.jeddah.columns import BUILDINGS, SampleLayer, columns
from sample_data.jeddah.growth import City
from sample_data.jeddah.layers import wkb
from sample_data.jeddah.terrain import relief

_PER_HEAD = {"residential": 52.0, "mixed": 45.0, "commercial": 32.0, "religious": 9.0, "educational": 11.0}
"""Floor area for each person who lives or works there, in m²."""
_NEW = 1960
"""The year from which nobody built roshans."""


def buildings(city: City, seed: int) -> SampleLayer:
    """The layer of all buildings of the sample."""
    tables = [
        _superblock(n, district, found, take, seed)
        for n, (district, found, take) in enumerate(zip(city.districts, city.built, city.kept, strict=True))
    ]
    table = pa.concat_tables(tables)
    return SampleLayer("buildings", "buildings", "Buildings", "المباني", True, columns(BUILDINGS), table)


def _superblock(number: int, district: int, found: Built, take: int, seed: int) -> pa.Table:
    random = np.random.default_rng([seed, 77, number])
    use, parcel = found.use[:take], found.parcel[:take]
    ground, shapes = _grounded(found.shapes[:take])
    en, ar, _, _, _, sub = names.DISTRICTS[district]
    heads = np.array([_PER_HEAD.get(one, 30.0) for one in use.tolist()])
    titles = [_title(kind, number * 13 + k) for k, kind in enumerate(found.part[:take].tolist())]
    return pa.table(
        {
            "uid": [f"{FIRST_PLAN + number}-{k + 1}" for k in range(take)],
            "geometry": wkb(shapes),
            "use": pa.array(use, pa.string()),
            "levels": found.levels[:take].astype(np.int64),
            "height": np.round(found.height[:take].astype(np.float64), 1),
            "ground": ground,
            "year": np.minimum(2024, found.era[:take] + (5 * random.random(take)).astype(np.int64)),
            "facade": pa.array(_facades(found, take, random), pa.string()),
            "floor_area": found.gross[:take].astype(np.float64),
            "people": np.maximum(1, found.gross[:take] / heads).astype(np.int64),
            "name_en": pa.array([one[0] for one in titles], pa.string()),
            "name_ar": pa.array([one[1] for one in titles], pa.string()),
            "district_en": [en] * take,
            "district_ar": [ar] * take,
            "sub_municipality": [names.SUB_MUNICIPALITIES[sub][1]] * take,
            "plan": np.full(take, FIRST_PLAN + number, np.int64),
            "block": block_id(number, found.parcel_block[parcel]),
            "parcel": parcel_id(number, parcel),
        }
    )


def _grounded(shapes: Any) -> tuple[Any, Any]:
    """The lowest ground under each building, and solids raised to stand on it."""
    points, whose = shapely.get_coordinates(shapes, return_index=True)
    ground = np.full(len(shapes), np.inf)
    np.minimum.at(ground, whose, relief().at(points))
    raised = np.array(shapes, object)
    solid = np.flatnonzero(shapely.has_z(raised) & (ground != 0))
    if len(solid):
        xyz, owner = shapely.get_coordinates(raised[solid], include_z=True, return_index=True)
        xyz[:, 2] = np.round(xyz[:, 2] + ground[solid][owner], 2)
        raised[solid] = shapely.set_coordinates(raised[solid], xyz)
    return ground, raised


def _facades(found: Built, take: int, random: np.random.Generator) -> Any:
    """Three of four old houses still have their roshans."""
    old = (found.era[:take] < _NEW) & (found.use[:take] != "religious")
    facades = np.full(take, None, object)
    facades[old & (random.random(take) < 0.75)] = "roshan"
    return facades


def _title(kind: str, number: int) -> tuple[str | None, str | None]:
    if not kind:
        return None, None
    if kind == "government":
        return "Civil Affairs Office", "مكتب الأحوال المدنية"
    en, ar = names.LANDMARKS[kind]
    own = names.TOWERS if kind in {"tower", "mall"} else names.MOSQUES
    title = own[number % len(own)]
    return f"{title[0]} {en}", f"{ar} {title[1]}"
