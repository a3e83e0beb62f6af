"""Columns of text that hold numbers in Arabic digits, or days: read as what they are, as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from twin.formats import columns, text
from twin.formats.notes import Notes

if TYPE_CHECKING:
    from twin.formats.vector import Raw

_WORTH = f"[{text.ARABIC_DIGITS}]|1[345][0-9]{{2}}"
"""Arabic digits, or what may be a Hijri year."""
_HIJRI = "_hijri"


class Reading:
    """How a layer's columns of text are read: decided by its first batch, and then by all of the column."""

    def __init__(self, raw: Raw, names: dict[str, str], notes: Notes) -> None:
        self._raw = raw
        self._given = {name: given for given, name in names.items()}
        self._notes = notes
        self._types: dict[str, pa.DataType] | None = None
        self._kept: dict[str, str] = {}
        """Columns of Hijri days, each with the name under which its words are kept."""

    def read(self, attributes: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """A batch's attributes, some of them read."""
        if self._types is None:
            self._types = self._decided(attributes)
        made: dict[str, pa.Array] = {}
        for name, column in attributes.items():
            wanted = self._types.get(name)
            made[name] = column if wanted is None else _as(column, wanted)
            if name in self._kept:
                made[self._kept[name]] = column
        return made

    def _decided(self, attributes: dict[str, pa.Array]) -> dict[str, pa.DataType]:
        found: dict[str, pa.DataType] = {}
        for name, column in attributes.items():
            if not pa.types.is_string(column.type) or _read(column) is None:
                continue
            batches = (batch.column(0) for batch in self._raw.batches([self._given[name]]))
            whole = pa.chunked_array([columns.text(one) for one in batches], pa.string())
            read = _read(whole)
            if read is None:
                continue
            found[name] = read.type
            self._tell(name, whole, read.type, attributes)
        return found

    def _tell(self, name: str, whole: pa.ChunkedArray, kind: pa.DataType, attributes: dict[str, pa.Array]) -> None:
        if not pa.types.is_date(kind):
            self._notes.say("Column “{column}” holds numbers in Arabic digits and was read as numbers.", column=name)
            return
        if any(text.is_hijri(one) for one in whole.to_pylist() if one):
            words = name + _HIJRI
            while words.lower() in {one.lower() for one in attributes}:
                words += "_"
            self._kept[name] = words
            self._notes.say(
                "Column “{column}” holds Hijri days and was read by the Umm al-Qura calendar; its words are kept in "
                "“{words}”.",
                column=name,
                words=words,
            )
        else:
            self._notes.say("Column “{column}” holds days in Arabic digits and was read as days.", column=name)


def _read(column: pa.Array | pa.ChunkedArray) -> pa.Array | None:
    if not pc.any(pc.match_substring_regex(column, _WORTH)).as_py():
        return None
    numbers = text.numbers(column)
    return text.days(column) if numbers is None else numbers


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    told = column.to_pylist()
    if pa.types.is_date(kind):
        days = pa.array([text.day(one) if one else None for one in told], pa.date32())
        return columns.typed(days)
    return pa.array([text.number(one) if one else None for one in told], kind)
