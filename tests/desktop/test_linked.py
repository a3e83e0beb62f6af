"""Linked files in the window: seen, missed with a way to find them, found again."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import trimesh
from PySide6.QtCore import QPoint, QPointF, Qt

from tests import clouds, tilesets
from tests.rasters import NORTH, WEST, slope, tiff
from twin.core.i18n import unmarked
from twin.desktop import astray
from twin.desktop import probing as desktop_probing
from twin.host.session import Session
from twin.model.view import Camera
from twin.scene import camera
from twin.scene.laying import RAISED

PLACE = np.array([WEST + 255.0, NORTH - 290.0, 12.0])


@pytest.fixture
def linked(tmp_path):
    path = tmp_path / "town.balad"
    with Session(path) as session:
        session.run("import", file=tiff(tmp_path / "dem.tif", slope(200, 200)), layer="hills")
    with Session.open(path) as session:
        session.run("import", file=clouds.las(tmp_path / "points.laz", clouds.town(3_000)))
    return path


def opened(bare, qtbot, path):
    bare.opening.open(path)
    qtbot.wait_until(lambda: bare.known is not None, timeout=20_000)
    qtbot.wait_until(lambda: not bare.window.view.streaming, timeout=30_000)


def test_a_terrain_and_a_cloud_are_seen(bare, qtbot, linked):
    opened(bare, qtbot, linked)
    scene = bare.window.view.scene
    assert scene._linked.shown and scene.shows_tiles
    assert {layer.id for layer in bare.known.layers} == {"hills", "points"}
    assert bare.window.layers.tree.topLevelItem(0).text(1) == "3,000"


def test_a_missing_file_is_said_with_a_way_to_find_it(bare, qtbot, linked, tmp_path, monkeypatch):
    (tmp_path / "dem.tif").rename(tmp_path / "moved.tif")
    opened(bare, qtbot, linked)
    assert "missing" in bare.window.messages.words and "dem.tif" in bare.window.messages.words
    assert bare.known.states == {"hills": "missing", "points": "present"}
    chosen = str(tmp_path / "moved.tif")
    monkeypatch.setattr(astray.QFileDialog, "getOpenFileName", lambda *_: (chosen, ""))
    bare.astray.find(next(layer for layer in bare.known.layers if layer.id == "hills"))
    qtbot.wait_until(lambda: bare.known.states["hills"] == "present", timeout=20_000)
    assert bare.session.city.layer("hills").link.path == "moved.tif"


def test_the_way_to_find_a_file_is_offered_for_what_is_linked_alone(bare, qtbot, linked, city):
    opened(bare, qtbot, linked)
    bare.window.layers.choose("hills")
    assert bare.window.actions_by_id["relink-layer"].isEnabled()
    bare.opening.open(city)
    qtbot.wait_until(lambda: bare.session is not None and bare.session.path == city, timeout=20_000)
    bare.window.layers.choose("buildings")
    assert not bare.window.actions_by_id["relink-layer"].isEnabled()


def test_taking_a_file_in_says_that_it_stays_where_it_is(bare, qtbot, linked, tmp_path):
    opened(bare, qtbot, linked)
    bare.take([tiff(tmp_path / "second.tif", slope(50, 50))])
    qtbot.wait_until(lambda: "linked" in bare.window.messages.words, timeout=20_000)
    qtbot.wait_until(lambda: len(bare.known.layers) == 3, timeout=20_000)


def test_leaving_waits_for_no_file_that_is_being_asked(bare, qtbot, linked, monkeypatch):
    opened(bare, qtbot, linked)
    links, asked, ended = bare.session.tiles.links, threading.Event(), threading.Event()
    close = links.close
    monkeypatch.setattr(links, "close", lambda: (ended.set(), close()))
    bare.read(lambda: (asked.set(), ended.wait(15)), lambda _: None)
    assert asked.wait(10)
    began = time.monotonic()
    bare.leave()
    assert time.monotonic() - began < 8 and bare.session is None


@pytest.fixture
def tiled(tmp_path):
    """Boxes with names, each a feature of a tile."""
    boxes = [
        trimesh.creation.box((30, 30, 40), trimesh.transformations.translation_matrix((x, 0, 20))) for x in (0, 60)
    ]
    points = np.vstack([one.vertices for one in boxes])
    cells = np.vstack([one.faces + 8 * n for n, one in enumerate(boxes)])
    batch = {"name": ["Tower A", "Tower B"], "floors": [12, 9]}
    body = tilesets.glb(points, cells, ids=np.repeat([0, 1], 8))
    folder = tmp_path / "towers"
    folder.mkdir()
    (folder / "a.b3dm").write_bytes(tilesets.packed(b"b3dm", {"BATCH_LENGTH": 2}, b"", batch, body))
    root = {
        "transform": tilesets.column(tilesets.frame()), "boundingVolume": tilesets.box(-20, -20, 100),
        "geometricError": 0, "content": {"uri": "a.b3dm"},
    }  # fmt: skip
    tilesets.written(folder / "tileset.json", root)
    path = tmp_path / "town.balad"
    with Session(path) as session:
        session.run("import", file=folder)
    return path


def test_a_click_on_a_tileset_shows_what_its_tile_says(bare, qtbot, tiled):
    opened(bare, qtbot, tiled)
    view = bare.window.view
    view.look(Camera(east=tilesets.EAST + 60, north=tilesets.NORTH, height=20, distance=200, azimuth=0, pitch=-35))
    qtbot.wait_until(lambda: not view.streaming, timeout=30_000)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    identify = bare.window.identify
    qtbot.wait_until(lambda: identify.card is not None, timeout=20_000)
    assert identify.card.title == "Tower B" and identify.card.subtitle == "towers"
    assert ("floors", "9") in [(name, value.strip("\u2066\u2069")) for name, value in identify.card.rows]
    bare.window.trigger("zoom-selection")
    qtbot.wait_until(lambda: view.scene.camera.distance < 190, timeout=10_000)
    assert view.scene.camera.east == pytest.approx(tilesets.EAST + 60, abs=2)
    view.look(Camera(east=tilesets.EAST + 60, north=tilesets.NORTH, height=20, distance=200, azimuth=0, pitch=-35))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, view.height() - 5))
    qtbot.wait_until(lambda: identify.card is None, timeout=20_000)
    assert bare.window.layers.tree.topLevelItem(0).text(1) == "1"


def test_a_missing_tileset_is_said_with_a_way_to_find_it(bare, qtbot, tiled, tmp_path, monkeypatch):
    (tmp_path / "towers").rename(tmp_path / "moved")
    opened(bare, qtbot, tiled)
    assert "missing" in bare.window.messages.words and "towers/tileset.json" in bare.window.messages.words
    chosen = str(tmp_path / "moved" / "tileset.json")
    monkeypatch.setattr(astray.QFileDialog, "getOpenFileName", lambda *_: (chosen, ""))
    bare.astray.find(next(layer for layer in bare.known.layers if layer.id == "towers"))
    qtbot.wait_until(lambda: bare.known.states["towers"] == "present", timeout=20_000)
    qtbot.wait_until(lambda: bare.window.view.scene._linked.shown, timeout=20_000)


def test_a_click_on_a_picture_tells_its_bands_and_one_on_a_point_its_class(bare, qtbot, tmp_path, monkeypatch):
    cells = np.zeros((3, 200, 200), np.uint8)
    cells[:, :, :100] = np.array([200, 40, 30])[:, None, None]
    cells[2, 50:60, 50:60] = 99
    path = tmp_path / "town.balad"
    with Session(path) as session:
        session.run("import", file=tiff(tmp_path / "photo.tif", cells, photometric="RGB", tiled=True, overviews=[2, 4]))
    with Session.open(path) as session:
        two = np.array([PLACE, PLACE + np.array([1.0, 0, 1])])
        session.run("import", file=clouds.las(tmp_path / "points.laz", two))
    opened(bare, qtbot, path)
    view = bare.window.view
    threads = []
    held = desktop_probing._found
    monkeypatch.setattr(
        desktop_probing, "_found", lambda *asked: threads.append(threading.current_thread()) or held(*asked)
    )
    look = Camera(east=PLACE[0], north=PLACE[1] + 20, height=0, distance=150, azimuth=0, pitch=-60)
    view.look(look)
    qtbot.wait_until(lambda: not view.streaming, timeout=30_000)
    ground = view.scene._grounds.mesh.points[:, 2].min() + RAISED

    def clicked(point):
        bare.window.identify.fill(None)
        at = QPointF(*camera.pixel(view.scene.camera, point, view.width(), view.height())).toPoint()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
        qtbot.wait_until(lambda: bare.window.identify.card is not None, timeout=20_000)
        return {name: unmarked(value) for name, value in bare.window.identify.card.rows}

    # The middle of the patch of another blue: its value is told as it is, whatever the screen shows of it.
    rows = clicked((WEST + 55 * 5, NORTH - 55 * 5, ground))
    assert bare.window.identify.card.title == "photo"
    assert (rows["Red"], rows["Green"], rows["Blue"]) == ("200", "40", "99")
    assert abs(float(rows["Easting (m)"]) - (WEST + 275)) < 2 and abs(float(rows["Northing (m)"]) - (NORTH - 275)) < 2
    rows = clicked(tuple(PLACE))
    assert bare.window.identify.card.subtitle == "Point cloud"
    assert rows["Class"] == "Ground (2)" and rows["Elevation"] == "12.00\u00a0m" and rows["Intensity"] == "1200"
    assert threading.main_thread() not in threads and len(threads) == 2
    bare.window.trigger("language")
    qtbot.wait_until(lambda: bare.window.identify.card.subtitle == "سحابة نقاط", timeout=5_000)
    bare.select(None)
    qtbot.wait_until(lambda: bare.window.identify.card is None, timeout=5_000)
