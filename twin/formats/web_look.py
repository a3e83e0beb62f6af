"""Which service an address is of, and what that offers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from twin.core.errors import CannotRead, Refused, TwinError, Unreachable
from twin.core.i18n import mark
from twin.formats import (
    web_address,
    web_fetch,
    web_items,
    web_template,
    web_wfs,
    web_wms,
    web_wmts,
    web_xml,
    web_xyz,
)
from twin.formats.reader import Report
from twin.formats.web_offers import NAMES, Kind, Offered, Offers

BOUNDS = web_fetch.Bounds(seconds=40.0, size=32 << 20, wait=20.0)
"""Of a capabilities document: large servers take their time."""
_ACCEPT = "application/json, text/xml, application/xml, */*;q=0.1"
_UNCLEAR = mark(
    "It isn’t clear which service this is: neither WMS, WMTS, WFS nor OGC API Features answers there. Check the "
    "address, or say which it is (--kind wms|wmts|wfs|features|xyz)."
)
_NO_DOCUMENT = mark("No {kind} answers there. Check the address, or say another kind.")

Document = web_wms.Capabilities | web_wmts.Capabilities | web_wfs.Capabilities | web_items.Catalogue | web_xyz.Tiles


@dataclass(frozen=True)
class Found:
    """A service, and its document."""

    kind: Kind
    document: Document
    url: str

    @property
    def layers(self) -> tuple[Offered, ...]:
        """What it offers."""
        return self.document.offers


def offers(url: str, kind: Kind | None, _progress: Report) -> Offers:
    """What a service offers: what a dialog lists."""
    found = look(url, kind)
    return Offers(found.kind, found.document.title, found.layers)


def look(url: str, kind: Kind | None = None) -> Found:
    """The service behind an address, of a kind where a person says one."""
    url = url.strip()
    if web_template.is_one(url):
        if kind not in (None, "xyz"):
            raise Refused(mark("An address with {z} and {x} in it is of XYZ tiles."), url, z="{z}", x="{x}")
        return Found("xyz", web_xyz.of_template(url), url)
    hosts = {web_fetch.host(url)}
    said = web_address.said(url, "service").lower()
    wanted: Kind | None = kind or (said if said in ("wms", "wmts", "wfs") else None)  # type: ignore[assignment]
    if wanted in _ASKED:
        return _asked(url, wanted, hosts)
    answer = web_fetch.get(url, hosts, BOUNDS, _ACCEPT)
    found = _document(answer, url, hosts) if answer.status == 200 else None
    if found and kind in (None, found.kind):
        return found
    if kind:
        if answer.status != 200:
            web_items.checked(answer)
        raise CannotRead(_NO_DOCUMENT, url, kind=NAMES[kind])
    for one in ("wms", "wfs", "wmts"):
        try:
            return _asked(url, one, hosts)
        except Unreachable:
            raise
        except TwinError:
            continue
    raise CannotRead(_UNCLEAR, url)


def _asked(url: str, kind: Any, hosts: set[str]) -> Found:
    answer = web_fetch.get(_ASKED[kind](url), hosts, BOUNDS, "text/xml, application/xml, */*;q=0.1")
    said = web_xml.complaint(answer.body)
    if said:
        words = mark("{host} refuses it and says: {said}")
        raise Refused(words, answer.url, host=web_fetch.host(answer.url), said=said)
    web_items.checked(answer)
    found = _document(answer, url, hosts)
    if found is None or found.kind != kind:
        raise CannotRead(_NO_DOCUMENT, url, kind=NAMES[kind])
    return found


_ASKED: dict[Any, Callable[[str], str]] = {
    "wms": web_wms.question, "wmts": web_wmts.question, "wfs": web_wfs.question,
}  # fmt: skip


def _document(answer: web_fetch.Answer, url: str, hosts: set[str]) -> Found | None:
    """What a document is of; None where it is none of ours. ``url`` is the address that a person gave."""
    start = answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if start == b"{":
        return next(_of_json(answer, hosts), None)
    if start != b"<" or b"<html" in answer.body[:2000].lower():
        return None
    return next(_of_xml(answer, url), None)


def _of_xml(answer: web_fetch.Answer, url: str) -> Iterator[Found]:
    root = web_xml.parse(answer.body, url)
    name = web_xml.name(root).lower()
    if name in web_wms.ROOTS:
        yield Found("wms", web_wms.read(root, url), url)
    elif name == web_wfs.ROOT:
        yield Found("wfs", web_wfs.read(root, url), url)
    elif name == "capabilities" and web_xml.one(root, "Contents") is not None:
        yield Found("wmts", web_wmts.read(root, url), url)


def _of_json(answer: web_fetch.Answer, hosts: set[str]) -> Iterator[Found]:
    try:
        found, url = json.loads(answer.body), answer.url
    except (ValueError, RecursionError):
        return
    if isinstance(found.get("tiles"), list) and found["tiles"]:
        yield Found("xyz", web_xyz.of_document(found, url), url)
        return
    catalogue = web_items.read(found, url, hosts)
    if catalogue:
        yield Found("features", catalogue, url)
