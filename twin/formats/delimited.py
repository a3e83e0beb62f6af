"""CSV and its kin: text in any encoding, with commas, semicolons, tabs or bars between values (RFC 4180, and less)."""

from __future__ import annotations

import csv
import io
import mmap
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark
from twin.formats import delimited_writer, tabular, text
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.request import Join
from twin.formats.tabular import Sheet, Tables

NAME = "CSV"
SUFFIXES = (".csv", ".tsv", ".txt")
LARGEST = 1 << 30
BESIDE = True
"""Beside other data in a folder, a text mostly says something about it."""
_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
_MORE = 4 << 20
"""Bytes among which a preview looks for letters beyond ASCII."""
_LINES = 30
_FIELD = 64 << 20
"""Letters of a value: geometry of a whole country is a long one."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def survey(path: Path) -> Survey:
    """Where its rows lie, by the names of its columns."""
    return tabular.survey(_tables(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its rows."""
    _tell_lost(_opened(path), notes)
    yield from tabular.read(_tables(path), place, notes)


def read_joined(path: Path, join: Join, notes: Notes) -> Iterator[Batch]:
    """Its rows, where another layer's features lie."""
    _tell_lost(_opened(path), notes)
    yield from tabular.read_joined([_opened(path)], path, join, notes)


def columns(path: Path) -> list[str]:
    """The names of its columns."""
    return list(_opened(path).table.column_names)


def letters(path: Path) -> bytes:
    """Its first line, and those beyond ASCII that follow it soonest; of text in wide letters just the beginning."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if b"\0" in head or head.startswith(b"\xef\xbb\xbf"):
            return head
        first, _, rest = (head + file.read(_MORE)).partition(b"\n")
    beyond = [line for line in rest.splitlines() if not line.isascii()]
    return b"\n".join([first, *beyond])[:_HEAD]


def write(out: Path, table: pa.Table, crs: str, _layer: str, _meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer's features, a row each."""
    delimited_writer.write(out, table, crs)


def _tables(path: Path) -> Tables:
    looked = path.stat()
    return _placed(path, looked.st_mtime_ns, looked.st_size, text.spoken())


def _opened(path: Path) -> Sheet:
    looked = path.stat()
    return _read(path, looked.st_mtime_ns, looked.st_size, text.spoken())


@lru_cache(maxsize=1)
def _placed(path: Path, time: int, size: int, spoken: str | None) -> Tables:
    return tabular.tables([_read(path, time, size, spoken)], path)


@lru_cache(maxsize=1)
def _read(path: Path, _time: int, _size: int, _spoken: str | None) -> Sheet:
    csv.field_size_limit(_FIELD)
    encoding = _encoding(path)
    with path.open("rb") as file:
        head = file.read(_HEAD).decode(encoding, "replace").lstrip("\ufeff")
    if "\0" in head:
        raise NotThisFormat(mark("It is no table of text: it holds binary data. Save it anew as .csv or .xlsx."), path)
    told = re.match(r"sep=(.)\r?\n", head, re.IGNORECASE)
    delimiter = told[1] if told else _delimiter(head)
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        if told:
            lines.readline()
        found = tabular.sheet(path.stem, _rows(lines, delimiter, path), path, cut=not _ends(path))
    if found is None:
        raise NotThisFormat(mark("The table is empty. Check what was chosen when it was saved."), path)
    return found


def _rows(lines: io.TextIOBase, delimiter: str, path: Path) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as why:
        words = mark(
            "It is no table that can be read, or it is damaged: a quotation mark may be left open. Save it "
            "anew as .csv."
        )
        raise NotThisFormat(words, path) from why


def _encoding(path: Path) -> str:
    """By the first letters beyond ASCII, wherever they stand."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        start = raw[:_HEAD]
        if b"\0" in start or start.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            return text.encoding(start)
        found = _BEYOND_ASCII.search(raw)
        return text.encoding(raw[found.start() : found.start() + (1 << 20)]) if found else "utf-8"


def _delimiter(head: str) -> str:
    """What makes as many values of most lines as of their names."""
    best, chosen = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        rows = [row for row in csv.reader(head.splitlines()[:_LINES], delimiter=delimiter) if any(row)]
        counts = [len(row) for row in rows if len(row) > 1]
        if not counts:
            continue
        width = max(set(counts), key=lambda one: (counts.count(one), one))
        score = (counts.count(width) / len(rows), width)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _ends(path: Path) -> bool:
    """Whether the last line is a whole one, as far as its end can say."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return bool({*b"\r\n"} & {*file.read()})


def _tell_lost(found: Sheet, notes: Notes) -> None:
    lost = sum("\ufffd" in word for name in found.table.column_names for word in _words(found, name))
    if lost:
        notes.say("Some letters can’t be read: is the file damaged? Values with such letters: {count}.", count=lost)


def _words(found: Sheet, name: str) -> list[str]:
    return [word for word in found.table.column(name).unique().to_pylist() if word]
