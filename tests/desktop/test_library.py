"""The manual's Python session, as printed, while a window has the city open: the window shows it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.command import running
from tests.desktop.conftest import LOOK
from tests.desktop.looking import of_image

PROGRAM = Path(__file__).resolve().parents[2]


def session():
    manual = (PROGRAM / "docs" / "manual.md").read_text(encoding="utf-8")
    return re.search(r"## From Python.*?```python\n(.*?)```", manual, re.DOTALL)[1]


@pytest.fixture
def desk(bare, city, qtbot, tmp_path):
    """The desk with the small city on it under the manual's name."""
    path = tmp_path / "jeddah.balad"
    city.rename(path)
    bare.opening.open(path)
    qtbot.wait_until(lambda: bare.session is not None and not bare.window.view.streaming, timeout=30_000)
    bare.window.view.look(LOOK)
    return bare


def heights(desk):
    table = desk.session.city.features("buildings", columns=["uid", "height"])
    return dict(zip(*table.to_pydict().values(), strict=True))


def test_the_manuals_session_runs_as_printed_and_the_open_window_shows_it(desk, qtbot, tmp_path):
    before, numbers = of_image(desk.window.view.picture()), desk.session.city.features("buildings", columns=["fid"])
    own = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    with running([sys.executable, "-c", session()], cwd=tmp_path, env=own, stdout=-1, stderr=-1, text=True) as process:
        qtbot.wait_until(lambda: process.poll() is not None, timeout=60_000)
        said, why = process.communicate()
    assert process.returncode == 0, why
    assert "'changed': 3, 'added': 0, 'removed': 0" in said
    assert heights(desk) == {"low": pytest.approx(26.4), "middle": 40.0, "high": 60.0}
    assert desk.session.city.features("buildings", columns=["fid"]).equals(numbers), "each keeps its number"
    view = desk.window.view
    qtbot.wait_until(lambda: desk.known.layers[0].version > 1 and not view.streaming, timeout=10_000)
    grown = np.abs(of_image(view.picture()) - before).max(axis=2) > 20
    assert grown.sum() > 200, "the low tower has grown on the screen"
    desk.window.trigger("undo")
    qtbot.wait_until(lambda: heights(desk)["low"] == 20.0, timeout=10_000)
    qtbot.wait_until(lambda: np.abs(of_image(view.picture()) - before).max() <= 3, timeout=10_000)
