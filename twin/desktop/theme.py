"""Dark and light: one palette and one sheet made from the same tokens (ART)."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from twin.core.paths import resources
from twin.core.settings import Theme
from twin.lettering.fonts import font

_NAMES = "bg panel raised field line edge text muted accent primary critical warning violet".split()
_COLOURS = {
    "dark": "#10171C #172027 #202C35 #0C1216 #33434E #66798A #E9EFF2 #9DB0BB #45C4B5 #0F766E #FF7A70 #F2B84B #C9A7F5",
    "light": "#F4F1EA #FFFFFF #FAF8F4 #FFFFFF #D6CFC2 #7C8A92 #1B2429 #5A6870 #0B6E66 #0B6E66 #B3261E #8A5A00 #6B3FA0",
}
TOKENS = {theme: dict(zip(_NAMES, colours.split(), strict=True)) for theme, colours in _COLOURS.items()}

_SHEET = """
QMainWindow, QMainWindow::separator {{ background: {bg}; }}
QMainWindow::separator {{ width: 8px; height: 8px; }}
QToolBar {{ background: {panel}; border: 0; border-bottom: 1px solid {line}; padding: 4px 8px; spacing: 4px; }}
QToolButton {{ border: 0; border-radius: 6px; padding: 5px 8px; color: {text}; background: transparent; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:pressed, QToolButton:checked {{ background: {line}; }}
QToolButton::menu-indicator {{ image: none; }}
QMenu {{ background: {panel}; color: {text}; border: 1px solid {line}; padding: 6px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 6px; }}
QMenu::item:selected {{ background: {raised}; }}
QMenu::item:disabled {{ color: {muted}; }}
QDockWidget {{ color: {text}; titlebar-close-icon: none; titlebar-normal-icon: none; }}
QDockWidget::title {{ background: {panel}; padding: 8px 12px; border-bottom: 1px solid {line}; }}
QDockWidget > QWidget, QScrollArea > QWidget > QWidget {{ background: {panel}; }}
QTreeWidget, QPlainTextEdit, QListWidget, QScrollArea {{ background: {panel}; border: 0; color: {text}; outline: 0; }}
QTreeWidget::item {{ padding: 5px 4px; border-radius: 6px; }}
QTreeWidget::item:hover {{ background: {raised}; }}
QTreeWidget::item:selected {{ background: {raised}; color: {text}; border: 1px solid {accent}; }}
QTreeWidget::indicator {{ width: 14px; height: 14px; background: {field}; }}
QTreeWidget::indicator {{ border: 1px solid {edge}; border-radius: 4px; }}
QTreeWidget::indicator:checked {{ background: {primary}; border: 1px solid {primary}; image: url("{tick}"); }}
QLineEdit {{ background: {field}; color: {text}; border: 1px solid {edge}; border-radius: 6px; padding: 6px 10px; }}
QLineEdit:focus {{ border: 1px solid {accent}; }}
QPushButton {{ background: {raised}; color: {text}; border: 1px solid {edge}; border-radius: 6px; padding: 6px 14px; }}
QPushButton:hover {{ border: 1px solid {accent}; }}
QPushButton[primary="true"] {{ background: {primary}; color: white; border: 1px solid {primary}; }}
QStatusBar {{ background: {panel}; color: {muted}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ color: {muted}; padding: 0 8px; }}
QProgressBar {{ background: {field}; border: 1px solid {line}; border-radius: 4px; max-height: 10px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QLabel[muted="true"] {{ color: {muted}; }}
QLabel[violet="true"] {{ color: {violet}; border: 1px solid {violet}; border-radius: 9px; padding: 1px 9px; }}
QFrame[bar="true"] {{ background: {panel}; border: 1px solid {line}; border-radius: 10px; }}
QFrame[bar="true"][grave="true"] {{ border: 1px solid {critical}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 8px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 5px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
"""


def dress(application: QApplication, theme: Theme) -> None:
    """Dress the whole program: Fusion, an own palette (X11 ignores Qt's colour scheme), one sheet."""
    tokens = TOKENS[theme]
    application.setStyle("Fusion")
    palette = QPalette()
    for role, name in (
        (QPalette.ColorRole.Window, "bg"),
        (QPalette.ColorRole.Base, "field"),
        (QPalette.ColorRole.AlternateBase, "raised"),
        (QPalette.ColorRole.Button, "raised"),
        (QPalette.ColorRole.Text, "text"),
        (QPalette.ColorRole.WindowText, "text"),
        (QPalette.ColorRole.ButtonText, "text"),
        (QPalette.ColorRole.PlaceholderText, "muted"),
        (QPalette.ColorRole.Highlight, "primary"),
        (QPalette.ColorRole.Accent, "accent"),
    ):
        palette.setColor(role, QColor(tokens[name]))
    application.setPalette(palette)
    application.setFont(font(13))
    tick = (resources() / "icons" / "check-white.svg").as_posix()
    application.setStyleSheet(_SHEET.format(tick=tick, **tokens))


def icon(name: str, theme: Theme, tone: str = "text") -> QIcon:
    """A Lucide icon in a token's colour; an empty one where there is none of that name."""
    file = resources() / "icons" / f"{name}.svg"
    if not file.exists():
        return QIcon()
    drawing = file.read_text(encoding="utf-8").replace("currentColor", TOKENS[theme][tone])
    pixels = QPixmap(QSize(40, 40))
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    pixels.setDevicePixelRatio(2)
    return QIcon(pixels)
