"""What a person does with an installed package's plugin: run by ``test_packages`` in a process that has the package.

``BALAD_TEST_SURVEY`` is a file of the package's own format.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.desktop.conftest import EAST, LOOK, NORTH
from tests.desktop.hand import Hand, still
from tests.desktop.looking import of_image
from twin.core.i18n import tongue, unmarked
from twin.model.view import Camera
from twin.scene import camera

SURVEY = Path(os.environ["BALAD_TEST_SURVEY"])


@pytest.fixture
def hand(qtbot):
    return Hand(qtbot)


def said(desk, qtbot, *words):
    """Wait until the message bar says all of these."""

    def there():
        found = unmarked(desk.window.messages.words)
        assert all(one in found for one in words), found

    qtbot.waitUntil(there, timeout=60_000)
    assert "Traceback" not in desk.window.messages.words
    return unmarked(desk.window.messages.words)


def chosen(desk, hand, qtbot, path):
    """A file, by keys in the file chooser."""
    desk.window.messages.clear()
    hand.choose_file("ctrl+l", path)
    # With no window manager nobody gives the keys back when the file chooser goes.
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)


def brought(desk, hand, qtbot):
    """The survey, as a layer that is drawn."""
    chosen(desk, hand, qtbot, SURVEY)
    said(desk, qtbot, "survey.tanks: 3 features taken in")
    qtbot.waitUntil(lambda: any(one.id == "survey" for one in desk.known.layers) and still(desk), timeout=30_000)


def choose(desk, qtbot):
    desk.window.layers.choose("survey")
    qtbot.waitUntil(lambda: desk.window.layers.chosen() == "survey")


def seen_alone(desk, qtbot):
    """What the layer adds to the picture, seen from near."""
    (row,) = [row for row in desk.session.city.features("survey").to_pylist() if row["uid"] == "t1"]
    middle = ((row["xmin"] + row["xmax"]) / 2, (row["ymin"] + row["ymax"]) / 2)
    desk.window.view.look(Camera(east=middle[0], north=middle[1], height=5, distance=150, azimuth=0, pitch=-40))
    pictures = []
    for shown in (True, False):
        desk.command("show-layer", layer="survey", visible=shown)
        qtbot.wait(300)
        qtbot.waitUntil(lambda: still(desk), timeout=30_000)
        pictures.append(of_image(desk.window.view.picture()))
    return (np.abs(pictures[0] - pictures[1]).max(axis=2) > 20).sum()


def test_its_file_is_brought_its_kind_drawn_and_its_command_run(desk, hand, qtbot):
    brought(desk, hand, qtbot)
    (layer,) = [one for one in desk.known.layers if one.id == "survey"]
    assert (layer.kind, layer.count) == ("tanks", 3)
    assert seen_alone(desk, qtbot) > 2000, "three tanks of 12 to 20 m stand there"
    choose(desk, qtbot)
    hand.key("ctrl+k")
    palette = desk.window.palette_of_commands
    qtbot.waitUntil(palette.field.hasFocus)
    hand.write("what the tanks")
    qtbot.waitUntil(lambda: [offer.name for offer in palette.rows][:1] == ["tanks.volume"])
    hand.key("Return")
    assert "10,430 m³" in said(desk, qtbot, "The tanks hold")
    _kept(desk, "english")
    tongue.set("ar")
    menu = next(one for one in desk.window.bar.menu.menu().actions() if one.text() == "الملحقات")
    assert "سعة الخزانات" in [one.text() for one in menu.menu().actions()]
    desk.window.messages.clear()
    hand.key("ctrl+alt+v")
    said(desk, qtbot, "تسع الخزانات")
    _kept(desk, "arabic")

    def gone():
        desk.window.trigger("undo")
        qtbot.wait(500)
        assert all(one.id != "survey" for one in desk.known.layers)

    # Hidden, shown, brought.
    qtbot.waitUntil(gone, timeout=20_000)


def test_a_survey_that_its_reader_refuses_is_its_own_words(desk, hand, qtbot, tmp_path):
    broken = tmp_path / "b.tanks"
    broken.write_text("a;39.1\n")
    before = desk.session.city.content()
    chosen(desk, hand, qtbot, broken)
    said(desk, qtbot, "A tank’s line has five values", "b.tanks")
    assert desk.session.city.content() == before


def test_what_fails_is_words_and_the_window_goes_on(desk, hand, qtbot, tmp_path):
    before = desk.session.city.content()
    for part, words in (
        ("reading", "The reader of the plugin “broken” failed on it: it is broken."),
        ("importing", "The reader of the plugin “broken” failed on it: it is broken."),
        ("nothing", "gave no GeoDataFrame"),
        ("encoding", "The layer kind “encoding” can’t draw it: it is broken."),
        ("loading", "The layer kind “loading” can’t be loaded from broken.raising: it is broken."),
    ):
        file = tmp_path / f"a.{part}"
        file.write_text(part)
        desk.window.messages.clear()
        desk.take([file])
        said(desk, qtbot, words)
        assert desk.session.city.content() == before
    for command in ("broken.asking", "broken.gone"):
        desk.window.messages.clear()
        desk.window.trigger(command)
        said(desk, qtbot, f"“{command}” of the plugin “broken” failed: it is broken.")
    for part, words in (
        ("meshing", "is not drawn, or not all of it: its kind “meshing” failed (it is broken)"),
        ("nobody", "No plugin that is here draws the layer kind “nobody”"),
    ):
        file = tmp_path / f"b.{part}"
        file.write_text(part)
        desk.take([file])
        said(desk, qtbot, words)
    desk.window.view.look(LOOK)
    desk.window.trigger("check")
    said(desk, qtbot, "The city is whole.")
    hit = desk.window.view.scene.pick(*_middle(desk))
    assert desk.session.city.feature(hit.layer, hit.fid)["uid"] == "middle", "it draws and is picked as before"


def test_what_is_left_out_is_listed_with_its_reason(desk, qtbot):
    desk.window.trigger("plugins")
    found = said(desk, qtbot, "tanks 1.0: layer kinds: tanks", "asks for API version 99", "“torn” is left out")
    assert (
        "“odd” is left out: its plugin.toml is missing these entries, or has them wrong: commands.0.run" in found
        and "start again" in found
    )


def _middle(desk):
    view = desk.window.view
    x, y = camera.pixel(view.scene.camera, (EAST + 70, NORTH + 10, 20), view.width(), view.height())
    return round(x), round(y), view.width(), view.height()


def _kept(desk, name):
    """The window as it is, where somebody wants to look at it."""
    if folder := os.environ.get("BALAD_TEST_PICTURES"):
        desk.window.grab().save(f"{folder}/{name}.png")
