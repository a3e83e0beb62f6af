"""Which CRS a CityGML file names, and which of its coordinates comes first."""

from __future__ import annotations

import re

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from twin.formats.crs import Box, horizontal

_OGC = re.compile(r"crs[:/,]+(?:crs[:/])?EPSG[:/][^:/,&]*[:/](\d+)", re.IGNORECASE)
"""The code in a URN or URL, version and all."""
_NEXT = re.compile(r"crs:EPSG:[^:,]*:(\d+)", re.IGNORECASE)
_SHORT = re.compile(r"EPSG:{1,2}(\d+)(?:\s*\+\s*(?:EPSG:{1,2})?(\d+))?", re.IGNORECASE)
_XML = re.compile(r"epsg\.xml#(\d+)", re.IGNORECASE)
_ADV = re.compile(r"urn:adv:crs:([A-Za-z0-9_]+)(?:\*([A-Za-z0-9_]+))?")
_GERMAN = {
    "ETRS89_UTM31": 25831, "ETRS89_UTM32": 25832, "ETRS89_UTM33": 25833, "ETRS89_LAT-LON": 4258,
    "DE_DHDN_3GK2": 31466, "DE_DHDN_3GK3": 31467, "DE_DHDN_3GK4": 31468, "DE_DHDN_3GK5": 31469,
    "DE_DHHN92_NH": 5783, "DE_DHHN2016_NH": 7837, "DE_DHHN12_NOH": 5782,
}  # fmt: skip
"""The names of the German survey authorities (GeoInfoDok, AdV)."""
_MARGIN = 1.0
"""Degrees around a CRS's area of use."""


def named(text: str | None) -> str | None:
    """``EPSG:n`` or ``EPSG:n+m`` from any spelling of an ``srsName``; one that nobody knows as it stands."""
    text = (text or "").strip()
    if not text:
        return None
    german = _ADV.fullmatch(text)
    if german:
        codes = [_GERMAN[part] for part in german.groups() if part in _GERMAN]
        return _joined(codes) if german[1] in _GERMAN else text
    short = _SHORT.fullmatch(text)
    if short:
        return _joined([code for code in short.groups() if code])
    found = _XML.findall(text) or [*_OGC.findall(text)[:1], *_NEXT.findall(text)[1:]]
    if "crs-compound" in text or text.count("/EPSG/") > 1:
        found = re.findall(r"/EPSG/[^/]*/(\d+)", text, re.IGNORECASE)
    return _joined(found) if found else text


def plane(text: str) -> CRS | None:
    """The part of a CRS that says where on the map; None where it isn't known."""
    try:
        return horizontal(CRS.from_user_input(text))
    except CRSError:
        return None


def northing_first(crs: CRS, spelled: str, box: Box | None) -> tuple[bool, bool]:
    """Whether the file's first coordinate counts northwards, and whether that is other than its CRS says.

    A URN or URL means the authority's order; a short name means east first (OGC 09-048r5). Where the coordinates
    then lie outside the CRS's area of use, and inside it the other way round, they are the other way round.
    """
    first = crs.axis_info[0].direction if crs.axis_info else "east"
    official = first in ("north", "south") and not _SHORT.fullmatch(spelled.strip()) and not _ADV.match(spelled)
    if box is None or crs.area_of_use is None:
        return official, False
    if not _inside(crs, box, official) and _inside(crs, box, not official):
        return not official, True
    return official, False


def _inside(crs: CRS, box: Box, swapped: bool) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if swapped:
        x, y = y, x
    try:
        lon, lat = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True).transform(x, y, errcheck=True)
    except ProjError:
        return False
    area = crs.area_of_use
    if area is None:
        return True
    wide = area.west <= area.east
    across = area.west - _MARGIN <= lon <= area.east + _MARGIN or not wide
    return across and area.south - _MARGIN <= lat <= area.north + _MARGIN


def _joined(codes: list[str] | list[int]) -> str:
    return "EPSG:" + "+".join(str(code) for code in codes[:2])
