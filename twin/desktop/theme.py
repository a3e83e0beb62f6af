"""Dark and light: one palette, one sheet and the icons, all made from the same colours (ART)."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QListWidgetItem, QWidget

from twin.core.i18n import tongue
from twin.core.paths import resources
from twin.core.settings import Theme
from twin.lettering.fonts import font
from twin.lettering.tones import tones

_ROLES = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Highlight: "primary",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Mid: "line",
}
_WORN: list[tuple[Theme, str]] = []


def dress(application: QApplication, theme: Theme) -> None:
    """Dress the whole program: Fusion, an own palette (X11 ignores Qt's colour scheme), one sheet, one font."""
    # Setting a sheet visits every widget: a language switch of the same look must not pay for it twice.
    wanted = (theme, tongue.language)
    if _WORN[-1:] == [wanted]:
        return
    _WORN[:] = [wanted]
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    application.setFont(font(13))
    application.setPalette(_palette(theme))
    application.setStyleSheet(sheet(theme))


@cache
def sheet(theme: Theme) -> str:
    """The style sheet with the theme's colours in it."""
    folder = resources() / "themes"
    colours = {**tones(theme), "themes": folder.as_posix()}
    return re.sub(r"@(\w+)", lambda name: colours[name[1]], (folder / "window.qss").read_text(encoding="utf-8"))


@cache
def icon(name: str, theme: Theme, tone: str = "text") -> QIcon:
    """A Lucide icon in one of the theme's colours; an empty one where there is none of that name."""
    file = resources() / "icons" / f"{name}.svg"
    if not name or not file.exists():
        return QIcon()
    found = QIcon()
    words = file.read_text(encoding="utf-8").replace('stroke-width="2"', 'stroke-width="1.75"')
    for mode, colour in ((QIcon.Mode.Normal, tones(theme)[tone]), (QIcon.Mode.Disabled, tones(theme)["edge"])):
        drawing = QSvgRenderer(QByteArray(words.replace("currentColor", colour).encode()))
        for pixels in (20, 40):
            found.addPixmap(_drawn(drawing, pixels), mode)
    return found


def colour(theme: Theme, tone: str) -> QColor:
    """One of the theme's colours."""
    return QColor(tones(theme)[tone])


def mark_as(widget: QWidget, name: str, value: object) -> None:
    """Give a widget a property that the sheet knows, and have it drawn so at once."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def face(card: QWidget) -> None:
    """Lay a card over the view out as its language is read: the view, which is never mirrored, would hand that on."""
    arabic = tongue.language == "ar"
    card.setLayoutDirection(Qt.LayoutDirection.RightToLeft if arabic else Qt.LayoutDirection.LeftToRight)


def row(item: QListWidgetItem, lines: int) -> None:
    """Give a row of a card's list the height of so many lines."""
    item.setSizeHint(QSize(0, lines * QFontMetrics(font(13)).lineSpacing() + 14))


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    for role, tone in _ROLES.items():
        palette.setColor(role, colour(theme, tone))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#FFFFFF"))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour(theme, "edge"))
    return palette


def _drawn(drawing: QSvgRenderer, pixels: int) -> QPixmap:
    found = QPixmap(QSize(pixels, pixels))
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    drawing.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return found
