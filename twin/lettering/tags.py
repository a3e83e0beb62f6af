"""A tag beside the pointer: a few words on a dark ground, read over any picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from twin.core.i18n import led
from twin.lettering.fonts import font

_AWAY, _IN, _TALL = 16, 10, 26
"""Pixels from the pointer, beside the words, and from foot to top."""
_GROUND = QColor(18, 37, 46, 235)


def tag(painter: QPainter, at: QPointF, words: str, width: int) -> QRectF:
    """Beside a point of a picture that is so wide, on whichever side there is room; where it was painted."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font(12, 600))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 2 * _IN
    left = at.x() + _AWAY if at.x() + _AWAY + wide < width else at.x() - _AWAY - wide
    box = QRectF(left, at.y() + _AWAY, wide, _TALL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(QColor("white"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, led(words))
    painter.restore()
    return box
