"""The manual's first walk with a real pointer: open, drop a file from another program, turn, click, switch, undo.

Pointer and keys come from the X server (xdotool), the file from a process of its own by XDND. With ``BALAD_PICTURES``
set to a folder each step's picture is kept there: ``python3 main.py pictures`` does so for the manual.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from tests.command import answered, running
from tests.desktop.hand import Hand, pixel, screen, still, widget_at
from tests.desktop.looking import of_image, words
from twin.core.i18n import tongue
from twin.core.settings import Settings
from twin.desktop import theme
from twin.desktop.desk import Desk

NAME = "أبراج مقترحة.geojson"
HIGH, TOWERS = 120.0, ("برج المرجان", "برج الشراع", "برج اللؤلؤ")
CAPE = (515_440.0, 2_381_180.0)
"""Where the sample's cape is bare, in EPSG:9357."""
APART = (1500, 900)
"""On the screen, beside the window."""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the X server's own pointer is Linux's")


@pytest.fixture
def file(tmp_path):
    """Three towers in degrees, as another program gives them away."""
    turned = pyproj.Transformer.from_crs("EPSG:9357", "EPSG:4326", always_xy=True).transform
    features = []
    for number, name in enumerate(TOWERS):
        east, north = CAPE[0] - 45.0 * number, CAPE[1] + 15.0 * number
        shape = shapely.box(east, north, east + 24, north + 24)
        lonlat = shapely.transform(shape, lambda p: np.column_stack(turned(p[:, 0], p[:, 1])))
        about = {"name": name, "height": HIGH - 30 * number, "levels": 36 - 9 * number, "year": 2031}
        features.append({"type": "Feature", "id": name, "properties": about, "geometry": shapely.to_geojson(lonlat)})
    for feature in features:
        feature["geometry"] = json.loads(feature["geometry"])
    path = tmp_path / NAME
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("BALAD_HOME", str(tmp_path / "home"))
    city = tmp_path / "جدة.balad"
    answered("sample", city, "--buildings", os.environ.get("BALAD_WALK_BUILDINGS", "300"))
    tongue.set("en", "western")
    theme.dress(QApplication.instance(), "light")
    made = Desk(Settings(theme="light", reduced_motion=True, tips_read=True))
    qtbot.addWidget(made.window)
    made.window.setGeometry(0, 0, 1366, 768)
    made.window.show()
    made.window.activateWindow()
    made.opening.open(city)
    qtbot.waitUntil(lambda: made.session is not None and still(made), timeout=60_000)
    yield made
    made.window.close()
    tongue.set("en", "western")


@pytest.fixture
def giver(file):
    command = [sys.executable, str(Path(__file__).with_name("dragging.py")), str(file), *map(str, APART)]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield
        process.terminate()


def kept(name, qtbot, desk):
    """The screen at rest, as pixels; saved for the manual where a folder is named."""
    qtbot.waitUntil(lambda: still(desk), timeout=60_000)
    qtbot.wait(600)
    image = screen()
    folder = os.environ.get("BALAD_PICTURES")
    if folder:
        image.save(str(Path(folder) / f"walk-{name}.png"))
    return of_image(image)


def different(before, after):
    """The share of pixels that a person would call changed."""
    return float((np.abs(before - after).max(axis=2) > 24).mean())


@pytest.mark.usefixtures("giver")
def test_the_first_walk(desk, qtbot, file):
    window, hand = desk.window, Hand(qtbot)
    opened = kept("1-open", qtbot, desk)
    layers = len(desk.session.city.layers())

    hand.drag((APART[0] + 40, APART[1] + 40), widget_at(window.view))
    qtbot.waitUntil(lambda: len(desk.session.city.layers()) == layers + 1, timeout=60_000)
    qtbot.waitUntil(lambda: any("3 features taken in" in said for said in words(window.messages)), timeout=10_000)
    dropped = kept("2-drop", qtbot, desk)
    assert different(opened, dropped) > 0.05
    (layer,) = [found for found in desk.session.city.layers() if found.source.file == NAME]
    assert layer.count == 3

    before = window.view.scene.camera
    middle = widget_at(window.view)
    hand.drag(middle, middle + QPoint(-150, -60), button=2)
    turned = kept("3-orbit", qtbot, desk)
    after = window.view.scene.camera
    assert abs(after.azimuth - before.azimuth) > 20 and abs(after.pitch - before.pitch) > 5
    assert different(dropped, turned) > 0.05

    roof = (CAPE[0] + 12, CAPE[1] + 12, HIGH)
    hand.click(pixel(desk, roof))
    qtbot.waitUntil(lambda: TOWERS[0] in words(window.identify), timeout=5_000)
    assert desk.selected is not None and desk.selected[0] == layer.id
    card = kept("4-card", qtbot, desk)
    assert different(turned, card) > 0.01

    panel, far = window.left.x(), window.width() / 2
    assert panel < far
    began = time.monotonic()
    hand.click(widget_at(window.bar.language))
    qtbot.waitUntil(lambda: tongue.language == "ar" and window.left.x() > far, timeout=5_000)
    assert time.monotonic() - began < 3
    qtbot.waitUntil(lambda: "الارتفاع" in " ".join(words(window.identify)), timeout=5_000)
    assert TOWERS[0] in words(window.identify)
    kept("5-arabic", qtbot, desk)

    hand.do("key", "ctrl+z")
    qtbot.waitUntil(lambda: len(desk.session.city.layers()) == layers, timeout=20_000)
    qtbot.waitUntil(lambda: TOWERS[0] not in words(window.identify), timeout=5_000)
    undone = kept("6-undo", qtbot, desk)
    assert (undone - card).any()
    hand.do("key", "ctrl+shift+z")
    qtbot.waitUntil(lambda: len(desk.session.city.layers()) == layers + 1, timeout=20_000)
