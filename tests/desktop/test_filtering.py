"""Only what passes the table's filter in the city: seen, clicked and selected, and all of it again."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.desktop.conftest import EAST, LOOK, NORTH
from tests.desktop.looking import of_image, pixels
from tests.desktop.test_selecting import boxed, spot, uids
from twin.core.i18n import tongue, unmarked

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PLACES = {"low": 10.0, "middle": 70.0, "high": 130.0}
"""Metres east of the first corner, on each building's wall."""


def still(desk, qtbot):
    qtbot.wait_until(lambda: desk.reading.waiting == 0 and desk.worker.waiting == 0)
    qtbot.wait_until(lambda: not desk.window.view.scene.busy and not desk.window.view.streaming, timeout=20_000)


def seen(desk, qtbot):
    """The buildings that are drawn: where their walls are, the picture isn't that of an empty city."""
    still(desk, qtbot)
    view = desk.window.view
    image = of_image(view.picture())
    view.scene.show(frozenset())
    bare = of_image(view.picture())
    view.scene.show(None)
    view.draw()
    at = {name: spot(view, east, 10.0) for name, east in PLACES.items()}
    return {name for name, p in at.items() if np.abs(image[p.y(), p.x()] - bare[p.y(), p.x()]).max() > 20}


def clicked(desk, qtbot, name):
    QTest.mouseClick(desk.window.view, LEFT, NONE, spot(desk.window.view, PLACES[name], 10.0))
    still(desk, qtbot)
    card = desk.window.identify.card
    return card and card.title


@pytest.fixture
def table(desk, qtbot):
    desk.window.layers.choose("buildings")
    QTest.keyClick(desk.window, Qt.Key.Key_F6)
    found = desk.window.table
    qtbot.wait_until(lambda: found.rows.count == 3)
    return found


@pytest.fixture
def alone(table, desk, qtbot):
    """The switch is on, and a filter leaves two."""
    table.filter.setText("height > 30")
    qtbot.wait_until(lambda: table.rows.count == 2)
    QTest.mouseClick(table.alone, LEFT)
    qtbot.wait_until(lambda: desk.filters.hides("buildings"))
    return table


def shown(desk):
    """What the layer tree says of the buildings."""
    item = desk.window.layers.tree.topLevelItem(0)
    return item.text(1), not item.icon(1).isNull(), unmarked(item.toolTip(0))


def test_what_passes_alone_is_seen_clicked_and_selected(alone, desk, qtbot):
    assert seen(desk, qtbot) == {"middle", "high"}
    assert clicked(desk, qtbot, "low") is None
    assert clicked(desk, qtbot, "high") == "high"
    desk.window.trigger("select-box")
    boxed(desk, -4, 144)
    qtbot.wait_until(lambda: uids(desk) == {"middle", "high"}, timeout=30_000)
    desk.window.trigger("select-box")
    QTest.mouseClick(alone.alone, LEFT)
    assert seen(desk, qtbot) == {"low", "middle", "high"}
    assert clicked(desk, qtbot, "low") == "low"


def test_the_tree_says_that_a_layer_is_filtered_and_its_menu_shows_all(alone, desk, qtbot):
    count, funnel, words = shown(desk)
    assert (count, funnel) == ("2", True)
    assert "Filtered: 2 of 3 features in the city" in words
    tongue.set("ar")
    assert "طبقة مصفّاة: 2 من 3 معالم في المدينة" in shown(desk)[2]
    tongue.set("en")
    assert desk.window.actions_by_id["show-all"].isEnabled()
    desk.window.actions_by_id["show-all"].trigger()
    assert shown(desk)[:2] == ("3", False)
    assert not alone.alone.isChecked(), "the switch follows"
    assert not desk.window.actions_by_id["show-all"].isEnabled()
    assert seen(desk, qtbot) == {"low", "middle", "high"}
    assert alone.filter.text() == "height > 30", "the table's filter stays"


def test_it_follows_the_filter_and_a_wrong_one_changes_nothing(alone, desk, qtbot):
    alone.filter.setText("height > 50")
    qtbot.wait_until(lambda: alone.rows.count == 1)
    assert seen(desk, qtbot) == {"high"}
    alone.filter.setText("heigth > 5")
    qtbot.wait_until(lambda: alone.filter.property("wrong") is True)
    assert unmarked(alone._said.text()) == "There is no column “heigth”. Did you mean “height”?"
    assert seen(desk, qtbot) == {"high"}
    tongue.set("ar")
    assert unmarked(alone._said.text()) == "لا يوجد عمود باسم «heigth». هل المقصود «height»؟"
    tongue.set("en")
    alone.filter.clear()
    qtbot.wait_until(lambda: alone.rows.count == 3)
    assert seen(desk, qtbot) == {"low", "middle", "high"}
    assert alone.alone.isChecked(), "the next filter is followed too"
    assert not shown(desk)[1]


def test_it_is_the_layers_own_and_there_again_when_the_table_comes_back(alone, desk, qtbot):
    frame = geopandas.GeoDataFrame({"uid": ["a"]}, geometry=geopandas.points_from_xy([EAST], [NORTH]), crs=9357)
    file = desk.session.path.with_name("points.gpkg")
    frame.to_file(file, layer="points")
    desk.command("import", file=file)
    qtbot.wait_until(lambda: desk.known is not None and len(desk.known.layers) == 2, timeout=30_000)
    desk.window.layers.choose("points")
    qtbot.wait_until(lambda: alone.rows.count == 1)
    assert alone.filter.text() == "" and not alone.alone.isChecked()
    still(desk, qtbot)
    desk.window.view.look(LOOK)
    assert "low" not in seen(desk, qtbot)
    QTest.keyClick(desk.window, Qt.Key.Key_F6)
    assert "low" not in seen(desk, qtbot), "with the table closed too"
    QTest.keyClick(desk.window, Qt.Key.Key_F6)
    desk.window.layers.choose("buildings")
    qtbot.wait_until(lambda: alone.rows.count == 2)
    assert alone.filter.text() == "height > 30" and alone.alone.isChecked()


def test_other_features_are_asked_anew_and_undo_too(alone, desk, qtbot):
    frame = desk.session.city.features("buildings", ["uid", "geometry", "height", "year"]).to_pandas()
    shapes = geopandas.GeoSeries.from_wkb(frame.pop("geometry"))
    frame["height"] = [50.0, 40.0, 10.0]
    file = desk.session.path.with_name("changed.parquet")
    geopandas.GeoDataFrame(frame, geometry=shapes, crs=9357).to_parquet(file)
    assert seen(desk, qtbot) == {"middle", "high"}
    desk.command("update", layer="buildings", file=file)
    qtbot.wait_until(lambda: desk.session.city.feature("buildings", 1)["height"] == 50.0, timeout=30_000)
    qtbot.wait_until(lambda: desk.known.layers[0].version > 1)
    qtbot.wait_until(lambda: seen(desk, qtbot) == {"low", "middle"}, timeout=20_000)
    assert shown(desk)[0] == "2"
    desk.command("undo")
    qtbot.wait_until(lambda: seen(desk, qtbot) == {"middle", "high"}, timeout=20_000)


def test_labels_and_shade_go_with_what_they_are_of(table, desk, qtbot):
    desk.command("label-layer", layer="buildings", column="height")
    qtbot.wait_until(lambda: len(desk._letters().labels) == 3)
    still(desk, qtbot)
    view = desk.window.view
    ground = view.mapFromGlobal(view.mapToGlobal(spot(view, 10.0, 0.0) + QPoint(12, -1)))
    shaded = of_image(view.picture())[ground.y(), ground.x()]
    table.filter.setText("height > 30")
    qtbot.wait_until(lambda: table.rows.count == 2)
    QTest.mouseClick(table.alone, LEFT)
    qtbot.wait_until(lambda: desk.filters.hides("buildings"))
    labels = sorted(unmarked(one.words).replace("\u00a0", " ") for one in desk._letters().labels)
    assert labels == ["40 m", "60 m"]
    still(desk, qtbot)
    filtered = of_image(view.picture())[ground.y(), ground.x()]
    view.scene.show(frozenset())
    still(desk, qtbot)
    bare = of_image(view.picture())[ground.y(), ground.x()]
    assert np.abs(shaded - bare).max() > 12, "before, it was there"
    assert np.abs(filtered - bare).max() <= 12, "nobody sees the shade of a building that isn't there"


def test_the_switch_is_reached_and_turned_by_keys_and_says_what_it_does(table, desk, qtbot):
    table.filter.setFocus()
    QTest.keyClicks(table.filter, "height > 30")
    qtbot.wait_until(lambda: table.rows.count == 2)
    QTest.keyClick(table.filter, Qt.Key.Key_Tab)
    assert desk.window.focusWidget() is table.alone
    off = pixels(table.alone)
    QTest.keyClick(table.alone, Qt.Key.Key_Space)
    qtbot.wait_until(lambda: desk.filters.hides("buildings"))
    assert (np.abs(pixels(table.alone) - off).max(axis=2) > 60).sum() > 20, "another sign, not another colour alone"
    assert "Only these in the city" in table.alone.text()
    assert table.alone.toolTip() and not table.alone.icon().isNull()
    tongue.set("ar")
    assert "هذه وحدها في المدينة" in table.alone.text()


def test_what_is_chosen_and_left_out_is_marked_on_the_ground(table, desk, qtbot):
    desk.select(("buildings", 1))
    still(desk, qtbot)
    view = desk.window.view
    roof = spot(view, 10.0, 20.0)
    around = np.s_[roof.y() - 6 : roof.y() + 6, roof.x() - 30 : roof.x() + 30]
    table.filter.setText("height > 30")
    qtbot.wait_until(lambda: table.rows.count == 2)
    QTest.mouseClick(table.alone, LEFT)
    qtbot.wait_until(lambda: desk.filters.hides("buildings"))
    still(desk, qtbot)
    assert desk.window.identify.card.title == "low", "its card stays"
    chosen = of_image(view.picture())
    desk.select(None)
    still(desk, qtbot)
    other = of_image(view.picture())
    changed = np.abs(chosen - other).max(axis=2) > 40
    assert changed.sum() > 30, "a line on the ground"
    assert not changed[around].any(), "and none where its roof was"


def test_another_city_begins_with_all_of_it(alone, desk, city, qtbot):
    desk.leave()
    desk.opening.open(city)
    qtbot.wait_until(lambda: not desk.filters.hides("buildings") and not alone.alone.isChecked(), timeout=20_000)
    qtbot.wait_until(lambda: desk.session is not None and not desk.window.view.streaming, timeout=20_000)
    assert shown(desk)[1] is False
