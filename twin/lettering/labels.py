"""Names over features: read once, placed for each picture, the nearest first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from twin.core.i18n import named
from twin.host.identify import shown
from twin.lettering.annotations import Label
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
_FINE = 20.0
"""Metres within which the middle of an area is found, at the most."""
_FEW = 500
"""Up to so many areas are searched for their middle; of more, any point within will do."""
_PLACED, _NEAR = 9_000.0, 2_500.0
"""Metres from the eye beyond which no place and no other feature is named."""
_MOST = 60
"""Labels that a picture is offered: of those that would lie over each other the painter keeps the nearest."""
_WALL, _MULTIPOLYGON = 1.0, 6
"""Square metres in plan below which a face is a wall, and GEOS's number of the type."""
_TRIED = 150
"""Features that are asked whether something hides them: a frame waits for the answers."""
_SIDE, _FOOT = 40, 12
"""Pixels from the picture's edge within which no label begins."""

Hides = Callable[[Point, tuple[str, int]], bool]
"""Whether a point of a feature is behind another feature."""


@dataclass(frozen=True)
class Named:
    """A layer's words and where they stand."""

    layer: str
    of: tuple[object, ...]
    """What they were read from."""
    english: list[Any]
    arabic: list[Any]
    points: Any
    """(n, 3) float64 in the city's CRS: the top of each feature."""
    fids: list[int]
    column: Column | None = None
    """Whose values they are, where they are no names."""

    def words(self, row: int) -> str:
        """In the language in use."""
        return shown(self.column, self.english[row]) if self.column else named(self.english[row], self.arabic[row])

    @property
    def place(self) -> bool:
        """Whether these are the city's places."""
        return self.layer == PLACES


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
    named_layers: Iterable[Named], layers: Iterable[Layer], view: View, size: tuple[int, int], hides: Hides
) -> list[Label]:
    """The labels of a view, the nearest first, with the pixel each feature is at; none behind a building."""
    camera = view.camera
    seen = {layer.id for layer in layers if (layer.visible if view.layers is None else layer.id in view.layers)}
    found: list[tuple[float, Label]] = []
    for one in named_layers:
        if one.place or one.layer in seen:
            found += _of(one, camera, size, hides)
    return [label for _, label in sorted(found, key=lambda pair: (not pair[1].large, pair[0]))[:_MOST]]


def _of(one: Named, camera: Camera, size: tuple[int, int], hides: Hides) -> list[tuple[float, Label]]:
    if not len(one.points):
        return []
    at = pixels(camera, one.points, *size)
    away = np.linalg.norm(one.points - np.array(camera.eye()), axis=1)
    with np.errstate(invalid="ignore"):
        low = np.array([_SIDE, 2 * _FOOT])
        inside = ((at > low) & (at < np.array(size) - (_SIDE, _FOOT))).all(axis=1)
    rows = np.flatnonzero(inside & (camera.parallel | (away < (_PLACED if one.place else _NEAR))))
    made = []
    for row in rows[np.argsort(away[rows], kind="stable")][:_TRIED]:
        words, (x, y) = one.words(row), at[row]
        east, north, height = (float(part) for part in one.points[row])
        if words and (one.place or not hides((east, north, height), (one.layer, int(one.fids[row])))):
            made.append((float(away[row]), Label(words, float(x), float(y), large=one.place)))
        if len(made) == _MOST:
            break
    return made


def _read(city: City, layer: Layer) -> Named:
    wanted = column(layer)
    there = {one.name: one for one in layer.columns}
    names = [name for name in _NAMES if name in there] if wanted == NAME else [wanted] if wanted in there else []
    table = city.features(layer.id, columns=[FID, GEOMETRY, "zmax", *names])
    said = {name: table.column(name).to_pylist() for name in names}
    if wanted == NAME:
        any_name = said.get("name", [None] * table.num_rows)
        english, arabic = said.get("name_en", any_name), said.get("name_ar", any_name)
    elif names:
        english = arabic = said[wanted]
    else:
        english = arabic = [None] * table.num_rows
    kept = np.flatnonzero([_told(one) or _told(other) for one, other in zip(english, arabic, strict=True)])
    # As lists: pyarrow imports pandas, half a second's work, to make numpy's objects of them.
    shapes = shapely.from_wkb(np.array(table.column(GEOMETRY).to_pylist(), object)[kept])
    tops = np.array([top or 0.0 for top in table.column("zmax").to_pylist()])[kept]
    points = np.column_stack([_middles(shapes), np.full(len(kept), _OVER) if layer.id == PLACES else tops])
    there_is = np.isfinite(points).all(axis=1)
    rows = kept[there_is]
    english, arabic = ([words[row] for row in rows] for words in (english, arabic))
    fids = np.array(table.column(FID).to_pylist(), np.int64)[rows].tolist()
    told = None if wanted == NAME else there.get(wanted)
    return Named(layer.id, _of_what(layer), english, arabic, points[there_is], fids, told)


def _told(value: Any) -> bool:
    return value not in {None, ""} and not (isinstance(value, float) and math.isnan(value))


def _middles(shapes: Any) -> Any:
    """(n, 2): a point of each shape that stands for it; NaN where it has none."""
    shapes = _tops(shapes)
    found = np.full((len(shapes), 2), np.nan)
    dimension = np.where(shapely.is_empty(shapes) | shapely.is_missing(shapes), -1, shapely.get_dimensions(shapes))
    areas, lines = np.flatnonzero(dimension == 2), np.flatnonzero(dimension == 1)
    if len(areas) <= _FEW:
        # The middle of the largest circle within: the middle of a box may lie in the sea.
        fine = np.minimum(_FINE, np.sqrt(shapely.area(shapes[areas])) / 20)
        middles = shapely.get_point(shapely.maximum_inscribed_circle(shapes[areas], fine), 0)
    else:
        middles = shapely.point_on_surface(shapes[areas])
    found[areas] = _xy(middles)
    found[lines] = _xy(shapely.line_interpolate_point(shapely.line_merge(shapes[lines]), 0.5, normalized=True))
    points = np.flatnonzero(dimension == 0)
    found[points] = _xy(shapely.centroid(shapes[points]))
    return found


def _tops(shapes: Any) -> Any:
    """Of what is made of faces in space, the highest one that is more than a wall; the rest as it is."""
    solid = np.flatnonzero(shapely.has_z(shapes) & (shapely.get_type_id(shapes) == _MULTIPOLYGON))
    faces, owner = shapely.get_parts(shapes[solid], return_index=True)
    level = shapely.area(faces) > _WALL
    faces, owner = faces[level], owner[level]
    points, face = shapely.get_coordinates(faces, include_z=True, return_index=True)
    if not len(face):
        return shapes
    height = np.fmin.reduceat(points[:, 2], np.flatnonzero(np.diff(face, prepend=-1)))
    order = np.lexsort((height, owner))
    last = order[np.flatnonzero(np.diff(owner[order], append=-1))]
    found = shapes.copy()
    found[solid[owner[last]]] = faces[last]
    return found


def _xy(points: Any) -> Any:
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])
