"""Coordinate systems: which one is meant, whether a city can be kept in it, and which one fits where it can't."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from pyproj import CRS, Transformer, network
from pyproj.exceptions import CRSError, ProjError

from twin.core.errors import NoCrs
from twin.core.i18n import mark
from twin.model.layer import Heights

network.set_network_enabled(False)  # type: ignore[attr-defined]

Box = tuple[float, float, float, float]
"""West, south, east, north."""

SCALE_BOUND = 0.001
"""How far from 1 a city's scale may be: 1 m in a kilometre."""
_STEP = 100.0
_KSA_GRF17 = "Kingdom of Saudi Arabia Geodetic Reference Frame 2017"
_KSA_UTM = {zone: 9320 + zone for zone in range(36, 41)}
"""EPSG:9356 to 9360, KSA-GRF17 / UTM zones 36N to 40N."""


def known(text: str | None, path: str | Path | None) -> CRS:
    """The CRS that a file or a person names; NoCrs where it is missing, unknown or no place on earth."""
    if not text:
        raise NoCrs(
            "The file names no coordinate system. Say which (--crs EPSG:n), or place it by hand "
            "(--crs local --place E,N).",
            path,
        )
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        crs = None
    if crs is None or not _mapped(horizontal(crs)):
        words = mark("“{crs}” is no coordinate system that Balad knows. Say which it is (--crs EPSG:n).")
        raise NoCrs(words, path, crs=(text if crs is None else crs.name)[:120])
    return crs


def _mapped(plane: CRS) -> bool:
    return (plane.is_geographic or plane.is_projected) and not plane.name.lower().startswith("undefined")


def horizontal(crs: CRS) -> CRS:
    """The part of a CRS that says where on the map: without heights."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    bound = crs.source_crs if crs.is_bound else None
    if len((bound or crs).axis_info) == 3 and not (bound or crs).is_geocentric:
        return (bound or crs).to_2d()
    return crs


def degrees(text: str) -> Callable[[float, float], tuple[float, float]] | None:
    """From a CRS's easting and northing to longitude and latitude in WGS 84, in degrees; None where none is known."""
    try:
        turn = Transformer.from_crs(horizontal(known(text, None)), "EPSG:4326", always_xy=True)
    except (NoCrs, ProjError):
        return None
    return turn.transform


def degrees_to(text: str) -> Callable[[float, float], tuple[float, float]] | None:
    """From longitude and latitude in WGS 84 to a CRS's easting and northing; None where no way is known."""
    try:
        turn = Transformer.from_crs("EPSG:4326", horizontal(known(text, None)), always_xy=True)
    except (NoCrs, ProjError):
        return None
    return turn.transform


def short(crs: CRS) -> str:
    """``EPSG:n`` where the authority knows it, WKT otherwise."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()


def titled(crs: CRS) -> str:
    """As a person reads it: its code and name."""
    authority = crs.to_authority()
    return f"{':'.join(authority)} ({crs.name})" if authority else crs.name


def heights(crs: CRS) -> Heights:
    """What the third coordinate is measured from."""
    if crs.is_compound:
        vertical = crs.sub_crs_list[-1]
        return "ellipsoidal" if "ellips" in vertical.name.lower() else "orthometric"
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    return "ellipsoidal" if len(crs.axis_info) == 3 else "unknown"


def height_unit(crs: CRS) -> float:
    """What the third coordinate is multiplied by to be metres upwards."""
    axes = crs.sub_crs_list[-1].axis_info if crs.is_compound else crs.axis_info[2:3]
    if not axes or not (crs.is_compound or len(crs.axis_info) == 3):
        return 1.0
    return float(axes[0].unit_conversion_factor or 1.0) * (-1.0 if axes[0].direction == "down" else 1.0)


def metric(crs: CRS) -> bool:
    """Whether its first coordinate is metres to the east and its second metres to the north."""
    axes = crs.axis_info[:2]
    return (
        crs.is_projected
        and {axis.direction for axis in axes} == {"east", "north"}
        and all(math.isclose(axis.unit_conversion_factor, 1.0) for axis in axes)
    )


def centre(crs: CRS, bounds: Box) -> tuple[float, float]:
    """Longitude and latitude (WGS 84) of a box's centre."""
    to_earth = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    lon, lat = to_earth.transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return float(lon), float(lat)


def scale(crs: CRS, bounds: Box) -> float:
    """The scale of a metric CRS at a box's centre, in the worst direction; NaN where it has no place there.

    Measured along geodesics in three directions, which give Tissot's ellipse: PROJ's own factors take Web Mercator's
    sphere for the earth and find 1 at the equator, and two directions alone miss the shear of an equal-area grid.
    """
    geod, base = crs.get_geod(), crs.geodetic_crs
    if geod is None or base is None:
        return math.nan
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    step = _STEP / math.sqrt(2)
    try:
        to_base = Transformer.from_crs(crs, base, always_xy=True)
        lons, lats = to_base.transform([x, x + _STEP, x, x + step], [y, y, y + _STEP, y + step], errcheck=True)
    except ProjError:
        return math.nan
    ways = [float(geod.inv(lons[0], lats[0], lons[end], lats[end])[2]) / _STEP for end in (1, 2, 3)]
    east, north, both = (way * way for way in ways)
    shear = both - (east + north) / 2
    spread = math.hypot((east - north) / 2, shear)
    scales = [
        1 / math.sqrt(found) if found > 0 else math.nan for found in ((east + north) / 2 + s for s in (spread, -spread))
    ]
    return max(scales, key=lambda found: abs(found - 1))


def fitting(crs: CRS, bounds: Box) -> CRS:
    """The UTM zone of a box's centre: on KSA-GRF17 where the data is, on WGS 84 otherwise; UPS at the poles."""
    lon, lat = centre(crs, bounds)
    zone = min(60, max(1, int((lon + 180) // 6) + 1))
    if not -80 <= lat <= 84:
        return CRS.from_epsg(5041 if lat > 0 else 5042)
    if zone in _KSA_UTM and crs.datum is not None and crs.datum.name == _KSA_GRF17:
        return CRS.from_epsg(_KSA_UTM[zone])
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)
