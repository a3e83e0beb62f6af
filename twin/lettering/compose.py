"""Which words stand over a view of a city: the same in the window and in a picture."""

from __future__ import annotations

from collections.abc import Mapping

from twin.core.i18n import number, tr
from twin.core.settings import Theme
from twin.core.units import symbol
from twin.lettering import labels
from twin.lettering.annotations import Annotations, Legend, Swatch
from twin.lettering.labels import Gone, Hides, Named, all_there
from twin.model.layer import Layer
from twin.model.view import View
from twin.scene.camera import Point, metres_per_pixel
from twin.scene.colours import Overlay
from twin.store.city import City


class Words:
    """What a city has to say over its views, read once: a frame asks the store nothing."""

    def __init__(self, city: City, before: Words | None = None) -> None:
        self._layers = city.layers()
        self._synthetic = city.synthetic or any(layer.source.synthetic for layer in self._layers)
        self._named: list[Named] = labels.read(city, self._layers, before._named if before else ())

    def places(self) -> list[tuple[Point, str]]:
        """The middles of the places that have names, in the language in use."""
        return [
            (tuple(one.points[row].tolist()), one.words(row))
            for one in self._named
            if one.place
            for row in range(len(one.points))
        ]

    def composed(
        self,
        view: View,
        size: tuple[int, int],
        theme: Theme,
        overlays: Mapping[str, Overlay],
        title: str = "",
        hides: Hides = lambda _point, _of: False,
        gone: Gone = all_there,
    ) -> Annotations:
        """Title, legend, places, sources and scale for a view, in the language in use."""
        camera = view.camera
        shown = [layer for layer in self._layers if layer.id in overlays and _seen(layer, view)]
        sources = dict.fromkeys(layer.source.attribution for layer in self._layers if layer.source.attribution)
        return Annotations(
            theme=theme,
            title=title,
            night=view.light == "night",
            legend=legend(overlays[shown[-1].id].by(night=view.light == "night"), shown[-1]) if shown else None,
            labels=tuple(labels.placed(self._named, self._layers, view, size, hides, gone)),
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
            count = "" if overlay.sampled else number(entry.count)
            rows.append(Swatch(entry.colour, words or tr("no data"), count))
    title = f"{layer.title}: {column.title if column else overlay.column}"
    return Legend(title, symbol(column.unit) if column else "", tuple(rows))
