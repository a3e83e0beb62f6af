"""The layers of a file while they are read: one Arrow stream each, measured as it goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.core import arrow
from twin.core.errors import CannotRead
from twin.core.i18n import isolate, trn
from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.formats.placing import far
from twin.formats.reader import Batch
from twin.formats.request import Request, TakenLayer
from twin.model.feature import BOX, GEOMETRY, OBJECT_TYPE
from twin.model.layer import Column
from twin.model.report import LayerReport

_SHOWN = 20
"""How many of the lost a person is told of, one by one."""


@dataclass
class _Stream:
    """A layer while it is written."""

    kind: str
    title: str
    title_ar: str
    file: Path
    schema: pa.Schema
    writer: Any
    extent: list[float] = field(default_factory=lambda: [np.inf] * 3 + [-np.inf] * 3)
    by_type: Counter[str] = field(default_factory=Counter)
    columns: Mapping[str, Column] = field(default_factory=dict)


class Streams:
    """The files of a request's layers."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.open: dict[str, _Stream] = {}
        self.astray = False
        """Whether what was read lies far from the city; known at the end."""

    def write(self, batch: Batch) -> None:
        """Add a batch to its layer's file."""
        measures = batch.measures or Measures.of(_decoded(batch.table))
        table = _boxed(batch.table, measures)
        found = self.open.get(batch.layer)
        if found is None:
            file = Path(self.request.scratch) / f"{len(self.open)}.arrows"
            writer = pa.ipc.new_stream(str(file), table.schema)
            found = _Stream(batch.kind, batch.title, batch.title_ar, file, table.schema, writer, columns=batch.columns)
            self.open[batch.layer] = found
        found.writer.write_batch(_alike(table, found.schema))
        _measure(found, table, measures, batch.by_type)

    def finish(self, notes: Notes, crs: str) -> list[TakenLayer]:
        """Close them, and report each under the id it gets in the city."""
        ids = self._ids()
        for warning in filter(None, [far(self._extent(), self.request.extent)]):
            notes.say(warning)
            self.astray = True
        self._tell_lost(notes)
        made = []
        for stream in self.open.values():
            stream.writer.close()
        for layer, stream in self._wanted(notes).items():
            report = notes.layers.get(layer) or LayerReport(id=layer, kind=stream.kind)
            if not report.adds_up():
                raise CannotRead("The counts of layer “{layer}” don’t add up: this is a fault of Balad.", layer=layer)
            report = report.model_copy(
                update={
                    "id": ids[layer],
                    "kind": stream.kind,
                    "crs": crs,
                    "extent": tuple(stream.extent) if np.isfinite(stream.extent).all() else None,
                    "by_type": dict(sorted(stream.by_type.items())),
                }
            )
            made.append(
                TakenLayer(
                    ipc=str(stream.file),
                    title=stream.title,
                    title_ar=stream.title_ar,
                    columns=dict(stream.columns),
                    report=report,
                )
            )
        return made

    def _tell_lost(self, notes: Notes) -> None:
        """The features of layers of which nothing is left, told by themselves."""
        for layer, report in notes.layers.items():
            if layer in self.open or not self.open:
                continue
            for verdict in report.refused[:_SHOWN]:
                notes.say("{id} was left out: {reason}", id=isolate(verdict.id), reason=verdict.reason)
            if len(report.refused) > _SHOWN:
                more = len(report.refused) - _SHOWN
                notes.say(trn("{n} more feature was left out.", "{n} more features were left out.", more))

    def _ids(self) -> dict[str, str]:
        """The id of each layer in the city: as asked for, and never one that is taken."""
        wanted, used = self.request.layer, set(self.request.taken)
        ids = {}
        for layer in self.open:
            name = layer if not wanted or layer == wanted else wanted if len(self.open) == 1 else f"{wanted}_{layer}"
            free, number = name, 2
            while free in used:
                free, number = f"{name}_{number}", number + 1
            used.add(free)
            ids[layer] = free
        return ids

    def _wanted(self, notes: Notes) -> dict[str, _Stream]:
        """The one layer that was asked for by name, else all."""
        chosen = self.request.layer
        if chosen is None or chosen not in self.open or len(self.open) == 1:
            return self.open
        others = ", ".join(layer for layer in self.open if layer != chosen)
        notes.say("The file’s other layers were left out: {others}.", others=others)
        return {chosen: self.open[chosen]}

    def _extent(self) -> tuple[float, float, float, float] | None:
        boxes = np.array([stream.extent for stream in self.open.values() if np.isfinite(stream.extent).all()])
        if not len(boxes):
            return None
        low, high = boxes.min(axis=0), boxes.max(axis=0)
        return float(low[0]), float(low[1]), float(high[3]), float(high[4])


def _decoded(table: pa.RecordBatch) -> Any:
    return np.atleast_1d(shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False)))


def _alike(table: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A later batch in the columns of the first."""
    if table.schema.equals(schema):
        return table
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.schema.names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _measure(stream: _Stream, table: pa.RecordBatch, measures: Measures, types: dict[str, int] | None) -> None:
    if np.isfinite(measures.boxes[:, 0]).any():
        low, high = np.nanmin(measures.boxes[:, :3], axis=0), np.nanmax(measures.boxes[:, 3:], axis=0)
        stream.extent[:3] = np.fmin(stream.extent[:3], low).tolist()
        stream.extent[3:] = np.fmax(stream.extent[3:], high).tolist()
    if types is not None:
        stream.by_type.update(types)
    elif OBJECT_TYPE in table.schema.names:
        found = pc.value_counts(table.column(OBJECT_TYPE)).to_pylist()
        stream.by_type.update({str(one["values"]): one["counts"] for one in found})
    else:
        stream.by_type.update(measures.by_type())


def _boxed(table: pa.RecordBatch, measures: Measures) -> pa.RecordBatch:
    """With each feature's box beside it, so that the store need not decode geometry; null without geometry."""
    sides = {side: arrow.floats(measures.boxes[:, n]) for n, side in enumerate(BOX)}
    return pa.RecordBatch.from_arrays(
        [*table.columns, *sides.values()],
        schema=pa.schema([*table.schema, *(pa.field(side, pa.float64()) for side in sides)], table.schema.metadata),
    )
