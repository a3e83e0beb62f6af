"""GeoParquet 1.0 and 1.1, with WKB or the native encodings, through pyarrow: GDAL's wheel has no Parquet driver."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from twin.core.errors import NotThisFormat, TooLarge
from twin.core.i18n import mark
from twin.formats import geoparquet_native, vector
from twin.formats.columns import DATE
from twin.formats.crs import Box
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.vector import Raw, trusted
from twin.formats.writing import whole
from twin.model.feature import GEOMETRY

NAME = "GeoParquet"
SUFFIXES = (".parquet", ".geoparquet")
_VERSION = "1.1.0"
_ROWS, _ROWS_A_BYTE = 1_000_000, 2
"""Rows that a small file may have, and how many more for each of its bytes: a point takes some bytes."""
_TYPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")


def survey(path: Path) -> Survey:
    """What its ``geo`` metadata says, and its features' extent."""
    file, geo = _open(path)
    column = _column(geo, path)
    raw = _raw(path, file, geo)
    crs = _crs(column)
    bounds = trusted(raw, _bounds(path, column, raw), geographic=crs == "OGC:CRS84")
    stamp = raw.stamp or Stamp()
    return Survey(crs=crs, bounds=bounds, heights=stamp.heights, count=raw.count, synthetic=stamp.synthetic)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features."""
    file, geo = _open(path)
    with _told(path):
        yield from vector.read(_raw(path, file, geo), place, notes)


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer as GeoParquet 1.1."""
    from pyproj import CRS

    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": _types(shapes),
        "crs": CRS.from_user_input(crs).to_json_dict(),
    }
    box = shapely.total_bounds(shapes)
    if np.isfinite(box).all():
        column["bbox"] = box.tolist()
    geo = {"version": _VERSION, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    days = {field.name: DATE for field in table.schema if pa.types.is_date(field.type)}
    told = {"geo": json.dumps(geo), KEY: Stamp.of(layer, meta, days).model_dump_json()}
    with whole(out) as draft:
        pq.write_table(table.replace_schema_metadata(told), draft, compression="zstd", row_group_size=50_000)


def _types(shapes: Any) -> list[str]:
    ids, solid = shapely.get_type_id(shapes), shapely.has_z(shapes)
    found = {(int(one), bool(z)) for one, z in zip(ids, solid, strict=True) if one >= 0}
    names = {0: "Point", 1: "LineString", 2: "LineString", 3: "Polygon"}
    return sorted({names.get(one, _TYPES[one - 1]) + (" Z" if z else "") for one, z in found})


def _open(path: Path) -> tuple[pq.ParquetFile, dict[str, Any]]:
    with _told(path):
        file = pq.ParquetFile(path, memory_map=False, pre_buffer=False)
        text = (file.schema_arrow.metadata or {}).get(b"geo")
        geo = json.loads(text) if text else None
    if file.metadata.num_rows > _ROWS + _ROWS_A_BYTE * path.stat().st_size:
        words = mark(
            "It says that it holds {count} features in {size} kB, which only a trap does. Check where it came from, "
            "or export it anew."
        )
        raise TooLarge(words, path, count=file.metadata.num_rows, size=path.stat().st_size >> 10)
    if not isinstance(geo, dict) or not isinstance(geo.get("columns"), dict):
        raise NotThisFormat(
            "It is a Parquet table without “geo” metadata: no column is known to be geometry. Write it anew "
            "as GeoParquet, as GeoPandas and GDAL do.",
            path,
        )
    return file, geo


def _column(geo: dict[str, Any], path: Path) -> dict[str, Any]:
    column = geo["columns"].get(geo.get("primary_column"))
    if not isinstance(column, dict):
        raise NotThisFormat(
            "Its “geo” metadata names no geometry column that is there. Copy it again from where it came "
            "from, or export it anew.",
            path,
        )
    if column.get("encoding") not in ("WKB", *geoparquet_native.ENCODINGS):
        words = mark("Its geometry is encoded as “{encoding}”; WKB is what can be read. Write it anew with WKB.")
        raise NotThisFormat(words, path, encoding=str(column.get("encoding"))[:40])
    return column


def _crs(column: dict[str, Any]) -> str | None:
    """An absent CRS is WGS 84 by the standard; a null one is unknown."""
    if "crs" not in column:
        return "OGC:CRS84"
    if not isinstance(column["crs"], dict):
        return None
    code = column["crs"].get("id")
    return (
        f"{code['authority']}:{code['code']}"
        if isinstance(code, dict) and len(code) >= 2
        else json.dumps(column["crs"])
    )


def _bounds(path: Path, column: dict[str, Any], raw: Raw) -> Box | None:
    box = column.get("bbox")
    if isinstance(box, list) and len(box) in (4, 6) and all(isinstance(one, int | float) for one in box):
        half = len(box) // 2
        return float(box[0]), float(box[1]), float(box[half]), float(box[half + 1])
    # Without a box there is no telling but by looking.
    with _told(path):
        return trusted(raw, (-np.inf, -np.inf, np.inf, np.inf), geographic=False)


def _raw(path: Path, file: pq.ParquetFile, geo: dict[str, Any]) -> Raw:
    geometry = geo["primary_column"]
    schema = file.schema_arrow
    if geometry not in schema.names:
        raise NotThisFormat(
            "Its “geo” metadata names no geometry column that is there. Copy it again from where it came "
            "from, or export it anew.",
            path,
        )
    # A covering repeats the box of the geometry, which the store works out for itself.
    cover = (geo["columns"][geometry].get("covering") or {}).get("bbox", {}).get("xmin", [None])[0]
    others = [name for name in schema.names if name != cover]

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        with _told(path):
            for batch in file.iter_batches(vector.ROWS, columns=others if wanted is None else list(wanted)):
                yield _binary(batch, geometry, encoding)

    encoding = str(geo["columns"][geometry].get("encoding"))
    kept = pa.schema([field for field in schema if field.name != cover])
    stamp = Stamp.found((schema.metadata or {}).get(KEY.encode()))
    name = stamp.layer if stamp else path.stem
    return Raw(name, kept, geometry, batches, stamp=stamp, count=file.metadata.num_rows)


def _binary(batch: pa.RecordBatch, geometry: str, encoding: str) -> pa.RecordBatch:
    if geometry in batch.schema.names and encoding in geoparquet_native.ENCODINGS:
        place = batch.schema.get_field_index(geometry)
        return batch.set_column(place, geometry, geoparquet_native.to_wkb(batch.column(place), encoding))
    if geometry not in batch.schema.names or batch.schema.field(geometry).type == pa.binary():
        return batch
    position = batch.schema.get_field_index(geometry)
    column = batch.column(position)
    storage = column.storage if isinstance(column, pa.ExtensionArray) else column
    return batch.set_column(position, geometry, storage.cast(pa.binary()))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        RecursionError,
    ) as why:
        words = mark(
            "It is no {format} that can be read, or it is damaged. Copy it again from where it came from, "
            "or export it anew."
        )
        raise NotThisFormat(words, path, format=NAME) from why
