"""What a city object is called here: its layer, its columns, and what our own files say beyond the standard."""

from __future__ import annotations

import json
from typing import Any

from twin.formats.stamp import KEY, Stamp
from twin.model.feature import CITYJSON, GEOMETRY, OBJECT_TYPE, OWN, SURFACES, UID

LOD = "lod"
COMMON = (UID, GEOMETRY, OBJECT_TYPE, LOD, SURFACES, CITYJSON)
FOREIGN = (OBJECT_TYPE, LOD, SURFACES)
"""Columns that a layer of another origin may have by itself; its file carries them as attributes."""
RESERVED = frozenset({*OWN, *COMMON})
STEP = 2.0**-14
"""Metres that coordinates are rounded to where they were brought to another CRS: exact in CityJSON's integers."""

WKB = "balad_wkb"
"""The attribute that carries the exact geometry of a layer that did not come from CityJSON, as hexadecimal WKB."""
LINKED = "balad_links"
"""The attribute that carries parents and children where some of them are not in the file."""
TYPED = "balad_type"
"""The attribute that carries a type which CityJSON 2.0 has no more."""
EMPTY = "balad_empty"
"""Beside what an object says beyond its attributes: those of them that it names and gives no value."""

_THEMES = {
    "buildings": ("Building",),
    "roads": ("Road", "Railway", "TransportSquare", "Waterway"),
    "vegetation": ("PlantCover", "SolitaryVegetationObject"),
    "landuse": ("LandUse",),
    "water": ("WaterBody",),
    "terrain": ("TINRelief",),
    "structures": ("Bridge", "Tunnel"),
}
TITLES = {
    "buildings": ("Buildings", "مبانٍ"),
    "roads": ("Roads", "طرق"),
    "vegetation": ("Vegetation", "غطاء نباتي"),
    "landuse": ("Land use", "استعمالات الأراضي"),
    "water": ("Water bodies", "مسطحات مائية"),
    "terrain": ("Relief", "تضاريس"),
    "structures": ("Bridges and tunnels", "جسور وأنفاق"),
    "objects": ("Other city objects", "معالم المدينة الأخرى"),
}


def theme_of(kind: str) -> str:
    """The layer that a type of object belongs to."""
    return next((theme for theme, starts in _THEMES.items() if kind.startswith(starts)), "objects")


def layer_of(thing: dict[str, Any], stamp: Stamp | None) -> str:
    """The layer that an object goes to: the one that it left, or else its theme's."""
    if stamp and stamp.layer and (is_foreign(thing) or stamp.layer not in TITLES):
        return stamp.layer
    return theme_of(thing["type"])


def is_foreign(thing: dict[str, Any]) -> bool:
    """Whether an object stands for a feature that did not come from CityJSON."""
    attributes = thing.get("attributes")
    return isinstance(attributes, dict) and WKB in attributes


def stamp_of(header: dict[str, Any]) -> Stamp | None:
    """What a file of ours says about its layer."""
    metadata = header.get("metadata")
    said = metadata.get(KEY) if isinstance(metadata, dict) else None
    return Stamp.found(json.dumps(said)) if isinstance(said, dict) else None


def free(name: str) -> str:
    """An attribute's column: one that is named as a column of ours gets a trailing ``_``."""
    return f"{name}_" if name.rstrip("_") in RESERVED else name


def freed(name: str) -> str:
    """The attribute of a column."""
    return name[:-1] if name.endswith("_") and name.rstrip("_") in RESERVED else name
