"""The sample of Jeddah, layer by layer: synthetic, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah import names
from sample_data.jeddah.columns import BUILDINGS, NAMED, PARCELS, ROADS, SampleLayer, columns
from sample_data.jeddah.fabric import Built, build
from sample_data.jeddah.frame import BLOCKWISE, SHOREWISE, land, placed, sea
from sample_data.jeddah.roads import corniche, grid_roads

_FIRST = (0.0, 2.6)
"""The superblock that the city grows from: at the shore, some way up the Corniche."""


@dataclass
class City:
    """Everything that was built, superblock by superblock."""

    cells: list[tuple[int, int]] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    """How many buildings of each superblock belong to the sample."""


def generate(buildings: int = 20_000, seed: int = 1) -> Iterator[SampleLayer]:
    """All layers, in drawing order."""
    city = _grow(buildings, seed)
    extent = _extent(city)
    wide = (extent[0] - 9_000, extent[1] - 9_000, extent[2] + 9_000, extent[3] + 9_000)
    yield _areas("sea", "Red Sea", "البحر الأحمر", [sea(wide)], ["sea"], [("Red Sea", "البحر الأحمر")], visible=True)
    ground = shapely.set_precision(shapely.box(*wide).intersection(land()), 0.01)
    yield _areas("land", "Land", "اليابسة", [ground], ["land"], [("Land", "اليابسة")], visible=True)
    yield from _administration(city)
    parks = np.concatenate([found.parks for found in city.built])
    yield _areas(
        "parks", "Parks", "حدائق", parks, ["park"] * len(parks), [("Park", "حديقة")] * len(parks), visible=True
    )
    yield _roads(city, extent)
    yield _buildings(city, seed)


def cameras(buildings: int = 20_000) -> dict[str, dict[str, float]]:
    """The views that a sample is first seen in: from offshore looking north-east, and down in a street."""
    reach = max(0.35, min(3.0, (buildings / 20_000) ** 0.5))
    over = placed([[620.0, 1_750.0]])[0]
    street = placed([[0.0, 2_330.0]])[0]
    return {
        "overview": {
            "east": float(over[0]), "north": float(over[1]), "height": 0.0, "distance": 2_700.0 * reach,
            "azimuth": 48.0, "pitch": -23.0, "field": 40.0,
        },
        "street": {
            "east": float(street[0]), "north": float(street[1]), "height": 30.0, "distance": 520.0,
            "azimuth": 20.0, "pitch": -12.0, "field": 48.0,
        },
    }  # fmt: skip


def _grow(wanted: int, seed: int) -> City:
    """Superblocks by their distance from the first, until there are buildings enough."""
    reach = int(6 + 1.6 * np.sqrt(wanted / 250))
    column, row = (side.ravel() for side in np.meshgrid(np.arange(-2, reach), np.arange(-3, reach)))
    away = np.hypot((column + 0.5 - _FIRST[0]) * BLOCKWISE * 1.1, (row + 0.5 - _FIRST[1]) * SHOREWISE)
    city, count = City(), 0
    for at in np.lexsort((row, column, away)):
        cell = (int(column[at]), int(row[at]))
        found = build(*cell, np.random.default_rng([seed, cell[0] + 1000, cell[1] + 1000]))
        if found is None:
            continue
        take = min(len(found.buildings), wanted - count)
        city.cells.append(cell)
        city.built.append(found)
        city.kept.append(take)
        count += take
        if count == wanted:
            return city
    raise ValueError(f"the land holds only {count} buildings")


def district(column: int, row: int) -> tuple[int, int]:
    """The district's row and column in the table of names."""
    return min(4, max(0, (row + 1) // 2)), min(2, max(0, (column + 1) // 3))


def _administration(city: City) -> Iterator[SampleLayer]:
    quarters: dict[tuple[int, int], list[Any]] = {}
    plans = []
    for column, row in city.cells:
        corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]]
        cell = shapely.Polygon(np.round(placed(np.array(corners) * (BLOCKWISE, SHOREWISE)), 2))
        plans.append(shapely.intersection(cell, land()))
        quarters.setdefault(district(column, row), []).append(plans[-1])
    found = sorted(quarters)
    shapes = [shapely.set_precision(shapely.union_all(quarters[key]), 0.01) for key in found]
    titles = [names.DISTRICTS[a][b] for a, b in found]
    bands = sorted({key[0] for key in found})
    joined = [shapely.union_all([shapes[n] for n, key in enumerate(found) if key[0] == band]) for band in bands]
    yield _areas(
        "municipality", "Municipality", "الأمانة", [shapely.union_all(joined)], ["municipality"], [names.MUNICIPALITY]
    )
    subs = [names.SUB_MUNICIPALITIES[band] for band in bands]
    yield _areas(
        "sub_municipalities", "Sub-municipalities", "البلديات الفرعية", joined, ["sub_municipality"] * len(subs), subs
    )
    yield _areas("districts", "Districts", "الأحياء", shapes, ["district"] * len(shapes), titles)
    numbered = [(f"Plan {400 + n}", f"مخطط {400 + n}") for n in range(len(plans))]
    yield _areas("plans", "Plans", "المخططات", plans, ["plan"] * len(plans), numbered)
    yield _lots(city, "blocks")
    yield _lots(city, "parcels")


def _lots(city: City, which: str) -> SampleLayer:
    rows = [getattr(found, which) for found in city.built]
    ids = np.concatenate([[f"{which[0]}{400 + n}-{k + 1}" for k in range(len(found))] for n, found in enumerate(rows)])
    plan = np.concatenate([np.full(len(found), 400 + n) for n, found in enumerate(rows)])
    table = pa.table(
        {"uid": ids, "geometry": _wkb(np.concatenate(rows)), "plan": plan, "object_type": [which[:-1]] * len(ids)}
    )
    title = ("Blocks", "البلكات") if which == "blocks" else ("Parcels", "قطع الأراضي")
    return SampleLayer(which, "areas", *title, False, columns(PARCELS), table)


def _roads(city: City, extent: tuple[float, float, float, float]) -> SampleLayer:
    lines, kinds, widths, titles = grid_roads(
        city.cells, [found.streets for found in city.built], [f.manner.street for f in city.built]
    )
    shore, title = corniche(extent)
    lines, kinds, widths, titles = (
        [*lines, *shore],
        [*kinds, *["main"] * len(shore)],
        [*widths, *[20.0] * len(shore)],
        [*titles, *[title] * len(shore)],
    )
    table = pa.table(
        {
            "uid": [f"r{n + 1}" for n in range(len(lines))],
            "geometry": _wkb(np.array(lines, object)),
            "road_class": kinds,
            "width": widths,
            "name_en": [title[0] for title in titles],
            "name_ar": [title[1] for title in titles],
        }
    )
    return SampleLayer("roads", "roads", "Roads", "الطرق", True, columns(ROADS), table)


def _buildings(city: City, seed: int) -> SampleLayer:
    tables = [
        _superblock(n, cell, found, take, seed)
        for n, (cell, found, take) in enumerate(zip(city.cells, city.built, city.kept, strict=True))
    ]
    return SampleLayer(
        "buildings", "buildings", "Buildings", "المباني", True, columns(BUILDINGS), pa.concat_tables(tables)
    )


def _superblock(number: int, cell: tuple[int, int], found: Built, take: int, seed: int) -> pa.Table:
    random = np.random.default_rng([seed, 77, number])
    shapes, levels, use = found.buildings[:take], found.levels[:take], found.use[:take]
    parcel = found.building_parcel[:take]
    area = np.round(shapely.area(shapes) * levels * 0.92, 1)
    a, b = district(*cell)
    quarter, sub = names.DISTRICTS[a][b], names.SUB_MUNICIPALITIES[a]
    homes = np.isin(use, ["residential", "mixed"])
    storey = np.where(np.isin(use, ["commercial", "health", "government"]), 4.0, 3.2)
    named = [
        _named(kind, int(storeys), number * 13 + k) for k, (kind, storeys) in enumerate(zip(use, levels, strict=True))
    ]
    since = {"old": 1948, "corniche": 2002}.get(found.manner.name, 1978)
    return pa.table(
        {
            "uid": [f"b{400 + number}-{p + 1}" for p in parcel],
            "geometry": _wkb(shapes),
            "use": pa.array(use, pa.string()),
            "levels": levels.astype(np.int64),
            "height": np.round(levels * storey + 1.0, 1),
            "ground": np.zeros(take),
            "year": (since + (random.random(take) * (2024 - since)).astype(np.int64)),
            "floor_area": area,
            "people": np.where(homes, np.maximum(1, area / 46), area / 30).astype(np.int64),
            "name_en": pa.array([one[0] for one in named], pa.string()),
            "name_ar": pa.array([one[1] for one in named], pa.string()),
            "district_en": [quarter[0]] * take,
            "district_ar": [quarter[1]] * take,
            "sub_municipality": [sub[1]] * take,
            "plan": np.full(take, 400 + number),
            "block": [f"b{400 + number}-{k + 1}" for k in found.parcel_block[parcel]],
            "parcel": [f"p{400 + number}-{k + 1}" for k in parcel],
        }
    )


def _named(use: str, levels: int, number: int) -> tuple[str | None, str | None]:
    mosque = names.MOSQUES[number % len(names.MOSQUES)]
    tower = names.TOWERS[number % len(names.TOWERS)]
    return {
        "religious": (f"{mosque[0]} Mosque", f"مسجد {mosque[1]}"),
        "educational": (f"{mosque[0]} School", f"مدرسة {mosque[1]}"),
        "health": (f"{mosque[0]} Clinic", f"مستوصف {mosque[1]}"),
        "government": ("Civil Affairs Office", "مكتب الأحوال المدنية"),
    }.get(use) or ((f"{tower[0]} Tower", f"برج {tower[1]}") if levels > 20 else (None, None))


def _areas(
    layer: str, en: str, ar: str, shapes: Any, kinds: list[str], titles: list[tuple[str, str]], *, visible: bool = False
) -> SampleLayer:
    table = pa.table(
        {
            "uid": [f"{layer}-{n + 1}" for n in range(len(kinds))],
            "geometry": _wkb(np.array(shapes, object)),
            "object_type": pa.array(kinds, pa.string()),
            "name_en": pa.array([title[0] for title in titles], pa.string()),
            "name_ar": pa.array([title[1] for title in titles], pa.string()),
        }
    )
    return SampleLayer(layer, "areas", en, ar, visible, columns(NAMED), table)


def _extent(city: City) -> tuple[float, float, float, float]:
    boxes = np.array([shapely.total_bounds(found.buildings) for found in city.built])
    return (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())


def _wkb(shapes: Any) -> pa.Array:
    return pa.array(shapely.to_wkb(np.asarray(shapes, object), flavor="iso", byte_order=1).tolist(), pa.binary())
