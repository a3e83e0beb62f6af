"""What an IFC product says: its class, type, storey, materials, and its property sets in columns."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from twin.formats.cityjson_kept import canonical

MOST = 100
"""Columns of property sets: the standard's own before a vendor's, the commonest first; the rest stands as JSON."""
_STANDARD = ("Pset_", "Qto_", "BaseQuantities")
_MEASURES = {
    **dict.fromkeys(
        ("IfcLengthMeasure", "IfcPositiveLengthMeasure", "IfcNonNegativeLengthMeasure", "IfcQuantityLength"),
        "LENGTHUNIT",
    ),
    **dict.fromkeys(("IfcAreaMeasure", "IfcQuantityArea"), "AREAUNIT"),
    **dict.fromkeys(("IfcVolumeMeasure", "IfcQuantityVolume"), "VOLUMEUNIT"),
}
_SYMBOLS = {"LENGTHUNIT": "m", "AREAUNIT": "m2", "VOLUMEUNIT": "m3"}
REST = "other_properties"


class Reading:
    """Reads the attributes of a model's products."""

    def __init__(self, model: Any) -> None:
        from ifcopenshell.util import unit

        self.scales: dict[str, float] = {}
        for kind in _SYMBOLS:
            try:
                self.scales[kind] = float(unit.calculate_unit_scale(model, kind)) or 1.0
            except (AttributeError, TypeError, ValueError, KeyError):
                self.scales[kind] = 1.0

    def of(self, product: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Its own attributes, and those of its property sets as ``Set.Property``."""
        from ifcopenshell.util import element

        storey, building = _above(product, "IfcBuildingStorey"), _above(product, "IfcBuilding")
        kind = element.get_type(product)
        own = {
            "name": _text(getattr(product, "Name", None)),
            "long_name": _text(getattr(product, "LongName", None)),
            "description": _text(getattr(product, "Description", None)),
            "type": _text(getattr(kind, "Name", None)) if kind is not None and kind != product else None,
            "predefined_type": _text(element.get_predefined_type(product)),
            "tag": _text(getattr(product, "Tag", None)),
            "storey": _text(getattr(storey, "Name", None)),
            "storey_elevation": self._elevation(storey),
            "elevation": self._elevation(product),
            "building": _text(getattr(building, "Name", None)),
            "material": _materials(product),
        }
        return {name: value for name, value in own.items() if value is not None}, self._sets(product)

    def _elevation(self, storey: Any) -> Any:
        found = getattr(storey, "Elevation", None)
        return _measure(found, "m", self.scales["LENGTHUNIT"]) if isinstance(found, int | float) else None

    def _sets(self, product: Any) -> dict[str, Any]:
        from ifcopenshell.util import element

        found: dict[str, Any] = {}
        for name, properties in element.get_psets(product, verbose=True).items():
            for key, said in properties.items():
                if key != "id":
                    value = self._value(said)
                    if value is not None:
                        found[f"{name}.{key}"] = value
        return found

    def _value(self, said: Any) -> Any:
        if not isinstance(said, dict):
            return _plain(said)
        kind = _MEASURES.get(str(said.get("value_type") or said.get("class")))
        value = said.get("value")
        if kind and isinstance(value, int | float) and not isinstance(value, bool):
            return _measure(value, _SYMBOLS[kind], self.scales[kind])
        return _plain(value)


def kept(sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each product's properties in at most ``MOST`` columns."""
    counts = Counter(name for one in sets for name in one)
    if len(counts) <= MOST:
        return sets
    order = sorted(counts, key=lambda name: (not name.startswith(_STANDARD), -counts[name], name))
    common = set(order[:MOST])
    made = []
    for one in sets:
        rest = {name: value for name, value in one.items() if name not in common}
        made.append({name: value for name, value in one.items() if name in common} | ({REST: rest} if rest else {}))
    return made


def _above(product: Any, kind: str) -> Any:
    """The storey or the building that it stands in; itself where it is one."""
    from ifcopenshell.util import element

    one, steps = product, 0
    while one is not None and steps < 50:
        if one.is_a(kind):
            return one
        one, steps = element.get_parent(one), steps + 1
    return None


def _materials(product: Any) -> str | None:
    from ifcopenshell.util import element

    names = [_text(getattr(one, "Name", None)) for one in element.get_materials(product)]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _measure(value: float, uom: str, scale: float) -> dict[str, Any] | None:
    # 2800 mm are 2.8 m, not 2.8000000000000003.
    number = float(f"{float(value) * scale:.15g}")
    return {"value": number, "uom": uom} if math.isfinite(number) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _plain(value: Any) -> Any:
    """A value as a column can have it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value if value != "" else None
    if isinstance(value, tuple | list):
        parts = [_plain(one) for one in value]
        return ", ".join(str(one) for one in parts if one is not None) or None
    if isinstance(value, dict):
        return canonical({str(key): _plain(one) for key, one in value.items()})
    return str(value)[:200]
