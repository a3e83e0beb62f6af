"""Nets of pandapower and pandapipes: buses, junctions, lines, pipes and what hangs on them, each table a layer."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.core.errors import CannotRead
from twin.core.i18n import mark, tr
from twin.formats import columns, node_terms
from twin.formats.geometry import check, encoded
from twin.formats.lifting import lifted
from twin.formats.measuring import Measures
from twin.formats.netjson import CLASSES, Frame, net
from twin.formats.netjson_places import Places
from twin.formats.netjson_terms import TITLES, column
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey
from twin.model.feature import GEOMETRY, UID

NAME = "pandapower"
SUFFIXES = (".json",)
LARGEST = 256 << 20
KEPT = "pandapower"
"""The name under which the net's facts and tables without a place are kept beside its nodes."""
_RESULT = "res_"
_LINKS = {"line": "cables", "line_dc": "cables", "dcline": "cables", "pipe": "pipes"}
"""The layer kinds of tables of links."""


def claims(path: Path) -> bool:
    """Whether a JSON file is a net."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(f'"{name}"'.encode()) >= 0 for name in CLASSES)


def survey(path: Path) -> Survey:
    """Where its nodes lie; a net names no CRS."""
    found = _opened(path)
    places = np.array(list(found.known()), float).reshape(-1, 2)
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places):
        words = mark(
            "None of its buses has coordinates. Give them some in pandapower (the column geo of net.bus, or "
            "net.junction_geodata in pandapipes), and write the net again."
        )
        raise CannotRead(words, path)
    low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    count = sum(len(frame.index) for _, frame, _ in found.tables())
    return Survey(None, (low[0], low[1], high[0], high[1]), count=count)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its tables whose elements lie somewhere, a layer each; the others are kept beside the nodes."""
    found = _opened(path)
    facts = _facts(found)
    for table, frame, links in found.tables():
        batch = _batch(found, table, frame, links, place, notes)
        if table in found.nodes and facts:
            batch = _with(batch, facts)
            facts = ""
        yield batch


def _opened(path: Path) -> Places:
    looked = path.stat()
    return _read(path, looked.st_mtime_ns, looked.st_size)


@lru_cache(maxsize=1)
def _read(path: Path, _time: int, _size: int) -> Places:
    return Places.of(net(path))


def _batch(found: Places, table: str, frame: Frame, links: bool, place: Place, notes: Notes) -> Batch:
    shapes, reasons, missing = zip(*found.shapes(table, frame), strict=True)
    wkb = pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary())
    checked = check(wkb, place, ours=True)
    notes.read(table, len(frame.index))
    keep: list[int] = []
    seen: set[str] = set()
    for row, uid in enumerate(frame.index):
        if uid in seen:
            notes.refused(table, uid, tr("its id is there twice"))
            continue
        seen.add(uid)
        if missing[row]:
            notes.refused(table, uid, reasons[row])
            continue
        keep.append(row)
        why = checked.refused.get(row) or reasons[row]
        if why:
            notes.repaired(table, uid, why)
        else:
            notes.kept(table)
    values = _attributes(found, table, frame)
    names = columns.plan(pa.schema([(name, one.type) for name, one in values.items()]), (), notes.say)
    rows = pa.array(keep, pa.int64())
    geometry = lifted(checked.geometry, *found.heights(table, frame))
    made = {UID: pa.array(frame.index, pa.string()), GEOMETRY: encoded(geometry)}
    what = node_terms.of_table(table)
    if what and node_terms.NODE_TYPE not in names.values():
        made[node_terms.NODE_TYPE] = pa.array([what] * len(frame.index), pa.string())
    made |= {names[name]: columns.typed(one) for name, one in values.items() if name in names}
    kind = "nodes" if what else _LINKS.get(table, "lines") if links else "points"
    told = {name: column(given).model_copy(update={"name": name}) for given, name in names.items()}
    told |= {node_terms.NODE_TYPE: node_terms.node_type()} if what else {}
    batch = pa.RecordBatch.from_pydict({name: one.take(rows) for name, one in made.items()})
    title, arabic = TITLES.get(table, (table, ""))
    measures = Measures.of(geometry[keep])
    return Batch(table, kind, batch, title, arabic, measures, told)


def _attributes(found: Places, table: str, frame: Frame) -> dict[str, pa.Array]:
    """The element's parameters, then the results of the last calculation where the file has them."""
    values = {name: _column(one) for name, one in frame.columns.items() if name != "geo"}
    results = found.net.frames.get(f"{_RESULT}{table}")
    if results is not None and results.index:
        for name in results.columns:
            by_id = results.by_id(name)
            values[f"{_RESULT}{name}"] = _column([by_id.get(uid) for uid in frame.index])
    return values


def _column(values: list[Any]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pa.array(values, pa.bool_()) if kinds else pa.array(values, pa.string())
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return pa.array(values, pa.int64())
    if kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    words = (value if value is None or isinstance(value, str) else json.dumps(value) for value in values)
    return pa.array(list(words), pa.string())


def _facts(found: Places) -> str:
    """What the net says beyond its elements, as JSON; results that nothing was calculated for are left out."""
    placed = {table for table, _, _ in found.tables()}
    tables = {
        name: {"index": frame.index, "columns": frame.columns}
        for name, frame in found.net.frames.items()
        if name not in placed and frame.index and not name.startswith(_RESULT) and not name.endswith("_geodata")
    }
    return json.dumps({"class": found.net.kind, "facts": found.net.facts, "tables": tables}, ensure_ascii=False)


def _with(batch: Batch, facts: str) -> Batch:
    return replace(batch, table=batch.table.replace_schema_metadata({KEPT: facts}))
