"""The plugin guide's own plugin, as printed: taken in, drawn, picked, coloured."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tests import packages
from tests.packages import GUIDE, PROGRAM

EAST, NORTH = 515_000.0, 2_380_000.0
PICK = """
import sys
from pathlib import Path
from twin.host.session import Session
from twin.model.view import Camera
from twin.scene import offscreen
from twin.scene.scene import Scene
with Session.open(Path(sys.argv[1]), read_only=True) as session:
    window = offscreen.hidden()
    scene = Scene(window, session.tiles)
    scene.look(Camera(east=515000, north=2380000, distance=200, azimuth=0, pitch=-60))
    scene.wait()
    hit = scene.pick(320, 240, 640, 480)
    print(session.city.feature(hit.layer, hit.fid)["uid"], *(round(part, 1) for part in hit.point))
    scene.close()
"""


def files():
    return [(name, text) for name, text in packages.files() if name.startswith("domes/")]


def run(folder, *words):
    own = {**os.environ, "PYTHONPATH": str(PROGRAM), "BALAD_PLUGINS": str(folder / "domes")}
    own = {name: value for name, value in own.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    for name, text in files():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    places = [("north", 0.0, 60.0, 10.0), ("middle", 0.0, 0.0, 20.0)]
    features = [
        {
            "type": "Feature",
            "properties": {"uid": uid, "radius": radius},
            "geometry": {"type": "Point", "coordinates": [EAST + east, NORTH + north]},
        }
        for uid, east, north, radius in places
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9357"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": features}
    (tmp_path / "tanks.geojson").write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def test_the_guides_plugin_is_drawn_picked_and_coloured(folder):
    assert {name for name, _ in files()} == {"domes/plugin.toml", "domes/kind.py"}
    assert sum(len(text.splitlines()) for _, text in files()) <= 60
    shell = re.search(r"```sh\n(.*?)```", GUIDE, re.DOTALL)[1]
    for line in shell.splitlines()[1:]:
        name, *words = line.split()
        assert name == "balad"
        run(folder, "-m", "twin.cli", *words)
    picture = np.asarray(Image.open(folder / "tanks.png").convert("RGB")).astype(int)
    for tone in ((0xF7, 0xE7, 0xB7), (0x6A, 0x1B, 0x4D)):
        lit = np.abs(picture - tone).max(axis=2) < 60
        assert lit.sum() > 500, "each dome stands there in its class's colour, shaded by the light"
    uid, east, north, height = run(folder, "-c", PICK, "city.balad").split()
    assert uid == "middle" and 15 < float(height) <= 20
    assert abs(float(east) - EAST) < 1 and abs(float(north) - NORTH) < 15
