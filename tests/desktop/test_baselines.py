"""The window as committed pictures have it, in both languages and looks."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

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
    qtbot.wait(300)
    image = desk.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    matches(rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3), f"window-{language}-{look}")
