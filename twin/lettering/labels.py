"""Names over features: read once, placed for each picture, the nearest first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.core.i18n import named
from twin.host.identify import shown
from twin.lettering.annotations import Label
from twin.lettering.middles import middles
from twin.lettering.squares import Squares
from twin.model.feature import FID, GEOMETRY
from twin.model.layer import Column, Layer
from twin.model.view import Camera, View
from twin.scene.camera import Point, pixels
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


def _of(one: Named, camera: Camera, size: tuple[int, int], hides: Hides, gone: Gone) -> list[tuple[float, Label]]:
    reach = np.inf if camera.parallel else _PLACED if one.place else _NEAR
    near = one.squares.near(camera.eye(), reach)
    if not len(near):
        return []
    at = pixels(camera, one.points[near], *size)
    away = np.linalg.norm(one.points[near] - np.array(camera.eye()), axis=1)
    with np.errstate(invalid="ignore"):
        low = np.array([_SIDE, 2 * _FOOT])
        inside = ((at > low) & (at < np.array(size) - (_SIDE, _FOOT))).all(axis=1)
    rows = np.flatnonzero(inside & (away < reach))
    if not one.place:
        rows = rows[~gone(one.layer, one.fids[near[rows]])]
    made = []
    for row in rows[np.argsort(away[rows], kind="stable")][:_TRIED]:
        words, (x, y) = one.words(near[row]), at[row]
        east, north, height = (float(part) for part in one.points[near[row]])
        if words and (one.place or not hides((east, north, height), (one.layer, int(one.fids[near[row]])))):
            made.append((float(away[row]), Label(words, float(x), float(y), large=one.place)))
        if len(made) == _MOST:
            break
    return made


def _read(city: City, layer: Layer) -> Named:
    wanted = column(layer)
    there = {one.name: one for one in layer.columns}
    names = [name for name in _NAMES if name in there] if wanted == NAME else [wanted] if wanted in there else []
    exact = layer.count < _MANY or _has_lines(city, layer)
    where = [GEOMETRY] if exact else ["xmin", "xmax", "ymin", "ymax"]
    table = city.features(layer.id, columns=[FID, *where, "zmax", *names]).combine_chunks()
    said = {name: _array(table, name) for name in names}
    none = pa.nulls(table.num_rows)
    if wanted == NAME:
        any_name = said.get("name", none)
        english, arabic = said.get("name_en", any_name), said.get("name_ar", any_name)
    else:
        english = arabic = said[wanted] if names else none
    told = _told(english) if arabic is english else _told(english) | _told(arabic)
    kept = np.flatnonzero(told)
    plan = _exact(_array(table, GEOMETRY), kept) if exact else _boxed(table, kept)
    tops = np.nan_to_num(_numbers(table, "zmax")[kept])
    points = np.column_stack([plan, np.full(len(kept), _OVER) if layer.id == PLACES else tops])
    there_is = np.isfinite(points).all(axis=1)
    rows = pa.array(kept[there_is])
    english, arabic = english.take(rows), arabic.take(rows)
    fids = _numbers(table, FID)[kept[there_is]].astype(np.int64)
    points = points[there_is]
    of = None if wanted == NAME else there.get(wanted)
    return Named(layer.id, _of_what(layer), english, arabic, points, fids, Squares(points), of)


def _has_lines(city: City, layer: Layer) -> bool:
    """By its first feature."""
    first = city.features(layer.id, [GEOMETRY], limit=1)[GEOMETRY].to_pylist()
    return bool(first and first[0]) and int(shapely.get_type_id(shapely.from_wkb(first[0]))) in _LINES


def _exact(shapes: pa.Array, rows: Any) -> Any:
    """(n, 2) the middles of some shapes."""
    pieces = [shapes.take(pa.array(rows[at : at + _PIECE])).to_pylist() for at in range(0, len(rows), _PIECE)]
    return np.concatenate([np.empty((0, 2)), *(middles(shapely.from_wkb(np.array(one, object))) for one in pieces)])


def _boxed(table: pa.Table, rows: Any) -> Any:
    """(n, 2) the middles of some features' boxes."""
    west, east, south, north = (_numbers(table, name)[rows] for name in ("xmin", "xmax", "ymin", "ymax"))
    return np.column_stack([(west + east) / 2, (south + north) / 2])


def _told(words: pa.Array) -> Any:
    """(n,) whether there is something to be said, by pieces."""
    pieces = (words.slice(at, _PIECE).to_pylist() for at in range(0, len(words), _PIECE))
    return np.fromiter((_says(value) for piece in pieces for value in piece), bool, len(words))


def _says(value: Any) -> bool:
    return value not in {None, ""} and not (isinstance(value, float) and math.isnan(value))


def _array(table: pa.Table, name: str) -> pa.Array:
    """A column as one array."""
    chunks = table.column(name).chunks
    return chunks[0] if chunks else pa.array([], table.schema.field(name).type)


def _numbers(table: pa.Table, name: str) -> Any:
    """A column of numbers, NaN where there is none."""
    return _array(table, name).to_numpy(zero_copy_only=False)
