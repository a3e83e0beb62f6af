"""A window on a real X display, over a small city whose buildings lie where the tests know."""

from __future__ import annotations

import os
import sys

import numpy as np
import pyarrow as pa
import pytest
import shapely

from twin.core.i18n import tongue
from twin.core.settings import Settings
from twin.host.session import Session
from twin.model.layer import Column, Layer, Source
from twin.model.view import Camera
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.work.tiling import tile

EAST, NORTH = 515_000.0, 2_380_000.0
LOOK = Camera(east=EAST + 70, north=NORTH + 10, height=20, distance=400, azimuth=0, pitch=-30)


def pytest_collection_modifyitems(items):
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        for item in items:
            if "tests/desktop" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason="there is no X display: `python3 main.py test` makes one"))


@pytest.fixture
def city(tmp_path):
    """Three boxes in a row, 60 m apart; the high one reports no year."""
    path = tmp_path / "مدينة.balad"
    x = EAST + np.array([0.0, 60.0, 120.0])
    table = pa.table(
        {
            "uid": ["low", "middle", "high"],
            "geometry": list(shapely.to_wkb(shapely.box(x, NORTH, x + 20, NORTH + 20))),
            "height": [20.0, 40.0, 60.0],
            "year": pa.array([1990, 2001, None], pa.int64()),
        }
    )
    columns = (
        Column(name="height", type="DOUBLE", unit="m", title_en="Height", title_ar="الارتفاع"),
        Column(name="year", type="BIGINT", title_en="Year built", title_ar="سنة البناء"),
    )
    layer = Layer(
        id="buildings",
        kind="buildings",
        title_en="Buildings",
        title_ar="المباني",
        columns=columns,
        source=Source(file="three.gpkg", synthetic=True),
    )
    with City.create(path, "EPSG:9357") as made:
        made.add([NewLayer(layer, table)], ("import", {}))
        with Session(path, made) as session:
            tile(made, session.kinds, "buildings", "buildings")
    return path


@pytest.fixture
def bare(qtbot, tmp_path, monkeypatch):
    """A desk with nothing on it, in English; closed cleanly after the test."""
    from twin.desktop.desk import Desk

    monkeypatch.setenv("BALAD_HOME", str(tmp_path / "home"))
    tongue.set("en", "western")
    desk = Desk(Settings(reduced_motion=True, tips_read=True))
    desk.window.resize(1600, 900)
    qtbot.add_widget(desk.window)
    with qtbot.wait_exposed(desk.window):
        desk.window.show()
    # With no window manager nobody else gives the window the keys.
    desk.window.activateWindow()
    qtbot.wait_until(desk.window.isActiveWindow)
    desk.start()
    yield desk
    desk.window.close()
    tongue.set("en", "western")


@pytest.fixture
def desk(bare, city, qtbot):
    """The desk with the small city on it, drawn."""
    bare.opening.open(city)
    qtbot.wait_until(lambda: bare.session is not None and not bare.window.view.streaming, timeout=30_000)
    bare.window.view.look(LOOK)
    return bare
