"""What the pointer rests on: a thin line about it, drawn over the picture, so that no frame is drawn for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QObject, QPointF, QTimer
from PySide6.QtGui import QColor, QPainter, QPen

from twin.core.i18n import tr
from twin.core.units import quantity
from twin.lettering.tags import tag
from twin.scene import camera

if TYPE_CHECKING:
    from twin.desktop.view import View

_REST = 40
"""Milliseconds between a movement and the question what lies there."""
_MOST = 4_000
"""Edges: a feature of more, such as a coast, has no line about it."""


class Hover(QObject):
    """At most one feature."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._view = view
        self._at = QPointF()
        self.feature: tuple[str, int] | None = None
        self._lines: list[QLineF] = []
        self.deep: float | None = None
        """Metres that it lies below ground that one sees through."""
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._look)

    def move(self, at: QPointF) -> None:
        """The pointer is here now."""
        self._at = at
        if not self._rest.isActive():
            self._rest.start()

    def leave(self) -> None:
        """It rests on nothing, or what it rested on moves."""
        self._rest.stop()
        if self.feature is not None:
            self.feature, self._lines, self.deep = None, [], None
            self._view.update()

    def paint(self, painter: QPainter) -> None:
        """One white pixel (ART)."""
        if self._lines:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(255, 255, 255, 230), 1.0))
            painter.drawLines(self._lines)
            painter.restore()
        if self.deep is not None:
            tag(painter, self._at, tr("{depth} below ground", depth=quantity(self.deep, "m", 2)), self._view.width())

    def _look(self) -> None:
        view, scene = self._view, self._view.scene
        if scene is None or view.flight.under_way:
            return
        hit = scene.pick(self._at.x(), self._at.y(), view.width(), view.height())
        found = (hit.layer, hit.fid) if hit else None
        deep = scene.asking.deep(hit) if hit and view.ground < 1 else None
        if found == self.feature and deep == self.deep:
            return
        self.feature, self._lines, self.deep = found, [], deep
        if found and found != scene.selected:
            edges = scene.edges(*found)
            ends = camera.pixels(scene.camera, edges.reshape(-1, 3), view.width(), view.height())
            if len(edges) <= _MOST:
                pairs = ends.reshape(-1, 4)
                self._lines = [QLineF(*pair) for pair in pairs[np.isfinite(pairs).all(axis=1)].tolist()]
        view.update()
