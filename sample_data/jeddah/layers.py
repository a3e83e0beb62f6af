"""Layers as a reader gives them: named areas at once, many rows as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah.columns import BOX, NAMED, SampleLayer, columns
from sample_data.jeddah.terrain import raised

_BARE = frozenset({"sea", "land", "terrain"})
_ROWS = 20_000
"""Rows of a stream's batch, about."""
Title = tuple[str | None, str | None]


def areas(
    layer: str, en: str, ar: str, shapes: Any, kinds: list[str], titles: Sequence[Title], *,
    visible: bool = False, kind: str = "areas",
) -> SampleLayer:  # fmt: skip
    """A layer of named areas, laid on the ground unless they are what it is made of."""
    some = np.array(shapes, object)
    table = pa.table(
        {
            "uid": [f"{layer}-{n + 1}" for n in range(len(kinds))],
            "geometry": wkb(some if layer in _BARE else raised(some)),
            "object_type": pa.array(kinds, pa.string()),
            "name_en": pa.array([title[0] for title in titles], pa.string()),
            "name_ar": pa.array([title[1] for title in titles], pa.string()),
        }
    )
    return SampleLayer(layer, kind, en, ar, visible, columns(NAMED), table)


def wkb(shapes: Any) -> pa.Array:
    """ISO WKB, little endian."""
    return pa.array(shapely.to_wkb(np.asarray(shapes, object), flavor="iso", byte_order=1).tolist(), pa.binary())


def placed(shapes: Any) -> dict[str, Any]:
    """WKB with its bounding boxes, which spare whoever keeps it the decoding."""
    boxes = np.zeros((len(shapes), 6))
    boxes[:, [0, 1, 3, 4]] = shapely.bounds(shapes)
    solid = np.flatnonzero(shapely.has_z(shapes))
    if len(solid):
        points, owner = shapely.get_coordinates(shapes[solid], include_z=True, return_index=True)
        firsts = np.flatnonzero(np.diff(owner, prepend=-1))
        boxes[solid, 2] = np.minimum.reduceat(points[:, 2], firsts)
        boxes[solid, 5] = np.maximum.reduceat(points[:, 2], firsts)
    return {"geometry": wkb(shapes)} | {side: boxes[:, n].copy() for n, side in enumerate(BOX)}


def stream(schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.RecordBatchReader:
    """Small tables as a reader of larger batches, made as they are asked for."""
    return pa.RecordBatchReader.from_batches(schema, _gathered(tables))


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.RecordBatch]:
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(map(len, waiting)) >= _ROWS:
            yield from pa.concat_tables(waiting).combine_chunks().to_batches()
            waiting = []
    if waiting:
        yield from pa.concat_tables(waiting).combine_chunks().to_batches()
