"""What well-known attributes are called in both languages, where their source has no titles of its own."""

from __future__ import annotations

from twin.model.feature import GROUND, HEIGHT, HEIGHT_ESTIMATED, LEVELS, OBJECT_TYPE
from twin.model.layer import Column

_ANY = {
    OBJECT_TYPE: ("", "Type", "النوع"),
    "lod": ("", "Level of detail", "مستوى التفصيل"),
}
_BUILDINGS = {
    HEIGHT: ("m", "Height", "الارتفاع"),
    GROUND: ("m", "Ground level", "منسوب الأرض"),
    LEVELS: ("", "Storeys", "عدد الأدوار"),
    HEIGHT_ESTIMATED: ("", "Height is estimated", "الارتفاع تقديري"),
    "use": ("", "Use", "الاستعمال"),
    "year": ("", "Year", "السنة"),
    # The building module of CityGML 2.0 and 3.0, whose names CityJSON takes over.
    "class": ("", "Class", "الصنف"),
    "function": ("", "Function", "الوظيفة"),
    "usage": ("", "Usage", "الاستعمال"),
    "roofType": ("", "Roof type", "نوع السقف"),
    "measuredHeight": ("m", "Measured height", "الارتفاع المقيس"),
    "storeysAboveGround": ("", "Storeys above ground", "الأدوار فوق الأرض"),
    "storeysBelowGround": ("", "Storeys below ground", "الأدوار تحت الأرض"),
    "yearOfConstruction": ("", "Year of construction", "سنة الإنشاء"),
    "yearOfDemolition": ("", "Year of demolition", "سنة الهدم"),
}
"""Unit, English and Arabic; a unit only where the reader makes sure of it."""


def column(name: str, type: str, kind: str) -> Column:
    """A column of a layer kind; one that nobody knows keeps its own name."""
    known = _ANY | _BUILDINGS if kind == "buildings" else _ANY
    unit, english, arabic = known.get(name, ("", "", ""))
    return Column(name=name, type=type, unit=unit, title_en=english, title_ar=arabic)
