"""What a feature is called: its source's own id where that is one, else its number in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from twin.formats.columns import text

if TYPE_CHECKING:
    from twin.formats.vector import Raw

_UID = "uid"
_OTHERS = ("id", "osm_id", "fid")


class Identity:
    """The ids of a layer's features, each given once."""

    def __init__(self, column: str = "", fid: str = "", *, numbered: bool = False) -> None:
        """``numbered`` says that the file's own numbers are the ids, and not only where they stand."""
        self.column = column
        self.named = bool(column) or numbered
        self.consumed = column if column == _UID else ""
        """The column that is no attribute any more; another id stays one."""
        self.fid = fid
        self.repeated = 0
        self._seen: set[str] = set()

    @classmethod
    def of(cls, raw: Raw) -> Identity:
        """By the column ``uid``, else by one of id, osm_id, fid where every feature has its own."""
        if raw.stamp and raw.stamp.numbered and raw.fid:
            return cls("", raw.fid, numbered=True)
        named = {name.lower(): name for name in reversed(raw.attributes()) if _can_name(raw.schema.field(name).type)}
        if _UID in named:
            return cls(named[_UID], raw.fid)
        for candidate in (raw.id.lower(), *_OTHERS):
            if candidate in named and _unique(batch.column(0) for batch in raw.batches([named[candidate]])):
                return cls(named[candidate], raw.fid)
        return cls("", raw.fid)

    def uids(self, batch: pa.RecordBatch, first: int) -> list[str]:
        """The batch's ids; ``first`` is the number of its first row in the file."""
        numbers = batch.column(self.fid).to_pylist() if self.fid else range(first, first + batch.num_rows)
        if not self.column:
            return self._each_once([str(number) for number in numbers])
        told = _as_text(batch.column(self.column)).to_pylist()
        return self._each_once([name or str(number) for name, number in zip(told, numbers, strict=True)])

    def nameless(self, batch: pa.RecordBatch, first: int) -> list[bool]:
        """Which of the batch's features have no id of their own: a number that only counts from 0 is none."""
        if self.column:
            return [not name for name in _as_text(batch.column(self.column)).to_pylist()]
        if self.named:
            return [False] * batch.num_rows
        counted = range(first, first + batch.num_rows)
        numbers = batch.column(self.fid).to_pylist() if self.fid else counted
        return [number == row for number, row in zip(numbers, counted, strict=True)]

    def _each_once(self, names: list[str]) -> list[str]:
        new = set(names)
        if len(new) == len(names) and self._seen.isdisjoint(new):
            self._seen |= new
            return names
        return [self._once(name) for name in names]

    def _once(self, name: str) -> str:
        if name in self._seen:
            self.repeated += 1
            number = 2
            while f"{name}-{number}" in self._seen:
                number += 1
            name = f"{name}-{number}"
        self._seen.add(name)
        return name


def _unique(chunks: Iterator[pa.Array]) -> bool:
    column = pa.chunked_array([_as_text(chunk) for chunk in chunks], pa.string())
    return column.null_count == 0 and len(column) > 0 and pc.count_distinct(column).as_py() == len(column)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type):
        column = column.cast(pa.int64(), safe=False)
    return column.cast(pa.string()) if pa.types.is_integer(column.type) else text(column)


def _can_name(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind))
