"""CityJSONSeq: a header, then one CityJSONFeature a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twin.formats.cityjson import surveyed
from twin.formats.cityjson_document import sequence, stamp
from twin.formats.cityjson_objects import batches
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey

NAME = "CityJSONSeq"
SUFFIXES = (".city.jsonl", ".jsonl")
LARGEST = 1 << 30


def survey(path: Path) -> Survey:
    """Its CRS and extent."""
    return surveyed(list(sequence(path, stamp(path))))


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its objects, by theme."""
    yield from batches(iter(sequence(path, stamp(path))), place, notes, path)
