"""Drawing an area over the view to select what lies in it: a box, a polygon corner by corner, or a lasso."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

Shape = Literal["box", "polygon", "lasso"]
_ACCENT = "#2C9C96"
_STEP, _LEAST = 4.0, 4.0
"""Pixels between a lasso's corners, and that an area is large at the least: less was a click."""


class Areas(QObject):
    """Takes the pointer while a shape is chosen; each area that is drawn is told with the keys that were held."""

    drawn = Signal(object, object)
    """Its corners, (x, y) in pixels; Qt's keyboard modifiers."""
    changed = Signal()
    """There is something else to paint, or another shape."""

    def __init__(self) -> None:
        super().__init__()
        self.shape: Shape | None = None
        self._corners: list[QPointF] = []
        self._at: QPointF | None = None

    def choose(self, shape: Shape | None) -> None:
        """Begin with a shape, or end."""
        self.shape = None if shape == self.shape else shape
        self._clear()

    def drop(self) -> None:
        """Throw away what is begun: the eye has moved."""
        if self._corners:
            self._clear()

    def press(self, event: QMouseEvent) -> bool:
        """A box or a lasso begins, a polygon gets a corner; False where the pointer is not for this."""
        if self.shape is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        if self.shape != "polygon":
            self._corners = []
        self._corners.append(event.position())
        self._at = event.position()
        self.changed.emit()
        return True

    def move(self, event: QMouseEvent) -> bool:
        """The area grows to the pointer."""
        if self.shape is None or not self._corners:
            return False
        self._at = event.position()
        if self.shape == "lasso" and (self._at - self._corners[-1]).manhattanLength() >= _STEP:
            self._corners.append(self._at)
        self.changed.emit()
        return True

    def release(self, event: QMouseEvent) -> bool:
        """A box or a lasso is done."""
        if self.shape is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        self._at = event.position()
        if self.shape != "polygon":
            self._finish(event.modifiers())
        return True

    def twice(self, event: QMouseEvent) -> bool:
        """A polygon is done."""
        if self.shape == "polygon":
            self._finish(event.modifiers())
        return self.shape is not None

    def key(self, event: QKeyEvent) -> bool:
        """Enter ends a polygon, Esc throws away what is begun, and then the tool."""
        if self.shape is None:
            return False
        if event.key() == Qt.Key.Key_Escape:
            if self._corners:
                self._clear()
            else:
                self.choose(None)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.shape == "polygon":
            self._at = None
            self._finish(event.modifiers())
            return True
        return False

    def paint(self, painter: QPainter) -> None:
        """The area as far as it is drawn: a line that is seen on any ground, over a veil of the house's colour."""
        outline = self._outline()
        if len(outline) < 2:
            return
        veil = QColor(_ACCENT)
        veil.setAlpha(48)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawPolygon(QPolygonF(outline), Qt.FillRule.WindingFill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("#12252E", 3.0), ("#FFFFFF", 1.5)):
            painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine))
            painter.drawPolygon(QPolygonF(outline))
        painter.restore()

    def _outline(self) -> list[QPointF]:
        if not self._corners:
            return []
        last = self._at or self._corners[-1]
        if self.shape == "box":
            first = self._corners[0]
            return [first, QPointF(last.x(), first.y()), last, QPointF(first.x(), last.y())]
        return [*self._corners, last]

    def _finish(self, keys: Qt.KeyboardModifier) -> None:
        area = [(point.x(), point.y()) for point in self._outline()]
        self._clear()
        if len(area) > 2 and max(max(side) - min(side) for side in zip(*area, strict=True)) >= _LEAST:
            self.drawn.emit(area, keys)

    def _clear(self) -> None:
        self._corners, self._at = [], None
        self.changed.emit()
