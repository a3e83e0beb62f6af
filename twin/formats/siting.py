"""Where a file lies by what it says or a person says of it; a site's latitude is a hint that a person judges.

A person may also say that each place's two coordinates stand exchanged: they are put in order before all else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twin.core.errors import NoCrs
from twin.core.i18n import mark, tr
from twin.formats.crs import Box, degrees_to
from twin.formats.placing import Coordinates, Place, Placing, decide
from twin.formats.reader import Survey
from twin.formats.request import Request


def placing(path: Path, survey: Survey, request: Request) -> Placing:
    """How its coordinates come to the city; NoCrs where nothing and nobody says."""
    try:
        found = decide(
            path,
            survey.crs,
            exchanged(survey.bounds) if request.swapped else survey.bounds,
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
    return _turned(found) if request.swapped else found


def exchanged(bounds: Box | None) -> Box | None:
    """A box with its two axes exchanged."""
    return None if bounds is None else (bounds[1], bounds[0], bounds[3], bounds[2])


def in_order(place: Place) -> Place:
    """A way to place coordinates whose first two stand exchanged."""

    def placed(xyz: Coordinates) -> Coordinates:
        return place(xyz[:, [1, 0, 2]])

    return placed


def _turned(found: Placing) -> Placing:
    notes = [tr("Each place’s two coordinates were exchanged, as you said."), *found.notes]
    return replace(found, place=in_order(found.place), same=False, notes=notes)


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
