"""Features of a model, a mesh each, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from twin.formats.cityjson_forms import UNIT, Form, unit
from twin.formats.reader import Batch
from twin.model.feature import GEOMETRY, OBJECT_TYPE, OWN, UID


@dataclass
class Row:
    """A feature, placed in the city."""

    uid: str
    wkb: bytes | None
    kind: str | None = None
    """Its class, as its source calls it."""
    attributes: dict[str, Any] = field(default_factory=dict)


def batch(
    layer: str, kind: str, rows: list[Row], forms: Mapping[str, Form], title: str = "", title_ar: str = ""
) -> Batch:
    """Rows of a layer; ``forms`` are the columns of all its batches."""
    made: dict[str, pa.Array] = {
        UID: pa.array([row.uid for row in rows], pa.string()),
        GEOMETRY: pa.array([row.wkb for row in rows], pa.binary()),
        OBJECT_TYPE: pa.array([row.kind for row in rows], pa.string()),
    }
    fields = [pa.field(column, array.type) for column, array in made.items()]
    # SQL doesn't tell Name from name.
    used = {*OWN, *made}
    for column, form in forms.items():
        name = column
        while name.lower() in used:
            name += "_"
        used.add(name.lower())
        made[name] = form.column([row.attributes.get(column) for row in rows])
        fields.append(pa.field(name, made[name].type, metadata={UNIT: unit(form.uom)} if form.uom else None))
    table = pa.RecordBatch.from_arrays(list(made.values()), schema=pa.schema(fields))
    return Batch(layer, kind, table, title, title_ar)
