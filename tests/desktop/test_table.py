"""The attribute table: paged, sorted, filtered, and chosen from both ways."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from twin.core.i18n import tongue
from twin.core.settings import Settings
from twin.desktop.desk import Desk
from twin.scene import camera


@pytest.fixture
def table(desk, qtbot):
    QTest.keyClick(desk.window, Qt.Key.Key_F6)
    found = desk.window.table
    qtbot.wait_until(lambda: found.rows.count == 3)
    qtbot.wait_until(lambda: cell(found, 0, 0) != "")
    return found


def cell(table, row, column):
    return str(table.rows.data(table.rows.index(row, column), Qt.ItemDataRole.DisplayRole)).strip(
        "\u200e\u200f\u2068\u2069"
    )


def column(table, number):
    return [cell(table, row, number) for row in range(table.rows.count)]


def settled(table, qtbot):
    qtbot.wait_until(lambda: all(column(table, 0)), timeout=5_000)


def test_every_attribute_has_its_column_and_the_missing_is_said(table, desk):
    titles = [
        table.rows.headerData(n, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for n in range(table.rows.columnCount())
    ]
    assert titles == ["Id", "Height (m)", "Year built"]
    assert column(table, 0) == ["low", "middle", "high"]
    assert column(table, 1) == ["20.0", "40.0", "60.0"]
    assert column(table, 2) == ["1990", "2001", "not reported"]
    tongue.set("ar")
    assert table.rows.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) == "الارتفاع (م)"


def test_a_click_on_the_head_sorts(table, qtbot):
    header = table.view.horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(1) + 40, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.wait_until(lambda: column(table, 0) == ["high", "middle", "low"])


def test_a_filter_is_typed(table, qtbot):
    QTest.keyClicks(table.filter, "height > 30")
    qtbot.wait_until(lambda: table.rows.count == 2)
    settled(table, qtbot)
    assert column(table, 0) == ["middle", "high"]
    assert "2 of 3" in table._said.text()
    QTest.keyClicks(table.filter, " AND")
    qtbot.wait_until(lambda: table.filter.property("wrong") is True)
    assert table.rows.count == 2, "what was seen stays until the filter is whole"
    table.filter.clear()
    qtbot.wait_until(lambda: table.rows.count == 3)
    assert not table.filter.property("wrong")


def test_a_row_chooses_its_feature(table, desk, qtbot):
    QTest.mouseClick(
        table.view.viewport(), Qt.MouseButton.LeftButton, pos=table.view.visualRect(table.rows.index(2, 0)).center()
    )
    qtbot.wait_until(lambda: desk.window.identify.card is not None)
    assert desk.window.identify.card.title == "high"
    assert desk.window.view.scene.selected == desk.selected
    before = desk.window.view.scene.camera
    spot = table.view.visualRect(table.rows.index(0, 0)).center()
    QTest.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.wait_until(lambda: desk.window.identify.card.title == "low")
    QTest.mouseDClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.wait_until(lambda: desk.window.view.scene.camera != before)


def test_a_feature_chooses_its_row(table, desk, qtbot):
    view = desk.window.view
    spot = camera.pixel(view.scene.camera, (515_130.0, 2_380_000.0, 50.0), view.width(), view.height())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(*spot).toPoint())
    qtbot.wait_until(lambda: table.view.currentIndex().row() == 2)


def test_a_layer_that_is_taken_out_takes_its_rows_along(table, desk, qtbot):
    desk.command("remove-layer", layer="buildings")
    qtbot.wait_until(lambda: table.rows.count == 0)
    desk.command("undo")
    qtbot.wait_until(lambda: table.rows.count == 3)


def test_a_layer_chosen_while_the_log_is_read_has_its_rows_when_the_table_comes_back(table, desk, qtbot, tmp_path):
    file = tmp_path / "places.geojson"
    place = {"type": "Point", "coordinates": [39.146, 21.52]}
    places = [{"type": "Feature", "geometry": place, "properties": {"name": "here"}}]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": places}), encoding="utf-8")
    desk.command("import", file=file)
    qtbot.wait_until(lambda: desk.known is not None and len(desk.known.layers) == 2, timeout=20_000)
    desk.window.layers.choose("buildings")
    qtbot.wait_until(lambda: table.rows.count == 3)
    log, rows = (desk.window.below._tabs[place] for place in (1, 0))
    QTest.mouseClick(log, Qt.MouseButton.LeftButton)
    desk.window.layers.choose("places")
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: table.rows.count == 1)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_four_rows_at_the_least_and_three_fifths_of_each_side_for_the_view(table, desk, qtbot, size, language):
    window, view = desk.window, desk.window.view
    tongue.set(language)
    window.resize(*size)
    qtbot.wait_until(lambda: (window.width(), window.height()) == size)
    qtbot.wait(100)
    rows = table.view.viewport().height() / table.view.verticalHeader().defaultSectionSize()
    assert rows >= 4
    assert view.height() >= 0.6 * size[1] and view.width() >= 0.6 * size[0]


def test_a_table_that_was_pulled_up_stays_so_and_is_so_again_the_next_time(table, desk, qtbot):
    window = desk.window
    before = window.below.height()
    edge = QPoint(window.width() // 2, window.below.geometry().top() - 4)
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=edge)
    for step in range(1, 9):
        QTest.mouseMove(window, edge - QPoint(0, 10 * step))
        qtbot.wait(20)
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=edge - QPoint(0, 80))
    qtbot.wait_until(lambda: abs(window.below.height() - before - 80) < 6)
    pulled = window.below.height()
    QTest.keyClick(window, Qt.Key.Key_F6)
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.wait_until(lambda: window.below.height() == pulled)
    tongue.set("ar")
    qtbot.wait_until(lambda: abs(window.below.height() - pulled) < 3)
    qtbot.wait_until(lambda: abs(Settings.load().table_height - pulled) < 3)
    again = Desk(Settings.load())
    qtbot.add_widget(again.window)
    again.window.resize(1600, 900)
    again.window.show()
    again.window.show_below(0)
    qtbot.wait_until(lambda: abs(again.window.below.height() - pulled) < 3)
    again.window.close()
