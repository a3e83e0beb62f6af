"""Layers, messages, the question where a file lies, the palette."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from twin.core.errors import NoCrs, Refused
from twin.core.folding import folded
from twin.desktop.where import Where, code


def named(widget, words):
    return next(button for button in widget.findChildren(QPushButton) if button.text() == words)


def test_a_tick_hides_the_layer_and_undo_shows_it(desk, qtbot):
    item = desk.window.layers.tree.topLevelItem(0)
    item.setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.wait_until(lambda: not desk.session.city.layer("buildings").visible)
    qtbot.wait_until(desk.window.actions_by_id["undo"].isEnabled)
    desk.window.trigger("undo")
    qtbot.wait_until(lambda: desk.session.city.layer("buildings").visible)
    qtbot.wait_until(lambda: desk.window.layers.tree.topLevelItem(0).checkState(0) == Qt.CheckState.Checked)


def test_f2_renames_in_its_place(desk, qtbot):
    tree = desk.window.layers.tree
    tree.setCurrentItem(tree.topLevelItem(0))
    desk.window.trigger("rename-layer")
    field = tree.findChild(QLineEdit)
    field.setText("Three towers")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.wait_until(lambda: desk.session.city.layer("buildings").title == "Three towers")
    qtbot.wait_until(lambda: tree.topLevelItem(0).text(0) == "Three towers")


def test_a_slide_is_one_step_of_undo(desk, qtbot):
    layers = desk.window.layers
    layers.tree.setCurrentItem(layers.tree.topLevelItem(0))
    layers.opacity.setSliderDown(True)
    for share in (80, 60, 40):
        layers.opacity.setValue(share)
    layers.opacity.setSliderDown(False)
    qtbot.wait_until(lambda: desk.session.city.layer("buildings").opacity == 0.4)
    qtbot.wait_until(lambda: len(desk.session.edits.done) == 1)
    assert desk.session.edits.done[0].title == "Opacity of “Buildings”"


def test_removing_a_layer_leaves_words_what_to_do(desk, qtbot):
    layers = desk.window.layers
    layers.tree.setCurrentItem(layers.tree.topLevelItem(0))
    desk.window.trigger("remove-layer")
    qtbot.wait_until(lambda: layers.currentIndex() == 0)
    desk.window.trigger("undo")
    qtbot.wait_until(lambda: layers.currentIndex() == 1)


def test_each_command_leaves_a_line_in_the_log(desk, qtbot):
    desk.command("show-layer", layer="buildings", visible=False)
    wanted = "city.run('show-layer', layer='buildings', visible=False)"
    qtbot.wait_until(lambda: wanted in desk.window.log.toPlainText())


def test_news_leaves_by_itself_and_a_refusal_stays(desk):
    messages = desk.window.messages
    messages.say("News")
    assert messages._timer.isActive()
    desk.refused(Refused("No."), lambda _said: None)
    assert not messages._timer.isActive()
    assert messages.words == "No."
    assert "# No." in desk.window.log.toPlainText()


def test_a_choice_acts_and_takes_the_message_away(desk):
    done = []
    desk.window.messages.say("Which?", (("This", lambda: done.append("this")),))
    QTest.mouseClick(named(desk.window.messages, "This"), Qt.MouseButton.LeftButton)
    assert done == ["this"]
    assert desk.window.messages.isHidden()


def test_a_missing_crs_is_asked_for_and_the_import_goes_on(desk, tmp_path):
    said = []
    desk.refused(NoCrs("None."), said.append, tmp_path / "حي.geojson")
    form = desk.window.messages.findChild(Where)
    assert not form.load.isEnabled()
    form.code.setText("٢٨٩٩٢")
    assert "Amersfoort" in form.verdict.text()
    QTest.keyClick(form.code, Qt.Key.Key_Return)
    assert said == [{"crs": "EPSG:28992"}]
    assert desk.window.messages.isHidden()


def test_an_unknown_code_is_said_at_once(desk, tmp_path):
    desk.refused(NoCrs("None."), print, tmp_path / "a.geojson")
    form = desk.window.messages.findChild(Where)
    form.code.setText("EPSG:1")
    assert not form.load.isEnabled()
    assert form.verdict.text()


def test_local_coordinates_are_placed_by_hand(desk, tmp_path):
    said = []
    desk.refused(NoCrs("None."), said.append, tmp_path / "a.geojson")
    form = desk.window.messages.findChild(Where)
    form.by_hand.setChecked(True)
    assert not form.load.isEnabled()
    form.numbers[0].setText("515000")
    form.numbers[1].setText("٢٣٨٠٠٠٠٫٥")
    QTest.mouseClick(form.load, Qt.MouseButton.LeftButton)
    assert said == [{"crs": "local", "place": "515000.0,2380000.5,0.0,1.0"}]


@pytest.mark.parametrize(("said", "meant"), [("28992", "EPSG:28992"), (" epsg:4326 ", "EPSG:4326")])
def test_a_code_is_read_as_it_is_meant(said, meant):
    assert code(said) == meant


def test_the_palette_finds_in_either_language_and_spelling(desk):
    palette = desk.window.palette_of_commands
    QTest.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert palette.isVisible()
    QTest.keyClicks(palette.field, "look str")
    assert palette.found.count() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert desk.window.view.scene.camera.pitch == -90


def test_arabic_is_folded_for_finding():
    assert folded("إضافة الطبقة") == folded("اضافه طبقه")
    assert folded("مبنىً ٣") == folded("مبني 3")


def test_no_label_of_the_card_is_cut(desk):
    desk.select(("buildings", 1))
    for label in desk.window.identify.findChildren(QLabel):
        if label.isVisible():
            assert label.height() >= label.fontMetrics().height()
