"""A file's outlines drawn against the city's roads: where it would lie if it were in this or that CRS."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from twin.core.i18n import tr
from twin.core.settings import Theme
from twin.desktop import theme
from twin.host.streets import Plan
from twin.lettering.annotations import bar
from twin.lettering.fonts import font
from twin.model.operation import metres

Line = NDArray[np.float64]
Box = tuple[float, float, float, float]
_ROAD, _OUTLINE, _DOT, _HEAD = 2.5, 2.0, 2.5, 7.0
"""Pixels: widths of lines, a point's radius, an arrow's head."""
_STEP = 1.25
_BAR = 90
"""Pixels that the scale bar is at most."""


class Against(QWidget):
    """A plan, north above in either language: the wheel comes nearer, a drag moves it."""

    moved = Signal()

    def __init__(self, look: Theme) -> None:
        super().__init__()
        self._theme = look
        self.middle = (0.0, 0.0)
        self.scale = 1.0
        """Pixels a metre."""
        self._roads, self._blocks = QPainterPath(), QPainterPath()
        self.chosen: Sequence[Line] = ()
        """The outlines as they are drawn, (n, 2) each."""
        self.other: Sequence[Line] = ()
        self.here = (0.0, 0.0)
        """A place in the midst of the chosen reading's outlines."""
        self.shift: tuple[tuple[float, float], tuple[float, float]] | None = None
        """From where the other reading puts the file to where the chosen one does."""
        self.words = ""
        self._paths = (QPainterPath(), QPainterPath())
        self._held: QPoint | None = None
        self.setMinimumSize(300, 220)
        self.setAccessibleName(tr("The file’s outlines against the city’s roads"))
        self.setToolTip(tr("Wheel: nearer or farther. Drag: move."))

    def sizeHint(self) -> QSize:
        """As large as the list beside it."""
        return QSize(380, 260)

    def ground(self, plan: Plan) -> None:
        """Show the city's roads and buildings."""
        self._roads, self._blocks = self._path(plan.roads), self._path(plan.blocks)
        self.update()

    def read_as(self, chosen: Sequence[Line], other: Sequence[Line] = (), words: str = "") -> None:
        """Show the outlines of the chosen reading, those of another one dashed, and ``words`` above them."""
        self.chosen, self.other, self.words = chosen, other, words
        self.shift = None
        if chosen:
            place = _middle(chosen)
            self.here = _point(chosen[place])
            self.shift = (_point(other[place]), self.here) if other else None
        self._paths = (self._path(chosen), self._path(other))
        self.update()

    def wait(self, words: str) -> None:
        """Say what is being waited for; what is shown stays meanwhile."""
        self.words = words
        self.update()

    def look_at(self, middle: tuple[float, float], across: float) -> None:
        """Show so many metres about a place."""
        self.middle = middle
        self.scale = max(1, self.width()) / max(1.0, across)
        self.update()

    @property
    def view(self) -> Box:
        """West, south, east and north of what is seen."""
        return self._about(0.5)

    @property
    def box(self) -> Box:
        """The same three times as wide, so that a drag finds roads too."""
        return self._about(1.5)

    def pixel(self, place: tuple[float, float]) -> QPointF:
        """Where a place is drawn."""
        return self._turn().map(QPointF(place[0] - self.middle[0], place[1] - self.middle[1]))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Roads below, then the other reading, the chosen one, and what is said."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._colour("line"), 1))
        painter.setBrush(self._colour("field"))
        painter.drawRoundedRect(frame, 6, 6)
        clip = QPainterPath()
        clip.addRoundedRect(frame, 6, 6)
        painter.setClipPath(clip)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, tone, width in ((self._blocks, "line", 1.0), (self._roads, "edge", _ROAD)):
            painter.setPen(QPen(self._colour(tone), width))
            painter.drawPath(self._placed(path))
        painter.setPen(QPen(self._colour("muted"), 1.25, Qt.PenStyle.DashLine))
        painter.drawPath(self._placed(self._paths[1]))
        painter.setPen(QPen(self._colour("accent"), _OUTLINE))
        painter.drawPath(self._placed(self._paths[0]))
        self._dots(painter)
        self._arrow(painter)
        self._letters(painter)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come nearer to what is under the pointer."""
        factor = _STEP ** (event.angleDelta().y() / 120)
        at = event.position()
        east, north = (at.x() - self.width() / 2) / self.scale, (self.height() / 2 - at.y()) / self.scale
        self.middle = (self.middle[0] + east * (1 - 1 / factor), self.middle[1] + north * (1 - 1 / factor))
        self.scale *= factor
        self.update()
        self.moved.emit()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the plan."""
        self._held = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it along."""
        if self._held is not None:
            now = event.position().toPoint()
            by = now - self._held
            self.middle = (self.middle[0] - by.x() / self.scale, self.middle[1] + by.y() / self.scale)
            self._held = now
            self.update()
            self.moved.emit()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let it go."""
        self._held = None

    def _about(self, share: float) -> Box:
        across, along = share * self.width() / self.scale, share * self.height() / self.scale
        return self.middle[0] - across, self.middle[1] - along, self.middle[0] + across, self.middle[1] + along

    def _colour(self, tone: str) -> QColor:
        return theme.colour(self._theme, tone)

    def _path(self, lines: Sequence[Line]) -> QPainterPath:
        path = QPainterPath()
        for line in lines:
            if len(line) > 1:
                path.moveTo(*line[0].tolist())
                for x, y in line[1:].tolist():
                    path.lineTo(x, y)
        return path

    def _turn(self) -> QTransform:
        return QTransform(self.scale, 0, 0, -self.scale, self.width() / 2, self.height() / 2)

    def _placed(self, path: QPainterPath) -> QPainterPath:
        # Moved first: at a city's coordinates a turn would lose what single precision can't hold.
        return self._turn().map(path.translated(-self.middle[0], -self.middle[1]))

    def _dots(self, painter: QPainter) -> None:
        """What is a point alone."""
        for lines, tone in ((self.other, "muted"), (self.chosen, "accent")):
            painter.setBrush(self._colour(tone))
            painter.setPen(Qt.PenStyle.NoPen)
            for line in lines:
                if len(line) == 1:
                    painter.drawEllipse(self.pixel((float(line[0][0]), float(line[0][1]))), _DOT, _DOT)

    def _arrow(self, painter: QPainter) -> None:
        """The shift, from the other reading to the chosen one, with its metres."""
        if self.shift is None:
            return
        start, end = map(self.pixel, self.shift)
        long = math.hypot(end.x() - start.x(), end.y() - start.y())
        if long < 2 * _HEAD:
            return
        painter.setPen(QPen(self._colour("warning"), 2))
        painter.drawLine(start, end)
        wind = math.atan2(end.y() - start.y(), end.x() - start.x())
        for side in (wind + 2.6, wind - 2.6):
            painter.drawLine(end, QPointF(end.x() + _HEAD * math.cos(side), end.y() + _HEAD * math.sin(side)))
        distance = math.hypot(self.shift[1][0] - self.shift[0][0], self.shift[1][1] - self.shift[0][1])
        self._say(painter, metres(distance), QPointF((start.x() + end.x()) / 2, min(start.y(), end.y()) - 8), "warning")

    def _letters(self, painter: QPainter) -> None:
        if self.words:
            self._say(painter, self.words, QPointF(self.width() / 2, 18), "text")
        length, wide = bar(1 / self.scale, _BAR)
        below = self.height() - 12
        painter.setPen(QPen(self._colour("text"), 2))
        painter.drawLine(QPointF(12, below), QPointF(12 + wide, below))
        self._say(painter, metres(length), QPointF(12 + wide / 2, below - 6), "text")

    def _say(self, painter: QPainter, words: str, at: QPointF, tone: str) -> None:
        """Words about a place on a plate that keeps them apart from the lines."""
        painter.setFont(font(12, 500))
        wide = painter.fontMetrics().horizontalAdvance(words) + 10
        high = painter.fontMetrics().height()
        left = min(max(at.x() - wide / 2, 4), max(4.0, self.width() - wide - 4))
        plate = QRectF(left, min(max(at.y() - high, 4), self.height() - high - 4), wide, high)
        field = self._colour("field")
        field.setAlphaF(0.85)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(field)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(self._colour(tone))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def _middle(lines: Sequence[Line]) -> int:
    """The line that lies nearest to the middle of all."""
    points = np.array([_point(line) for line in lines])
    return int(np.argmin(((points - np.median(points, axis=0)) ** 2).sum(axis=1)))


def _point(line: Line) -> tuple[float, float]:
    x, y = line[len(line) // 2].tolist()
    return x, y
