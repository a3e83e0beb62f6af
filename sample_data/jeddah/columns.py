"""The sample's schema: each layer's columns, their units and their names in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sample_data.jeddah import names

Spec = tuple[str, str, str, str, str]
"""Name, type, unit, English title, Arabic title."""


@dataclass(frozen=True)
class SampleLayer:
    """A layer as a reader gives it."""

    id: str
    kind: str
    title_en: str
    title_ar: str
    visible: bool
    columns: list[dict[str, Any]]
    table: pa.Table | pa.RecordBatchReader
    """Of a layer of many rows a stream, good until the next layer is asked for."""


BOX = ("xmin", "ymin", "zmin", "xmax", "ymax", "zmax")
"""The bounding box of a feature, in metres."""
_NAMES: tuple[Spec, ...] = (
    ("name_en", "VARCHAR", "", "Name (English)", "الاسم بالإنجليزية"),
    ("name_ar", "VARCHAR", "", "Name (Arabic)", "الاسم بالعربية"),
)
NAMED: tuple[Spec, ...] = (("object_type", "VARCHAR", "", "Type", "النوع"), *_NAMES)
PARCELS: tuple[Spec, ...] = (
    ("plan", "BIGINT", "", "Plan", "المخطط"),
    ("object_type", "VARCHAR", "", "Type", "النوع"),
)
ROADS: tuple[Spec, ...] = (
    ("road_class", "VARCHAR", "", "Class", "الدرجة"),
    ("width", "DOUBLE", "m", "Width", "العرض"),
    *_NAMES,
)
PALMS: tuple[Spec, ...] = (("height", "DOUBLE", "m", "Height", "الارتفاع"),)
BUILDINGS: tuple[Spec, ...] = (
    ("use", "VARCHAR", "", "Land use", "استعمال الأرض"),
    ("levels", "BIGINT", "", "Storeys", "عدد الأدوار"),
    ("height", "DOUBLE", "m", "Height", "الارتفاع"),
    ("ground", "DOUBLE", "m", "Ground level", "منسوب الأرض"),
    ("year", "BIGINT", "", "Year built", "سنة البناء"),
    ("facade", "VARCHAR", "", "Façade", "الواجهة"),
    ("floor_area", "DOUBLE", "m²", "Floor area", "مساحة الأدوار"),
    ("people", "BIGINT", "", "People", "عدد السكان والشاغلين"),
    *_NAMES,
    ("district_en", "VARCHAR", "", "District (English)", "الحي بالإنجليزية"),
    ("district_ar", "VARCHAR", "", "District (Arabic)", "الحي"),
    ("sub_municipality", "VARCHAR", "", "Sub-municipality", "البلدية الفرعية"),
    ("plan", "BIGINT", "", "Plan", "المخطط"),
    ("block", "VARCHAR", "", "Block", "البلك"),
    ("parcel", "VARCHAR", "", "Parcel", "قطعة الأرض"),
)
_TYPES = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
_MEANINGS = {
    "use": (names.USES_EN, names.USES_AR),
    "facade": (names.FACADES_EN, names.FACADES_AR),
    "road_class": (names.ROADS_EN, names.ROADS_AR),
}


def schema(specs: tuple[Spec, ...], *, boxed: bool = False) -> pa.Schema:
    """Of a layer's rows."""
    own = [("uid", pa.string()), ("geometry", pa.binary()), *((side, pa.float64()) for side in BOX if boxed)]
    return pa.schema([*own, *((name, _TYPES[kind]) for name, kind, *_ in specs)])


def columns(specs: tuple[Spec, ...]) -> list[dict[str, Any]]:
    """Columns as the city keeps them."""
    found = []
    for name, kind, unit, en, ar in specs:
        meanings = _MEANINGS.get(name, ({}, {}))
        found.append(
            {
                "name": name, "type": kind, "unit": unit, "title_en": en, "title_ar": ar,
                "values_en": meanings[0], "values_ar": meanings[1],
            }
        )  # fmt: skip
    return found
