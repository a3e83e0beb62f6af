"""Areas drawn over the view select what they touch; it is seen, counted, added to, taken from and let go."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.desktop.conftest import EAST, NORTH
from twin.core.i18n import tongue
from twin.scene import camera

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def spot(view, east, up):
    x, y = camera.pixel(view.scene.camera, (EAST + east, NORTH, up), view.width(), view.height())
    return QPoint(round(x), round(y))


def moved(view, to, keys=NONE):
    at = QPointF(to)
    event = QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, keys)
    QApplication.sendEvent(view, event)


def boxed(desk, west, east, keys=NONE):
    """A box from the ground to above the roofs."""
    view = desk.window.view
    start, end = spot(view, west, 0.0), spot(view, east, 62.0)
    QTest.mousePress(view, LEFT, keys, start)
    moved(view, end, keys)
    QTest.mouseRelease(view, LEFT, keys, end)


def uids(desk):
    fids = desk.selection.features.get("buildings", np.empty(0)).tolist()
    return {row["uid"] for row in desk.session.city.features("buildings", ["uid"], fids=fids).to_pylist()}


@pytest.fixture
def boxes(desk):
    desk.window.trigger("select-box")
    return desk


def test_a_box_selects_what_it_touches_and_shift_and_ctrl_add_and_take_out(boxes, qtbot):
    boxed(boxes, -4, 24)
    qtbot.wait_until(lambda: uids(boxes) == {"low"})
    assert "1 feature selected" in boxes.window.status.selected.text()
    boxed(boxes, 116, 144, Qt.KeyboardModifier.ShiftModifier)
    qtbot.wait_until(lambda: uids(boxes) == {"low", "high"})
    assert "2 features selected" in boxes.window.status.selected.text()
    boxed(boxes, -4, 24, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait_until(lambda: uids(boxes) == {"high"})
    boxed(boxes, -4, 84)
    qtbot.wait_until(lambda: uids(boxes) == {"low", "middle"})


def test_what_is_selected_has_another_colour_until_it_is_let_go(boxes, qtbot):
    view = boxes.window.view

    def colour():
        at = spot(view, 10, 12.0)
        return np.array(view.picture().pixelColor(at * view.devicePixelRatioF()).getRgb()[:3])

    plain = colour()
    boxed(boxes, -4, 24)
    qtbot.wait_until(lambda: uids(boxes) == {"low"})
    shown = colour()
    assert shown[0] < plain[0] - 60, "stone became the selection's green"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.areas.shape is None
    assert uids(boxes) == {"low"}, "the first Esc puts the tool away"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert uids(boxes) == set()
    assert boxes.window.status.selected.text() == ""
    assert np.abs(colour() - plain).max() <= 2


def test_a_polygon_is_clicked_and_a_lasso_drawn(desk, qtbot):
    view = desk.window.view
    desk.window.trigger("select-polygon")
    around = [spot(view, 56, 0), spot(view, 84, 0), spot(view, 84, 45)]
    for corner in around:
        QTest.mouseClick(view, LEFT, NONE, corner)
    QTest.mouseDClick(view, LEFT, NONE, spot(view, 56, 45))
    qtbot.wait_until(lambda: uids(desk) == {"middle"})
    desk.window.trigger("select-lasso")
    loop = [spot(view, 116, 0), spot(view, 144, 0), spot(view, 144, 64), spot(view, 116, 64)]
    QTest.mousePress(view, LEFT, NONE, loop[0])
    for corner in loop[1:]:
        moved(view, corner)
    QTest.mouseRelease(view, LEFT, NONE, loop[-1])
    qtbot.wait_until(lambda: uids(desk) == {"high"})


def test_the_count_is_said_in_arabic_and_a_click_beside_all_lets_go(boxes, qtbot):
    view = boxes.window.view
    boxed(boxes, -4, 84)
    qtbot.wait_until(lambda: uids(boxes) == {"low", "middle"})
    tongue.set("ar")
    boxes.reread()
    assert boxes.window.status.selected.text() == "معلمان محدَّدان"
    boxes.window.trigger("select-box")
    assert view.areas.shape is None, "the same tool again puts it away"
    QTest.mouseClick(view, LEFT, NONE, spot(view, 100, 55.0))
    assert uids(boxes) == set()
