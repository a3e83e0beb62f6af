"""What a file leaves to be said, asked in the window: where it lies, how its text reads, whose places its rows have."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.desktop.conftest import EAST, NORTH
from tests.desktop.looking import pixels
from twin.core.i18n import tongue, unmarked
from twin.desktop.choices import Choices
from twin.desktop.samples import SampleList
from twin.desktop.where import Where
from twin.formats import candidates
from twin.host.samples import listed

NAMES = ["شارع التحلية", "طريق الأندلس", "حي البلد"]


def plots(folder, crs, *, swapped=False, name="plots.shp"):
    """Three plots where the city's buildings stand, in a CRS that nothing names."""
    x = EAST + np.array([0.0, 60.0, 120.0])
    shapes = geopandas.GeoSeries(shapely.box(x, NORTH, x + 20, NORTH + 20), crs="EPSG:9357").to_crs(crs)
    if swapped:
        shapes = shapes.map(lambda one: shapely.transform(one, lambda points: points[:, ::-1]))
    path = folder / name
    geopandas.GeoDataFrame({"name": NAMES}, geometry=shapes.to_numpy()).to_file(path, encoding="CP1256")
    return path


def form(desk, qtbot, kind):
    qtbot.wait_until(lambda: desk.window.messages.findChild(kind) is not None, timeout=60_000)
    return desk.window.messages.findChild(kind)


def pick(found, qtbot, crs, *, swapped=False):
    """Choose a row of the list, and wait until it is drawn."""
    rows = [(one.crs, one.swapped) for one in found.readings.found.listed]
    found.readings.list.setCurrentRow(rows.index((crs, swapped)))
    words = found.readings.plan
    qtbot.wait_until(lambda: bool(words.chosen) and not words.words, timeout=30_000)


def layer(desk, name):
    return next((one for one in desk.session.city.layers() if one.id == name), None)


def button(desk, words):
    return next(one for one in desk.window.messages.findChildren(QPushButton) if one.text() == words)


@pytest.fixture
def asked(desk, qtbot, tmp_path):
    """The question about a file in the old datum."""
    desk.take([plots(tmp_path, "EPSG:20437")])
    return form(desk, qtbot, Where)


def test_nothing_is_chosen_until_a_person_chooses(asked):
    assert asked.readings.list.count() >= 5
    assert asked.readings.list.currentRow() == -1
    assert asked.code.text() == ""
    assert not asked.load.isEnabled()
    assert not asked.readings.plan.chosen


def test_what_was_said_is_there_in_the_other_language_too(asked, desk, qtbot):
    pick(asked, qtbot, "EPSG:20437")
    tongue.set("ar")
    qtbot.wait_until(lambda: desk.window.messages.findChildren(Where)[-1] is not asked)
    again = form(desk, qtbot, Where)
    assert again.code.text() == "EPSG:20437" and again.load.isEnabled()
    qtbot.wait_until(lambda: bool(again.readings.plan.chosen), timeout=10_000)
    again.by_hand.setChecked(True)
    for field, number in zip(again.numbers, ("515000", "2380000", "30", "1"), strict=True):
        field.setText(number)
    tongue.set("en")
    qtbot.wait_until(lambda: desk.window.messages.findChildren(Where)[-1] is not again)
    last = form(desk, qtbot, Where)
    assert last.by_hand.isChecked() and last.place == (515_000.0, 2_380_000.0, 30.0, 1.0)


def test_each_reading_is_drawn_where_it_would_lie(asked, qtbot):
    plan = asked.readings.plan
    pick(asked, qtbot, "EPSG:20437")
    right = np.concatenate(plan.chosen)
    assert right[:, 0].min() == pytest.approx(EAST, abs=0.1)
    assert right[:, 1].min() == pytest.approx(NORTH, abs=0.1)
    first = pixels(plan)
    pick(asked, qtbot, "EPSG:32637")
    wrong = np.concatenate(plan.chosen)
    assert wrong[:, 0].min() - right[:, 0].min() == pytest.approx(74.7, abs=1)
    assert (first != pixels(plan)).any(), "it is seen"


def test_the_shift_between_two_readings_is_told_in_metres(asked, qtbot):
    pick(asked, qtbot, "EPSG:20437")
    start, end = asked.readings.plan.shift
    assert np.hypot(end[0] - start[0], end[1] - start[1]) == pytest.approx(76.6, abs=1)
    row = unmarked(asked.readings.list.currentItem().text()).replace("\u00a0", " ")
    assert "76 m to the west of EPSG:9357" in row


def test_the_citys_buildings_stand_beneath(asked, qtbot):
    pick(asked, qtbot, "EPSG:20437")
    plan = asked.readings.plan
    qtbot.wait_until(lambda: not plan._blocks.isEmpty(), timeout=10_000)
    assert plan._blocks.boundingRect().left() == pytest.approx(EAST, abs=0.5)


def test_how_exact_it_is_and_what_is_missing_is_said(asked, qtbot):
    pick(asked, qtbot, "EPSG:20437")
    said = unmarked(asked.verdict.text()).replace("\u00a0", " ")
    assert "Ain el Abd / UTM zone 37N" in said
    assert "exact to about 2 m" in said
    assert "ARAMCO" in said


def test_what_is_loaded_lies_where_it_was_drawn_and_its_card_says_how(asked, desk, qtbot):
    pick(asked, qtbot, "EPSG:20437")
    drawn = np.concatenate(asked.readings.plan.chosen)
    QTest.mouseClick(asked.load, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: layer(desk, "plots") is not None, timeout=60_000)
    found = layer(desk, "plots")
    assert found.extent[:2] == pytest.approx(drawn.min(axis=0), abs=1e-6)
    assert found.source.operation.accuracy == 2
    qtbot.wait_until(lambda: any(one.id == "plots" for one in desk.known.layers))
    desk.window.layers.choose("plots")
    desk.window.trigger("about-layer")
    qtbot.wait_until(lambda: desk.window.identify.card is not None)
    rows = dict(desk.window.identify.card.rows)
    assert unmarked(rows["Read in"]) == "EPSG:20437"
    assert unmarked(rows["Accuracy"]).replace("\u00a0", " ") == "exact to about 2 m"
    assert "ARAMCO" in rows["Not installed"]
    tongue.set("ar")
    qtbot.wait_until(lambda: "الدقة" in dict(desk.window.identify.card.rows), timeout=10_000)


def test_a_code_that_is_written_is_drawn_too(asked, qtbot):
    asked.code.setText("8837")
    qtbot.wait_until(lambda: bool(asked.readings.plan.chosen), timeout=30_000)
    assert np.concatenate(asked.readings.plan.chosen)[:, 0].min() == pytest.approx(EAST + 75, abs=2)
    assert asked.readings.list.currentRow() >= 0, "its row in the list is marked"


def test_only_the_last_of_several_codes_that_are_written_in_a_row_is_read(asked, qtbot, monkeypatch):
    read = []
    real = candidates.candidate
    monkeypatch.setattr(
        candidates, "candidate", lambda *given, **said: (read.append(given[1]), real(*given, **said))[1]
    )
    for one in ("32636", "32638", "32637", "20437"):
        asked.code.setText(one)
    qtbot.wait_until(lambda: bool(asked.readings.plan.chosen) and not asked.readings.plan.words, timeout=30_000)
    assert np.concatenate(asked.readings.plan.chosen)[:, 0].min() == pytest.approx(EAST, abs=0.1)
    assert read == ["EPSG:20437"]
    asked.code.setText("32637")
    asked.by_hand.setChecked(True)
    for field, words in zip(asked.numbers, ("515000", "2380000", "0", "1"), strict=True):
        field.setText(words)
    qtbot.wait(400)
    moved = np.concatenate(asked.readings.plan.chosen) - asked.readings.found.seen.points
    assert np.allclose(moved, (515_000.0, 2_380_000.0)) and read == ["EPSG:20437"]


def test_a_place_by_hand_is_drawn_as_it_is_written(asked):
    asked.by_hand.setChecked(True)
    for field, words in zip(asked.numbers, ("515000", "2380000", "0", "1"), strict=True):
        field.setText(words)
    moved = np.concatenate(asked.readings.plan.chosen) - asked.readings.found.seen.points
    assert np.allclose(moved, (515_000.0, 2_380_000.0))


def test_the_wheel_comes_nearer_to_what_is_under_the_pointer(asked, qtbot):
    pick(asked, qtbot, "EPSG:20437")
    plan = asked.readings.plan
    place = (EAST + 20, NORTH + 20)
    before, scale = plan.pixel(place), plan.scale
    nothing = Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        before, QPointF(plan.mapToGlobal(before.toPoint())), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        nothing, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    plan.wheelEvent(wheel)
    after = plan.pixel(place)
    assert plan.scale > scale
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1)


def test_the_question_is_asked_again_in_the_other_language(asked, desk, qtbot):
    count = asked.readings.list.count()
    tongue.set("ar")
    qtbot.wait_until(lambda: desk.window.messages.findChild(Where) is not asked)
    again = desk.window.messages.findChild(Where)
    assert again.readings.list.count() == count
    assert again.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert "في المدينة" in again.readings.list.item(0).text()


def test_swapped_axes_are_taken_back_and_put_right(desk, qtbot, tmp_path):
    path = plots(tmp_path, "EPSG:4326", swapped=True, name="stops.geojson")
    desk.take([path])
    qtbot.wait_until(lambda: layer(desk, "stops") is not None and not desk.window.messages.isHidden(), timeout=60_000)
    qtbot.wait_until(lambda: "look swapped" in desk.window.messages.words)
    QTest.mouseClick(button(desk, "Say where it lies…"), Qt.MouseButton.LeftButton)
    asked = form(desk, qtbot, Where)
    assert layer(desk, "stops") is None, "it was taken back"
    pick(asked, qtbot, "EPSG:4326", swapped=True)
    assert asked.swapped.isChecked()
    QTest.mouseClick(asked.load, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: layer(desk, "stops") is not None, timeout=60_000)
    assert layer(desk, "stops").extent[:2] == pytest.approx((EAST, NORTH), abs=0.1)
    assert layer(desk, "stops").source.swapped


def test_text_is_shown_as_each_encoding_reads_it(desk, qtbot, tmp_path):
    desk.asking.bring(plots(tmp_path, "EPSG:9357"))
    asked = form(desk, qtbot, Choices)
    assert "Windows-1256" in asked.encoding.currentText()
    assert NAMES[0] in asked.preview.text()
    asked.encoding.setCurrentIndex(asked.encoding.findData("utf-8"))
    assert NAMES[0] not in asked.preview.text()
    assert "can’t be read" in asked.lost.text()
    asked.encoding.setCurrentIndex(asked.encoding.findData("windows-1252"))
    assert "ÔÇÑÚ" in asked.preview.text()
    assert asked.said == {"encoding": "windows-1252"}


def test_the_kind_that_is_chosen_is_the_layers(desk, qtbot, tmp_path):
    path = tmp_path / "plots.gpkg"
    boxes = shapely.box([EAST], [NORTH], [EAST + 20], [NORTH + 20])
    geopandas.GeoDataFrame({"height": [9.0]}, geometry=boxes, crs="EPSG:9357").to_file(path)
    desk.asking.bring(path)
    asked = form(desk, qtbot, Choices)
    assert not asked.encoding.isVisible(), "a GeoPackage says its encoding"
    there = {asked.kind.itemData(n): asked.kind.itemText(n) for n in range(1, asked.kind.count())}
    assert {"pipes", "cables", "nodes", "towers", "trees", "furniture"} <= there.keys(), "every kind of a layer"
    assert not there.keys() & {"imagery", "pointcloud", "tilesets"}, "but not those of linked files"
    assert [kind for kind, title in there.items() if kind == title] == [], "each has its name"
    asked.kind.setCurrentIndex(asked.kind.findData("buildings"))
    QTest.mouseClick(asked.load, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: layer(desk, "plots") is not None, timeout=60_000)
    assert layer(desk, "plots").kind == "buildings"


def test_what_was_chosen_is_chosen_in_the_other_language_too(desk, qtbot, tmp_path):
    desk.asking.bring(plots(tmp_path, "EPSG:9357"))
    asked = form(desk, qtbot, Choices)
    asked.encoding.setCurrentIndex(asked.encoding.findData("utf-8"))
    asked.kind.setCurrentIndex(asked.kind.findData("surfaces"))
    said = asked.said
    tongue.set("ar")
    qtbot.wait_until(lambda: desk.window.messages.findChildren(Choices)[-1] is not asked)
    assert form(desk, qtbot, Choices).said == said == {"encoding": "utf-8", "kind": "surfaces"}


def test_escape_leaves_a_question(desk, qtbot, tmp_path):
    path = tmp_path / "plots.gpkg"
    boxes = shapely.box([EAST], [NORTH], [EAST + 20], [NORTH + 20])
    geopandas.GeoDataFrame({"height": [9.0]}, geometry=boxes, crs="EPSG:9357").to_file(path)
    desk.asking.bring(path)
    QTest.keyClick(form(desk, qtbot, Choices).kind, Qt.Key.Key_Escape)
    qtbot.wait_until(desk.window.messages.isHidden)
    assert layer(desk, "plots") is None


def test_a_table_without_places_is_joined_in_the_window(desk, qtbot, tmp_path):
    path = tmp_path / "meters.csv"
    path.write_text("المبنى,kWh\nlow,12\nhigh,30\n", encoding="windows-1256")
    desk.take([path])
    qtbot.wait_until(lambda: "No column says" in desk.window.messages.words, timeout=60_000)
    QTest.mouseClick(button(desk, "Say how it is read…"), Qt.MouseButton.LeftButton)
    asked = form(desk, qtbot, Choices)
    asked.join.setCurrentIndex(asked.join.findData("buildings"))
    QTest.mouseClick(asked.load, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: layer(desk, "meters") is not None, timeout=60_000)
    assert layer(desk, "meters").count == 2
    assert layer(desk, "meters").extent[:2] == pytest.approx((EAST, NORTH))


def test_a_sample_is_added_straight_from_where_it_lies(desk, qtbot):
    desk.window.trigger("samples")
    asked = form(desk, qtbot, SampleList)
    assert asked.list.count() == len(listed()) == 8
    asked.list.setCurrentRow(7)
    QTest.mouseClick(asked.add, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: layer(desk, "street_names") is not None, timeout=60_000)
    assert layer(desk, "street_names").source.attribution == "Balad practice file (synthetic)"
    qtbot.wait_until(lambda: "windows-1256" in desk.window.messages.words)
