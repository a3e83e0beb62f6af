"""Where a file lies by what it says or a person says of it; a site's latitude is a hint that a person judges."""

from __future__ import annotations

from pathlib import Path

from twin.core.errors import NoCrs
from twin.core.i18n import mark
from twin.formats.crs import degrees_to
from twin.formats.placing import Placing, decide
from twin.formats.reader import Survey
from twin.formats.request import Request


def placing(path: Path, survey: Survey, request: Request) -> Placing:
    """How its coordinates come to the city; NoCrs where nothing and nobody says."""
    try:
        return decide(
            path,
            survey.crs,
            survey.bounds,
            city=request.city_crs,
            said=request.crs,
            local=request.local,
            height_unit=survey.height_unit,
        )
    except NoCrs:
        hint = _hint(path, survey, request)
        if hint is None:
            raise
        raise hint from None


def _hint(path: Path, survey: Survey, request: Request) -> NoCrs | None:
    """Where the file's site says that it is, for a person to judge."""
    if survey.site is None or survey.crs or request.crs:
        return None
    lon, lat = survey.site
    at = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"}
    to_city = degrees_to(request.city_crs) if request.city_crs else None
    if to_city is None:
        words = mark(
            "The file names no coordinate system. Its site says latitude {lat}, longitude {lon}: if that is right, "
            "first import a file that names its coordinate system, then place this one by hand "
            "(--crs local --place E,N)."
        )
        return NoCrs(words, path, **at)
    east, north = to_city(lon, lat)
    words = mark(
        "The file names no coordinate system. Its site says latitude {lat}, longitude {lon}: if that is right, "
        "place it there by hand (--crs local --place {east},{north})."
    )
    return NoCrs(words, path, **at, east=f"{east:.2f}", north=f"{north:.2f}")
