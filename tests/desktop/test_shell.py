"""The window: one declaration of each command, two languages, two looks, two sizes."""

from __future__ import annotations

import json
import time

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from twin.core.i18n import tongue, tr
from twin.host.commands import declared
from twin.lettering.tones import tones


def words_of(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 400), Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 400), Qt.DropAction.CopyAction, mime, left, none))


def test_every_key_and_menu_entry_is_as_declared(desk):
    for name, command in declared().items():
        action = desk.window.actions_by_id[name]
        assert action.shortcut().toString() == command.key
        assert action.text() == command.title
    entries = [action.text() for part in desk.window.bar.menu.menu().actions() for action in part.menu().actions()]
    offered = [command.title for command in declared().values() if command.menu and command.id in desk.window.slots]
    assert sorted(entries) == sorted(offered)


def test_every_command_with_a_menu_can_be_done(desk):
    assert {name for name, command in declared().items() if command.menu} <= set(desk.window.slots)


def test_arabic_mirrors_the_docks_and_not_the_view_within_half_a_second(desk):
    window = desk.window
    assert window.dockWidgetArea(window.left) == Qt.DockWidgetArea.LeftDockWidgetArea
    before = window.view.scene.camera
    began = time.monotonic()
    QTest.mouseClick(window.bar.language, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert time.monotonic() - began < 0.5
    assert window.dockWidgetArea(window.left) == Qt.DockWidgetArea.RightDockWidgetArea
    assert window.left.windowTitle() == tr("Layers") != "Layers"
    assert window.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert window.view.layoutDirection() == Qt.LayoutDirection.LeftToRight
    assert window.view.scene.camera == before
    assert window.layers.tree.topLevelItem(0).text(0) == "المباني"
    assert window.actions_by_id["undo"].text() == tr("Undo")
    QTest.mouseClick(window.bar.language, Qt.MouseButton.LeftButton)
    assert window.dockWidgetArea(window.left) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_the_card_follows_the_language_and_says_what_is_not_reported(desk, qtbot):
    desk.select(("buildings", 3))
    qtbot.wait_until(lambda: "not reported" in words_of(desk.window.identify))
    assert "synthetic" in words_of(desk.window.identify)
    tongue.set("ar")
    qtbot.wait_until(lambda: tr("not reported") in words_of(desk.window.identify))
    assert "الارتفاع" in words_of(desk.window.identify)


def test_digits_change_at_once(desk):
    tongue.set("ar")
    desk.window.slots["digits"]()
    assert desk.window.layers.tree.topLevelItem(0).text(1) == "٣"


def test_the_look_changes_at_once(desk):
    assert tones("light")["panel"] in QApplication.instance().styleSheet()
    desk.window.slots["theme"]()
    assert tones("dark")["panel"] in QApplication.instance().styleSheet()
    assert desk.settings.load().theme == "dark"
    desk.window.slots["theme"]()


def test_on_a_small_screen_the_card_opens_at_a_click(desk, qtbot):
    desk.window.resize(1366, 768)
    QApplication.processEvents()
    assert desk.window.right.isHidden()
    qtbot.wait_until(lambda: desk.window.left.width() <= 245)
    desk.select(("buildings", 1))
    qtbot.wait_until(lambda: not desk.window.right.isHidden())


def test_the_view_has_most_of_the_window(desk):
    desk.window.resize(1920, 1080)
    QApplication.processEvents()
    assert desk.window.view.width() * desk.window.view.height() >= 0.6 * 1920 * 1080
    assert desk.window.bar.height() == 44


def test_a_dropped_city_is_opened(bare, city, qtbot):
    assert not bare.window.welcome.isHidden()
    drop(bare.window, city)
    qtbot.wait_until(lambda: bare.session is not None, timeout=20_000)
    assert bare.window.welcome.isHidden()
    assert bare.window.status.crs.text().strip("\u2066\u2069") == "EPSG:9357"


def test_a_dropped_file_with_an_arabic_name_makes_a_city_and_undo_takes_it_back(bare, qtbot, tmp_path):
    file = tmp_path / "حي الحمراء.geojson"
    ring = "[[39.1,21.5],[39.101,21.5],[39.101,21.501],[39.1,21.501],[39.1,21.5]]"
    file.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":{"height":12},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}',
        encoding="utf-8",
    )
    drop(bare.window, file)
    qtbot.wait_until(lambda: bare.session is not None, timeout=60_000)
    assert bare.window.layers.tree.topLevelItemCount() == 1
    drop(bare.window, file)
    qtbot.wait_until(lambda: bare.window.layers.tree.topLevelItemCount() == 2, timeout=60_000)
    qtbot.wait_until(bare.window.actions_by_id["undo"].isEnabled, timeout=5_000)
    QTest.keyClick(bare.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait_until(lambda: bare.window.layers.tree.topLevelItemCount() == 1, timeout=10_000)


def test_words_lie_over_the_view(desk):
    desk.window.messages.say("One message")
    card = desk.window.messages
    seen = desk.window.grab().toImage()
    spot = card.mapTo(desk.window, QPoint(card.width() // 2, 4))
    assert seen.pixelColor(spot * seen.devicePixelRatio()).name().upper() == tones("light")["panel"]


def test_fast_keys_are_all_heard(desk, qtbot):
    desk.command("rename-layer", layer="buildings", title="One")
    desk.command("rename-layer", layer="buildings", title="Two")
    qtbot.wait_until(lambda: len(desk.session.edits.done) == 2)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for _ in range(2):
        QTest.keyClick(desk.window, Qt.Key.Key_Z, control)
    for _ in range(15):
        QTest.keyClick(desk.window, Qt.Key.Key_Z, control | shift)
        QTest.keyClick(desk.window, Qt.Key.Key_Z, control)
    QTest.keyClick(desk.window, Qt.Key.Key_Z, control | shift)
    qtbot.wait_until(lambda: desk.worker.waiting == 0, timeout=20_000)
    assert (len(desk.session.edits.done), len(desk.session.edits.undone)) == (1, 1)
    assert desk.session.city.layer("buildings").title == "One"
    qtbot.wait_until(desk.window.actions_by_id["redo"].isEnabled)


def test_nothing_to_undo_is_grey(desk, qtbot):
    qtbot.wait_until(lambda: desk.worker.waiting == 0)
    assert not desk.window.actions_by_id["undo"].isEnabled()


def test_the_palette_finds_arabic_words_in_the_english_window(desk):
    palette = desk.window.palette_of_commands
    palette.open()
    palette.field.setText("تراجع")
    assert palette.found.count() >= 1


def test_an_eye_that_has_nothing_left_to_look_at_goes_back(desk, qtbot, tmp_path):
    far = tmp_path / "far.geojson"
    point = {"type": "Point", "coordinates": [144.9, -37.8]}
    feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": point}
    far.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    drop(desk.window, far)
    qtbot.wait_until(lambda: len(desk.known.layers) == 2, timeout=30_000)
    qtbot.wait_until(lambda: abs(desk.window.view.scene.camera.east - 515_000) > 1e5, timeout=5_000)
    desk.window.trigger("undo")
    qtbot.wait_until(lambda: len(desk.known.layers) == 1, timeout=20_000)
    assert abs(desk.window.view.scene.camera.east - 515_000) < 1e4
