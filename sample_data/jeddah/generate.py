"""The sample of Jeddah, layer by layer: synthetic, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah.administration import administration
from sample_data.jeddah.buildings import buildings as all_buildings
from sample_data.jeddah.columns import ROADS, SampleLayer, columns
from sample_data.jeddah.frame import land, sea
from sample_data.jeddah.growth import City, Told, grow
from sample_data.jeddah.layers import areas, wkb
from sample_data.jeddah.palms import palms
from sample_data.jeddah.roads import Roads, roads
from sample_data.jeddah.terrain import RELIEF, patches, raised

_AROUND = 9_000.0
"""Metres of sea and land drawn around the city."""


def _unheard(_share: float) -> None:
    pass


def generate(
    buildings: int = 20_000, seed: int = 1, folder: Path | None = None, told: Told = _unheard
) -> Iterator[SampleLayer]:
    """All layers, in drawing order; exactly so many buildings.

    What is many is laid aside in the folder meanwhile; ``told`` hears which share of the city has grown.
    """
    with TemporaryDirectory(prefix="balad-", dir=folder, ignore_cleanup_errors=True) as aside:
        yield from _layers(grow(buildings, seed, Path(aside), told), seed)


def _layers(city: City, seed: int) -> Iterator[SampleLayer]:
    west, south, east, north = _extent(city)
    wide = (west - _AROUND, south - _AROUND, east + _AROUND, north + _AROUND)
    yield areas("sea", "Red Sea", "البحر الأحمر", [sea(wide)], ["sea"], [("Red Sea", "البحر الأحمر")], visible=True)
    ground = shapely.set_precision(shapely.box(*wide).intersection(land()), 0.01)
    yield areas("land", "Land", "اليابسة", [ground], ["land"], [("Land", "اليابسة")], visible=True)
    if RELIEF:
        near = (west - 4_000, south - 4_000, east + 4_000, north + 4_000)
        hills = patches(near)
        yield areas(
            "terrain", "Terrain", "التضاريس", hills, ["TINRelief"] * len(hills), [(None, None)] * len(hills),
            kind="terrain", visible=False,
        )  # fmt: skip
    yield from administration(city)
    parks = np.concatenate(city.parks)
    titles = [("Park", "حديقة")] * len(parks)
    yield areas("parks", "Parks", "الحدائق", parks, ["park"] * len(parks), titles, visible=True)
    found = roads(city.cells, city.streets, city.widths)
    yield palms(city, found, seed)
    yield _roads(found)
    yield all_buildings(city, seed)


def bookmarks(buildings: int = 20_000) -> list[dict[str, Any]]:
    """The views that a sample begins with, as fields of bookmarks: from the sea, on the Corniche, over Al-Balad."""
    reach = max(0.5, min(2.5, (buildings / 20_000) ** 0.5))
    seen = (
        ("overview", "Overview", "نظرة عامة", _camera(516_000, 2_381_100, 0, 2_300.0 * reach, 38, -18, 40)),
        ("street", "The Corniche", "الكورنيش", _camera(516_390, 2_381_070, 15, 590, 30, -13, 48)),
        ("district", "Al-Balad", "حي البلد", _camera(519_450, 2_376_560, 5, 420, 20, -23, 48)),
    )
    return [
        {"id": name, "title_en": english, "title_ar": arabic, "view": {"camera": camera}}
        for name, english, arabic, camera in seen
    ]


def _camera(
    east: float, north: float, height: float, distance: float, azimuth: float, pitch: float, field: float
) -> dict[str, float]:
    return {
        "east": float(east), "north": float(north), "height": float(height), "distance": float(distance),
        "azimuth": float(azimuth), "pitch": float(pitch), "field": float(field),
    }  # fmt: skip


def _roads(found: Roads) -> SampleLayer:
    table = pa.table(
        {
            "uid": [f"r{n + 1}" for n in range(len(found.lines))],
            "geometry": wkb(raised(np.array(found.lines, object))),
            "road_class": pa.array(found.classes, pa.string()),
            "width": np.array(found.widths, np.float64),
            "name_en": pa.array([title[0] for title in found.titles], pa.string()),
            "name_ar": pa.array([title[1] for title in found.titles], pa.string()),
        }
    )
    return SampleLayer("roads", "roads", "Roads", "الطرق", True, columns(ROADS), table)


def _extent(city: City) -> tuple[float, float, float, float]:
    boxes = np.array(city.extents)
    found: Any = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    return found  # type: ignore[no-any-return]
