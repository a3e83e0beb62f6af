"""GeoJSON: read through GDAL, written here.

RFC 7946 wants WGS 84; a city's own coordinates would lose their last digits on the way there and back, and lie a metre
off where a datum shift stands between. So what we write stays in the city's CRS and names it in the ``crs`` member of
GeoJSON 2008, which GDAL, QGIS and our own reader honour. Numbers are written so that they are read back to the bit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import shapely

from twin.formats import columns, gdal
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.writing import whole
from twin.model.feature import GEOMETRY

NAME = "GeoJSON"
SUFFIXES = (".geojson", ".json", ".geojsons", ".geojsonl", ".geojsonseq", ".ndjson")
LARGEST = 2 << 30
"""GDAL holds the whole text in memory."""
_HEAD, _LINE = 1 << 16, 16 << 20


def survey(path: Path) -> Survey:
    """Its CRS (WGS 84 where it names none, as RFC 7946 has it) and extent."""
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features."""
    yield from gdal.read(_opened(path), place, notes)


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer, one feature a line."""
    table, was = columns.plain(table)
    was |= {field.name: columns.TIMESTAMP for field in table.schema if pa.types.is_timestamp(field.type)}
    stamp = Stamp.of(layer, meta, was)
    with whole(out) as draft, draft.open("wb") as file:
        head = f'"name":{json.dumps(layer, ensure_ascii=False)},"crs":{json.dumps(member(crs))},"{KEY}":'
        file.write(f'{{"type":"FeatureCollection",{head}{stamp.model_dump_json()},"features":[\n'.encode())
        between = b""
        for batch in table.to_batches(max_chunksize=5000):
            for line in _features(batch):
                file.write(between + line)
                between = b",\n"
        file.write(b"\n]}\n")


def _features(batch: pa.RecordBatch) -> Iterator[bytes]:
    wkb = batch.column(GEOMETRY).to_numpy(zero_copy_only=False)
    shapes = shapely.to_geojson(shapely.from_wkb(wkb))
    rows = batch.drop_columns([GEOMETRY]).to_pylist()
    for shape, row in zip(shapes, rows, strict=True):
        properties = orjson.dumps(row, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
        geometry = b"null" if shape is None else shape.encode()
        yield b'{"type":"Feature","geometry":%b,"properties":%b}' % (geometry, properties)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def member(crs: str) -> dict[str, Any]:
    """The ``crs`` member: an OGC name where the authority is known."""
    authority, _, code = crs.partition(":")
    if code.isalnum():
        return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority}::{code}"}}
    return {"type": "name", "properties": {"name": crs}}


def _opened(path: Path) -> Sequence[gdal.Opened]:
    if _is_sequence(path):
        expected = _lines(path)
        found = gdal.layers(path, NAME, "GeoJSONSeq", several=False)
        return [replace(one, raw=replace(one.raw, expected=expected)) for one in found]
    stamp = _stamp(path)
    # A file of ours says which columns are times; a text that looks like one stays text.
    options = {"DATE_AS_STRING": "YES"} if stamp else {}
    opened = gdal.layers(path, NAME, "GeoJSON", options, several=False)
    for one in opened:
        one.raw.stamp = stamp
    return opened


def _is_sequence(path: Path) -> bool:
    """Whether it is a feature a line (RFC 8142, or the same without its marks), whatever its name says."""
    with path.open("rb") as file:
        first = file.readline(_LINE).strip(b"\x1e\xef\xbb\xbf \t\r\n")
        second = file.readline(_HEAD).strip(b"\x1e \t\r\n")
    if not first.startswith(b"{") or not first.endswith(b"}"):
        return False
    try:
        told = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    alone = path.suffix.lower() not in (".geojson", ".json")
    return told.get("type") == "Feature" and (alone or second.startswith(b"{"))


def _lines(path: Path) -> int:
    """How many features it should hold."""
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip(b"\x1e \t\r\n"))


def _stamp(path: Path) -> Stamp | None:
    with path.open("rb") as file:
        head = file.read(_HEAD).decode("utf-8", "replace")
    start = head.find(f'"{KEY}":')
    features = head.find('"features"')
    if start < 0 or 0 <= features < start:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(head, start + len(KEY) + 3)
    except (ValueError, RecursionError):
        return None
    return Stamp.found(json.dumps(found))
