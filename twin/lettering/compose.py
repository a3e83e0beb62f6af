"""Which words stand over a view of a city: the same in the window and in a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import shapely

from twin.core.i18n import named, number, tr
from twin.core.settings import Theme
from twin.core.units import symbol
from twin.lettering.annotations import Annotations, Label, Legend, Swatch
from twin.model.layer import Layer
from twin.model.view import Camera, View
from twin.scene.camera import Point, metres_per_pixel, pixel
from twin.scene.colours import Overlay
from twin.store.city import City

PLACES = "districts"
"""The layer whose names stand over the city."""
_OVER = 25.0
"""Metres that a name stands over the ground."""
_FINE = 20.0
"""Metres within which the middle of a district is found."""
_MOST = 25
_REACH = 9_000.0
"""Metres from the eye beyond which no name is written."""


class Words:
    """What a city has to say over its views, read once: a frame asks the store nothing."""

    def __init__(self, city: City) -> None:
        self._layers = city.layers()
        self._synthetic = city.synthetic or any(layer.source.synthetic for layer in self._layers)
        self._places = _places(city, self._layers)

    def places(self) -> list[tuple[Point, str]]:
        """The middles of the places that have names, in the language in use."""
        return [(place.middle, named(place.name_en, place.name_ar)) for place in self._places]

    def composed(
        self,
        view: View,
        size: tuple[int, int],
        theme: Theme,
        overlays: Mapping[str, Overlay],
        title: str = "",
    ) -> Annotations:
        """Title, legend, places, sources and scale for a view, in the language in use."""
        camera = view.camera
        shown = [layer for layer in self._layers if layer.id in overlays and _seen(layer, view)]
        sources = dict.fromkeys(layer.source.attribution for layer in self._layers if layer.source.attribution)
        return Annotations(
            theme=theme,
            title=title,
            night=view.light == "night",
            legend=legend(overlays[shown[-1].id], shown[-1]) if shown else None,
            labels=tuple(_labels(self._places, camera, size)),
            synthetic=tr("synthetic") if self._synthetic else "",
            sources=" · ".join(sources),
            metres_per_pixel=metres_per_pixel(camera, size[1]),
            azimuth=camera.azimuth,
        )


def _seen(layer: Layer, view: View) -> bool:
    return layer.visible if view.layers is None else layer.id in view.layers


def legend(overlay: Overlay, layer: Layer) -> Legend:
    """The overlay's legend, in the language in use."""
    column = next((column for column in layer.columns if column.name == overlay.column), None)
    rows = []
    for entry in overlay.legend:
        words = column.meaning(entry.words) if column else entry.words
        if entry.count or entry is not overlay.legend[-1]:
            rows.append(Swatch(entry.colour, words or tr("no data"), number(entry.count)))
    title = f"{layer.title}: {column.title if column else overlay.column}"
    return Legend(title, symbol(column.unit) if column else "", tuple(rows))


@dataclass(frozen=True)
class _Place:
    name_en: str | None
    name_ar: str | None
    middle: Point


def _places(city: City, layers: list[Layer]) -> list[_Place]:
    if not any(layer.id == PLACES for layer in layers):
        return []
    table = city.features(PLACES, columns=["geometry", "name_en", "name_ar"])
    shapes = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    # The middle of the largest circle within: the middle of a box may lie in the sea.
    middles = shapely.get_coordinates(shapely.get_point(shapely.maximum_inscribed_circle(shapes, _FINE), 0))
    names = zip(table.column("name_en").to_pylist(), table.column("name_ar").to_pylist(), strict=True)
    return [
        _Place(english, arabic, (float(x), float(y), _OVER))
        for (english, arabic), (x, y) in zip(names, middles, strict=True)
    ]


def _labels(places: list[_Place], camera: Camera, size: tuple[int, int]) -> list[Label]:
    """The nearest first, none over another."""
    kept: list[Label] = []
    for place in sorted(places, key=lambda place: _away(camera, place.middle)):
        at = pixel(camera, place.middle, *size)
        if at is None or not (60 < at[0] < size[0] - 60 and 90 < at[1] < size[1] - 90):
            continue
        clear = all(abs(at[0] - other.x) > 110 or abs(at[1] - other.y) > 24 for other in kept)
        if clear and len(kept) < _MOST and _away(camera, place.middle) < _REACH:
            kept.append(Label(named(place.name_en, place.name_ar), *at, large=True))
    return kept


def _away(camera: Camera, point: Point) -> float:
    return math.dist(camera.eye(), point)
