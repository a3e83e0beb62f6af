"""A window that the system ends closes its city as a person does: the one file is the city."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject

from tests.command import answered, opened
from twin.desktop.ending import Ending

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends windows a message of its own")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_told_end_is_a_clean_one(city, tmp_path, how):
    with opened(city, tmp_path / "home") as process:
        answered("rename-layer", city, "buildings", "Towers")
        process.send_signal(how)
        assert process.wait(60) == 0
    assert {path.name for path in city.parent.glob(f"{city.name}*")} <= {city.name, f"{city.name}.last-good"}
    assert answered("check", city)["ok"]
    assert answered("info", city)["layers"][0]["title_en"] == "Towers"


def test_an_end_told_in_the_midst_of_a_frame_waits_for_it(qtbot):
    closed = []
    with kept_handlers():
        parent = QObject()
        Ending(parent, lambda: closed.append("closed"))
        os.kill(os.getpid(), signal.SIGINT)
        assert not closed, "the window was closed under its own frame"
        qtbot.waitUntil(lambda: closed == ["closed"])


@contextmanager
def kept_handlers():
    told = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(one) for one in told]
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        for one, handler in zip(told, before, strict=True):
            signal.signal(one, handler)
