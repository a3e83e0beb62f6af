"""A GTFS feed's tables, from the folder that its zip was unpacked to, within bounds."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from twin.core.errors import NotThisFormat, TooLarge
from twin.core.i18n import mark
from twin.formats import text

NEEDED = ("stops", "routes", "trips", "stop_times")
NAMES = (*NEEDED, "agency", "calendar", "calendar_dates", "frequencies", "shapes", "feed_info")
BYTES = 2 << 30
"""Of one table, unpacked."""
_BLOCK = 1 << 24
_END = re.compile(rb"\r\n|\n|\r")


@dataclass
class Feed:
    """The tables that are there: columns of trimmed text, null where a field is blank."""

    path: Path
    tables: dict[str, pa.Table] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    """Rows of a table that have more or fewer values than it has columns."""

    def table(self, name: str) -> pa.Table:
        """One of them; empty where the feed lacks it."""
        return self.tables.get(name, pa.table({}))

    def column(self, table: str, name: str) -> pa.Array:
        """A column; null throughout where the table lacks it."""
        found = self.table(table)
        if name in found.column_names:
            return found.column(name).combine_chunks()
        return pa.nulls(found.num_rows, pa.string())


def holds(names: set[str]) -> bool:
    """Whether files of these names are a feed's, be it that one is missing."""
    return len(names & {f"{one}.txt" for one in NEEDED}) >= len(NEEDED) - 1


def feed(path: Path) -> Feed:
    """All of a feed's tables; NotThisFormat where one is missing that it needs."""
    found = Feed(path)
    for name, file in _files(path).items():
        found.tables[name] = _table(found, name, file.read_bytes())
    for name in NEEDED:
        if name not in found.tables:
            words = mark("It is no GTFS feed: {name}.txt is missing. Download the feed again from its publisher.")
            raise NotThisFormat(words, path, name=name)
    return found


def _files(path: Path) -> dict[str, Path]:
    there = {one.name.lower().removesuffix(".txt"): one for one in path.rglob("*.txt")}
    found = {name: there[name] for name in NAMES if name in there}
    for one in found.values():
        _bounded(one.stat().st_size, path)
    return found


def _bounded(size: int, path: Path) -> None:
    if size > BYTES:
        raise TooLarge(mark("A table of it has more than {largest} MB."), path, largest=BYTES >> 20)


def _table(found: Feed, name: str, raw: bytes) -> pa.Table:
    encoding = text.encoding(raw)
    plain = raw if encoding in ("utf-8", "ascii") else raw.decode(encoding, "replace").encode()
    plain = plain.removeprefix("\ufeff".encode())
    head, *rest = _END.split(plain, maxsplit=1)
    names = [one.strip() for one in next(csv.reader([head.decode("utf-8", "replace")]), [])]
    if not any(names) or len(set(names)) < len(names):
        words = mark("The columns of {name}.txt have no names, or one twice: the feed is damaged.")
        raise NotThisFormat(words, found.path, name=name)

    body = b"".join(rest)
    if not body.strip():
        return pa.table({one: pa.array([], pa.string()) for one in names})

    def count(_row: object) -> str:
        found.broken[name] = found.broken.get(name, 0) + 1
        return "skip"

    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=count),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), check_utf8=False, strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, ValueError) as why:
        words = mark("{name}.txt is damaged: its rows can’t be told apart. Download the feed again from its publisher.")
        raise NotThisFormat(words, found.path, name=name) from why
    return pa.table({one: _trimmed(table.column(one)) for one in names})


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raw = column.cast(pa.binary()).to_pylist()
        column = pa.chunked_array([[one.decode("utf-8", "replace") for one in raw]], pa.string())
    words = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)
