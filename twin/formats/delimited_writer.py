"""Writing a layer as CSV: UTF-8 with the mark by which Excel knows Arabic, places as x and y or WKT, with the CRS."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.formats import columns
from twin.formats.writing import whole
from twin.model.feature import GEOMETRY, UID

CRS = "crs"
_ROWS = 10_000
_PLACE = ("x", "y", "z", "wkt", CRS)


def write(out: Path, table: pa.Table, crs: str) -> None:
    """Write a layer; text that is empty comes back as not reported, since CSV can't tell them apart."""
    flat, _ = columns.plain(table)
    shapes = shapely.from_wkb(flat.column(GEOMETRY).to_numpy())
    types = set(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]).tolist())
    points = types <= {int(shapely.GeometryType.POINT)}
    solid = bool(shapely.has_z(shapes).any())
    places = (["x", "y", "z"] if solid else ["x", "y"]) if points else ["wkt"]
    others = [name for name in flat.column_names if name not in (UID, GEOMETRY)]
    with whole(out) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if out.suffix.lower() == ".tsv" else ",")
        writer.writerow([UID, *places, CRS, *map(_named, others)])
        for start in range(0, flat.num_rows, _ROWS):
            some = flat.slice(start, _ROWS)
            where = _places(shapes[start : start + _ROWS], points, solid)
            values = zip(*(map(_shown, some.column(name).to_pylist()) for name in others), strict=True)
            rows = values if others else iter([()] * some.num_rows)
            for uid, place, row in zip(some.column(UID).to_pylist(), where, rows, strict=True):
                writer.writerow([uid, *place, crs, *row])


def _named(name: str) -> str:
    """An attribute that is called as a column of places is gets a trailing ``_``."""
    return f"{name}_" if name.lower() in _PLACE else name


def _places(shapes: Any, points: bool, solid: bool) -> Iterator[list[str]]:
    if not points:
        # As many digits as it takes to come back the same.
        for shape, words in zip(shapes, shapely.to_wkt(shapes, rounding_precision=-1), strict=True):
            yield [words if shape is not None else ""]
        return
    count = 3 if solid else 2
    for shape in shapes:
        if shape is None or shape.is_empty:
            yield [""] * count
            continue
        (place,) = shapely.get_coordinates(shape, include_z=solid).tolist()
        yield ["" if np.isnan(value) else repr(value) for value in place]


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
