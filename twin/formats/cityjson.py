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
from twin.formats.cityjson_names import stamp_of
from twin.formats.cityjson_objects import batches
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey
from twin.formats.stamp import KEY, Stamp

NAME = "CityJSON"
SUFFIXES = (".city.json", ".json")
LARGEST = 1 << 30
_NAMED = re.compile(r"crs[:/]([A-Za-z]+)[:/][^:/,&]*[:/](\w+)")
"""Authority and code in a URN or URL; a compound system names two."""
_SHORT = re.compile(r"([A-Za-z]+)::?(\w+)")


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
    ours = (stamp_of(documents[0].header) if documents else None) or Stamp()
    count = sum(len(one.objects) for one in documents)
    return Survey(crs, bounds, heights=ours.heights, count=count, synthetic=ours.synthetic)


def crs_of(header: dict[str, Any]) -> str | None:
    """``EPSG:n`` from the URN of CityJSON 1.0 or the URL of 1.1 and 2.0; what else is named, as it stands."""
    metadata = header.get("metadata")
    if not isinstance(metadata, dict):
        return None
    ours = metadata.get(KEY)
    named = metadata.get("referenceSystem") or (ours.get("crs") if isinstance(ours, dict) else None)
    if not isinstance(named, str) or not named.strip():
        return None
    named = named.strip().rstrip("/")
    short = _SHORT.fullmatch(named)
    found = [(short[1], short[2])] if short else _NAMED.findall(named)
    if len(found) == 2 and found[0][0].upper() == found[1][0].upper():
        return f"{found[0][0].upper()}:{found[0][1]}+{found[1][1]}"
    return f"{found[0][0].upper()}:{found[0][1]}" if len(found) == 1 else named
