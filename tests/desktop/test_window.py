"""The window under a real X server, with a real mouse: open, click, read, switch, undo."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from tests.command import answered
from tests.desktop.looking import pixels, words
from tests.formats.making import written
from tests.real import data
from twin.core.folding import folded
from twin.core.i18n import tongue
from twin.core.settings import Settings
from twin.desktop.desk import Desk
from twin.scene import camera

pytestmark = pytest.mark.skipif(
    sys.platform.startswith("linux") and not os.environ.get("DISPLAY"),
    reason="there is no X display: the suite gives one",
)


@pytest.fixture
def desk(qtbot, tmp_path):
    city = tmp_path / "j.balad"
    answered("sample", city, "--buildings", 300)
    tongue.set("en", "western")
    made = Desk(Settings())
    qtbot.addWidget(made.window)
    made.window.resize(1366, 768)
    made.window.show()
    made.opening.open(city)
    qtbot.waitUntil(lambda: made.session is not None and made.window.view.scene is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not made.window.view.scene.busy and not made.window.view._pump.isActive(), timeout=20_000)
    yield made
    made.window.close()
    tongue.set("en", "western")


def click_a_building(desk, qtbot):
    """Aim at one building and click it with the mouse; its uid."""
    row = desk.session.city.features("buildings", limit=1).to_pylist()[0]
    east, north = (row["xmin"] + row["xmax"]) / 2, (row["ymin"] + row["ymax"]) / 2
    view = desk.window.view
    view.look(camera.Camera(east=east, north=north, height=0, distance=150, azimuth=30, pitch=-75))
    at = camera.pixel(view.scene.camera, (east, north, row["height"]), view.width(), view.height())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(*at).toPoint())
    qtbot.waitUntil(lambda: desk.window.identify.card is not None, timeout=5_000)
    return row["uid"]


def test_the_city_is_seen(desk):
    seen = pixels(desk.window.view)
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) > 400
    tree = desk.window.layers.tree
    assert [tree.topLevelItem(n).text(0) for n in range(2)] == ["Buildings", "Roads"]


def test_a_click_opens_the_card_in_either_language(desk, qtbot):
    uid = click_a_building(desk, qtbot)
    assert uid in words(desk.window.identify)
    assert any(" m" in text.replace("\u00a0", " ") for text in words(desk.window.identify))
    assert "synthetic" in words(desk.window.identify)
    desk.window.trigger("language")
    qtbot.waitUntil(lambda: "الارتفاع" in words(desk.window.identify), timeout=5_000)
    assert "بيانات اصطناعية" in words(desk.window.identify)
    assert desk.window.dockWidgetArea(desk.window.left) == Qt.DockWidgetArea.RightDockWidgetArea
    desk.window.trigger("language")
    assert desk.window.dockWidgetArea(desk.window.left) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_what_is_clicked_lights_up(desk, qtbot):
    click_a_building(desk, qtbot)
    lit = pixels(desk.window.view)
    desk.select(None)
    assert np.abs(lit.astype(int) - pixels(desk.window.view)).max() > 40


def test_a_drag_moves_and_the_wheel_comes_nearer(desk):
    view = desk.window.view
    before = view.scene.camera
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseMove(view, QPoint(360, 330))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(360, 330))
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.scene.camera.distance < before.distance


def test_a_dropped_file_is_taken_in_and_undone(desk, qtbot, tmp_path):
    source = tmp_path / "مباني الحي.geojson"
    east, north = 513_000, 2_384_000
    ring = [[east, north], [east + 30, north], [east + 30, north + 30], [east, north + 30], [east, north]]
    feature = {
        "type": "Feature",
        "properties": {"height": 12.0},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    import json

    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9357"}}
    source.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}), encoding="utf-8")
    before = len(desk.session.city.layers())
    desk.window.dropped([source])
    qtbot.waitUntil(lambda: len(desk.session.city.layers()) == before + 1, timeout=30_000)
    qtbot.waitUntil(lambda: source.name in desk.window.messages.words, timeout=10_000)
    desk.window.trigger("undo")
    qtbot.waitUntil(lambda: len(desk.session.city.layers()) == before, timeout=10_000)


def test_a_geodatabase_is_dropped_as_its_folder_or_chosen_by_a_file_in_it(desk, qtbot, tmp_path):
    folder = written(tmp_path / "أراضي.gdb")
    for number, chosen in enumerate(
        (folder, next(folder.glob("*.gdbtable"))), start=len(desk.session.city.layers()) + 1
    ):
        desk.window.dropped([chosen])
        qtbot.waitUntil(lambda wanted=number: len(desk.session.city.layers()) == wanted, timeout=30_000)
        qtbot.waitUntil(lambda: folder.name in desk.window.messages.words, timeout=10_000)
    assert [layer.source.file for layer in desk.session.city.layers()[-2:]] == [folder.name] * 2


def test_a_file_without_a_crs_is_asked_about(desk, qtbot):
    desk.window.dropped([data("city3d/cjio/rotterdam/rotterdam_subset.json")])
    qtbot.waitUntil(lambda: "rotterdam_subset.json" in desk.window.messages.words, timeout=30_000)
    assert "coordinate system" in desk.window.messages.words


def test_a_broken_file_is_words_and_the_window_lives(desk, qtbot, tmp_path):
    broken = tmp_path / "broken.gpkg"
    broken.write_text("not a GeoPackage")
    desk.window.dropped([broken])
    qtbot.waitUntil(lambda: "broken.gpkg" in desk.window.messages.words, timeout=30_000)
    assert "Traceback" not in desk.window.messages.words
    assert desk.session.city.layers()


def test_the_palette_finds_either_spelling():
    assert folded("الأرقام") == folded("ارقام")
    assert folded("إعادة ضبط") == folded("اعاده ضبط")
    assert folded("مخطط ٤٠١") == "مخطط 401"
