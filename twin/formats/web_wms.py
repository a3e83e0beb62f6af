"""WMS 1.1.1 and 1.3.0: pictures of any box, asked for as tiles of a grid of our own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.formats import web_address, web_fetch, web_xml
from twin.formats.crs import Box
from twin.formats.web_offers import Offered
from twin.model.service import Grid, Level, Service

ROOTS = ("wms_capabilities", "wmt_ms_capabilities")
_FORMATS = ("image/png", "image/png8", "image/jpeg", "image/jpg", "image/webp")
_SIDE = 512
"""Pixels of a tile: few questions, and few labels cut at their edges."""
_METRES = tuple(2.0**power for power in range(14, -6, -1))
_DEGREES = tuple(360 / 4096 / 2**level for level in range(20))
"""Sides of pixels, the coarsest first."""
_LAYERS, _DEPTH = 20_000, 20


@dataclass(frozen=True)
class WmsLayer:
    """A layer with all that it inherits."""

    name: str
    title: str
    crs: tuple[str, ...]
    box: Box | None
    """Degrees."""
    attribution: str
    style: str


@dataclass(frozen=True)
class Capabilities:
    """What a WMS says of itself."""

    version: str
    title: str
    address: str
    """Where its maps are asked for."""
    formats: tuple[str, ...]
    side: int
    """Pixels of a tile."""
    layers: tuple[WmsLayer, ...]

    @property
    def offers(self) -> tuple[Offered, ...]:
        """Its layers by name."""
        return tuple(Offered(one.name, one.title) for one in self.layers)


def question(url: str) -> str:
    """What its capabilities are asked by."""
    version = web_address.said(url, "version")
    return web_address.asking(
        url, {"SERVICE": "WMS", "REQUEST": "GetCapabilities", **({"VERSION": version} if version else {})}
    )


def read(root: Element, url: str) -> Capabilities:
    """A capabilities document that came from an address."""
    version = "1.3.0" if web_xml.name(root).lower() == ROOTS[0] else "1.1.1"
    said = web_xml.one(root, "Capability", "Request", "GetMap")
    formats = tuple(" ".join((one.text or "").split()) for one in web_xml.each(said, "Format"))
    own = web_xml.attribute(web_xml.one(said, "DCPType", "HTTP", "Get", "OnlineResource"), "href")
    sides = [web_xml.number(web_xml.text(root, "Service", end)) for end in ("MaxWidth", "MaxHeight")]
    found = tuple(_layers(web_xml.one(root, "Capability"), _Inherited(), 0))
    return Capabilities(
        version,
        web_xml.text(root, "Service", "Title"),
        same_host(own, url),
        formats,
        int(min([_SIDE, *(one for one in sides if one and one >= 16)])),
        found[:_LAYERS],
    )


def same_host(own: str, url: str) -> str:
    """The address that a document names, where that is on the host that a person named; else theirs."""
    try:
        return own if own and web_fetch.host(own) == web_fetch.host(url) else url
    except CannotRead:
        return url
    except Exception:  # noqa: BLE001  what a server writes there may be anything
        return url


def service(found: Capabilities, layer: WmsLayer, city: str | None, url: str) -> Service:
    """How one of its layers is asked for: in the city's CRS where it has that, so that nothing is warped."""
    crs, plane = _crs(layer, city, url)
    kind = next((one for one in _FORMATS if one in found.formats), None)
    if kind is None:
        words = mark("It gives its maps as {formats}; PNG, JPEG or WebP can be read.")
        raise CannotRead(words, url, formats=", ".join(found.formats[:8]) or "–")
    newer = found.version == "1.3.0"
    north_first = newer and crs.upper().startswith("EPSG") and plane.axis_info[0].direction == "north"
    questions = {
        "SERVICE": "WMS", "VERSION": found.version, "REQUEST": "GetMap", "LAYERS": layer.name, "STYLES": layer.style,
        "CRS" if newer else "SRS": crs, "WIDTH": str(found.side), "HEIGHT": str(found.side), "FORMAT": kind,
        "TRANSPARENT": "FALSE" if kind in ("image/jpeg", "image/jpg") else "TRUE",
    }  # fmt: skip
    address = web_address.asking(found.address, questions).replace("{", "%7B").replace("}", "%7D")
    cells = _DEGREES if plane.is_geographic else _METRES
    west, north = (-180.0, 90.0) if plane.is_geographic else (0.0, 0.0)
    levels = tuple(
        Level(name=str(place), cell=size, west=west, north=north, across=found.side, down=found.side)
        for place, size in enumerate(cells)
    )
    return Service(
        kind="wms",
        template=f"{address}&BBOX={'{bbox:yx}' if north_first else '{bbox}'}",
        grid=Grid(crs=known(crs), levels=levels),
        bounds=moved(layer.box, plane) if layer.box else None,
    )


def known(crs: str) -> str:
    """A server's name of a CRS as pyproj knows it."""
    return {"CRS:84": "OGC:CRS84", "CRS:83": "OGC:CRS83", "CRS:27": "OGC:CRS27", "EPSG:900913": "EPSG:3857"}.get(
        crs.upper(), crs
    )


def moved(box: Box, plane: CRS) -> Box | None:
    """A box of degrees in another CRS; None where it has no place there."""
    if plane.is_geographic:
        return box
    south, north = max(box[1], -85.06), min(box[3], 85.06)
    try:
        found = Transformer.from_crs("OGC:CRS84", plane, always_xy=True).transform_bounds(box[0], south, box[2], north)
    except ProjError:
        return None
    sure = all(map(math.isfinite, found)) and found[0] < found[2] and found[1] < found[3]
    return (found[0], found[1], found[2], found[3]) if sure else None


def _crs(layer: WmsLayer, city: str | None, url: str) -> tuple[str, CRS]:
    usual = ("EPSG:3857", "EPSG:900913", "CRS:84", "EPSG:4326")
    for wanted in (*filter(None, [city]), *usual, *layer.crs):
        if wanted.upper() in (one.upper() for one in layer.crs):
            try:
                plane = CRS.from_user_input(known(wanted))
            except CRSError:
                continue
            if plane.is_projected or plane.is_geographic:
                return wanted, plane
    words = mark("The layer “{layer}” is given in no coordinate system that is known here: {crs}.")
    raise CannotRead(words, url, layer=layer.name, crs=", ".join(layer.crs[:12]) or "–")


@dataclass(frozen=True)
class _Inherited:
    """What a layer has from those above it."""

    crs: tuple[str, ...] = ()
    box: Box | None = None
    attribution: str = ""


def _layers(above: Element | None, had: _Inherited, depth: int) -> Iterator[WmsLayer]:
    if depth > _DEPTH:
        return
    for element in web_xml.each(above, "Layer"):
        names = [*web_xml.each(element, "CRS"), *web_xml.each(element, "SRS")]
        crs = (*had.crs, *(one for name in names for one in (name.text or "").split()))
        attribution = web_xml.text(element, "Attribution", "Title") or had.attribution
        mine = _Inherited(tuple(dict.fromkeys(crs)), _box(element) or had.box, attribution)
        named = web_xml.text(element, "Name")
        if named:
            title = web_xml.text(element, "Title")
            style = web_xml.text(element, "Style", "Name")
            yield WmsLayer(named, title, mine.crs, mine.box, attribution, style if style.lower() != "default" else "")
        yield from _layers(element, mine, depth + 1)


def _box(element: Element) -> Box | None:
    newer, older = web_xml.one(element, "EX_GeographicBoundingBox"), web_xml.one(element, "LatLonBoundingBox")
    ends = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    said = [web_xml.text(newer, end) for end in ends] if newer is not None else []
    if older is not None and not said:
        said = [web_xml.attribute(older, end) for end in ("minx", "miny", "maxx", "maxy")]
    numbers = [web_xml.number(one) for one in said]
    if len(numbers) != 4 or any(one is None for one in numbers):
        return None
    west, south, east, north = (float(one or 0.0) for one in numbers)
    return (west, south, east, north) if west < east and south < north else None
