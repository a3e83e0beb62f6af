"""Which words stand over a view of a city: the same in the window and in a picture."""

from __future__ import annotations

from typing import Any

from twin.core.i18n import named, number, tr
from twin.core.settings import Theme
from twin.lettering.annotations import Annotations, Label, Legend, Swatch
from twin.model.layer import Layer
from twin.model.view import Camera
from twin.scene.camera import metres_per_pixel, pixel
from twin.scene.colours import Overlay
from twin.store.city import City

PLACES = "districts"
"""The layer whose names stand over the city."""
_MOST = 25


def composed(
    city: City, camera: Camera, size: tuple[int, int], theme: Theme, overlay: Overlay | None, title: str = ""
) -> Annotations:
    """Title, legend, places, sources and scale for a view."""
    layers = city.layers()
    sources = " · ".join(dict.fromkeys(layer.source.attribution for layer in layers if layer.source.attribution))
    return Annotations(
        theme=theme,
        title=title,
        legend=legend(overlay, layers) if overlay else None,
        labels=tuple(_places(city, layers, camera, size)),
        synthetic=tr("synthetic") if city.synthetic or any(layer.source.synthetic for layer in layers) else "",
        sources=sources,
        metres_per_pixel=metres_per_pixel(camera, size[1]),
        azimuth=camera.azimuth,
    )


def legend(overlay: Overlay, layers: list[Layer]) -> Legend:
    """The overlay's legend, in the language in use."""
    layer = next(layer for layer in layers if layer.id == overlay.layer)
    column = next((column for column in layer.columns if column.name == overlay.column), None)
    rows = []
    for entry in overlay.legend:
        words = column.meaning(entry.words) if column else entry.words
        if entry.count or entry is not overlay.legend[-1]:
            rows.append(Swatch(entry.colour, words or tr("no data"), number(entry.count)))
    title = f"{layer.title}: {column.title if column else overlay.column}"
    return Legend(title, column.unit if column else "", tuple(rows))


def _places(city: City, layers: list[Layer], camera: Camera, size: tuple[int, int]) -> list[Label]:
    if not any(layer.id == PLACES for layer in layers):
        return []
    wanted = ["fid", "xmin", "ymin", "xmax", "ymax", "name_en", "name_ar"]
    found: list[tuple[float, Label]] = []
    for row in city.features(PLACES, columns=wanted).to_pylist():
        middle = ((row["xmin"] + row["xmax"]) / 2, (row["ymin"] + row["ymax"]) / 2, 25.0)
        at = pixel(camera, middle, *size)
        if at and 60 < at[0] < size[0] - 60 and 90 < at[1] < size[1] - 90:
            found.append((_away(camera, middle), Label(named(row["name_en"], row["name_ar"]), *at, large=True)))
    kept: list[Label] = []
    for away, label in sorted(found, key=lambda one: one[0]):
        clear = all(abs(label.x - other.x) > 110 or abs(label.y - other.y) > 24 for other in kept)
        if away < 9_000 and clear and len(kept) < _MOST:
            kept.append(label)
    return kept


def _away(camera: Camera, point: Any) -> float:
    eye = camera.eye()
    return float(sum((a - b) ** 2 for a, b in zip(eye, point, strict=True)) ** 0.5)
