"""The window as committed pictures have it, in both languages and looks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor

from tests.desktop.looking import pixels
from tests.pictures import matches
from twin.core.i18n import tongue


@pytest.mark.parametrize(("language", "look"), [("en", "light"), ("ar", "dark")])
def test_the_window(desk, qtbot, language, look):
    desk.settings.theme = look
    tongue.set(language)
    desk.window.retranslate()
    desk.window.resize(1366, 768)
    desk.select(("buildings", 3))
    qtbot.wait_until(lambda: desk.window.identify.card is not None and not desk.window.view.streaming)
    # A pointer that rests on a button or a building lights it up.
    QCursor.setPos(desk.window.view.mapToGlobal(QPoint(desk.window.view.width() // 2, 130)))
    qtbot.wait(300)
    matches(pixels(desk.window), f"window-{language}-{look}")
