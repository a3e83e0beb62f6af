"""Spreadsheets of Excel (xlsx, xlsm, xlsb, xls) and OpenDocument (ods), by calamine: what their cells last showed."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from twin.core.errors import NotThisFormat, TooLarge
from twin.core.i18n import mark
from twin.formats import tabular
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.request import Join
from twin.formats.tabular import Sheet, Tables
from twin.formats.tabular_values import shown

NAME = "Excel"
SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
LARGEST = 256 << 20
BESIDE = True
UNPACKED = 1 << 30
"""Bytes of all that a spreadsheet's zip holds."""
_MEMBERS = 10_000
_CHUNK = 1 << 20
CELLS = 30_000_000
"""Cells between the outermost of a sheet, empty ones too: each takes 40 bytes."""
_COLUMN, _ROW, _BROKEN = re.compile(rb' r="([A-Z]{1,3})\d{1,7}"'), re.compile(rb'<row [^>]{0,200}?\br="(\d{1,7})"'), 240
_ZIP = (zipfile.BadZipFile, NotImplementedError, RuntimeError)
_DAMAGED = mark("It is no spreadsheet that can be read, or it is damaged. Save it anew as .xlsx or .csv.")


def survey(path: Path) -> Survey:
    """Where its rows lie, by the names of its columns."""
    return tabular.survey(_tables(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """The rows of every sheet that says where they lie."""
    yield from tabular.read(_tables(path), place, notes)


def read_joined(path: Path, join: Join, notes: Notes) -> Iterator[Batch]:
    """The rows of its first sheet, where another layer's features lie."""
    sheets = _opened(path)
    for one in sheets[1:]:
        notes.say("The sheet “{sheet}” was left out: only the first is joined to a layer.", sheet=one.name)
    yield from tabular.read_joined(sheets[:1], path, join, notes)


def columns(path: Path) -> list[str]:
    """The names of the columns of its first sheet."""
    return list(_opened(path)[0].table.column_names)


def _tables(path: Path) -> Tables:
    looked = path.stat()
    return _placed(path, looked.st_mtime_ns, looked.st_size)


def _opened(path: Path) -> tuple[Sheet, ...]:
    looked = path.stat()
    return _read(path, looked.st_mtime_ns, looked.st_size)


@lru_cache(maxsize=1)
def _placed(path: Path, _time: int, _size: int) -> Tables:
    return tabular.tables(_read(path, _time, _size), path)


@lru_cache(maxsize=1)
def _read(path: Path, _time: int, _size: int) -> tuple[Sheet, ...]:
    if zipfile.is_zipfile(path):
        _bounded(path)
    found = []
    named = _sheets(path)
    for title, rows in named:
        # A layer is called as its file is, where that holds one sheet.
        one = tabular.sheet(title if len(named) > 1 else path.stem, rows, path)
        if one is not None and one.table.num_rows:
            found.append(one)
    if not found:
        raise NotThisFormat(mark("The table is empty. Check what was chosen when it was saved."), path)
    return tuple(found)


def _sheets(path: Path) -> list[tuple[str, Iterator[list[str]]]]:
    """The sheets of cells, each with its rows from the first."""
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        return [
            (about.name, _rows(book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)))
            for about in book.sheets_metadata
            if str(about.typ).endswith("WorkSheet")
        ]
    except PasswordError as why:
        raise NotThisFormat(mark("The spreadsheet is locked by a password: save it without one."), path) from why
    except BaseException as why:
        # A panic of the library that reads it is no Exception for Python.
        if isinstance(why, Exception) or type(why).__name__ == "PanicException":
            raise NotThisFormat(_DAMAGED, path) from why
        raise


class _Area:
    """What a sheet's cells span, by its XML as it is unpacked: the library makes room for all between."""

    def __init__(self) -> None:
        self._columns: set[bytes] = set()
        self._rows: set[int] = set()
        self._rest = b""

    def add(self, chunk: bytes) -> None:
        """Some more of the XML."""
        text = self._rest + chunk
        self._columns.update(_COLUMN.findall(text))
        rows = [int(one) for one in _ROW.findall(text)]
        self._rows |= {min(rows), max(rows)} if rows else set()
        # What a chunk breaks is whole with the next.
        self._rest = text[-_BROKEN:]

    @property
    def cells(self) -> int:
        """How many lie between the outermost."""
        places = [_place(one) for one in self._columns]
        wide = max(places) - min(places) + 1 if places else 0
        return wide * (max(self._rows) - min(self._rows) + 1) if self._rows else 0

    @property
    def last(self) -> str:
        """The outermost cell, as Excel calls it."""
        return f"{max(self._columns, key=_place).decode()}{max(self._rows)}"


def _place(column: bytes) -> int:
    """A column by its letters: A is 1."""
    place = 0
    for letter in column:
        place = 26 * place + letter - 64
    return place


def _rows(cells: list[list[Any]]) -> Iterator[list[str]]:
    for row in cells:
        yield [shown(cell) for cell in row]


def _bounded(path: Path) -> None:
    """A zip may hold far more than it seems to, and may lie about it: unpacked once, and thrown away."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS or sum(one.file_size for one in members) > UNPACKED:
                words = mark("Unpacked, the spreadsheet has more than {largest} MB: split it, or save it as .csv.")
                raise TooLarge(words, path, largest=UNPACKED >> 20)
            for one in members:
                with archive.open(one) as content:
                    area = _Area()
                    while chunk := content.read(_CHUNK):
                        area.add(chunk if one.filename.startswith("xl/worksheets/") else b"")
                if area.cells > CELLS:
                    words = mark(
                        "A sheet of it reaches to {cell}, and is nearly empty: delete the rows and columns beyond its "
                        "table, or save that as .csv."
                    )
                    raise TooLarge(words, path, cell=area.last)
    except (*_ZIP, zlib.error, EOFError, OSError, ValueError, IndexError) as why:
        raise NotThisFormat(_DAMAGED, path) from why
