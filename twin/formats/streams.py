"""The layers of a file while they are read: one Arrow stream each, measured as it goes by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.core.errors import CannotRead
from twin.formats.notes import Notes
from twin.formats.placing import far
from twin.formats.reader import Batch
from twin.formats.request import Request, TakenLayer
from twin.model.feature import GEOMETRY, OBJECT_TYPE
from twin.model.report import LayerReport


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
    estimated: int = 0


class Streams:
    """The files of a request's layers."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.open: dict[str, _Stream] = {}

    def write(self, batch: Batch) -> None:
        """Add a batch to its layer's file."""
        table = batch.table
        found = self.open.get(batch.layer)
        if found is None:
            file = Path(self.request.scratch) / f"{len(self.open)}.arrows"
            writer = pa.ipc.new_stream(str(file), table.schema)
            found = _Stream(batch.kind, batch.title, batch.title_ar, file, table.schema, writer)
            self.open[batch.layer] = found
        found.writer.write_batch(_alike(table, found.schema))
        _measure(found, table)

    def finish(self, notes: Notes, crs: str) -> list[TakenLayer]:
        """Close them, and report each under the id it gets in the city."""
        ids = self._ids()
        for warning in filter(None, [far(self._extent(), self.request.extent)]):
            notes.say(warning)
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
                    "by_type": dict(stream.by_type),
                }
            )
            made.append(TakenLayer(ipc=str(stream.file), title=stream.title, title_ar=stream.title_ar, report=report))
        return made

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


def _measure(stream: _Stream, table: pa.RecordBatch) -> None:
    geometry = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    coordinates = shapely.get_coordinates(geometry, include_z=True)
    if len(coordinates):
        coordinates = np.nan_to_num(coordinates, nan=0.0)
        stream.extent[:3] = np.minimum(stream.extent[:3], coordinates.min(axis=0)).tolist()
        stream.extent[3:] = np.maximum(stream.extent[3:], coordinates.max(axis=0)).tolist()
    if OBJECT_TYPE in table.schema.names:
        types = pc.value_counts(table.column(OBJECT_TYPE)).to_pylist()
        stream.by_type.update({str(one["values"]): one["counts"] for one in types})
    else:
        stream.by_type.update(Counter(one.geom_type if one is not None else "None" for one in geometry))
