"""Footprints become LoD1 buildings: a height from the file, from its levels, or estimated, and always said which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from twin.core.i18n import tr, trn
from twin.model.feature import GROUND, HEIGHT, HEIGHT_ESTIMATED

LEVEL = 3.2
"""Metres of a level."""
_TALLEST = 1000.0
_OWN = (HEIGHT, GROUND, HEIGHT_ESTIMATED)
_HEIGHTS = (
    "height", "building:height", "building_height", "bldg_height", "measuredheight", "measured_height", "height_m",
    "h_max", "hmax", "hgt", "hoehe", "bldg_hgt", "الارتفاع", "ارتفاع", "ارتفاع_المبنى", "ارتفاع المبنى",
)  # fmt: skip
_LEVELS = (
    "levels", "building:levels", "building_levels", "floors", "storeys", "stories", "num_floors", "numfloors",
    "n_floors", "no_floors", "nfloors", "floor_count", "storeysaboveground", "storeys_above_ground",
    "عدد الأدوار", "عدد_الأدوار", "عدد الادوار", "عدد_الادوار", "عدد الطوابق", "عدد_الطوابق", "الأدوار", "الطوابق",
)  # fmt: skip
_NAMED = re.compile(
    r"building|bldg|footprint|gebaeude|gebäude|batiment|bâtiment|مبنى|مباني|المباني|مبان", re.IGNORECASE
)
_NUMBER = re.compile(
    r"^\s*([+-]?\d+(?:[.,]\d+)?)\s*(m|م|متر|metres?|meters?|ft|feet|foot|['’′])?\s*\.?\s*$", re.IGNORECASE
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫۰۱۲۳۴۵۶۷۸۹", "0123456789.0123456789")
_FEET = 0.3048


def look_like_buildings(layer: str, columns: Iterable[str]) -> bool:
    """Whether a layer of polygons is buildings, by its name or by what it tells."""
    names = {name.lower() for name in columns}
    return bool(_NAMED.search(layer)) or "building" in names or bool(names & {*_HEIGHTS, *_LEVELS})


@dataclass(frozen=True)
class Raised:
    """Footprints with heights."""

    attributes: dict[str, pa.Array]
    """The file's, with ``height``, ``ground`` and ``height_estimated``."""
    estimated: int
    """How many heights nobody measured."""
    impossible: dict[int, float]
    """By row, what a file tells as a height that no building has: an estimate stands in its place."""


def with_heights(attributes: dict[str, pa.Array], geometry: NDArray[np.object_]) -> Raised:
    """Heights for footprints, in metres.

    A height that is text stays beside the number, as ``height_text``; so does one that is measured in another column.
    """
    count = len(geometry)
    told = _first(attributes, _HEIGHTS, count)
    # 0 is how many files say that nobody measured it.
    impossible = (told < 0) | (told > _TALLEST)
    height = np.where((told > 0) & ~impossible, told, np.nan)
    levels = _first(attributes, _LEVELS, count)
    levels = np.where((levels >= 0.5) & (levels * LEVEL <= _TALLEST), levels, np.nan)
    guessed = np.isnan(height)
    height = np.where(guessed, np.where(np.isnan(levels), 1.0, levels) * LEVEL, height)
    # SQL doesn't tell Height from height: the file's spelling gives way.
    own = {name.lower(): column for name, column in attributes.items() if name.lower() in _OWN}
    made = {name: column for name, column in attributes.items() if name.lower() not in _OWN}
    if HEIGHT in own and pa.types.is_string(own[HEIGHT].type):
        made["height_text"] = own[HEIGHT]
    made[HEIGHT] = pa.array(height)
    made[GROUND] = _ground(own.get(GROUND), geometry)
    made[HEIGHT_ESTIMATED] = pa.array(guessed)
    return Raised(made, int(guessed.sum()), {int(row): float(told[row]) for row in np.flatnonzero(impossible)})


def estimated(count: int) -> str:
    """What a person is told about heights that no one measured."""
    return trn(
        "The height of {n} building was estimated from its levels, or as one level of 3.2 m.",
        "The height of {n} buildings was estimated from their levels, or as one level of 3.2 m.",
        count,
    )


def impossible(height: float) -> str:
    """What a person is told about a height that can't be."""
    return tr("its height of {height} m can’t be: an estimate stands in its place", height=f"{height:.10g}")


def metres(text: str | None) -> float:
    """A height as people write it: ``12``, ``12.5 m``, ``12,5``, ``40 ft``, ``١٢ م``; NaN where it is none."""
    found = _NUMBER.match((text or "").translate(_DIGITS))
    if not found:
        return float("nan")
    number, unit = float(found[1].replace(",", ".")), (found[2] or "m").lower()
    return number * (_FEET if unit in ("ft", "feet", "foot", "'", "’", "′") else 1.0)


def _first(attributes: dict[str, pa.Array], names: tuple[str, ...], count: int) -> NDArray[np.float64]:
    """The first value that is told under any of the names."""
    found = np.full(count, np.nan)
    by_name = {name.lower(): column for name, column in attributes.items()}
    for name in names:
        if name in by_name:
            found = np.where(np.isnan(found), _numbers(by_name[name]), found)
    return found


def _numbers(column: pa.Array) -> NDArray[np.float64]:
    if pa.types.is_string(column.type):
        return np.array([metres(one) for one in column.to_pylist()], dtype=np.float64)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        filled = pc.fill_null(column.cast(pa.float64(), safe=False), float("nan"))
        return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.full(len(column), np.nan)


def _ground(told: pa.Array | None, geometry: NDArray[np.object_]) -> pa.Array:
    """What the file tells, else the lowest point of a geometry that has heights; null where neither is known."""
    lowest = np.full(len(geometry), np.nan)
    solid = np.flatnonzero(shapely.has_z(geometry))
    if len(solid):
        coordinates, index = shapely.get_coordinates(geometry[solid], include_z=True, return_index=True)
        np.fmin.at(lowest, solid[index], coordinates[:, 2])
    if told is not None:
        said = _numbers(told)
        lowest = np.where(np.isnan(said), lowest, said)
    return pa.array(lowest, mask=np.isnan(lowest))
