"""Columns that a format always has and a file may leave empty: they are no attributes of its features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from twin.formats import columns
from twin.formats.vector import Raw


def thinned(raw: Raw, dull: dict[str, tuple[object, ...]] | None = None) -> Raw:
    """The layer without the columns that hold nothing in any feature, or nothing but a value that is ``dull``."""
    names = raw.attributes()
    full: set[str] = set()
    for batch in raw.batches(names):
        for name in set(names) - full:
            if _says(batch.column(name), (dull or {}).get(name, ())):
                full.add(name)
        if len(full) == len(names):
            return raw
    gone = {name for name in names if name not in full}
    schema = pa.schema([field for field in raw.schema if field.name not in gone])

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        for batch in raw.batches(wanted):
            yield batch.drop_columns([name for name in batch.schema.names if name in gone]) if wanted is None else batch

    return replace(raw, schema=schema, batches=batches)


def _says(column: pa.Array, dull: tuple[object, ...]) -> bool:
    if column.null_count == len(column):
        return False
    column = column.storage if isinstance(column.type, pa.BaseExtensionType) else column
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = columns.text(column)
        dull = (*dull, "")
    if not dull:
        return True
    found = pc.unique(column.drop_null()).to_pylist() if not pa.types.is_nested(column.type) else [object()]
    return any(one not in dull for one in found)
