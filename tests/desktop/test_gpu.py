"""A graphics card that can't draw, made so by Mesa's own settings: the driver then really crashes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.command import PROGRAM
from twin.desktop import gpu

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these settings are Mesa's on Linux")


@pytest.fixture
def plain(monkeypatch):
    """No setting of ours before the trial, and none left behind."""
    for name in ("LIBGL_ALWAYS_SOFTWARE", "GALLIUM_DRIVER", "QT_OPENGL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return monkeypatch


def test_a_card_that_draws_is_used(plain):
    plain.setenv("LIBGL_ALWAYS_SOFTWARE", "1")
    assert gpu.Trial().said() == ""


def test_a_card_that_crashes_gives_way_to_the_processor(plain):
    plain.setenv("GALLIUM_DRIVER", "nonsense")
    assert gpu.Trial().said() == gpu.SLOW
    assert os.environ["GALLIUM_DRIVER"] == "llvmpipe"


def test_where_nothing_can_draw_the_window_says_so_and_does_not_crash(plain, tmp_path, qtbot):
    plain.setenv("LIBGL_DRIVERS_PATH", str(tmp_path))
    plain.setenv("BALAD_HOME", str(tmp_path / "home"))
    own = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    command = [sys.executable, "-m", "twin.cli", "open"]
    process = subprocess.Popen(command, env=own, stderr=subprocess.PIPE, text=True)
    try:
        qtbot.wait_until(lambda: _answered(process), timeout=60_000)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "update the graphics driver" in said and "Traceback" not in said


def _answered(process):
    """Press Return in the box once it stands there; whether the program has ended."""
    search = ["xdotool", "search", "--onlyvisible", "--pid", str(process.pid)]
    for window in subprocess.run(search, capture_output=True, text=True, check=False).stdout.split():
        subprocess.run(["xdotool", "windowfocus", window, "key", "Return"], stderr=subprocess.DEVNULL, check=False)
    return process.poll() is not None
