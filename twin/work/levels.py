"""What a city's heights are measured from: the first of its layers that says so has the word."""

from __future__ import annotations

from twin.core.i18n import mark, tr
from twin.formats.request import Answer
from twin.store.city import City

_ELLIPSOID = mark(
    "Its heights are above the ellipsoid, those in the city above the sea: they may be tens of metres apart."
)
_SEA = mark("Its heights are above the sea, those in the city above the ellipsoid: they may be tens of metres apart.")


def crs(city: City) -> str | None:
    """The CRS, with heights, whose level the city has; None where no layer names one."""
    from twin.formats import vertical

    for layer in sorted(city.layers(), key=lambda one: one.version):
        text = layer.link.levels.city if layer.link and layer.link.levels else layer.source.crs
        if layer.heights != "unknown" and vertical.named(text) is not None:
            return text
    return None


def apart(city: City, taken: Answer) -> list[str]:
    """A warning where linked heights are above another level than those that are there, and nobody names both."""
    from twin.formats import vertical

    there = {layer.heights for layer in city.layers()} - {"unknown"}
    if taken.link is None or taken.heights == "unknown" or not there or taken.heights in there:
        return []
    if crs(city) and vertical.named(taken.source_crs) is not None:
        return []
    return [tr(_ELLIPSOID if taken.heights == "ellipsoidal" else _SEA)]
