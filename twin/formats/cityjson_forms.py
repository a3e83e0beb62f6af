"""What form the values of an attribute have: the column that holds all of them, whole or a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from twin.formats.cityjson_kept import canonical

UNIT = b"unit"
"""The metadata of a column that holds its unit."""
_UNITS = {
    "m": "m", "metre": "m", "meter": "m", "metres": "m", "meters": "m", "9001": "m", "km": "km", "kilometre": "km",
    "m2": "m²", "m²": "m²", "sqm": "m²", "m^2": "m²", "squaremetre": "m²", "m3": "m³", "m³": "m³", "m^3": "m³",
    "cubicmetre": "m³", "deg": "°", "degree": "°", "decdeg": "°", "%": "%", "percent": "%", "kw": "kW", "kwh": "kWh",
    "cel": "°C", "s": "s",
}  # fmt: skip
"""Units as files spell them, in small letters, and their symbol."""


def unit(uom: str) -> str:
    """The symbol of a unit of measure: ``#m2``, ``urn:ogc:def:uom:UCUM::m``…; one that nobody knows as it stands."""
    short = uom.strip().rpartition("#")[2].rpartition(":")[2].rpartition("/")[2]
    return _UNITS.get(short.lower(), short or uom.strip())


class Form:
    """The form of one attribute, by the values that were seen."""

    def __init__(self) -> None:
        self.kinds: set[type] = set()
        self._wide = False
        """Whether a whole number doesn't fit 64 bits."""
        self._uoms: set[str] = set()
        self._plain = False
        """Whether an object is no measure."""

    def see(self, value: Any) -> None:
        """One more value."""
        if value is None:
            return
        self.kinds.add(type(value))
        if isinstance(value, dict):
            self._plain |= not _is_measure(value)
            self._uoms.add(str(value.get("uom")))
        elif type(value) is int and not -(2**63) <= value < 2**63:
            self._wide = True

    @property
    def uom(self) -> str:
        """The unit of measure, where each value is a number with that one."""
        return next(iter(self._uoms)) if self.kinds == {dict} and not self._plain and len(self._uoms) == 1 else ""

    @property
    def is_json(self) -> bool:
        """Whether the column holds JSON: lists, objects and mixed values."""
        return not (self.uom or self.kinds <= {bool} or self._is_number or self.kinds == {str})

    @property
    def _is_number(self) -> bool:
        return bool(self.kinds) and self.kinds <= {int, float}

    def column(self, values: list[Any]) -> pa.Array:
        """Values of the attribute as a column."""
        if self.uom:
            return pa.array([None if value is None else float(value["value"]) for value in values], pa.float64())
        if self.kinds <= {bool}:
            return pa.array(values, pa.bool_())
        if self.kinds == {int} and not self._wide:
            return pa.array(values, pa.int64())
        if self._is_number:
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        if self.kinds == {str}:
            return pa.array(values, pa.string())
        return pa.array([None if value is None else canonical(value) for value in values], pa.string())


def _is_measure(value: dict[str, Any]) -> bool:
    number, uom = value.get("value"), value.get("uom")
    right = isinstance(number, int | float) and not isinstance(number, bool)
    return set(value) == {"value", "uom"} and right and isinstance(uom, str) and bool(uom)


def forms(rows: Iterable[Mapping[str, Any]]) -> dict[str, Form]:
    """The columns of some features' attributes."""
    made: dict[str, Form] = {}
    for row in rows:
        for name, value in row.items():
            made.setdefault(name, Form()).see(value)
    return made
