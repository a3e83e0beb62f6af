"""Pictures with no display: what is drawn is what stands in the city, where it stands."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from tests.command import balad
from twin.host.session import Session
from twin.model.layer import Layer
from twin.model.style import Colouring
from twin.model.view import Camera, View
from twin.scene import camera, offscreen
from twin.scene.colours import overlay
from twin.scene.scene import Scene
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.work.tiling import tile

EAST, NORTH = 515_000.0, 2_380_000.0


@pytest.fixture
def session(tmp_path):
    """Three boxes in a row, 60 m apart, 20, 40 and 60 m high."""
    city = City.create(tmp_path / "c.balad", "EPSG:9357")
    x = EAST + np.array([0.0, 60.0, 120.0])
    table = pa.table(
        {
            "uid": ["low", "middle", "high"],
            "geometry": list(shapely.to_wkb(shapely.box(x, NORTH, x + 20, NORTH + 20))),
            "height": [20.0, 40.0, 60.0],
        }
    )
    city.add([NewLayer(Layer(id="buildings", kind="buildings"), table)], ("import", {}))
    with Session(tmp_path / "c.balad", city) as made:
        tile(city, made.kinds, "buildings", "buildings")
        yield made


VIEW = Camera(east=EAST + 70, north=NORTH + 10, height=20, distance=400, azimuth=0, pitch=-20)
SIZE = (640, 400)


def test_a_building_is_drawn_at_its_pixel(session):
    seen = offscreen.picture(session.tiles, View(camera=VIEW), SIZE)
    x, y = camera.pixel(VIEW, (EAST + 130, NORTH, 50.0), *SIZE)
    beside = camera.pixel(VIEW, (EAST + 100, NORTH, 50.0), *SIZE)
    wall, air = seen[int(y), int(x)].astype(int), seen[int(beside[1]), int(beside[0])].astype(int)
    assert np.abs(wall - air).max() > 12


def test_a_picture_is_the_same_twice(session):
    first, second = (offscreen.picture(session.tiles, View(camera=VIEW), SIZE) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_colour_by_height_reaches_the_walls(session):
    values = session.tiles.values("buildings", "height")
    seen = offscreen.picture(
        session.tiles, View(camera=VIEW), SIZE, {"buildings": overlay(values, "buildings", Colouring(column="height"))}
    )
    x, y = camera.pixel(VIEW, (EAST + 130, NORTH, 50.0), *SIZE)
    red, green, blue = seen[int(y), int(x)].astype(int)
    assert red > green + 15 and blue > green, "the highest class of the ramp is a deep violet"


def test_a_click_hits_what_is_seen(session):
    window = offscreen.hidden()
    scene = Scene(window, session.tiles)
    try:
        scene.wait()
        scene.look(VIEW)
        names = {row["fid"]: row["uid"] for row in session.city.features("buildings", ["fid", "uid"]).to_pylist()}
        for name, east, height in (("low", 10, 15.0), ("middle", 70, 35.0), ("high", 130, 55.0)):
            x, y = camera.pixel(VIEW, (EAST + east, NORTH, height), *SIZE)
            layer, fid, _, point = scene.pick(x, y, *SIZE)
            assert (layer, names[fid]) == ("buildings", name)
            assert point[1] == pytest.approx(NORTH, abs=0.2)
        sky = scene.pick(5, 5, *SIZE)
        assert sky is None
    finally:
        scene.close()
        window.Finalize()


def test_what_is_undone_is_no_longer_drawn(session):
    before = offscreen.picture(session.tiles, View(camera=VIEW), SIZE)
    session.run("remove-layer", layer="buildings")
    without = offscreen.picture(session.tiles, View(camera=VIEW), SIZE)
    session.run("undo")
    assert not np.array_equal(before, without)
    assert np.array_equal(before, offscreen.picture(session.tiles, View(camera=VIEW), SIZE))


def test_render_needs_no_display(session, tmp_path):
    session.close()
    out = tmp_path / "صورة.png"
    done = balad("render", tmp_path / "c.balad", "-o", out, "--lang", "ar", "--colour-by", "buildings.height")
    assert done.returncode == 0, done.stderr
    from PIL import Image

    picture = np.array(Image.open(out))
    assert picture.shape[:2] == (720, 1280)
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 500
