"""The objects of a layer as one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from twin.formats import columns
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


def batch(
    layer: str, rows: list[Row], facts: dict[str, Any], stamp: Stamp | None, place: Place, notes: Notes
) -> Iterator[Batch]:
    """The layer's features; none where all are refused."""
    rows = _settled(layer, rows, place, notes)
    if not rows:
        return
    title, arabic = TITLES.get(layer, (layer, ""))
    kind = _kind(layer, rows)
    if stamp and stamp.layer == layer:
        title, arabic, kind = stamp.title_en or title, stamp.title_ar or arabic, stamp.kind or kind
    yield Batch(layer, kind, _table(rows, facts, stamp), title, arabic)


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


def _kind(layer: str, rows: list[Row]) -> str:
    """How a layer is shown: points and lines alone have no surface that could be seen."""
    types = {type_of(row.wkb) for row in rows if row.wkb and not row.foreign}
    if types == {POINTS}:
        return "points"
    if types == {LINES}:
        return "lines"
    return "buildings" if layer == "buildings" else "surfaces"


def _table(rows: list[Row], facts: dict[str, Any], stamp: Stamp | None) -> pa.RecordBatch:
    common = [(row.uid, row.wkb, row.kind, row.lod, row.surfaces, row.text) for row in rows]
    made: dict[str, pa.Array] = {
        name: pa.array(values, pa.binary() if name == GEOMETRY else pa.string())
        for name, values in zip(COMMON, zip(*common, strict=True), strict=True)
    }
    if made[CITYJSON].null_count == len(rows):
        said = [name for name in FOREIGN if made[name].null_count < len(rows)]
        made = {name: made[name] for name in (UID, GEOMETRY, *said)}
    texts = []
    for name in dict.fromkeys(name for row in rows for name in row.attributes):
        made[free(name)], as_text = _column([row.attributes.get(name) for row in rows])
        if stamp and name in stamp.columns:
            made[free(name)] = columns.typed(made[free(name)], stamp.columns[name])
        texts += [name] * as_text
    told = {**facts, KEY: {"json": texts}} if texts else facts
    return pa.RecordBatch.from_pydict(made).replace_schema_metadata({b"cityjson": canonical(told).encode()})


def _column(values: list[Any]) -> tuple[pa.Array, bool]:
    """An attribute as a column, and whether that holds JSON: lists, objects and mixed values."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pa.array(values, pa.bool_()), False
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return pa.array(values, pa.int64()), False
    if kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64()), False
    if kinds == {str}:
        return pa.array(values, pa.string()), False
    return pa.array([None if value is None else canonical(value) for value in values], pa.string()), True
