"""What a CityGML feature says in words and numbers: its own attributes, generic ones with their types, addresses."""

from __future__ import annotations

import math
from typing import Any
from xml.etree.ElementTree import Element

from twin.formats.citygml_names import INTEGERS, LISTS, METRES, metres
from twin.formats.citygml_stream import CITYGML, GML, local

Value = str | int | float | bool | dict[str, Any] | list[Any]
_GENERIC = {"stringAttribute": str, "intAttribute": int, "doubleAttribute": float, "dateAttribute": str,
            "uriAttribute": str, "codeAttribute": str}  # fmt: skip
_SKIPPED = frozenset({"boundedBy", "lod", "tin", "extent", "metaDataProperty", "featureID"})


class Attributes:
    """The attributes of one feature, as they are met."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.addresses: list[dict[str, Any]] = []

    def take(self, member: Element) -> bool:
        """Whether a property is an attribute, and is taken."""
        name = local(member.tag)
        if name in _SKIPPED:
            return True
        if name == "genericAttribute" and len(member):
            member = member[0]
            name = local(member.tag)[:1].lower() + local(member.tag)[1:]
        if name in _GENERIC or name in ("measureAttribute", "genericAttributeSet"):
            self._generic(member, name)
        elif name == "externalReference":
            self._add("externalReferences", [_reference(member)])
        elif name == "height" and len(member):
            self._height(member)
        elif len(member) == 0:
            self._plain(member, name)
        else:
            return False
        return True

    def _plain(self, member: Element, name: str) -> None:
        text = (member.text or "").strip()
        if not text or (name == "name" and "name" in self.found):
            return
        uom = member.get("uom")
        if name in INTEGERS:
            number = _number(text[:4] if name.startswith("year") else text)
            self._add(name, text if number is None or number % 1 else int(number))
        elif name in METRES:
            number = _number(text)
            self._add(name, text if number is None else number * metres(uom or "m"))
        elif name in LISTS:
            heights = [_number(one) for one in text.split()]
            self.found[name] = [None if one is None else one * metres(uom or "m") for one in heights]
        elif uom is not None:
            self._add(name, _measure(text, uom))
        elif text in ("true", "false") and not member.tag.startswith(GML):
            self._add(name, text == "true")
        else:
            self._add(name, text)

    def _generic(self, member: Element, kind: str) -> None:
        """CityGML 2.0 names it by an XML attribute, 3.0 by a child."""
        name = member.get("name") or next((one.text or "" for one in member if local(one.tag) == "name"), "")
        if not name.strip():
            return
        if kind == "genericAttributeSet":
            inner = Attributes()
            for one in member:
                if local(one.tag) != "name":
                    inner.take(one)
            self._add(name.strip(), inner.found)
            return
        value = next((one for one in member if local(one.tag) == "value"), None)
        if value is None or not (value.text or "").strip():
            return
        self._add(name.strip(), _typed((value.text or "").strip(), kind, value.get("uom")))

    def _height(self, member: Element) -> None:
        """CityGML 3.0 tells a height with what it was measured between; CityJSON has the measured one alone."""
        said = {local(one.tag): one for one in member[0]}
        status = (said["status"].text or "").strip() if "status" in said else "measured"
        number = _number((said["value"].text or "").strip()) if "value" in said else None
        if number is not None and status == "measured":
            self.found.setdefault("measuredHeight", number * metres(said["value"].get("uom") or "m"))

    def _add(self, name: str, value: Value) -> None:
        """What is said again makes a list, as functions and usages do."""
        if name not in self.found:
            self.found[name] = value
        elif isinstance(self.found[name], list):
            self.found[name] = [*self.found[name], *(value if isinstance(value, list) else [value])]
        elif self.found[name] != value:
            self.found[name] = [self.found[name], value]


_XAL = {
    "CountryName": "Country", "LocalityName": "Locality", "ThoroughfareName": "ThoroughfareName",
    "ThoroughfareNumber": "ThoroughfareNumber", "PostalCodeNumber": "Postcode", "AdministrativeAreaName": "Region",
}  # fmt: skip
_XAL3 = {"Country": "Country", "Locality": "Locality", "Thoroughfare": "ThoroughfareName", "PostCode": "Postcode",
         "AdministrativeArea": "Region"}  # fmt: skip


def address(element: Element) -> dict[str, Any]:
    """An address by xAL 2 (CityGML 2.0) or 3 (CityGML 3.0)."""
    found: dict[str, Any] = {}

    def visit(one: Element, part: str) -> None:
        kind, text = local(one.tag), (one.text or "").strip()
        part = _XAL3.get(kind, part)
        known = _XAL.get(kind)
        if kind in ("NameElement", "Identifier"):
            known = part
        elif kind == "Number":
            known = "ThoroughfareNumber"
        elif kind in ("FreeTextAddress", "AddressLine"):
            known = "FreeText"
        if known and text:
            found[known] = f"{found[known]} {text}" if known in found else text
        for child in one:
            visit(child, part)

    visit(element, "")
    return found


def is_ours(element: Element) -> bool:
    """Whether an element is CityGML's or GML's own, not an extension's."""
    return element.tag.startswith((CITYGML, *GML))


def _typed(text: str, kind: str, uom: str | None) -> Value:
    if kind == "measureAttribute":
        return _measure(text, uom)
    if kind in ("intAttribute", "doubleAttribute"):
        number = _number(text)
        if number is None:
            return text
        return int(number) if kind == "intAttribute" and number % 1 == 0 and abs(number) < 2**63 else number
    return text


def _measure(text: str, uom: str | None) -> Value:
    number = _number(text)
    if number is None:
        return text
    return {"value": number, "uom": uom} if uom else number


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _reference(member: Element) -> dict[str, Any]:
    return {
        local(one.tag): (one.text or "").strip() for one in member.iter() if len(one) == 0 and (one.text or "").strip()
    }
