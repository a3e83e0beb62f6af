"""Linked files in the window: seen, missed with a way to find them, found again."""

from __future__ import annotations

import pytest

from tests import clouds
from tests.rasters import slope, tiff
from twin.desktop import astray
from twin.host.session import Session


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
