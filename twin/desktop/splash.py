"""What is seen at once, before the window's own code has been read from the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSplashScreen

from twin.core.i18n import tongue, tr
from twin.core.settings import Theme
from twin.lettering.fonts import font
from twin.lettering.tones import tones

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE, _TALL, _EDGE = 440, 240, 32
_SKYLINE = ((0, 34), (1, 52), (2, 40), (3, 78), (4, 46), (5, 30), (6, 60), (7, 38), (8, 26), (9, 44))
"""Towers by their place and height, in pixels."""


class Splash(QSplashScreen):
    """The name and what is being opened, in the theme's colours."""

    def __init__(self, theme: Theme, opening: str) -> None:
        self._theme: Theme = theme
        self._opening = opening
        super().__init__(self._picture())
        self.show()

    def _picture(self) -> QPixmap:
        screen = QGuiApplication.primaryScreen()
        ratio = screen.devicePixelRatio() if screen else 1.0
        found = QPixmap(int(_WIDE * ratio), int(_TALL * ratio))
        found.setDevicePixelRatio(ratio)
        colours = {name: QColor(code) for name, code in tones(self._theme).items()}
        found.fill(colours["bg"])
        painter = QPainter(found)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for tower in self._towers():
            painter.fillRect(tower, colours["raised"])
        painter.fillRect(0, _TALL - 3, _WIDE, 3, colours["accent"])
        painter.setPen(QPen(colours["line"]))
        painter.drawRect(0, 0, _WIDE - 1, _TALL - 1)
        side = Qt.AlignmentFlag.AlignRight if tongue.language == "ar" else Qt.AlignmentFlag.AlignLeft
        for words, size, weight, tone, top in (
            (tr("Balad"), 34, 600, "text", _EDGE - 8),
            (self._opening, 13, 400, "muted", _EDGE + 56),
        ):
            painter.setFont(font(size, weight))
            painter.setPen(colours[tone])
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _WIDE - 2 * _EDGE)
            painter.drawText(QRect(_EDGE, top, _WIDE - 2 * _EDGE, 60), side | Qt.AlignmentFlag.AlignTop, shown)
        painter.end()
        return found

    def _towers(self) -> Iterator[QRect]:
        wide = _WIDE / len(_SKYLINE)
        for place, tall in _SKYLINE:
            yield QRect(round(place * wide), _TALL - 3 - tall, round(wide) - 4, tall)
