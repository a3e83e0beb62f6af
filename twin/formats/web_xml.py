"""XML that a server sends: read without entities, within bounds, by names without their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from twin.core.errors import CannotRead
from twin.core.i18n import mark

_LONGEST = 300
"""Letters of a complaint."""
_COMPLAINTS = ("serviceexceptionreport", "exceptionreport", "serviceexception", "exception")


def parse(data: bytes, url: str) -> Element:
    """The root of a document; CannotRead where it is none, or declares entities."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        # WMS 1.1.1 names a DTD, which is passed over: nothing of it is fetched.
        found: Element = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as why:
        raise CannotRead(
            mark("What the server sent declares XML entities, which may be a trap: it was not read."), url
        ) from why
    except (ParseError, ValueError, LookupError, RecursionError) as why:
        raise CannotRead(mark("What the server sent is no XML that can be read, or it broke off."), url) from why
    return found


def name(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def each(element: Element | None, wanted: str) -> Iterator[Element]:
    """Its children of a name."""
    for child in element if element is not None else ():
        if name(child).lower() == wanted.lower():
            yield child


def one(element: Element | None, *way: str) -> Element | None:
    """The first element on a way down; None where there is none."""
    for step in way:
        element = next(each(element, step), None)
    return element


def text(element: Element | None, *way: str) -> str:
    """What stands in the first element on a way down, on one line; empty where nothing does."""
    found = one(element, *way)
    return " ".join((found.text or "").split()) if found is not None else ""


def attribute(element: Element | None, wanted: str) -> str:
    """An attribute's value by its name without namespace; empty where it has none."""
    if element is None:
        return ""
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2].lower() == wanted), ""
    ).strip()


def number(said: Any) -> float | None:
    """A number that is one; None otherwise."""
    try:
        found = float(said)
    except (TypeError, ValueError):
        return None
    return found if abs(found) < 1e15 else None


def complaint(data: bytes) -> str:
    """What an OGC exception says, in the server's own words; empty where it is none."""
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return ""
    try:
        root = parse(data, "")
    except CannotRead:
        return ""
    if name(root).lower() not in _COMPLAINTS:
        return ""
    words = [attribute(one, "exceptioncode") or attribute(one, "code") for one in root.iter()]
    words += [" ".join((one.text or "").split()) for one in root.iter()]
    return ": ".join(dict.fromkeys(filter(None, words)))[:_LONGEST]
