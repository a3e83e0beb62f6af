"""Cities that can't simply be opened: torn by a power cut, or open elsewhere; the bar offers the ways out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests import damaged
from tests.command import PROGRAM, answered, balad, opened, running
from twin.core.i18n import tongue

_HOLDING = """
import sys
from pathlib import Path
from twin.store.city import City
with City.open(Path(sys.argv[1])) as city:
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def held(city):
    """A process that has the city open and answers nobody."""
    command = [sys.executable, "-c", _HOLDING, str(city)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROGRAM)
    assert process.stdout.readline() == "held\n"
    yield process
    if process.poll() is None:
        process.communicate("\n", timeout=20)


def offered(desk):
    return [button for button in desk.window.messages.findChildren(QPushButton) if button.isVisible()]


def press(desk, words):
    (button,) = [found for found in offered(desk) if words in found.text()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_torn_log_is_opened_by_a_choice(bare, qtbot, tmp_path):
    path = damaged.torn(tmp_path / "c.balad")
    bare.opening.open(path)
    qtbot.wait_until(lambda: len(offered(bare)) == 2, timeout=20_000)
    english = bare.window.messages.words
    tongue.set("ar")
    assert bare.window.messages.words != english, "what stands there is said in the new language"
    tongue.set("en")
    offered(bare)[1].click()
    qtbot.wait_until(lambda: bare.session is not None, timeout=30_000)
    assert bare.known.layers[0].count == 100
    bare.window.close()
    assert answered("check", path)["ok"]


def test_a_city_that_somebody_has_is_read_from_a_copy(bare, qtbot, city, held):
    bare.opening.open(city)
    qtbot.wait_until(lambda: len(offered(bare)) == 2, timeout=20_000)
    press(bare, "copy to read")
    qtbot.wait_until(lambda: bare.session is not None, timeout=30_000)
    assert bare.session.city.read_only
    assert [layer.id for layer in bare.known.layers] == ["buildings"]
    bare.command("remove-layer", layer="buildings")
    qtbot.wait_until(lambda: "read" in bare.window.messages.words.lower(), timeout=10_000)
    assert bare.known.layers


def test_it_opens_when_the_other_lets_go(bare, qtbot, city, held):
    bare.opening.open(city)
    qtbot.wait_until(lambda: len(offered(bare)) == 2, timeout=20_000)
    held.communicate("\n", timeout=20)
    press(bare, "Try again")
    qtbot.wait_until(lambda: bare.session is not None, timeout=30_000)
    assert not bare.session.city.read_only


def test_a_picture_of_a_city_that_a_window_has_open_is_drawn_where_it_is_asked_for(desk, city, tmp_path, qtbot):
    """The window speaks its own language on and answers a hand meanwhile."""
    out = tmp_path / "o.png"
    words = ["render", str(city), "-o", str(out), "--size", "320x200", "--lang", "ar"]
    own = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    with running([sys.executable, "-m", "twin.cli", *words], env={**own, "PYTHONPATH": str(PROGRAM)}) as process:
        qtbot.wait_until(lambda: process.poll() is not None, timeout=60_000)
        assert process.returncode == 0
    assert out.exists() and tongue.language == "en"
    desk.window.trigger("plan-view")
    assert desk.window.view.scene.camera.parallel


@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP is not of Windows")
def test_an_owner_that_hangs_is_not_waited_for(city, tmp_path):
    with opened(city, tmp_path / "home") as window:
        time.sleep(1)
        window.send_signal(signal.SIGSTOP)
        try:
            done = balad("info", city)
        finally:
            window.send_signal(signal.SIGCONT)
            window.terminate()
    assert done.returncode == 0 and "a copy is read" in done.stderr
    assert "buildings" in done.stdout
