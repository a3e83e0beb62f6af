"""CityJSON 1.0, 1.1 and 2.0: one document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from twin.formats import cityjson_writer
from twin.formats.cityjson_document import Document, document, stamp
from twin.formats.cityjson_objects import batches
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey

NAME = "CityJSON"
SUFFIXES = (".city.json", ".json")
LARGEST = 1 << 30


def survey(path: Path) -> Survey:
    """Its CRS and extent."""
    return surveyed([document(path, stamp(path))])


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its objects, by theme."""
    yield from batches(iter([document(path, stamp(path))]), place, notes, path)


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer as CityJSON 2.0."""
    cityjson_writer.write(out, table, crs, layer, meta)


def surveyed(documents: list[Document]) -> Survey:
    """The CRS of the first document that names one, and the box of all."""
    crs = next((found for one in documents if (found := crs_of(one.header))), None)
    points = [one.vertices for one in documents if len(one.vertices)]
    bounds = None
    if points:
        low, high = np.min([p.min(axis=0) for p in points], axis=0), np.max([p.max(axis=0) for p in points], axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Survey(crs, bounds, count=sum(len(one.objects) for one in documents))


def crs_of(header: dict[str, Any]) -> str | None:
    """``EPSG:n`` from the URN of CityJSON 1.0 or the URL of 1.1 and 2.0."""
    metadata = header.get("metadata")
    named = metadata.get("referenceSystem") if isinstance(metadata, dict) else None
    found = re.search(r"([A-Za-z]+)(?::[^:]*:|/[^/]*/|:)(\d+)$", str(named or ""))
    return f"{found[1].upper()}:{found[2]}" if found else None
