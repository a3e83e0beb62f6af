"""Coordinate systems that a file of no known one may be in: those that fit the city, by where the file would then lie.

Nothing is chosen here: a person sees the list and says which.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from pyproj import Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import ProjError

from twin.core.errors import NoCrs
from twin.formats import crs as systems
from twin.formats import siting
from twin.formats.axes import meant_for
from twin.formats.crs import Box
from twin.formats.outlines import Outlines, Plane
from twin.formats.placing import FAR, best
from twin.model.operation import Operation

NEAR = 5_000.0
"""Metres from the city within which a file may well belong to it."""
MOST = 10
_DEGREES, _MERCATOR = "EPSG:4326", "EPSG:3857"
_COMMONEST = (_DEGREES, _MERCATOR)
"""These are shown wherever they put a file: a person sees that they don't fit."""
_LAST = 3
_AIN_EL_ABD = range(36, 41)
"""UTM zones for which EPSG has Ain el Abd 1970, the datum of Saudi Arabia's maps until 2017: EPSG:204nn."""
_AIN_EL_ABD_DEGREES = "EPSG:4204"
_FIRST = ("EPSG:9357", "EPSG:32637", "EPSG:20437", "EPSG:32638", "EPSG:9358", _DEGREES, _MERCATOR)
"""What is looked at where there is no city yet."""
_WIDE = 40.0
"""Degrees that a national grid's area may span."""


@dataclass(frozen=True)
class Candidate:
    """A reading of a file's coordinates."""

    crs: str
    name: str
    swapped: bool
    """Whether each place's two coordinates are exchanged first."""
    middle: tuple[float, float]
    """Of its features, in the plane that all are compared in."""
    lonlat: tuple[float, float]
    """The same in degrees of WGS 84."""
    distance: float | None
    """Metres from the city, 0 within; None where there is no city."""
    operation: Operation
    shift: tuple[float, float] | None = None
    """Metres east and north of where the first candidate puts it; None where that is far away."""


def ranked(seen: Outlines, city: str | None, extent: Box | None) -> list[Candidate]:
    """At most ``MOST``: those within the city first, then those near it; of far ones only the commonest.

    Where there is no city, those whose area the file would lie in.
    """
    plane = plane_of(seen, city)
    if plane is None:
        return []
    found = []
    for place, code in enumerate(dict.fromkeys(_codes(seen, city, extent))):
        for swapped in (False, True) if extent is not None or code == _DEGREES else (False,):
            one = candidate(seen, code, plane, extent, swapped=swapped)
            if one is not None and _fits(seen, one):
                found.append((_order(one), swapped, place, one))
                if extent is not None:
                    break
            elif one is not None and not swapped and code in _COMMONEST:
                found.append((_LAST, swapped, place, one))
    listed = [one for *_, one in sorted(found, key=lambda each: each[:3])][:MOST]
    return [_shifted(one, listed[0]) for one in listed]


def candidate(seen: Outlines, code: str, plane: str, extent: Box | None, *, swapped: bool = False) -> Candidate | None:
    """One reading; None where the coordinates have no place in that CRS."""
    x, y = _middle(seen)[::-1] if swapped else _middle(seen)
    middle = _roughly(code, plane, x, y)
    if middle is None:
        return None
    operation, distance = Operation(), _distance(middle, extent)
    if distance is not None and distance < FAR:
        # Where it may be meant, by the very operation that an import would choose.
        placed = read_as(seen.middles, seen.bounds, code, plane, swapped=swapped)
        if placed is None:
            return None
        points, operation = placed
        middle = (float(np.median(points[:, 0])), float(np.median(points[:, 1])))
        distance = _distance(middle, extent)
    to_degrees = systems.degrees(plane)
    lonlat = to_degrees(*middle) if to_degrees else (math.nan, math.nan)
    return Candidate(code, systems.known(code, None).name, swapped, middle, lonlat, distance, operation)


def read_as(
    points: Plane, bounds: Box, code: str, plane: str, *, swapped: bool = False
) -> tuple[Plane, Operation] | None:
    """(n, 2) points as they lie in ``plane`` where they are read in the CRS ``code``, by the import's own operation."""
    given = points[:, ::-1] if swapped else points
    try:
        source, target = (systems.horizontal(systems.known(one, None)) for one in (code, plane))
        if source.equals(target, ignore_axis_order=True):
            return np.asarray(given, np.float64), Operation(accuracy=0.0)
        move, operation = best(source, target, siting.exchanged(bounds) if swapped else bounds, [])
    except NoCrs:
        return None
    placed = np.column_stack(move.transform(given[:, 0], given[:, 1]))
    return (placed, operation) if np.isfinite(placed).all() else None


def _roughly(code: str, plane: str, x: float, y: float) -> tuple[float, float] | None:
    """A place as it lies in ``plane``, to some metres; None where it lies nowhere."""
    try:
        source, target = (systems.horizontal(systems.known(one, None)) for one in (code, plane))
        if source.is_geographic and (abs(x) > 180 or abs(y) > 90):
            return None
        east, north = Transformer.from_crs(source, target, always_xy=True).transform(x, y, errcheck=True)
    except (NoCrs, ProjError):
        return None
    return (float(east), float(north)) if math.isfinite(east) and math.isfinite(north) else None


def plane_of(seen: Outlines, city: str | None) -> str | None:
    """What readings are compared in: the city's CRS, else a plane in metres about where a common CRS puts the file."""
    if city:
        return city
    for code in (_DEGREES,) if _in_degrees(seen) else _FIRST:
        for x, y in (_middle(seen), _middle(seen)[::-1]):
            to_degrees = systems.degrees(code)
            if to_degrees and _is_place(code, x, y):
                lon, lat = to_degrees(x, y)
                return f"+proj=aeqd +lat_0={lat:.6f} +lon_0={lon:.6f} +datum=WGS84 +units=m +type=crs"
    return None


def _middle(seen: Outlines) -> tuple[float, float]:
    return float(np.median(seen.middles[:, 0])), float(np.median(seen.middles[:, 1]))


def _in_degrees(seen: Outlines) -> bool:
    """Whether its numbers are as small as degrees."""
    return bool(np.abs(seen.points).max() <= 180.0001)


def _is_place(code: str, x: float, y: float) -> bool:
    """Whether a CRS is made for where a place would lie in it."""
    return meant_for(code, x, y) and (code != _DEGREES or (abs(x) <= 180 and abs(y) <= 90))


def _codes(seen: Outlines, city: str | None, extent: Box | None) -> Iterator[str]:
    """The city's own CRS, the UTM zones about it, its country's grids, degrees and Web Mercator."""
    to_degrees = systems.degrees(city) if city else None
    if city:
        yield city
    if extent is None or to_degrees is None:
        yield from (_DEGREES,) if _in_degrees(seen) else _FIRST
        return
    lon, lat = to_degrees((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2)
    zone = min(60, max(1, int((lon + 180) // 6) + 1))
    base = 32600 if lat >= 0 else 32700
    yield f"EPSG:{base + zone}"
    if zone in _AIN_EL_ABD and 12 <= lat <= 33:
        yield f"EPSG:{20400 + zone}"
        yield from (_DEGREES, _AIN_EL_ABD_DEGREES)
    yield _DEGREES
    yield from _national(lon, lat)
    yield _MERCATOR
    yield from (f"EPSG:{base + one}" for one in (zone - 1, zone + 1) if 1 <= one <= 60)


def _national(lon: float, lat: float) -> Iterator[str]:
    """Projected CRSs of EPSG whose area holds a place, the narrowest area first; those of half the world are none."""
    here = AreaOfInterest(lon, lat, lon, lat)
    listed = query_crs_info(auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS], area_of_interest=here, contains=True)
    sized = []
    for one in listed:
        area = one.area_of_use
        if one.deprecated or area is None or area.east < area.west:
            continue
        across, along = area.east - area.west, area.north - area.south
        if across <= _WIDE:
            sized.append((across * along, int(one.code)))
    yield from (f"EPSG:{code}" for _, code in sorted(sized))


def _fits(seen: Outlines, one: Candidate) -> bool:
    if one.distance is not None:
        return one.distance < FAR
    x, y = _middle(seen)
    return _is_place(one.crs, *((y, x) if one.swapped else (x, y)))


def _order(one: Candidate) -> int:
    return next((place for place, most in enumerate((0.0, NEAR)) if (one.distance or 0.0) <= most), _LAST - 1)


def _distance(middle: tuple[float, float], extent: Box | None) -> float | None:
    if extent is None:
        return None
    across = max(0.0, middle[0] - extent[2], extent[0] - middle[0])
    along = max(0.0, middle[1] - extent[3], extent[1] - middle[1])
    return math.hypot(across, along)


def _shifted(one: Candidate, first: Candidate) -> Candidate:
    east, north = one.middle[0] - first.middle[0], one.middle[1] - first.middle[1]
    return replace(one, shift=(east, north)) if one is not first and math.hypot(east, north) < FAR else one
