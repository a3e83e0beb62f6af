"""A folder of tiles as a base map in the window: dropped on it, seen under the city where it lies."""

from __future__ import annotations

import json

import numpy as np

from tests import tiles
from tests.desktop.looking import pixels
from twin.host.session import Session
from twin.model.view import Camera


def test_a_folder_of_tiles_is_dropped_and_lies_under_the_city(bare, qtbot, tmp_path):
    east, north = tiles.EAST, tiles.NORTH
    ring = [[east, north], [east + 40, north], [east + 40, north + 40], [east, north + 40], [east, north]]
    house = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"height": 12.0}}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32637"}}
    file = tmp_path / "buildings.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [house]}))
    path = tmp_path / "town.balad"
    with Session(path) as session:
        session.run("import", file=file)
    bare.opening.open(path)
    qtbot.wait_until(lambda: bare.known is not None and not bare.window.view.streaming, timeout=60_000)
    bare.take([tiles.folder(tmp_path / "air")])
    qtbot.wait_until(lambda: len(bare.known.layers) == 2, timeout=60_000)
    assert "linked" in bare.window.messages.words
    bare.window.messages.clear()
    view = bare.window.view
    view.look(Camera(east=east, north=north, height=0, distance=1500, azimuth=0, pitch=-90))
    qtbot.wait_until(lambda: not view.streaming, timeout=60_000)
    shown = pixels(view)
    rows, columns = shown.shape[:2]
    west, right = shown[rows // 2, columns // 4], shown[rows // 2, 3 * columns // 4]
    # Red grows to the east, and green to the north, as the tiles have it.
    assert right[0] - west[0] > 25
    assert shown[rows // 5, columns // 4][1] - shown[4 * rows // 5, columns // 4][1] > 15
    assert np.abs(shown[rows // 2, columns // 4] - shown[rows // 2 + 4, columns // 4]).max() < 12
