"""Esri's File Geodatabase, through GDAL: its feature classes with their aliases, coded values and subtypes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from twin.core.errors import NotThisFormat
from twin.formats import gdal
from twin.formats.geodatabase_terms import Terms
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.vector import Raw

NAME = "File Geodatabase"
SUFFIXES = (".gdb", ".gdbtable")
LARGEST = 16 << 30
_FIRST = "a00000001.gdbtable"


def folder(path: Path) -> bool:
    """Whether a folder is a geodatabase: its catalogue has one name by the format."""
    return path.suffix.lower() == ".gdb" and (path / _FIRST).is_file()


def survey(path: Path) -> Survey:
    """Its feature classes' CRS and extent."""
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Every feature class."""
    terms = Terms.of(path)
    opened = [replace(one, raw=_coded(one.raw, terms)) for one in _opened(path)]
    others = sorted(gdal.tables(path, NAME))
    if others:
        notes.say("Tables without geometry were left out: {tables}.", tables=", ".join(others)[:400])
    yield from gdal.read(opened, place, notes)


def _opened(path: Path) -> Sequence[gdal.Opened]:
    if not path.is_dir():
        raise NotThisFormat("A geodatabase is a folder: bring the whole .gdb folder, or a zip of it.", path)
    opened = gdal.layers(path, NAME, "OpenFileGDB")
    return [one for one in opened if one.raw.count] or opened


def _coded(raw: Raw, terms: Terms) -> Raw:
    """The layer with its terms, and with the codes themselves where GDAL gives what they mean."""

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        for batch in raw.batches(wanted):
            made = batch
            for place, field in enumerate(batch.schema):
                if pa.types.is_dictionary(field.type):
                    made = made.set_column(place, field.name, made.column(place).indices.cast(pa.int64()))
            yield made

    return replace(raw, title=terms.title(raw.name), columns=terms.columns(raw), batches=batches)
