"""The 3D view under a real mouse and keys: QGIS's habits."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.desktop.conftest import EAST, LOOK, NORTH
from twin.scene import camera


def at(view, point):
    x, y = camera.pixel(view.scene.camera, point, view.width(), view.height())
    return QPoint(round(x), round(y))


def dragged(view, start, by, button, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mousePress(view, button, modifier, start)
    # Qt's simulated moves carry no buttons unless they are sent as events.
    for step in range(1, 5):
        to = start + by * step / 4
        _move(view, to, button, modifier)
    QTest.mouseRelease(view, button, modifier, start + by)


def _move(view, to, button, modifier):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    spot = QPointF(to)
    event = QMouseEvent(QEvent.Type.MouseMove, spot, view.mapToGlobal(spot), Qt.MouseButton.NoButton, button, modifier)
    QApplication.sendEvent(view, event)


def wheel(view, where, notches):
    spot = QPointF(where)
    event = QWheelEvent(
        spot, view.mapToGlobal(spot), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_a_click_on_a_building_selects_it_and_shows_its_card(desk, qtbot):
    view = desk.window.view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, (EAST + 130, NORTH, 50.0)))
    assert desk.selected is not None
    qtbot.wait_until(lambda: desk.window.identify.card is not None)
    assert desk.window.identify.card.title == "high"
    assert view.scene.selected == desk.selected


def test_a_click_beside_all_clears_the_card(desk):
    view = desk.window.view
    desk.select(("buildings", 1))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, (EAST + 100, NORTH + 5, 55.0)))
    assert desk.selected is None
    assert desk.window.identify.card is None


def test_a_left_drag_takes_the_ground_along(desk):
    view = desk.window.view
    start = QPoint(view.width() // 2, view.height() // 2)
    before = view._ground(QPointF(start))
    dragged(view, start, QPoint(120, 60), Qt.MouseButton.LeftButton)
    after = view._ground(QPointF(start + QPoint(120, 60)))
    assert abs(after[0] - before[0]) < 1
    assert abs(after[1] - before[1]) < 1
    assert view.scene.camera.azimuth == LOOK.azimuth
    assert desk.selected is None


def test_a_middle_drag_and_a_shifted_one_orbit(desk):
    view = desk.window.view
    start = QPoint(300, 300)
    dragged(view, start, QPoint(100, 0), Qt.MouseButton.MiddleButton)
    turned = view.scene.camera.azimuth
    assert turned != LOOK.azimuth
    dragged(view, start, QPoint(100, 0), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    assert view.scene.camera.azimuth != turned
    assert (view.scene.camera.east, view.scene.camera.north) == (LOOK.east, LOOK.north)


def test_the_wheel_zooms_to_the_pointer(desk):
    view = desk.window.view
    where = QPoint(view.width() // 4, view.height() * 3 // 4)
    before = view._ground(QPointF(where))
    wheel(view, where, 2)
    after = view._ground(QPointF(where))
    assert view.scene.camera.distance < LOOK.distance
    assert abs(after[0] - before[0]) < 2
    assert abs(after[1] - before[1]) < 2


def test_keys_move_turn_and_look(desk):
    view = desk.window.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.scene.camera.east > LOOK.east
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.scene.camera.azimuth != 0
    QTest.keyClick(view, Qt.Key.Key_N)
    assert view.scene.camera.azimuth == 0
    QTest.keyClick(view, Qt.Key.Key_U)
    assert view.scene.camera.pitch == -90
    QTest.keyClick(view, Qt.Key.Key_R)
    assert view.scene.camera == view.whole()


def test_the_pointer_says_its_coordinate(desk):
    view = desk.window.view
    desk.window.view.pointed.emit((515070.25, 2380010.04, 0.0))
    assert "515070.2, 2380010.0" in desk.window.status.where.text()
    view.pointed.emit(None)
    assert desk.window.status.where.text() == ""


def test_nothing_is_drawn_while_nothing_happens(desk, qtbot):
    view = desk.window.view
    qtbot.wait(300)
    drawn = view._drawn_at
    qtbot.wait(600)
    assert view._drawn_at == drawn


def test_the_picture_is_the_scene_and_not_an_empty_ground(desk):
    seen = desk.window.view.grab().toImage()
    spot = at(desk.window.view, (EAST + 130, NORTH, 50.0))
    wall = seen.pixelColor(spot * seen.devicePixelRatio())
    air = seen.pixelColor(at(desk.window.view, (EAST + 100, NORTH, 50.0)) * seen.devicePixelRatio())
    assert wall != air
