"""WMTS 1.0.0: tiles on a grid that the server names, by path or by question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from pyproj import CRS
from pyproj.exceptions import CRSError

from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.formats import web_address, web_wms, web_xml
from twin.formats.crs import Box
from twin.formats.web_offers import Offered
from twin.model.service import Grid, Level, Service

_PIXEL = 0.00028
"""Metres of a pixel that scales are told for (OGC 07-057r7)."""
_DEGREE = 111319.49079327358
"""Metres of a degree, as that document has it."""
_FORMATS = ("image/png", "image/jpeg", "image/jpg", "image/webp", "image/png8")


@dataclass(frozen=True)
class WmtsLayer:
    """A layer, and where its tiles are."""

    name: str
    title: str
    style: str
    formats: tuple[str, ...]
    sets: tuple[str, ...]
    template: str
    box: Box | None
    """Degrees."""


@dataclass(frozen=True)
class Capabilities:
    """What a WMTS says of itself."""

    title: str
    attribution: str
    address: str
    """Where tiles are asked for by question; empty where it has no such way."""
    layers: tuple[WmtsLayer, ...]
    grids: dict[str, Grid]

    @property
    def offers(self) -> tuple[Offered, ...]:
        """Its layers by name."""
        return tuple(Offered(one.name, one.title) for one in self.layers)


def question(url: str) -> str:
    """What its capabilities are asked by; a document's own address is asked as it is."""
    if web_address.bare(url).lower().endswith(".xml"):
        return url
    return web_address.asking(url, {"SERVICE": "WMTS", "REQUEST": "GetCapabilities", "VERSION": "1.0.0"})


def read(root: Element, url: str) -> Capabilities:
    """A capabilities document that came from an address."""
    contents = web_xml.one(root, "Contents")
    own = next(iter(_ways(root)), "")
    return Capabilities(
        web_xml.text(root, "ServiceIdentification", "Title"),
        web_xml.text(root, "ServiceProvider", "ProviderName"),
        web_wms.same_host(own, url) if own or not any(web_xml.each(contents, "ResourceURL")) else "",
        tuple(_layers(contents)),
        {name: grid for element in web_xml.each(contents, "TileMatrixSet") for name, grid in _grid(element)},
    )


def service(found: Capabilities, layer: WmtsLayer, city: str | None, url: str) -> Service:
    """How one of its layers is asked for: on the city's own grid where it has one, else on the web's."""
    sets = [(name, found.grids[name]) for name in layer.sets if name in found.grids]
    if not sets:
        words = mark("The layer “{layer}” is given on no grid that is known here: {sets}.")
        raise CannotRead(words, url, layer=layer.name, sets=", ".join(layer.sets[:12]) or "–")
    wanted = [one for one in (city, "EPSG:3857") if one]
    name, grid = min(sets, key=lambda one: wanted.index(one[1].crs) if one[1].crs in wanted else len(wanted))
    kind = next((one for one in _FORMATS if one in layer.formats), "image/png")
    values = {"Style": layer.style, "TileMatrixSet": name, "TileMatrix": "{z}", "TileRow": "{y}", "TileCol": "{x}"}
    if layer.template:
        template = layer.template
        for hole, value in {**values, "style": layer.style}.items():
            template = template.replace(f"{{{hole}}}", value)
        template = on_host(template, url)
    else:
        asked = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": layer.name, "FORMAT": kind}
        address = web_address.asking(found.address or url, {**asked, "STYLE": layer.style, "TILEMATRIXSET": name})
        template = f"{address}&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}"
    bounds = web_wms.moved(layer.box, CRS.from_user_input(grid.crs)) if layer.box else None
    return Service(kind="wmts", template=template, grid=grid, bounds=bounds)


def on_host(template: str, url: str) -> str:
    """A template on the host that a person named; CannotRead where it leads to another."""
    filled = template.replace("{", "").replace("}", "")
    if web_wms.same_host(filled, url) == filled:
        return template
    words = mark("Its tiles are on another server, {other}. Balad asks only the server that you name: name that one.")
    raise CannotRead(words, url, other=filled.split("/")[2] if filled.count("/") > 2 else filled[:80])


def _ways(root: Element) -> Iterator[str]:
    for operation in web_xml.each(web_xml.one(root, "OperationsMetadata"), "Operation"):
        if web_xml.attribute(operation, "name") == "GetTile":
            for way in web_xml.each(web_xml.one(operation, "DCP", "HTTP"), "Get"):
                coding = web_xml.text(way, "Constraint", "AllowedValues", "Value")
                if coding.upper() in ("", "KVP"):
                    yield web_xml.attribute(way, "href")


def _layers(contents: Element | None) -> Iterator[WmtsLayer]:
    for element in web_xml.each(contents, "Layer"):
        styles = list(web_xml.each(element, "Style"))
        style = next(
            (one for one in styles if web_xml.attribute(one, "isdefault") == "true"), styles[0] if styles else None
        )
        templates = [
            web_xml.attribute(one, "template")
            for one in web_xml.each(element, "ResourceURL")
            if web_xml.attribute(one, "resourcetype") == "tile" and web_xml.attribute(one, "format") in _FORMATS
        ]
        box = web_xml.one(element, "WGS84BoundingBox")
        corners = [web_xml.text(box, end).split() for end in ("LowerCorner", "UpperCorner")]
        yield WmtsLayer(
            web_xml.text(element, "Identifier"),
            web_xml.text(element, "Title"),
            web_xml.text(style, "Identifier"),
            tuple((one.text or "").strip() for one in web_xml.each(element, "Format")),
            tuple(web_xml.text(one, "TileMatrixSet") for one in web_xml.each(element, "TileMatrixSetLink")),
            templates[0] if templates else "",
            _box([web_xml.number(one) for corner in corners for one in corner]),
        )


def _box(numbers: list[Any]) -> Box | None:
    if len(numbers) != 4 or any(one is None for one in numbers):
        return None
    west, south, east, north = numbers
    return (west, south, east, north) if west < east and south < north else None


def _grid(element: Element) -> Iterator[tuple[str, Grid]]:
    """A set of matrices as a grid; none where its CRS is unknown or its numbers are none."""
    said = web_xml.text(element, "SupportedCRS")
    try:
        plane = CRS.from_user_input(web_wms.known(_short(said)))
    except CRSError:
        return
    # A place is told in the CRS's own order of axes; CRS84 has its longitude first.
    north_first = plane.axis_info[0].direction == "north"
    unit = _DEGREE if plane.is_geographic else float(plane.axis_info[0].unit_conversion_factor or 1.0)
    levels = []
    for matrix in web_xml.each(element, "TileMatrix"):
        numbers = [
            web_xml.number(web_xml.text(matrix, end))
            for end in ("ScaleDenominator", "TileWidth", "TileHeight", "MatrixWidth", "MatrixHeight")
        ]
        corner = [web_xml.number(one) for one in web_xml.text(matrix, "TopLeftCorner").split()]
        if len(corner) != 2 or any(one is None or one <= 0 for one in numbers) or None in corner:
            return
        scale, across, down, wide, high = (float(one or 0) for one in numbers)
        first, second = (float(one or 0) for one in corner)
        west, north = (second, first) if north_first else (first, second)
        levels.append(
            Level(
                name=web_xml.text(matrix, "Identifier"), cell=scale * _PIXEL / unit, west=west, north=north,
                wide=int(wide), high=int(high), across=int(across), down=int(down),
            )
        )  # fmt: skip
    if levels and all(16 <= one.across <= 4096 and 16 <= one.down <= 4096 for one in levels):
        levels.sort(key=lambda one: -one.cell)
        yield web_xml.text(element, "Identifier"), Grid(crs=_named(plane, said), levels=tuple(levels))


def _short(said: str) -> str:
    """``urn:ogc:def:crs:EPSG::3857`` as ``EPSG:3857``."""
    parts = said.replace("http://www.opengis.net/def/crs/", "urn:ogc:def:crs:").replace("/", ":").split(":")
    return f"{parts[-3]}:{parts[-1]}" if said.lower().startswith(("urn:", "http://www.opengis.net")) else said


def _named(plane: CRS, said: str) -> str:
    authority = plane.to_authority()
    return ":".join(authority) if authority else _short(said)
