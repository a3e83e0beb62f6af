"""The attribute table: paged, sorted, filtered, and chosen from both ways."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from twin.core.i18n import tongue
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
