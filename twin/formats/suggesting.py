"""Where a file may lie that doesn't say it: its outlines and the CRSs that fit the city, found in a child process."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from twin.core.i18n import isolate, mark, tr
from twin.formats import at_hand, candidates, outlines, registry
from twin.formats.candidates import NEAR, Candidate
from twin.formats.crs import Box
from twin.formats.outlines import Outlines
from twin.formats.placing import FAR
from twin.formats.reader import Report
from twin.formats.request import Request
from twin.model.operation import metres

_WINDS = (
    mark("{distance} to the east of {first}"), mark("{distance} to the north-east of {first}"),
    mark("{distance} to the north of {first}"), mark("{distance} to the north-west of {first}"),
    mark("{distance} to the west of {first}"), mark("{distance} to the south-west of {first}"),
    mark("{distance} to the south of {first}"), mark("{distance} to the south-east of {first}"),
)  # fmt: skip
_LEAST = 0.05
"""Metres below which two readings are one."""


@dataclass(frozen=True)
class Suggestions:
    """What a person may choose from; nothing is chosen by itself."""

    seen: Outlines
    listed: list[Candidate]
    plane: str
    """The CRS that readings are compared and drawn in."""
    extent: Box | None
    """The city's, in that CRS; None where there is none."""

    def lines(self) -> Iterator[str]:
        """As a terminal prints them: what to say, and what would come of it."""
        if self.listed and self.extent:
            yield tr("By what there is in the city, it may be:")
        elif self.listed:
            yield tr("By its numbers, it may be:")
        for one in self.listed:
            flag = " --swap-axes" if one.swapped else ""
            yield f"  {isolate(f'--crs {one.crs}{flag}')}  {isolate(one.name)}: {'; '.join(self.words(one))}"

    def printed(self) -> object:
        """As ``--json`` prints them."""
        return [
            {
                "crs": one.crs,
                "name": one.name,
                "swapped": one.swapped,
                "distance": one.distance,
                "shift": one.shift,
                "accuracy": one.operation.accuracy,
                "lonlat": one.lonlat,
            }
            for one in self.listed
        ]

    def where(self, one: Candidate) -> Iterator[str]:
        """Where a reading puts the file, and how far that is from the first one's."""
        yield place(one)
        if one.shift is not None:
            yield shift(one, self.listed[0].crs)

    def words(self, one: Candidate) -> Iterator[str]:
        """The same, and how exact it is."""
        yield from self.where(one)
        if one.distance is not None and one.distance < FAR:
            yield one.operation.exactness


def place(one: Candidate) -> str:
    """Where a reading puts the middle of the file."""
    if one.distance is None:
        lon, lat = one.lonlat
        sides = ("N" if lat >= 0 else "S", "E" if lon >= 0 else "W")
        return isolate(f"{abs(lat):.4f}° {sides[0]}, {abs(lon):.4f}° {sides[1]}")
    if one.distance == 0:
        return tr("in the city")
    if one.distance <= NEAR:
        return tr("{distance} beside the city", distance=metres(one.distance))
    return tr("{distance} away from the city", distance=metres(one.distance))


def shift(one: Candidate, first: str) -> str:
    """How far, and to which side, a reading lies of the first one's."""
    east, north = one.shift or (0.0, 0.0)
    distance = math.hypot(east, north)
    if distance < _LEAST:
        return tr("the same place as {first}", first=isolate(first))
    wind = round(math.atan2(north, east) / (math.pi / 4)) % 8
    return tr(_WINDS[wind], distance=metres(distance), first=isolate(first))


def suggest(request: Request, progress: Report = lambda *_: None) -> Suggestions | None:
    """Read a file's outlines, and rank what they may be in; None where no CRS gives them a place."""
    progress(0.0, tr("Looking where it could lie…"))
    with at_hand.opened(request) as found_at:
        chosen, path = registry.found(found_at)
        seen = outlines.of(chosen, path)
    plane = candidates.plane_of(seen, request.city_crs)
    if plane is None:
        return None
    return Suggestions(seen, candidates.ranked(seen, request.city_crs, request.extent), plane, request.extent)
