"""What a broken file of GDAL's is told as: what is wrong and what to do, rather than a library's own words."""

from __future__ import annotations

from pathlib import Path

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark

_DAMAGED = mark(
    "The {format} is damaged: a part of it is missing or was overwritten. Copy it again from where it came from, "
    "or export it anew."
)
_OTHER = mark("This is no {format}, though its name says so. Check where it came from, or export it anew.")
_UNLISTED = mark(
    "This is a database, but no GeoPackage: the tables that list its layers are missing. Export it anew as GeoPackage."
)
_NO_INDEX = mark(
    "The Shapefile’s .shx file is missing, and without it the others can’t be read. Copy it beside the .shp from where "
    "that came from."
)
_BAD_INDEX = mark("The Shapefile’s .shx file is damaged. Copy all of its files again from where they came from.")
_MESH = mark(
    "Its geometry is a mesh (a polyhedral surface or a TIN), which can’t be read from a {format}. Export it as "
    "multipolygons, or as CityJSON."
)
_KNOWN = (
    ("geometry type is not supported", _MESH),
    ("gpkg_contents, is missing", _UNLISTED),
    (".shx file is unreadable", _BAD_INDEX),
    ("not recognized as being in a supported file format", _OTHER),
    ("file is not a database", _OTHER),
    ("malformed", _DAMAGED),
    ("sqlite3", _DAMAGED),
    ("disk i/o error", _DAMAGED),
    ("unexpected end", _DAMAGED),
    ("i/o failure", _DAMAGED),
    ("arrow", _DAMAGED),
    ("error occurred in", _DAMAGED),
    ("/gdal/", _DAMAGED),
)


def broken(path: Path, name: str, said: str) -> NotThisFormat:
    """The error for what a library said about a file of a format."""
    beside = (path.with_suffix(end) for end in (".shx", ".SHX"))
    if path.suffix.lower() == ".shp" and not any(one.exists() for one in beside):
        return NotThisFormat(_NO_INDEX, path)
    for part, words in _KNOWN:
        if part in said.lower():
            return NotThisFormat(words, path, format=name)
    words = mark(
        "It is no {format} that can be read, or it is damaged. Copy it again from where it came from, "
        "or export it anew."
    )
    return NotThisFormat(words, path, format=name)
