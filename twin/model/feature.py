"""Features as Arrow tables: the columns every layer has, and the ones its source brings."""

from __future__ import annotations

from typing import Final

BASE: Final = "base"
"""The scenario that is the city as it stands."""

FID: Final = "fid"
UID: Final = "uid"
GEOMETRY: Final = "geometry"
BOX: Final = ("xmin", "ymin", "zmin", "xmax", "ymax", "zmax")
"""The bounding box of a feature in the city's CRS, in metres."""
TRANSACTION: Final = "tx"

OWN: Final = (FID, UID, *BOX, GEOMETRY, TRANSACTION)
"""Columns that the store keeps for itself; an attribute of such a name is renamed with a trailing ``_``."""

OBJECT_TYPE: Final = "object_type"
"""A CityJSON object's type, or what a source calls its class."""
SURFACES: Final = "surfaces"
"""JSON list: the semantic surface type of each polygon of ``geometry``, or null."""
CITYJSON: Final = "cityjson"
"""JSON: all that a CityJSON object says beyond its attributes and its finest geometry, so that nothing is lost."""
HEIGHT: Final = "height"
GROUND: Final = "ground"
LEVELS: Final = "levels"
HEIGHT_ESTIMATED: Final = "height_estimated"

TIMETABLE: Final = "timetable"
"""JSON list of a schedule: a stop's [trip, sequence, arrival, departure], a route's trips."""

HIDDEN: Final = frozenset({*OWN, SURFACES, CITYJSON, TIMETABLE})
"""Columns that are no attribute of a feature in a person's eyes."""
