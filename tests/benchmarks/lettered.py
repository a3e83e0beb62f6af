"""Pictures with their letters on: names, legend, scale and north, as the window has them."""

from __future__ import annotations

from typing import Any

SIZE = (1280, 720)


class Lettered:
    """Draws a scene's picture and the words over it, none behind a building."""

    def __init__(self, city: Any, scene: Any, window: Any) -> None:
        from twin.lettering.compose import Words
        from twin.lettering.fonts import application

        application()
        self._words = Words(city)
        self._scene, self._window = scene, window

    def __call__(self, *, moving: bool = False) -> int:
        """How many names the painter was offered; ``moving`` as a window is while a hand turns the city."""
        from PySide6.QtGui import QImage, QPainter

        from twin.lettering.paint import paint
        from twin.model.view import View
        from twin.scene import offscreen

        rows = offscreen.draw(self._window, SIZE)
        image = QImage(rows.data, *SIZE, 3 * SIZE[0], QImage.Format.Format_RGB888)
        view = View(camera=self._scene.camera)
        scene = self._scene
        said = self._words.composed(
            view, SIZE, "light", scene.overlays, hides=scene.sight, gone=scene.gone, moving=moving
        )
        painter = QPainter(image)
        paint(painter, *SIZE, said)
        painter.end()
        return len(said.labels)


def named(city: Any) -> Any:
    """A city with names over its buildings, which the sample has off at first."""
    return _Named(city)


class _Named:
    def __init__(self, city: Any) -> None:
        self._city = city

    def layers(self) -> list[Any]:
        """Its layers."""
        return [
            layer.model_copy(update={"labels": "name"} if layer.id == "buildings" else {})
            for layer in self._city.layers()
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._city, name)
