"""New features into a table of their own: boxes, Hilbert order, fids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from twin.core import arrow
from twin.model.boxes import of as boxes_of
from twin.model.feature import BOX, FID, GEOMETRY, GROUND, HEIGHT, OWN
from twin.model.layer import Column, Layer
from twin.model.report import LayerReport
from twin.store import hilbert, schema, tables
from twin.store.filling import Rows, Watch, fill, unwatched

_SLICE = 100_000
"""Geometries decoded at a time, where nobody measured them before."""


@dataclass(frozen=True)
class NewLayer:
    """A layer that is to be added, with its features in the city's CRS.

    Columns of the box, where they are there, spare the store the decoding. A column ``fid`` gives features back the
    numbers they had in the city; null is a feature that is new.
    """

    layer: Layer
    batches: pa.RecordBatchReader | pa.Table
    report: LayerReport | None = None
    watch: Watch = unwatched


def insert(connection: duckdb.DuckDBPyConnection, new: NewLayer, tx: int) -> Layer:
    """Write a layer's features and its row in the registry, inside the caller's transaction."""
    table = new.batches.read_all() if isinstance(new.batches, pa.RecordBatchReader) else new.batches
    meta = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    table = _plain(table.replace_schema_metadata(None))
    boxes = _told(table) if set(BOX) <= set(table.column_names) else _boxes(table.column(GEOMETRY))
    if new.layer.kind == "buildings":
        _raise(boxes, table)
    order = _order(boxes)
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    fids = np.empty(len(order), np.int64)
    fids[order] = _numbers(connection, table, order)
    name = tables.free(connection, new.layer.id)
    fill(connection, name, Rows(table, fids, boxes, places), tx, new.watch)
    layer = _described(connection, new, name, boxes, len(order)).model_copy(update={"version": tx})
    report = (new.report or LayerReport(id=layer.id, kind=layer.kind, read=layer.count, kept=layer.count)).model_copy(
        update={"extent": layer.extent}
    )
    key: list[str | int] = [layer.id, name, tx]
    said: list[str | int] = [layer.position, layer.model_dump_json(), report.model_dump_json(), json.dumps(meta)]
    before, after = (", ".join(map(schema.literal, part)) for part in (key, said))
    connection.execute(f"INSERT INTO balad.layer VALUES ({before}, NULL, {after})")
    return layer


def _numbers(connection: duckdb.DuckDBPyConnection, table: pa.Table, order: Any) -> Any:
    """Each row's fid, in the order it is written in: its own where it has one, else one never used before."""
    first = int(schema.get(connection, "next_fid") or 1)
    if FID not in table.column_names:
        schema.put(connection, "next_fid", str(first + len(order)))
        return np.arange(first, first + len(order))
    given = arrow.numbers(table.column(FID))[order]
    new = np.isnan(given)
    given[new] = np.arange(first, first + new.sum())
    schema.put(connection, "next_fid", str(first + int(new.sum())))
    return given.astype(np.int64)


def _described(connection: duckdb.DuckDBPyConnection, new: NewLayer, name: str, boxes: Any, count: int) -> Layer:
    said = {column.name: column for column in new.layer.columns}
    found = connection.execute(f"DESCRIBE {schema.quoted(name)}").fetchall()
    columns = tuple(
        said.get(column, Column(name=column, type=kind)).model_copy(update={"type": kind})
        for column, kind, *_ in found
        if column not in OWN
    )
    extent = None
    if count and np.isfinite(boxes[:, 0]).any():
        low, high = np.nanmin(boxes[:, :3], axis=0), np.nanmax(boxes[:, 3:], axis=0)
        extent = tuple(float(side) for side in (*low, *high))
    return new.layer.model_copy(update={"columns": columns, "extent": extent, "count": count})


def _plain(table: pa.Table) -> pa.Table:
    """Times with a zone become UTC: without the ICU extension DuckDB can't show them."""
    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz:
            naive = table.column(number).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
            table = table.set_column(number, field.name, naive)
        elif pa.types.is_dictionary(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(field.type.value_type))
    return table


def _told(table: pa.Table) -> Any:
    return np.column_stack([arrow.numbers(table.column(side)) for side in BOX])


def _boxes(geometries: pa.ChunkedArray) -> Any:
    import shapely

    found = np.full((len(geometries), 6), np.nan)
    for start in range(0, len(geometries), _SLICE):
        shapes = shapely.from_wkb(geometries.slice(start, _SLICE).to_numpy(zero_copy_only=False))
        found[start : start + _SLICE] = boxes_of(shapes)
    return found


def _raise(boxes: Any, table: pa.Table) -> None:
    """A footprint's box reaches from its ground to its roof."""
    ground, height = (_metres(table, name) for name in (GROUND, HEIGHT))
    flat = (boxes[:, 2] == 0) & (boxes[:, 5] == 0)
    boxes[flat, 2] += ground[flat]
    boxes[flat, 5] += ground[flat] + np.maximum(height[flat], 0.0)


def _metres(table: pa.Table, name: str) -> Any:
    """A column of numbers, 0 where it says none."""
    column = table.column(name) if name in table.column_names else None
    if column is None or not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        return np.zeros(len(table))
    return np.nan_to_num(arrow.numbers(column), posinf=0.0, neginf=0.0)


def _order(boxes: Any) -> Any:
    west, south, side = hilbert.square(boxes[:, 0], boxes[:, 1], boxes[:, 3], boxes[:, 4]) if len(boxes) else (0, 0, 1)
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 3]) / 2, (boxes[:, 1] + boxes[:, 4]) / 2
    return np.argsort(hilbert.index(middle_x, middle_y, west, south, side), kind="stable")
