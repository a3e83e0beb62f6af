"""Which words stand over a view of a city: the same in the window and in a picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from twin.core.i18n import number, tongue, tr
from twin.core.settings import Theme
from twin.core.units import symbol
from twin.lettering import labels
from twin.lettering.annotations import Annotations, Label, Legend, Swatch
from twin.lettering.labels import Gone, Hides, Named, all_there
from twin.model.layer import Layer
from twin.model.view import View
from twin.scene.camera import Point, metres_per_pixel
from twin.scene.colours import Overlay
from twin.scene.depths import Depth
from twin.store.city import City

Depths = Callable[[tuple[int, int]], list[Depth]]
"""How deep what is seen in a picture of a size lies below the ground."""
_CHOSEN_FOR, _FRAMES = 0.4, 3
"""Seconds, and frames, that labels go along with a moving camera at least before they are chosen anew: were it by time
alone, slow frames would each be slower for it."""


class Words:
    """What a city has to say over its views, read once: a frame asks the store nothing."""

    def __init__(self, city: City, before: Words | None = None) -> None:
        self._layers = city.layers()
        self._synthetic = city.synthetic or any(layer.source.synthetic for layer in self._layers)
        self._named: list[Named] = labels.read(city, self._layers, before._named if before else ())
        self._chosen: tuple[object, float, list[Label]] = (None, 0.0, [])
        """The labels chosen last: of what, and when."""
        self._carried = 0
        """For how many frames since."""

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
        *,
        moving: bool = False,
        veiled: object = None,
        depths: Depths = lambda _size: [],
    ) -> Annotations:
        """Title, legend, places, sources and scale for a view, in the language in use.

        While the camera is ``moving``, labels go along with what they name and are chosen anew now and then, and at
        once where what is kept out of the picture, ``veiled``, is another.
        """
        camera = view.camera
        shown = [layer for layer in self._layers if layer.id in overlays and _seen(layer, view)]
        sources = dict.fromkeys(layer.source.attribution for layer in self._layers if layer.source.attribution)
        return Annotations(
            theme=theme,
            title=title,
            night=view.light == "night",
            legend=legend(overlays[shown[-1].id].by(night=view.light == "night"), shown[-1]) if shown else None,
            labels=tuple(self._labels(view, size, hides, gone, veiled, depths, moving=moving)),
            synthetic=tr("synthetic") if self._synthetic else "",
            sources=" · ".join(sources),
            metres_per_pixel=metres_per_pixel(camera, size[1]),
            azimuth=camera.azimuth,
        )

    def _labels(
        self,
        view: View,
        size: tuple[int, int],
        hides: Hides,
        gone: Gone,
        veiled: object,
        depths: Depths,
        *,
        moving: bool,
    ) -> Iterable[Label]:
        of = (view.layers, view.ground < 1, size, veiled, tongue.language, tongue.digits)
        now = time.monotonic()
        chosen_of, chosen_at, chosen = self._chosen
        if moving and chosen_of == of and (now - chosen_at < _CHOSEN_FOR or self._carried < _FRAMES):
            self._carried += 1
            return labels.carried(chosen, view.camera, size)
        chosen = labels.placed(self._named, self._layers, view, size, hides, gone)
        chosen += labels.deep(depths(size), view.camera, size, hides)
        self._chosen, self._carried = (of, time.monotonic(), chosen), 0
        return chosen


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
