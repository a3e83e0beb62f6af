"""A planner's half hour by real mouse and keys in both languages: find, plan, colour, table, bookmark, picture."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.command import answered
from tests.desktop.hand import Hand, still, widget_at
from tests.desktop.looking import of_image, words
from twin.core.i18n import tongue, unmarked
from twin.core.settings import Settings
from twin.desktop import theme
from twin.desktop.desk import Desk
from twin.lettering.annotations import bar

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the X server's own pointer is Linux's")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    path = tmp_path_factory.mktemp("planner") / "jeddah.balad"
    answered("sample", path, "--buildings", 300)
    return path


@pytest.fixture(params=["en", "ar"])
def desk(qtbot, tmp_path, monkeypatch, city, request):
    monkeypatch.setenv("BALAD_HOME", str(tmp_path / "home"))
    own = tmp_path / city.name
    own.write_bytes(city.read_bytes())
    tongue.set(request.param, "western")
    theme.dress(QApplication.instance(), "light")
    made = Desk(Settings(language=request.param, reduced_motion=True, tips_read=True))
    qtbot.addWidget(made.window)
    made.window.setGeometry(0, 0, 1600, 900)
    made.window.show()
    made.window.activateWindow()
    made.opening.open(own)
    qtbot.waitUntil(lambda: made.session is not None and still(made), timeout=60_000)
    yield made
    made.window.close()
    tongue.set("en", "western")


@pytest.fixture
def hand(qtbot):
    return Hand(qtbot)


def listed(tree):
    items = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return {item.data(0, Qt.ItemDataRole.UserRole): item for item in items}


def edits(desk):
    return len(desk.session.edits.done)


def find(desk, hand, qtbot, asked):
    hand.key("ctrl+f")
    qtbot.waitUntil(desk.window.palette_of_commands.field.hasFocus)
    hand.write(asked)
    qtbot.waitUntil(
        lambda: any(offer.icon == "map-pin" for offer in desk.window.palette_of_commands.rows), timeout=5_000
    )
    hand.key("Return")


def test_a_plan_is_found_by_its_number_and_outlined_though_its_layer_is_hidden(desk, hand, qtbot):
    plan = desk.session.city.features("plans", columns=["uid", "name_en", "name_ar"]).to_pylist()[-1]
    before = desk.window.view.scene.camera
    find(desk, hand, qtbot, plan["name_en"] if tongue.language == "en" else plan["name_ar"])
    title = plan["name_ar"] if tongue.language == "ar" else plan["name_en"]
    qtbot.waitUntil(lambda: desk.window.identify.card is not None and desk.window.identify.card.title == title)
    assert desk.window.view.scene.camera != before
    assert not desk.session.city.layer("plans").visible
    qtbot.waitUntil(lambda: len(desk.window.view.scene._outline) == 2)
    seen = of_image(desk.window.view.picture())
    desk.select(None)
    bare = of_image(desk.window.view.picture())
    outlined = np.abs(seen - bare).max(axis=2) > 40
    assert 300 < outlined.sum() < 60_000


def test_the_plan_views_scale_is_true(desk, hand, qtbot):
    hand.click(widget_at(desk.window.view))
    hand.key("p")
    view = desk.window.view
    assert view.scene.camera.parallel
    spots = [view.mapToGlobal(QPoint(x, view.height() // 3)) for x in (80, view.width() - 80)]
    told = []
    for spot in spots:
        hand.to(spot)
        qtbot.waitUntil(lambda: desk.window.status.where.text() != "")
        qtbot.wait(60)
        told.append([float(part) for part in unmarked(desk.window.status.where.text()).split(",")])
    assert unmarked(desk.window.status.scale.text()).startswith("1:")
    metres = (told[1][0] - told[0][0]) / (spots[1].x() - spots[0].x())
    length, pixels = bar(desk._letters().metres_per_pixel)
    assert abs(pixels * metres / length - 1) < 0.001
    seen = of_image(view.grab().toImage())
    foot = seen[view.height() - 26 - 6 : view.height() - 26 + 2]
    dark = np.flatnonzero((foot.max(axis=2) < 90).any(axis=0))
    runs = np.split(dark, np.flatnonzero(np.diff(dark) > 1) + 1)
    drawn = max(len(run) for run in runs)
    assert abs(drawn - pixels) <= 2.5, "the bar that is drawn is as long as it says"
    assert "° N" in desk.window.status.globe.text() and "° E" in desk.window.status.globe.text()


def test_colour_by_height_with_its_legend_and_undone_with_a_key(desk, hand, qtbot):
    tree = desk.window.layers.tree
    rows = listed(tree)
    row = tree.visualItemRect(rows["buildings"]).center()
    hand.click(tree.viewport().mapToGlobal(QPoint(tree.viewport().width() // 2, row.y())))
    hand.click(widget_at(desk.window.right._tabs[1]))
    style = desk.window.style_of_layer
    qtbot.waitUntil(style.column.isVisible)
    plain = of_image(desk.window.view.picture())
    hand.click(widget_at(style.column))
    hand.key("Home", *["Down"] * style.column.findData("height"), "Return")
    qtbot.waitUntil(lambda: "buildings" in desk.known.overlays, timeout=5_000)
    qtbot.waitUntil(lambda: rows and tree.topLevelItem(0) is not None and still(desk))
    coloured = of_image(desk.window.view.picture())
    legend = desk.known.legends()["buildings"]
    assert ("الارتفاع" if tongue.language == "ar" else "Height") in legend.title and 3 <= len(legend.rows) <= 5
    for swatch in legend.rows:
        tone = np.array([int(swatch.colour[n : n + 2], 16) for n in (1, 3, 5)])
        assert (np.abs(coloured - tone).max(axis=2) <= 2).sum() > 100, "each class has its swatch in the picture"
    desk.window.view.setFocus()
    hand.key("ctrl+z")
    qtbot.waitUntil(lambda: not desk.known.overlays, timeout=5_000)
    qtbot.waitUntil(lambda: np.abs(of_image(desk.window.view.picture()) - plain).max() <= 3, timeout=5_000)
    hand.key("ctrl+shift+z")
    qtbot.waitUntil(lambda: "buildings" in desk.known.overlays, timeout=5_000)


def test_the_table_is_sorted_filtered_and_chosen_from_both_ways(desk, hand, qtbot):
    tree, table = desk.window.layers.tree, desk.window.table
    rows = listed(tree)
    hand.click(tree.viewport().mapToGlobal(tree.visualItemRect(rows["buildings"]).center()))
    hand.key("F6")
    qtbot.waitUntil(lambda: table.layer is not None and table.rows.count > 0, timeout=5_000)
    layer = table.layer.id
    hand.click(widget_at(table.filter))
    hand.write("height > 20")
    wanted = desk.session.city.sql(f'SELECT uid FROM "{layer}" WHERE height > 20 ORDER BY height DESC, fid').to_pylist()
    qtbot.waitUntil(lambda: table.rows.count == len(wanted), timeout=5_000)
    names = [table.layer.attributes[n].name for n in range(len(table.layer.attributes))]
    header = table.view.horizontalHeader()
    column = names.index("height") + 1
    table.view.scrollTo(table.rows.index(0, column))
    spot = QPoint(header.sectionViewportPosition(column) + header.sectionSize(column) // 2, header.height() // 2)
    for _ in range(2):
        hand.click(header.viewport().mapToGlobal(spot))
        qtbot.wait(QApplication.doubleClickInterval() + 50)
    qtbot.waitUntil(lambda: unmarked(str(table.rows.data(table.rows.index(0, 0)))) == wanted[0]["uid"], timeout=5_000)
    table.view.scrollTo(table.rows.index(0, 0))
    hand.click(table.view.viewport().mapToGlobal(table.view.visualRect(table.rows.index(0, 0)).center()))
    qtbot.waitUntil(lambda: desk.selected is not None and desk.selected[0] == layer, timeout=5_000)
    fid = desk.selected[1]
    (tallest,) = desk.session.city.features(layer, fids=[fid]).to_pylist()
    assert tallest["uid"] == wanted[0]["uid"]
    hand.key("ctrl+j")
    qtbot.waitUntil(lambda: still(desk))
    desk.select(None)
    view = desk.window.view
    point = ((tallest["xmin"] + tallest["xmax"]) / 2, (tallest["ymin"] + tallest["ymax"]) / 2, tallest["ground"] + 5)
    from tests.desktop.hand import pixel

    hand.click(pixel(desk, point))
    qtbot.waitUntil(lambda: desk.selected is not None, timeout=5_000)
    assert desk.selected[1] == fid
    qtbot.waitUntil(lambda: table.view.currentIndex().row() == 0, timeout=5_000)
    assert view.scene.selected == desk.selected


def test_a_bookmark_is_kept_gone_to_and_undone(desk, hand, qtbot):
    hand.click(widget_at(desk.window.view))
    before = len(desk.known.bookmarks)
    hand.key("ctrl+b")
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), type(desk.window.table.filter)))
    hand.key("ctrl+a")
    hand.write("Site 7")
    hand.key("Return")
    qtbot.waitUntil(lambda: len(desk.known.bookmarks) == before + 1, timeout=5_000)
    kept = desk.known.bookmarks[-1]
    assert kept.title == "Site 7" and kept.view.camera == desk.window.view.scene.camera
    desk.command("show-layer", layer="roads", visible=False)
    qtbot.waitUntil(lambda: not desk.session.city.layer("roads").visible)
    desk.window.view.setFocus()
    hand.key("Right", "Right", "Next")
    assert desk.window.view.scene.camera != kept.view.camera
    listed = desk.window.bookmarks.list
    item = listed.visualItemRect(listed.item(before)).center()
    hand.click(listed.viewport().mapToGlobal(item))
    qtbot.waitUntil(lambda: desk.window.view.scene.camera == kept.view.camera, timeout=5_000)
    qtbot.waitUntil(lambda: desk.session.city.layer("roads").visible, timeout=5_000)
    for _ in range(edits(desk)):
        hand.key("ctrl+z")
    qtbot.waitUntil(lambda: len(desk.known.bookmarks) == before, timeout=5_000)
    assert edits(desk) == 0 and desk.session.city.layer("roads").visible


def test_a_picture_is_saved_and_copied_with_what_it_must_say(desk, hand, qtbot, tmp_path):
    hand.click(widget_at(desk.window.view))
    hand.choose_file("ctrl+shift+s", tmp_path / "out.png")
    qtbot.waitUntil((tmp_path / "out.png").exists, timeout=10_000)
    saved = np.asarray(Image.open(tmp_path / "out.png").convert("RGB")).astype(int)
    shown = of_image(desk.window.view.picture())
    assert saved.shape == shown.shape and np.abs(saved - shown).max() <= 3
    said = desk._letters()
    assert said.sources and said.synthetic and said.metres_per_pixel > 0
    qtbot.waitUntil(lambda: any("out.png" in one for one in words(desk.window.messages)), timeout=5_000)
    # With no window manager nobody gives the keys back when the file chooser goes.
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    hand.key("ctrl+shift+c")
    qtbot.waitUntil(lambda: not QApplication.clipboard().image().isNull(), timeout=5_000)
    assert np.abs(of_image(QApplication.clipboard().image()) - shown).max() <= 3


def test_a_picture_that_cant_be_written_is_told_in_words(desk, qtbot, tmp_path):
    from twin.desktop import pictures

    pictures.save(desk, tmp_path / "nowhere" / "out.png")
    qtbot.waitUntil(lambda: any("nowhere" in one for one in words(desk.window.messages)), timeout=5_000)


def test_the_palette_finds_commands_and_bookmarks_in_the_language_in_use(desk, hand, qtbot):
    hand.click(widget_at(desk.window.view))
    hand.key("ctrl+k")
    palette = desk.window.palette_of_commands
    qtbot.waitUntil(palette.field.hasFocus)
    asked = {"en": ("day or", "corniche"), "ar": ("نهار", "كورنيش")}[tongue.language]
    hand.write(asked[0])
    qtbot.waitUntil(lambda: any(offer.name == "night" for offer in palette.rows))
    while palette.rows[palette.found.currentRow()].name != "night":
        hand.key("Down")
    hand.key("Return")
    qtbot.waitUntil(lambda: desk.window.view.light == "night")
    hand.key("ctrl+k")
    qtbot.waitUntil(palette.field.hasFocus)
    hand.write(asked[1])
    qtbot.waitUntil(lambda: any(offer.icon == "bookmark" and not offer.name for offer in palette.rows))
    place = next(n for n, offer in enumerate(palette.rows) if offer.icon == "bookmark" and not offer.name)
    hand.key(*["Down"] * place, "Return")
    street = next(one for one in desk.known.bookmarks if one.id == "street")
    qtbot.waitUntil(lambda: desk.window.view.scene.camera == street.view.camera)
    assert desk.window.view.light == "day", "a bookmark keeps its light"


def test_panels_keep_the_sizes_that_a_hand_gave_them_when_the_language_changes(desk, hand, qtbot):
    window = desk.window
    hand.key("F6")
    qtbot.waitUntil(lambda: window.table.rows.count > 0, timeout=5_000)
    qtbot.wait(100)
    arabic = tongue.language == "ar"
    edge = window.left.mapToGlobal(QPoint(0 if arabic else window.left.width(), 300)) + QPoint(-4 if arabic else 4, 0)
    hand.drag(edge, edge + QPoint(-90 if arabic else 90, 0))
    head = window.below.mapToGlobal(QPoint(300, 0)) - QPoint(0, 4)
    hand.drag(head, head - QPoint(0, 80))
    wide, tall = window.left.width(), window.below.height()
    assert wide > 350 and tall > 300
    hand.click(widget_at(window.bar.language))
    qtbot.waitUntil(lambda: (tongue.language == "ar") != arabic)
    qtbot.wait(150)
    assert (window.left.width(), window.below.height()) == (wide, tall)
    assert (window.left.x() > window.width() / 2) == (tongue.language == "ar"), "it changed sides"


def test_a_flight_arrives_and_a_hand_stops_it(desk, qtbot):
    view = desk.window.view
    view.calm = False
    there = desk.known.bookmarks[1].view.camera
    view.fly(there)
    assert view.flight.under_way
    qtbot.waitUntil(lambda: view.scene.camera == there, timeout=8_000)
    assert not view.flight.under_way
    view.fly(desk.known.bookmarks[0].view.camera)
    qtbot.wait(200)
    QTest.keyClick(view, Qt.Key.Key_Right)
    stopped = view.scene.camera
    qtbot.wait(400)
    assert not view.flight.under_way and view.scene.camera == stopped


def test_the_first_run_tells_four_tips_once(desk, qtbot, hand):
    tips = desk.window.tips
    desk.settings.tips_read = False
    tips.offer()
    seen = []
    for _ in range(4):
        qtbot.waitUntil(tips.isVisible)
        seen.append(tips.title.text())
        hand.click(widget_at(tips.next))
    assert len(set(seen)) == 4 and not tips.isVisible()
    assert Settings.load().tips_read
    tips.offer()
    assert not tips.isVisible()


def test_a_panel_moved_by_hand_is_on_the_other_side_in_the_other_language(desk, hand, qtbot):
    window = desk.window
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    arabic = tongue.language == "ar"
    before = window.dockWidgetArea(window.right)
    assert before == (left if arabic else right)
    head = window.right.titleBarWidget()
    grip = head.mapToGlobal(QPoint(head.width() // 2, head.height() // 2))
    far = window.mapToGlobal(QPoint(window.width() - 30 if arabic else 30, window.height() - 120))
    hand.drag(grip, far)
    qtbot.waitUntil(lambda: window.dockWidgetArea(window.right) != before, timeout=5_000)
    hand.key("F6")
    qtbot.waitUntil(lambda: window.table.rows.count > 0, timeout=5_000)
    moved = window.dockWidgetArea(window.right)
    hand.click(widget_at(window.bar.language))
    qtbot.waitUntil(lambda: (tongue.language == "ar") != arabic)
    qtbot.wait(150)
    opposite = {left: right, right: left}
    assert window.dockWidgetArea(window.right) == opposite.get(moved, moved)
    assert window.dockWidgetArea(window.left) == (left if arabic else right)
    assert window.below.isVisible() and window.dockWidgetArea(window.below) == Qt.DockWidgetArea.BottomDockWidgetArea
