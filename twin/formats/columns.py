"""Attributes as every layer has them: int64, double, bool, text and timestamps, under names the store can keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from twin.formats.text import encoding
from twin.model.feature import OWN

TIME = pa.timestamp("us")
"""Wall-clock UTC; days and times with a zone become it."""

TIMESTAMP, DATE = "timestamp", "date"
"""What a stamp says a column was."""

Say = Callable[..., None]


def plan(schema: pa.Schema, skip: Iterable[str], say: Say) -> dict[str, str]:
    """The attributes that are kept, each with its name in the layer; the rest is told.

    Names differ in more than case, since GeoPackage and SQL don't tell ``Name`` from ``name``.
    """
    left_out = set(skip)
    names: dict[str, str] = {}
    used = set(OWN)
    for field in schema:
        if field.name in left_out:
            continue
        if _is_binary(field.type):
            say("Column “{column}” holds binary data and was left out.", column=field.name)
            continue
        name = field.name.replace("\0", "").strip() or "column"
        while name.lower() in used:
            name += "_"
        used.add(name.lower())
        names[field.name] = name
        if name != field.name:
            say("Column “{column}” is named “{name}” here.", column=field.name, name=name)
    return names


def typed(array: pa.Array, wanted: str | None = None) -> pa.Array:
    """The column in one of the five types; ``wanted`` undoes what a writer of ours made text."""
    array = _own(array)
    kind = array.type
    if wanted and _is_text(kind):
        array, kind = pc.cast(text(array), TIME, safe=False), TIME
    if wanted == DATE and (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        return array.cast(pa.timestamp("s"), safe=False).cast(pa.date32())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _utc(array)
    if pa.types.is_boolean(kind):
        return array
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        return array.cast(pa.int64())
    return _finite(array) if _is_number(kind) else text(array)


def text(array: pa.Array) -> pa.Array:
    """The column as text that is sure to be UTF-8: a file's encoding may be told wrong."""
    array = _own(array)
    kind = array.type
    if _is_text(kind):
        array = array.cast(pa.string()) if kind != pa.string() else array
        try:
            array.validate(full=True)
        except pa.ArrowInvalid:
            raw = array.cast(pa.binary()).to_pylist()
            found = encoding(b"\n".join(one for one in raw if one), "utf-8")
            return pa.array([None if one is None else one.decode(found, "replace") for one in raw], pa.string())
        return array
    if pa.types.is_nested(kind):
        return pa.array([None if one is None else _json(one) for one in array.to_pylist()], pa.string())
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_time(kind):
        return array.cast(pa.string())
    return pa.array([None if one is None else str(one) for one in array.to_pylist()], pa.string())


def taken(batch: pa.RecordBatch, names: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, pa.Array]:
    """A batch's attributes under their names in the layer."""
    return {name: typed(batch.column(given), wanted.get(name)) for given, name in names.items()}


def plain(table: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """A table for a format without nested types, fine times or infinities, and what its text columns were."""
    was = {field.name: DATE for field in table.schema if pa.types.is_date(field.type)}
    for position, field in enumerate(table.schema):
        column = table.column(position)
        if pa.types.is_nested(field.type) or pa.types.is_decimal(field.type) or pa.types.is_time(field.type):
            changed = pa.chunked_array([text(chunk) for chunk in column.chunks], pa.string())
        elif pa.types.is_timestamp(field.type) and _finer_than_ms(column):
            changed = column.cast(pa.timestamp("us")).cast(pa.string())
            was[field.name] = TIMESTAMP
        else:
            continue
        table = table.set_column(position, field.name, changed)
    return table, was


def _own(array: pa.Array) -> pa.Array:
    """The values themselves, of a dictionary and of a type that says more of them."""
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _finite(array: pa.Array) -> pa.Array:
    """Doubles; NaN and infinity are no values, and -0 is 0, since not every format can keep them."""
    number = array.cast(pa.float64(), safe=False)
    return pc.add(pc.if_else(pc.is_finite(number), number, pa.scalar(None, pa.float64())), 0.0)


def _utc(array: pa.Array) -> pa.Array:
    if pa.types.is_date(array.type):
        return array.cast(pa.timestamp("s")).cast(TIME)
    if array.type.tz is not None:
        array = array.cast(pa.timestamp(array.type.unit, tz="UTC")).cast(pa.timestamp(array.type.unit))
    return array.cast(TIME, safe=False)


def _finer_than_ms(column: pa.ChunkedArray) -> bool:
    whole = column.cast(pa.timestamp("ms"), safe=False).cast(column.type, safe=False)
    return bool(pc.any(pc.not_equal(whole, column)).as_py())


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_uint64(kind))


def _is_binary(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)
