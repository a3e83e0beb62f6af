"""Underground in the window: a key and a slider, an eye below the ground, depths in words, bookmarks that keep it."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest
import shapely
from PySide6.QtCore import QPointF
from rasterio import Affine

from tests.desktop.conftest import EAST, LOOK, NORTH
from tests.desktop.hand import Hand, still
from tests.desktop.looking import of_image, words
from tests.rasters import tiff
from twin.core.i18n import tongue
from twin.host.session import Session
from twin.model.layer import Column, Layer
from twin.model.view import Camera
from twin.scene import camera
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.work.tiling import tile

DOWN = Camera(east=EAST + 70, north=NORTH - 15, height=0, distance=60, azimuth=0, pitch=-50)


@pytest.fixture
def city(city):
    """The same three boxes, and a pipe 1.5 m below the ground before them."""
    line = shapely.LineString([(EAST - 50, NORTH - 15), (EAST + 200, NORTH - 15)])
    table = pa.table(
        {"uid": ["main"], "geometry": [shapely.to_wkb(line)], "diameter": [0.4], "depth": [1.5], "status": ["open"]}
    )
    columns = (Column(name="diameter", type="DOUBLE", unit="m"), Column(name="depth", type="DOUBLE", unit="m"))
    columns += (Column(name="status", type="VARCHAR"),)
    with City.open(city) as opened:
        opened.add(
            [NewLayer(Layer(id="pipes", kind="pipes", title_en="Pipes", columns=columns), table)], ("import", {})
        )
        with Session(city, opened) as session:
            tile(opened, session.kinds, "pipes", "pipes")
    return city


@pytest.fixture
def hand(qtbot):
    return Hand(qtbot)


def shown(desk, qtbot):
    qtbot.waitUntil(lambda: still(desk), timeout=30_000)
    qtbot.wait(80)
    return of_image(desk.window.view.picture())


def blue(picture):
    return (picture[..., 2] > picture[..., 0] + 12).sum()


def test_a_key_lets_one_see_the_pipe_and_takes_it_away_again(desk, hand, qtbot):
    view, card = desk.window.view, desk.window.underground
    view.look(DOWN)
    before = blue(shown(desk, qtbot))
    hand.key("g")
    qtbot.waitUntil(card.isVisible)
    assert blue(shown(desk, qtbot)) > before + 500 and view.ground == pytest.approx(0.3)
    card.slider.setValue(60)
    assert view.ground == pytest.approx(0.6) and "60" in " ".join(words(card))
    hand.key("g")
    qtbot.waitUntil(lambda: not card.isVisible())
    assert blue(shown(desk, qtbot)) == before
    hand.key("g")
    assert view.ground == pytest.approx(0.6), "as one saw it last"


def test_the_card_goes_with_the_city(desk, qtbot):
    desk.window.trigger("underground")
    assert desk.window.underground.isVisible()
    desk.leave()
    assert not desk.window.underground.isVisible() and desk.window.view.ground == 1.0


def test_a_click_meets_the_pipe_only_where_it_is_seen(desk, qtbot):
    view = desk.window.view
    view.look(DOWN)
    shown(desk, qtbot)
    at = camera.pixel(DOWN, (EAST + 70, NORTH - 15, -1.5), view.width(), view.height())
    assert view.scene.pick(*at, view.width(), view.height()) is None
    view.see_through(0.3)
    hit = view.scene.pick(*at, view.width(), view.height())
    desk._picked(hit, None)
    qtbot.waitUntil(lambda: desk.window.identify.card is not None)
    assert desk.window.identify.card.layer == "pipes"
    assert any("1.5" in value for _, value in desk.window.identify.card.rows)


def test_the_depth_is_told_beside_the_pointer_and_over_the_pipe(desk, qtbot):
    view = desk.window.view
    view.look(DOWN)
    view.see_through(0.3)
    shown(desk, qtbot)
    at = camera.pixel(DOWN, (EAST + 70, NORTH - 15, -1.5), view.width(), view.height())
    before = of_image(view.grab().toImage())
    view.hover.move(QPointF(*at))
    qtbot.waitUntil(lambda: view.hover.deep is not None)
    assert view.hover.deep == pytest.approx(1.5, abs=0.01)
    qtbot.wait(50)
    tag = np.abs(of_image(view.grab().toImage()) - before).max(axis=2)
    assert tag[int(at[1]) + 18 : int(at[1]) + 40, int(at[0]) + 20 : int(at[0]) + 90].max() > 100
    said = [label.words for label in desk._letters().labels]
    assert any("1.50" in one and "↓" in one for one in said)
    tongue.set("ar")
    view.draw()
    qtbot.wait(80)
    assert any("م" in label.words for label in desk._letters().labels if "↓" in label.words)
    view.see_through(1.0)
    assert not any("↓" in label.words for label in desk._letters().labels)


def test_depths_are_told_once_the_ground_is_known_though_nobody_moves(bare, city, qtbot, tmp_path, monkeypatch):
    place = Affine(20, 0, EAST - 2000, 0, -20, NORTH + 3500)
    dem = tiff(tmp_path / "dem.tif", np.full((250, 250), 4.0, np.float32), crs="EPSG:9357", transform=place)
    line = shapely.LineString([(EAST - 1500, NORTH + 1500, 1.0), (EAST + 1640, NORTH + 1500, 1.0)])
    table = pa.table({"uid": ["long"], "geometry": [shapely.to_wkb(line)], "diameter": [0.4]})
    columns = (Column(name="diameter", type="DOUBLE", unit="m"),)
    with Session.open(city) as session:
        session.city.add([NewLayer(Layer(id="mains", kind="pipes", columns=columns), table)], ("import", {}))
        tile(session.city, session.kinds, "mains", "pipes")
        session.run("import", file=dem, kind="terrain", layer="hill")
    bare.opening.open(city)
    qtbot.wait_until(lambda: bare.session is not None and not bare.window.view.streaming, timeout=30_000)
    view = bare.window.view
    view.look(DOWN.model_copy(update={"north": NORTH + 1500.0, "height": 4.0}))
    for ground in (0.3, 1.0):
        view.see_through(ground)
        shown(bare, qtbot)
    # Of a large city only what was asked for last is kept.
    view.scene._meshing.levels._squares.clear()
    links = bare.session.tiles.links
    patch = links.patch
    monkeypatch.setattr(links, "patch", lambda *asked: (time.sleep(1), patch(*asked))[1])
    view.see_through(0.3)
    qtbot.wait_until(
        lambda: any("↓" in label.words and "3.00" in label.words for label in bare._letters().labels), timeout=8_000
    )


def test_the_eye_goes_below_the_ground_and_comes_up_again(desk, hand, qtbot):
    view = desk.window.view
    view.look(DOWN)
    view.setFocus()
    for _ in range(20):
        hand.key("shift+Down")
    assert view.scene.camera.pitch == camera.LEVEL
    view.see_through(0.3)
    for _ in range(8):
        hand.key("shift+Down")
    assert view.scene.camera.pitch > 20 and view.scene.camera.eye()[2] < -5
    picture = shown(desk, qtbot)
    assert blue(picture) > 300
    view.see_through(1.0)
    assert view.scene.camera.pitch == camera.LEVEL and view.scene.camera.eye()[2] > 0


def test_a_bookmark_keeps_how_the_ground_was_seen(desk, qtbot):
    view = desk.window.view
    view.look(DOWN)
    view.see_through(0.4)
    from twin.desktop import going

    desk.command("bookmark", title="pipes", view=going.seen(desk).model_dump_json())
    qtbot.waitUntil(lambda: bool(desk.known.bookmarks))
    view.see_through(1.0)
    view.look(LOOK)
    going.show(desk, desk.known.bookmarks[0])
    assert view.ground == pytest.approx(0.4) and desk.window.underground.isVisible()
    assert view.scene.camera == DOWN


def test_the_card_is_mirrored_in_arabic(desk, qtbot):
    view, card = desk.window.view, desk.window.underground
    view.see_through(0.3)
    assert card.x() > view.width() / 2 and card.slider.x() > card._words.x()
    tongue.set("ar")
    qtbot.wait(50)
    assert card.x() < view.width() / 2 and card.slider.x() < card._words.x()
    assert "تحت الأرض" in words(card)
