"""Names over features: read once, placed for each picture, the nearest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.core.i18n import named
from twin.core.units import quantity
from twin.host.identify import shown
from twin.lettering.annotations import Label
from twin.lettering.middles import middles
from twin.lettering.squares import Squares
from twin.model.feature import FID, GEOMETRY
from twin.model.layer import Column, Layer
from twin.model.view import Camera, View
from twin.scene.camera import Point, pixels
from twin.scene.depths import Depth
from twin.store.city import City

PLACES = "districts"
"""The layer whose names stand over the city, whether or not its areas are drawn."""
NAME = "name"
"""What is written by default: ``name_ar`` or ``name_en`` by the language in use, else ``name``."""
_NAMES = ("name_en", "name_ar", "name")
_OVER = 25.0
"""Metres that a place's name stands over the ground."""
_PLACED, _NEAR = 9_000.0, 2_500.0
"""Metres from the eye beyond which no place and no other feature is named."""
_MOST = 60
"""Labels that a picture is offered: of those that would lie over each other the painter keeps the nearest."""
_TRIED = 150
"""Features that are asked whether something hides them: a frame waits for the answers."""
_SIDE, _FOOT = 40, 12
"""Pixels from the picture's edge within which no label begins."""

_MANY, _PIECE = 20_000, 4_000
"""Features from which on the middle of its box stands for an area, and that are read at once: no thread waits long."""
_LINES = frozenset({1, 5})
"""GEOS's numbers of lines, whose box has its middle beside them."""

Hides = Callable[[Point, tuple[str, int]], bool]
"""Whether a point of a feature is behind another feature."""
Gone = Callable[[str, Any], Any]
"""(n,) whether each of a layer's features is kept out of the picture."""


@dataclass(frozen=True)
class Named:
    """A layer's words and where they stand."""

    layer: str
    of: tuple[object, ...]
    """What they were read from."""
    english: pa.Array
    arabic: pa.Array
    points: Any
    """(n, 3) float64 in the city's CRS: the top of each feature."""
    fids: Any
    """(n,)"""
    squares: Squares
    """For finding those near an eye."""
    column: Column | None = None
    """Whose values they are, where they are no names."""

    def words(self, row: int) -> str:
        """In the language in use."""
        english = self.english[row].as_py()
        return shown(self.column, english) if self.column else named(english, self.arabic[row].as_py())

    @property
    def place(self) -> bool:
        """Whether these are the city's places."""
        return self.layer == PLACES


def all_there(_layer: str, fids: Any) -> Any:
    """Nothing is kept out."""
    return np.zeros(len(fids), bool)


def column(layer: Layer) -> str:
    """What a layer's features are labelled with; empty where with nothing."""
    if layer.labels is None:
        return NAME if layer.id == PLACES else ""
    return layer.labels


def can_be_named(layer: Layer) -> bool:
    """Whether its features have names."""
    return any(one.name in _NAMES for one in layer.columns)


def read(city: City, layers: Iterable[Layer], before: Iterable[Named] = ()) -> list[Named]:
    """The words of every layer that is labelled; what was read ``before`` and is the same is not read again."""
    old = {one.of: one for one in before}
    wanted = [layer for layer in layers if column(layer)]
    return [old.get(_of_what(layer)) or _read(city, layer) for layer in wanted]


def _of_what(layer: Layer) -> tuple[object, ...]:
    """What tells whether a layer's words are still the same."""
    return layer.id, layer.version, column(layer), layer.source.time


def placed(
    named_layers: Iterable[Named],
    layers: Iterable[Layer],
    view: View,
    size: tuple[int, int],
    hides: Hides,
    gone: Gone,
) -> list[Label]:
    """The labels of a view, the nearest first, with the pixel each feature is at; none behind a building."""
    camera = view.camera
    seen = {layer.id for layer in layers if (layer.visible if view.layers is None else layer.id in view.layers)}
    found: list[tuple[float, Label]] = []
    for one in named_layers:
        if one.place or one.layer in seen:
            found += _of(one, camera, size, hides, gone)
    return [label for _, label in sorted(found, key=lambda pair: (not pair[1].large, pair[0]))[:_MOST]]


def deep(found: Iterable[Depth], camera: Camera, size: tuple[int, int], hides: Hides) -> list[Label]:
    """How deep each lies below the ground, written over it; none that a building hides."""
    seen = [one for one in found if not hides(one.point, (one.layer, one.fid))]
    if not seen:
        return []
    at = pixels(camera, np.array([one.point for one in seen]), *size)
    rows = np.flatnonzero(_within(at, size)).tolist()
    return [
        Label(f"↓ {quantity(seen[row].metres, 'm', 2)}", float(at[row, 0]), float(at[row, 1]), point=seen[row].point)
        for row in rows
    ]


def carried(placed_before: Iterable[Label], camera: Camera, size: tuple[int, int]) -> list[Label]:
    """The same labels where a camera that has moved sees them; none beyond the picture's edge."""
    before = list(placed_before)
    if not before:
        return []
    at = pixels(camera, np.array([label.point for label in before]), *size)
    seen = zip(before, at.tolist(), _within(at, size).tolist(), strict=True)
    return [replace(label, x=x, y=y) for label, (x, y), inside in seen if inside]


def _within(at: Any, size: tuple[int, int]) -> Any:
    """(n,) whether a label may begin at (n, 2) pixels of a picture."""
    with np.errstate(invalid="ignore"):
        return ((at > np.array([_SIDE, 2 * _FOOT])) & (at < np.array(size) - (_SIDE, _FOOT))).all(axis=1)


def _of(one: Named, camera: Camera, size: tuple[int, int], hides: Hides, gone: Gone) -> list[tuple[float, Label]]:
    reach = np.inf if camera.parallel else _PLACED if one.place else _NEAR
    near = one.squares.near(camera.eye(), reach)
    if not len(near):
        return []
    at = pixels(camera, one.points[near], *size)
    away = np.linalg.norm(one.points[near] - np.array(camera.eye()), axis=1)
    rows = np.flatnonzero(_within(at, size) & (away < reach))
    if not one.place:
        rows = rows[~gone(one.layer, one.fids[near[rows]])]
    made = []
    for row in rows[np.argsort(away[rows], kind="stable")][:_TRIED]:
        words, (x, y) = one.words(near[row]), at[row]
        east, north, height = (float(part) for part in one.points[near[row]])
        point = (east, north, height)
        if words and (one.place or not hides(point, (one.layer, int(one.fids[near[row]])))):
            made.append((float(away[row]), Label(words, float(x), float(y), large=one.place, point=point)))
        if len(made) == _MOST:
            break
    return made


def _read(city: City, layer: Layer) -> Named:
    wanted = column(layer)
    there = {one.name: one for one in layer.columns}
    names = [name for name in _NAMES if name in there] if wanted == NAME else [wanted] if wanted in there else []
    exact = layer.count < _MANY or _has_lines(city, layer)
    where = [GEOMETRY] if exact else ["xmin", "xmax", "ymin", "ymax"]
    # What has nothing to say is not even read: of a million buildings some thousands have names.
    table = city.features(layer.id, columns=[FID, *where, "zmax", *names], told=names)
    if wanted == NAME:
        any_name = "name" if "name" in there else ""
        said = [name if name in there else any_name for name in ("name_en", "name_ar")]
    else:
        said = names * 2
    table = _telling(table, [name for name in said if name])
    english, arabic = (_array(table, name) if name else pa.nulls(len(table)) for name in said or ("", ""))
    plan = _exact(_array(table, GEOMETRY)) if exact else _boxed(table)
    tops = np.full(len(table), _OVER) if layer.id == PLACES else np.nan_to_num(_numbers(table, "zmax"))
    points = np.column_stack([plan, tops])
    there_is = np.isfinite(points).all(axis=1)
    rows, points = _of_numpy(pa.bool_(), np.packbits(there_is, bitorder="little"), len(table)), points[there_is]
    fids = _numbers(table, FID)[there_is].astype(np.int64)
    of = None if wanted == NAME else there.get(wanted)
    return Named(
        layer.id, _of_what(layer), english.filter(rows), arabic.filter(rows), points, fids, Squares(points), of
    )


def _telling(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """The rows with a value in any of some columns: an empty word or a number that is none says nothing."""
    says = [_says(table.column(name)) for name in dict.fromkeys(names)]
    return table.filter(reduce(pc.or_, says)).combine_chunks() if says else table.slice(0, 0)


def _says(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return pc.coalesce(pc.cast(pc.binary_length(values), pa.bool_()), pc.is_valid(values))
    return pc.invert(pc.is_null(values, nan_is_null=True))


def _has_lines(city: City, layer: Layer) -> bool:
    """By its first feature."""
    first = city.features(layer.id, [GEOMETRY], limit=1)[GEOMETRY].to_pylist()
    return bool(first and first[0]) and int(shapely.get_type_id(shapely.from_wkb(first[0]))) in _LINES


def _exact(shapes: pa.Array) -> Any:
    """(n, 2) the middles of shapes."""
    pieces = [shapes.slice(at, _PIECE).to_pylist() for at in range(0, len(shapes), _PIECE)]
    return np.concatenate([np.empty((0, 2)), *(middles(shapely.from_wkb(np.array(one, object))) for one in pieces)])


def _boxed(table: pa.Table) -> Any:
    """(n, 2) the middles of features' boxes."""
    west, east, south, north = (_numbers(table, name) for name in ("xmin", "xmax", "ymin", "ymax"))
    return np.column_stack([(west + east) / 2, (south + north) / 2])


def _array(table: pa.Table, name: str) -> pa.Array:
    """A column as one array."""
    chunks = table.column(name).chunks
    return chunks[0] if chunks else pa.nulls(0, table.schema.field(name).type)


def _numbers(table: pa.Table, name: str) -> Any:
    """A column of numbers, NaN where there is none."""
    values = _array(table, name)
    if values.null_count:
        none = np.full(len(values), np.nan)
        values = pc.coalesce(values.cast(pa.float64()), _of_numpy(pa.float64(), none, len(none)))
    return np.from_dlpack(values) if len(values) else np.empty(0)


def _of_numpy(kind: pa.DataType, values: Any, count: int) -> pa.Array:
    """An array over numpy's memory. ``pa.array``, scalars and ``to_numpy`` import pandas, before the first picture."""
    return pa.Array.from_buffers(kind, count, [None, pa.py_buffer(values)])
