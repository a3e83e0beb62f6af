"""FlatGeobuf, through GDAL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twin.formats import gdal
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey

NAME = "FlatGeobuf"
SUFFIXES = (".fgb",)


def survey(path: Path) -> Survey:
    """Its CRS and extent."""
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features."""
    yield from gdal.read(_opened(path), place, notes)


def _opened(path: Path) -> Sequence[gdal.Opened]:
    # Its head says how many there are; 0 where its writer didn't know.
    opened = gdal.layers(path, NAME, "FlatGeobuf")
    return [replace(one, raw=replace(one.raw, expected=one.raw.count)) for one in opened]
