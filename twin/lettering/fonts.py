"""The program's own letters: IBM Plex Sans Arabic, whose Latin has the same rhythm."""

from __future__ import annotations

import os
import sys
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from twin.core.i18n import tongue
from twin.core.paths import resources

WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}


def application() -> QGuiApplication:
    """Qt for painting alone, made first where no window has made it: it needs no display."""
    found = QGuiApplication.instance()
    if isinstance(found, QGuiApplication):
        return found
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication([])


@cache
def family() -> str:
    """The family's name, loaded from the program's resources."""
    names = []
    for file in sorted((resources() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        names += QFontDatabase.applicationFontFamilies(number)
    return "IBM Plex Sans Arabic" if "IBM Plex Sans Arabic" in names else (names or [""])[0]


def font(pixels: int, weight: int = 400) -> QFont:
    """A font of so many pixels; Arabic is one larger at 16 and below (ART)."""
    made = QFont(family())
    made.setPixelSize(pixels + (1 if tongue.language == "ar" and pixels <= 16 else 0))
    made.setWeight(WEIGHTS[weight])
    return made
