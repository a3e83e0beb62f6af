"""What a person does with an installed package's plugin: run by ``test_packages`` in a process that has the package.

``BALAD_TEST_SURVEY`` is a file of the package's own format.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from tests.desktop.conftest import LOOK
from tests.desktop.hand import Hand, still
from tests.desktop.looking import of_image
from twin.core.i18n import tongue, unmarked
from twin.model.view import Camera

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


def brought(desk, hand, qtbot):
    """The survey, chosen in the file chooser by keys."""
    hand.choose_file("ctrl+l", SURVEY)
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
    tongue.set("ar")
    menu = next(one for one in desk.window.bar.menu.menu().actions() if one.text() == "الإضافات")
    assert "سعة الخزانات" in [one.text() for one in menu.menu().actions()]
    desk.window.messages.clear()
    hand.key("ctrl+alt+v")
    said(desk, qtbot, "تسع الخزانات")
    desk.window.trigger("undo")
    qtbot.waitUntil(lambda: all(one.id != "survey" for one in desk.known.layers), timeout=20_000)


def test_a_survey_that_its_reader_refuses_is_its_own_words(desk, hand, qtbot, tmp_path):
    broken = tmp_path / "b.tanks"
    broken.write_text("a;39.1\n")
    before = desk.session.city.content()
    hand.choose_file("ctrl+l", broken)
    said(desk, qtbot, "A tank’s line has five values", "b.tanks")
    assert desk.session.city.content() == before


def test_one_that_fails_leaves_the_window_open(desk, hand, qtbot):
    """The package is changed by the environment: each of its parts raises in one run."""
    part = os.environ["BALAD_TEST_BROKEN"]
    before = desk.session.city.content()
    if part in {"survey", "survey on import", "encode", "kind on import"}:
        hand.choose_file("ctrl+l", SURVEY)
        said(desk, qtbot, "plugin", "it is broken")
        assert desk.session.city.content() == before
    elif part == "mesh":
        hand.choose_file("ctrl+l", SURVEY)
        said(desk, qtbot, "is not drawn", "it is broken")
    else:
        brought(desk, hand, qtbot)
        choose(desk, qtbot)
        hand.key("ctrl+alt+v")
        said(desk, qtbot, "plugin", "it is broken")
    # The window is there, answers and draws.
    desk.window.view.look(LOOK)
    desk.window.trigger("plugins")
    said(desk, qtbot, "tanks 1.0")
    desk.window.trigger("check")
    said(desk, qtbot, "The city is whole.")


def test_one_that_is_left_out_is_told(desk, qtbot):
    desk.window.trigger("plugins")
    assert "“tanks”" in said(desk, qtbot, json.loads(os.environ["BALAD_TEST_REASON"]))
