"""What a service offers, and what is asked of it; both cross between processes as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from twin.core.errors import Refused
from twin.core.i18n import isolate, mark
from twin.formats.crs import Box

Kind = Literal["wms", "wmts", "wfs", "features", "xyz"]
NAMES: dict[str, str] = {
    "wms": "WMS", "wmts": "WMTS", "wfs": "WFS", "features": "OGC API Features", "xyz": "XYZ",
}  # fmt: skip
_SHOWN = 40


@dataclass(frozen=True)
class Offered:
    """One of its layers."""

    name: str
    title: str = ""


@dataclass(frozen=True)
class Offers:
    """All of its layers that can be had."""

    kind: Kind
    title: str
    layers: tuple[Offered, ...]


class ServiceRequest(BaseModel):
    """A layer to be taken from a service."""

    url: str
    scratch: str
    kind: Kind | None = None
    layer: str | None = None
    """One of the service's; None where it has one only."""
    id: str | None = None
    """The layer's in the city."""
    attribution: str | None = None
    city_crs: str | None = None
    taken: tuple[str, ...] = ()
    extent: Box | None = None
    """The city's, in its CRS."""


def chosen(layers: Sequence[Offered], wanted: str | None, url: str) -> str:
    """The layer that is meant: the one that is named, or the only one; Refused with all of them otherwise."""
    names = [one.name for one in layers]
    if not names:
        raise Refused(mark("It offers no layers."), url)
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    ends = [name for name in names if wanted and name.rpartition(":")[2] == wanted]
    if len(ends) == 1:
        return ends[0]
    listed = "\n".join(f"  {isolate(one.name)}  {one.title}".rstrip() for one in layers[:_SHOWN])
    more = "\n  …" if len(layers) > _SHOWN else ""
    if wanted is None:
        words = mark("It offers several layers. Say which one (--layer NAME):\n{layers}")
        raise Refused(words, url, layers=listed + more)
    words = mark("It offers no layer “{layer}”. It has:\n{layers}")
    raise Refused(words, url, layer=wanted, layers=listed + more)
