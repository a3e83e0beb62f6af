"""Attributes as a property table (EXT_structural_metadata 1.0): strings, whole and real numbers, booleans."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from twin.formats.gltf_buffer import Buffer
from twin.model.feature import CITYJSON, GEOMETRY, SURFACES

CLASS = "feature"
_SAFE = re.compile(r"[^A-Za-z0-9_]")
NO_REAL = -1.7976931348623157e308
NO_WHOLE = -(2**53)
"""What stands where there is no value: JSON must be able to say it exactly."""


def property_table(table: pa.Table, buffer: Buffer) -> dict[str, Any]:
    """The extension's member of a document: one row a feature, in the table's order."""
    schema: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, field in zip(_ids(table.column_names), table.schema, strict=True):
        if field.name in (GEOMETRY, SURFACES, CITYJSON) or pa.types.is_binary(field.type):
            continue
        said, views = _column(table.column(field.name), buffer)
        schema[name] = {"name": field.name, **said}
        properties[name] = views
    return {
        "schema": {"id": "balad", "classes": {CLASS: {"properties": schema}}},
        "propertyTables": [{"name": "features", "class": CLASS, "count": table.num_rows, "properties": properties}],
    }


def _ids(names: Iterable[str]) -> list[str]:
    """Names as the extension wants them: letters, digits and _, each once."""
    made: list[str] = []
    for number, name in enumerate(names):
        safe = _SAFE.sub("_", name)
        if not safe.strip("_") or safe[0].isdigit():
            safe = f"property_{number}"
        while safe in made:
            safe += "_"
        made.append(safe)
    return made


def _column(column: pa.ChunkedArray, buffer: Buffer) -> tuple[dict[str, Any], dict[str, int]]:
    kind = column.type
    said: dict[str, Any]
    if pa.types.is_boolean(kind) and not column.null_count:
        bits = np.packbits(np.array(column.to_pylist(), bool), bitorder="little")
        return {"type": "BOOLEAN"}, {"values": buffer.view(bits.tobytes())}
    if pa.types.is_integer(kind):
        whole = column.cast(pa.int64()).fill_null(NO_WHOLE).to_numpy()
        said = {"type": "SCALAR", "componentType": "INT64"} | ({"noData": NO_WHOLE} if column.null_count else {})
        return said, {"values": buffer.view(np.ascontiguousarray(whole, "<i8").tobytes())}
    if pa.types.is_floating(kind):
        real = column.cast(pa.float64()).fill_null(NO_REAL).to_numpy()
        said = {"type": "SCALAR", "componentType": "FLOAT64"} | ({"noData": NO_REAL} if column.null_count else {})
        return said, {"values": buffer.view(np.ascontiguousarray(real, "<f8").tobytes())}
    texts = [_text(value).encode() for value in column.to_pylist()]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    said = {"type": "STRING"} | ({"noData": ""} if column.null_count else {})
    # A view has at least one byte.
    body = b"".join(texts) or b"\0"
    return said, {"values": buffer.view(body), "stringOffsets": buffer.view(offsets.tobytes())}


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
