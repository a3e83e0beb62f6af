"""WFS 1.0, 1.1 and 2.0: feature types, and their features page by page: GeoJSON where the server has it, else GML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from pyproj import CRS
from pyproj.exceptions import CRSError

from twin.core.errors import CannotRead, Refused
from twin.core.i18n import mark
from twin.formats import web_address, web_fetch, web_gml, web_items, web_pages, web_wms, web_xml
from twin.formats.crs import Box
from twin.formats.web_offers import Offered
from twin.formats.web_pages import Feature, Gathered, Tell

ROOT = "wfs_capabilities"
_TYPES = 20_000


@dataclass(frozen=True)
class FeatureType:
    """A kind of features that is offered."""

    name: str
    title: str
    crs: tuple[str, ...]
    """As the server writes them, its own first."""
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Capabilities:
    """What a WFS says of itself."""

    version: str
    title: str
    address: str
    types: tuple[FeatureType, ...]
    pages: bool
    """Whether it says that it gives features page by page."""

    @property
    def offers(self) -> tuple[Offered, ...]:
        """Its types by name."""
        return tuple(Offered(one.name, one.title) for one in self.types)


def question(url: str) -> str:
    """What its capabilities are asked by."""
    version = web_address.said(url, "version")
    asked = {"SERVICE": "WFS", "REQUEST": "GetCapabilities"}
    return web_address.asking(
        url, {**asked, **({"VERSION": version} if version else {"ACCEPTVERSIONS": "2.0.0,1.1.0"})}
    )


def read(root: Element, url: str) -> Capabilities:
    """A capabilities document that came from an address."""
    version = web_xml.attribute(root, "version") or "1.1.0"
    said = [
        one
        for one in web_xml.each(web_xml.one(root, "OperationsMetadata"), "Operation")
        if web_xml.attribute(one, "name") == "GetFeature"
    ]
    operation = said[0] if said else None
    old = web_xml.one(root, "Capability", "Request", "GetFeature")
    formats = tuple(dict.fromkeys([*_values(operation, "outputFormat"), *_tags(web_xml.one(old, "ResultFormat"))]))
    own = web_xml.attribute(web_xml.one(operation, "DCP", "HTTP", "Get"), "href")
    own = own or web_xml.attribute(web_xml.one(old, "DCPType", "HTTP", "Get"), "onlineresource")
    constraints = web_xml.each(web_xml.one(root, "OperationsMetadata"), "Constraint")
    pages = [web_xml.text(one, "DefaultValue") for one in constraints
             if web_xml.attribute(one, "name") == "ImplementsResultPaging"]  # fmt: skip
    types = [_type(one, formats) for one in web_xml.each(web_xml.one(root, "FeatureTypeList"), "FeatureType")]
    return Capabilities(
        version,
        web_xml.text(root, "ServiceIdentification", "Title") or web_xml.text(root, "Service", "Title"),
        web_wms.same_host(own, url),
        tuple(one for one in types if one.name)[:_TYPES],
        not (pages and pages[0].lower() == "false"),
    )


def gather(asked: Asked, made: Gathered, hosts: set[str], tell: Tell) -> int | None:
    """All features that are asked for; how many there are, where the server says so."""
    start, matched, paging = 0, None, asked.pages
    before: list[Feature] = []
    for _ in range(web_pages.PAGES):
        url = asked.url(start if paging else None)
        try:
            page, said = asked.page(web_fetch.get(url, hosts, web_pages.BOUNDS, asked.accept), made.path.parent)
        except Refused:
            if not paging or start:
                raise
            # Some can't count through a table without a key: then all is asked for at once.
            paging = False
            continue
        matched = said if matched is None else matched
        # Features without ids are known again by the whole page: a server that can't page sends the first one anew.
        new = made.add(page) if page != before else 0
        before = page
        tell(made.count, matched)
        start += len(page)
        several = len(page) <= web_pages.PAGE <= made.count
        short = made.count < matched if matched is not None else several
        if paging and page and not new and short:
            words = mark("{host} gives the same features again instead of the next ones: not all of them could be had.")
            raise CannotRead(words, url, host=web_fetch.host(url))
        # A short page may be the last, or all that this server gives at a time: the next one tells.
        if not paging or not new or (matched is not None and start >= matched):
            return matched
    raise web_pages.endless(asked.url(start))


class Asked:
    """How features of a type are asked for."""

    def __init__(self, found: Capabilities, kind: FeatureType, city: str | None, box: Box | None) -> None:
        self._found, self._kind, self._box = found, kind, box
        self.named, self.plane = _crs(kind, city, found.address)
        json = [one for one in kind.formats if "json" in one.lower() and "jsonp" not in one.lower()]
        self.format = next((one for one in json if one.lower() != "text/javascript"), None)
        self.accept = "application/json, */*;q=0.5" if self.format else "*/*"

    @property
    def pages(self) -> bool:
        """Whether the server gives features page by page."""
        return self._found.pages and not self._found.version.startswith("1.0")

    @property
    def crs(self) -> str | None:
        """What the features come in, as it is kept; None for degrees of WGS 84, east before north."""
        authority = self.plane.to_authority()
        if authority in (("EPSG", "4326"), ("OGC", "CRS84")):
            return None
        return ":".join(authority) if authority else self.plane.to_wkt()

    def url(self, start: int | None) -> str:
        """The address of a page; of all where ``start`` is None."""
        newer = self._found.version.startswith("2")
        asked = {
            "SERVICE": "WFS", "VERSION": self._found.version, "REQUEST": "GetFeature",
            "TYPENAMES" if newer else "TYPENAME": self._kind.name, "SRSNAME": self.named,
        }  # fmt: skip
        if start is not None:
            asked |= {"COUNT" if newer else "MAXFEATURES": str(web_pages.PAGE), "STARTINDEX": str(start)}
        if self.format:
            asked["OUTPUTFORMAT"] = self.format
        if self._box:
            asked["BBOX"] = self._bbox()
        return web_address.asking(self._found.address, asked)

    def page(self, answer: web_fetch.Answer, scratch: Path) -> tuple[list[Feature], int | None]:
        """The features of an answer, and how many there are in all where it says so."""
        said = web_xml.complaint(answer.body)
        if said:
            words = mark("{host} refuses it and says: {said}")
            raise Refused(words, answer.url, host=web_fetch.host(answer.url), said=said)
        web_items.checked(answer)
        if answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
            page, matched = web_gml.features(answer, scratch, self.plane)
        else:
            page, whole = web_pages.features(answer)
            matched = web_pages.total(whole)
        return [self._turned(one) for one in page], matched

    def _bbox(self) -> str:
        """In the CRS that is asked for, in its own order of axes where the server writes it as a URN or URI."""
        assert self._box is not None
        box = web_wms.moved(self._box, self.plane) or self._box
        west, south, east, north = (f"{side:.9g}" if self.plane.is_geographic else f"{side:.3f}" for side in box)
        turned = self._north_first
        sides = (south, west, north, east) if turned else (west, south, east, north)
        older = self._found.version.startswith("1.0")
        return ",".join([*sides, *([] if older else [self.named])])

    @property
    def _north_first(self) -> bool:
        """Whether coordinates come with north before east: as the CRS has it, where it is named in the long way."""
        long = self.named.lower().startswith(("urn:", "http://www.opengis.net/def/"))
        return long and self.plane.axis_info[0].direction == "north"

    def _turned(self, feature: Feature) -> Feature:
        """GeoJSON has east before north; some servers write it otherwise, which the box that was asked for tells."""
        geometry = feature.get("geometry")
        if not self._box or not self.plane.is_geographic or not isinstance(geometry, dict):
            return feature
        first = _first(geometry)
        if first is None or _within(first, self._box) or not _within((first[1], first[0]), self._box):
            return feature
        return {**feature, "geometry": _exchanged(geometry)}


def _type(element: Element, formats: tuple[str, ...]) -> FeatureType:
    names = [web_xml.text(element, way) for way in ("DefaultCRS", "DefaultSRS", "SRS")]
    names += [(one.text or "").strip() for way in ("OtherCRS", "OtherSRS") for one in web_xml.each(element, way)]
    own = [(one.text or "").strip() for one in web_xml.each(web_xml.one(element, "OutputFormats"), "Format")]
    return FeatureType(
        web_xml.text(element, "Name"),
        web_xml.text(element, "Title"),
        tuple(dict.fromkeys(filter(None, names))),
        tuple(dict.fromkeys([*own, *formats])),
    )


def _values(operation: Element | None, wanted: str) -> Iterator[str]:
    for parameter in web_xml.each(operation, "Parameter"):
        if web_xml.attribute(parameter, "name").lower() == wanted.lower():
            for place in (parameter, web_xml.one(parameter, "AllowedValues")):
                for value in web_xml.each(place, "Value"):
                    yield (value.text or "").strip()


def _tags(element: Element | None) -> list[str]:
    return [web_xml.name(one) for one in element] if element is not None else []


def _crs(kind: FeatureType, city: str | None, url: str) -> tuple[str, CRS]:
    """The CRS to ask for, as the server writes it: the city's, else its own."""
    found = []
    for said in kind.crs:
        try:
            found.append((said, CRS.from_user_input(said)))
        except CRSError:
            continue
    if not found:
        words = mark("The layer “{layer}” is given in no coordinate system that is known here: {crs}.")
        raise CannotRead(words, url, layer=kind.name, crs=", ".join(kind.crs[:12]) or "–")
    wanted = CRS.from_user_input(city) if city else None
    return next(
        (one for one in found if wanted is not None and one[1].equals(wanted, ignore_axis_order=True)), found[0]
    )


def _first(geometry: Any) -> tuple[float, float] | None:
    """The first place of a geometry."""
    found = geometry.get("coordinates")
    if found is None:
        parts = geometry.get("geometries")
        return _first(parts[0]) if isinstance(parts, list) and parts and isinstance(parts[0], dict) else None
    while isinstance(found, list) and found and isinstance(found[0], list):
        found = found[0]
    if not isinstance(found, list) or len(found) < 2 or not all(isinstance(one, int | float) for one in found[:2]):
        return None
    return float(found[0]), float(found[1])


def _within(place: tuple[float, float], box: Box) -> bool:
    wide, high = box[2] - box[0], box[3] - box[1]
    return box[0] - wide <= place[0] <= box[2] + wide and box[1] - high <= place[1] <= box[3] + high


def _exchanged(geometry: Any) -> Any:
    def turned(one: Any) -> Any:
        if isinstance(one, list) and one and not isinstance(one[0], list):
            return [one[1], one[0], *one[2:]] if len(one) > 1 else one
        return [turned(part) for part in one] if isinstance(one, list) else one

    if isinstance(geometry.get("geometries"), list):
        return {**geometry, "geometries": [_exchanged(one) for one in geometry["geometries"] if isinstance(one, dict)]}
    return {**geometry, "coordinates": turned(geometry.get("coordinates"))}
