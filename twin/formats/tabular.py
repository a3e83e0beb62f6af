"""Tables of text, from a CSV file or a spreadsheet: a row of names, and rows that lie where their columns say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats import gdal, vector
from twin.formats.gdal import Opened
from twin.formats.joining import places
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.request import Join
from twin.formats.tabular_places import WGS84, Placed, placed
from twin.formats.tabular_values import numbers, typed
from twin.formats.vector import Raw

GEOMETRY, WHY = "\0geometry", "\0why"
COLUMNS = 4096
_HEAD = 20
"""Rows among which the names are looked for."""
_CHUNK = 20_000
_BLANK = "\ufeff\0 \t\r\n\u00a0"
_EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


@dataclass(frozen=True)
class Sheet:
    """A table as it stands in a file."""

    name: str
    table: pa.Table
    """Columns of text, trimmed; null where a cell is blank."""
    faults: dict[int, str]
    """Rows that can't be taken, with the reason."""
    above: int = 0
    """Rows above the names, which are no data."""


@dataclass(frozen=True)
class Tables:
    """The tables of a file that say where they lie."""

    opened: tuple[Opened, ...]
    degrees: tuple[str, ...]
    """Columns that were taken for degrees, by their names."""
    without: tuple[str, ...]
    """Sheets that say nothing of the kind."""
    above: int


def sheet(name: str, rows: Iterator[list[str]], path: Path, *, cut: bool = False) -> Sheet | None:
    """A table of rows of cells; None where it is empty. ``cut`` says that the last row may have been cut off."""
    head = [[cell.strip(_BLANK) for cell in row] for row in islice(filter(any, rows), _HEAD)]
    if not head:
        return None
    at = _names_at(head)
    if at is None:
        words = mark("Its first row holds no names of columns: put a row of names above the data, and bring it again.")
        raise NotThisFormat(words, path)
    names = _once(head[at])
    if len(names) > COLUMNS:
        words = mark("It has {count} columns; {largest} are the most that can be read.")
        raise CannotRead(words, path, count=len(names), largest=COLUMNS)
    faults: dict[int, str] = {}
    columns = [list[pa.Array]() for _ in names]
    count = 0
    for some in _chunks(chain(head[at + 1 :], rows)):
        for row, cells in enumerate(some, start=count):
            if len(cells) > len(names) and any(map(str.strip, cells[len(names) :])):
                faults[row] = tr("It has {count} values, more than there are columns.", count=len(cells))
        count += len(some)
        given = list(zip_longest(*some, fillvalue=""))
        for place, parts in enumerate(columns):
            parts.append(_trimmed(given[place]) if place < len(given) else pa.nulls(len(some), pa.string()))
        last = some[-1]
    if cut and count and len(last) < len(names):
        faults[count - 1] = tr("The file ends in the middle of this row.")
    arrays = [pa.chunked_array(parts, pa.string()) for parts in columns]
    return Sheet(name, pa.Table.from_arrays(arrays, names), faults, at)


def tables(sheets: Sequence[Sheet], path: Path) -> Tables:
    """Those of a file's sheets whose columns say where their rows lie."""
    opened, degrees, without = [], [], []
    for one in sheets:
        found = placed(one.table, path)
        if found is None:
            without.append(one.name)
            continue
        opened.append(Opened(_raw(one, found), found.crs, _EVERYWHERE))
        if found.crs == WGS84 and len(found.used) == 2:
            degrees.append(", ".join(found.used))
    return Tables(tuple(opened), tuple(degrees), tuple(without), max((one.above for one in sheets), default=0))


def survey(found: Tables, path: Path) -> Survey:
    """Where its rows lie; CannotRead where no column says it."""
    if not found.opened:
        words = mark(
            "No column says where its rows lie. Name two of them lon and lat (degrees) or easting and northing, or one "
            "of them wkt; or, where one holds the ids of a layer in the city, say which layer (--join LAYER)."
        )
        raise CannotRead(words, path)
    return gdal.survey(found.opened, path)


def read(found: Tables, place: Place, notes: Notes) -> Iterator[Batch]:
    """The rows of all its tables."""
    for columns in found.degrees:
        notes.say("The columns {columns} were read as degrees in WGS 84, by their names.", columns=columns)
    for name in found.without if found.opened else ():
        notes.say("The sheet “{sheet}” was left out: no column says where its rows lie.", sheet=name)
    _tell_above(found.above, notes)
    yield from gdal.read(found.opened, place, notes)


def read_joined(sheets: Iterable[Sheet], path: Path, join: Join, notes: Notes) -> Iterator[Batch]:
    """The rows of its tables, each where the feature lies whose id it holds."""
    for one in sheets:
        column, geometry, reasons = places(one.table, join, path)
        notes.say(
            "Rows lie where the features of “{layer}” lie whose ids “{column}” holds.", layer=join.layer, column=column
        )
        raw = _raw(one, Placed(geometry, reasons, ()))
        raw.sound = True
        _tell_above(one.above, notes)
        yield from vector.read(raw, lambda xyz: xyz, notes)


def _raw(one: Sheet, found: Placed) -> Raw:
    reasons = found.reasons.to_pylist()
    geometry = found.geometry.to_pylist()
    for row, why in one.faults.items():
        reasons[row], geometry[row] = why, None
    kept = {name: typed(one.table.column(name)) for name in one.table.column_names if name not in found.used}
    table = pa.table({**kept, GEOMETRY: pa.array(geometry, pa.binary()), WHY: pa.array(reasons, pa.string())})

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        some = table if wanted is None else table.select(list(wanted))
        yield from some.to_batches(max_chunksize=vector.ROWS)

    return Raw(one.name, table.schema, GEOMETRY, batches, count=table.num_rows, reasons=WHY)


def _names_at(head: list[list[str]]) -> int | None:
    """The row of names: the first that is about as wide as the table and mostly no numbers."""
    width = max(sum(map(bool, row)) for row in head)
    for at, row in enumerate(head):
        told = [cell for cell in row if cell]
        if 2 * len(told) >= width and (width == 1 or len(told) > 1):
            return at if 2 * sum(numbers([cell]) is not None for cell in told) <= len(told) else None
    return None


def _once(names: list[str]) -> list[str]:
    """Each column's name, once."""
    while names and not names[-1]:
        names = names[:-1]
    made: list[str] = []
    for place, given in enumerate(names, start=1):
        name, number = given or tr("column {n}", n=place), 2
        while name in made:
            name, number = f"{given}_{number}", number + 1
        made.append(name)
    return made


def _chunks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    there = filter(any, rows)
    while some := list(islice(there, _CHUNK)):
        yield some


def _trimmed(cells: Sequence[str]) -> pa.Array:
    words = pc.utf8_trim(pa.array(cells, pa.string()), _BLANK)
    return pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)


def _tell_above(above: int, notes: Notes) -> None:
    if above:
        notes.say("Rows above the names of the columns were left out: {count}.", count=above)
