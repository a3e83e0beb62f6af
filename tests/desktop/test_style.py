"""Colour by a column from the Style panel: each choice acts at once, is seen, and can be taken back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.desktop.looking import pixels
from twin.core.i18n import tongue
from twin.lettering.compose import legend


def choose(desk, combo, data):
    style = desk.window.style_of_layer
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())
    return style


def test_height_is_coloured_shown_in_the_tree_and_taken_back(desk, qtbot):
    tree = desk.window.layers.tree
    tree.setCurrentItem(tree.topLevelItem(0))
    desk.window.trigger("colour-layer")
    style = desk.window.style_of_layer
    assert style.isVisible() and style.title.text() == "Buildings"
    before = pixels(desk.window.view)
    choose(desk, style.column, "height")
    qtbot.wait_until(lambda: "buildings" in desk.known.overlays)
    qtbot.wait_until(lambda: tree.topLevelItem(0).childCount() == 3)
    assert [tree.topLevelItem(0).child(n).text(1) for n in range(3)] == ["1", "1", "1"], (
        "three heights, and no empty class"
    )
    assert style.ramp.isVisible() and style.classes.isVisible()
    assert np.abs(pixels(desk.window.view) - before).max(axis=2).mean() > 1
    style.classes.setValue(2)
    qtbot.wait_until(lambda: tree.topLevelItem(0).childCount() == 2)
    desk.window.trigger("undo")
    qtbot.wait_until(lambda: tree.topLevelItem(0).childCount() == 3)
    choose(desk, style.column, None)
    qtbot.wait_until(lambda: not desk.known.overlays)
    qtbot.wait_until(lambda: tree.topLevelItem(0).childCount() == 0)
    assert not style.ramp.isVisible()


def test_a_legends_row_is_no_layer(desk, qtbot):
    desk.command("colour-layer", layer="buildings", column="height")
    tree = desk.window.layers.tree
    qtbot.wait_until(lambda: tree.topLevelItem(0).childCount() == 3)
    rect = tree.visualItemRect(tree.topLevelItem(0).child(1))
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert desk.window.layers.chosen() in (None, "buildings")


def test_what_is_missing_has_a_row_and_a_count(desk, qtbot):
    desk.command("colour-layer", layer="buildings", column="year")
    qtbot.wait_until(lambda: "buildings" in desk.known.overlays)
    rows = legend(desk.known.overlays["buildings"], desk.known.layers[0]).rows
    assert (rows[-1].words, rows[-1].count) == ("no data", "1")
    tongue.set("ar")
    rows = legend(desk.known.overlays["buildings"], desk.known.layers[0]).rows
    assert rows[-1].words != "no data"


def test_the_plan_and_the_night_are_a_key_each(desk, qtbot):
    view = desk.window.view
    view.setFocus()
    day = pixels(view)
    QTest.keyClick(desk.window, Qt.Key.Key_P)
    assert view.scene.camera.parallel and view.scene.camera.pitch == -90
    QTest.keyClick(desk.window, Qt.Key.Key_P)
    assert not view.scene.camera.parallel
    QTest.keyClick(desk.window, Qt.Key.Key_L)
    qtbot.wait_until(lambda: not view.streaming)
    assert pixels(view).mean() < day.mean() - 60
    QTest.keyClick(desk.window, Qt.Key.Key_L)
    assert pixels(view).mean() > day.mean() - 20
