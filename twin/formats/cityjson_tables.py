"""The objects of a layer as one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import pyarrow as pa

from twin.formats import columns
from twin.formats.cityjson_forms import UNIT, Form, unit
from twin.formats.cityjson_geometry import LINES, POINTS, type_of
from twin.formats.cityjson_kept import canonical
from twin.formats.cityjson_names import COMMON, FOREIGN, TITLES, free
from twin.formats.geometry import check, encoded
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place
from twin.formats.stamp import KEY, Stamp
from twin.model.feature import CITYJSON, GEOMETRY, UID


@dataclass
class Row:
    """A feature of a layer, in the order of the columns that all have."""

    uid: str
    wkb: bytes | None
    attributes: dict[str, Any]
    kind: str | None
    lod: str | None = None
    surfaces: str | None = None
    text: str | None = None
    foreign: bool = False
    """Whether it did not come from CityJSON, and carries its exact geometry, not placed yet."""


@dataclass
class Plan:
    """What the features of a layer have in common: its columns, and the WKB types of its geometry."""

    forms: dict[str, Form] = field(default_factory=dict)
    types: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rows: list[Row]) -> Self:
        """Of all the features of a layer."""
        plan = cls()
        for row in rows:
            plan.see(row.attributes)
        return plan

    def see(self, attributes: dict[str, Any]) -> None:
        """One more feature's attributes."""
        for name, value in attributes.items():
            self.forms.setdefault(name, Form()).see(value)


def batch(
    layer: str,
    rows: list[Row],
    facts: dict[str, Any],
    stamp: Stamp | None,
    place: Place,
    notes: Notes,
    plan: Plan | None = None,
) -> Iterator[Batch]:
    """The layer's features; none where all are refused. A ``plan`` is what all its batches have in common."""
    rows = _settled(layer, rows, place, notes)
    if not rows:
        return
    title, arabic = TITLES.get(layer, (layer, ""))
    kind = kind_of(layer, plan.types if plan else {type_of(row.wkb) for row in rows if row.wkb and not row.foreign})
    if stamp and stamp.layer == layer:
        title, arabic, kind = stamp.title_en or title, stamp.title_ar or arabic, stamp.kind or kind
    yield Batch(layer, kind, _table(rows, facts, stamp, plan or Plan.of(rows)), title, arabic)


def _settled(layer: str, rows: list[Row], place: Place, notes: Notes) -> list[Row]:
    """Features of another origin brought to the city, or refused."""
    foreign = [row for row in rows if row.foreign]
    if not foreign:
        return rows
    checked = check(pa.array([row.wkb for row in foreign], pa.binary()), place, ours=True)
    for number, (row, wkb) in enumerate(zip(foreign, encoded(checked.geometry).to_pylist(), strict=True)):
        row.wkb = wkb
        if number in checked.refused:
            notes.refused(layer, row.uid, checked.refused[number])
        elif number in checked.repaired:
            notes.repaired(layer, row.uid, checked.repaired[number])
        else:
            notes.kept(layer)
    gone = {id(foreign[number]) for number in checked.refused}
    return [row for row in rows if id(row) not in gone]


def kind_of(layer: str, types: set[int]) -> str:
    """How a layer is shown: points and lines alone have no surface that could be seen."""
    if types == {POINTS}:
        return "points"
    if types == {LINES}:
        return "lines"
    return "buildings" if layer == "buildings" else "surfaces"


def _table(rows: list[Row], facts: dict[str, Any], stamp: Stamp | None, plan: Plan) -> pa.RecordBatch:
    common = [(row.uid, row.wkb, row.kind, row.lod, row.surfaces, row.text) for row in rows]
    made: dict[str, pa.Array] = {
        name: pa.array(values, pa.binary() if name == GEOMETRY else pa.string())
        for name, values in zip(COMMON, zip(*common, strict=True), strict=True)
    }
    if made[CITYJSON].null_count == len(rows):
        said = [name for name in FOREIGN if made[name].null_count < len(rows)]
        made = {name: made[name] for name in (UID, GEOMETRY, *said)}
    units = {}
    for name, form in plan.forms.items():
        made[free(name)] = form.column([row.attributes.get(name) for row in rows])
        if form.uom:
            units[free(name)] = form.uom
        if stamp and name in stamp.columns:
            made[free(name)] = columns.typed(made[free(name)], stamp.columns[name])
    texts = [name for name, form in plan.forms.items() if form.is_json]
    measures = {name: form.uom for name, form in plan.forms.items() if form.uom}
    told = {key: value for key, value in (("json", texts), ("measures", measures)) if value}
    whole = {**facts, KEY: told} if told else facts
    table = pa.RecordBatch.from_pydict(made)
    fields = [one.with_metadata({UNIT: unit(units[one.name])}) if one.name in units else one for one in table.schema]
    schema = pa.schema(fields, {b"cityjson": canonical(whole).encode()})
    return pa.RecordBatch.from_arrays(table.columns, schema=schema)
