"""A GTFS feed's tables, from its zip or from the folder that it was unpacked to, within bounds."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

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
RATIO = 250
"""How many times larger than the zip its content may be, once it passes ``UNASKED``."""
UNASKED = 64 << 20
_BLOCK = 1 << 24
_END = re.compile(rb"\r\n|\n|\r")
_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, IndexError, NotImplementedError, RuntimeError)
_NO_ZIP = mark("It is no zip file that can be opened, or it is damaged: copy it again from where it came from.")


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
    for name, opened in _files(path).items():
        found.tables[name] = _table(found, name, opened())
    for name in NEEDED:
        if name not in found.tables:
            words = mark("It is no GTFS feed: {name}.txt is missing. Download the feed again from its publisher.")
            raise NotThisFormat(words, path, name=name)
    return found


def _files(path: Path) -> dict[str, Callable[[], bytes]]:
    if path.is_dir():
        there = {one.name.lower().removesuffix(".txt"): one for one in path.rglob("*.txt")}
        for one in there.values():
            _bounded(one.stat().st_size, path)
        return {name: there[name].read_bytes for name in NAMES if name in there}
    try:
        return _zipped(path)
    except _ZIP as why:
        raise NotThisFormat(_NO_ZIP, path) from why


def _zipped(path: Path) -> dict[str, Callable[[], bytes]]:
    found: dict[str, Callable[[], bytes]] = {}
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    total = sum(one.file_size for one in members)
    if total > max(UNASKED, RATIO * path.stat().st_size):
        words = mark("It would unpack to {ratio} times its size, which only a trap does: nothing of it was unpacked.")
        raise TooLarge(words, path, ratio=total // max(1, path.stat().st_size))
    for one in members:
        inside = PurePosixPath(one.filename)
        name = inside.name.lower().removesuffix(".txt")
        if name in NAMES and inside.suffix.lower() == ".txt":
            _bounded(one.file_size, path)
            found.setdefault(name, lambda member=one: _unpacked(path, member))  # type: ignore[misc]
    return {name: found[name] for name in NAMES if name in found}


def _unpacked(path: Path, member: zipfile.ZipInfo) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    except _ZIP as why:
        raise NotThisFormat(_NO_ZIP, path) from why


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
        words = mark("{name}.txt can’t be read: {why}. Download the feed again from its publisher.")
        raise NotThisFormat(words, found.path, name=name, why=str(why)[:120]) from why
    return pa.table({one: _trimmed(table.column(one)) for one in names})


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raw = column.cast(pa.binary()).to_pylist()
        column = pa.chunked_array([[one.decode("utf-8", "replace") for one in raw]], pa.string())
    words = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)
