"""Workers speak to the window on the window's own thread, in words."""

from __future__ import annotations

import os
import sys
import threading

import pytest
from PySide6.QtWidgets import QApplication

from twin.core import priority
from twin.core.errors import Cancelled, Refused
from twin.desktop import gpu
from twin.desktop.bridge import Bridge, Worker


def outcome(qtbot, work):
    worker, seen = Worker(Bridge()), []
    here = threading.get_ident()
    worker.run("Work", work, lambda answer: seen.append((threading.get_ident(), answer)),
               lambda why: seen.append((threading.get_ident(), why)), lambda *_: None)  # fmt: skip
    qtbot.wait_until(lambda: bool(seen))
    worker.close()
    thread, what = seen[0]
    assert thread == here
    return what


def test_an_answer_arrives_on_the_windows_thread(qapp, qtbot):
    assert isinstance(qapp, QApplication)
    assert outcome(qtbot, lambda _running: threading.get_ident()) != threading.get_ident()


def test_a_refusal_arrives_as_it_is(qapp, qtbot):
    def work(_running):
        raise Refused("No.")

    assert str(outcome(qtbot, work)) == "No."


def test_what_nobody_foresaw_is_words_without_a_traceback(qapp, qtbot):
    said = str(outcome(qtbot, lambda _running: 1 / 0))
    assert "division by zero" in said
    assert "Traceback" not in said


def test_a_cancelled_command_ends_in_words(qapp, qtbot):
    def work(running):
        running.cancelled = True
        running(0.5, "half")

    assert isinstance(outcome(qtbot, work), Cancelled)


@pytest.fixture
def trial(monkeypatch, tmp_path):
    """A card that does what a line of Python says."""

    def is_(line):
        (tmp_path / "tried.py").write_text(line)
        monkeypatch.setattr(gpu.os, "environ", {**gpu.os.environ, "PYTHONPATH": str(tmp_path)})
        monkeypatch.setattr(gpu, "_TRIAL", "tried")

    return is_


def test_a_card_that_cannot_draw_is_said(trial):
    trial("import os; os.kill(os.getpid(), 11)")
    assert "update the graphics driver" in gpu.Trial().said()


def test_software_takes_over_where_the_card_fails(trial, monkeypatch):
    monkeypatch.delenv("LIBGL_ALWAYS_SOFTWARE", raising=False)
    monkeypatch.delenv("QT_OPENGL", raising=False)
    trial("import os, sys; sys.exit(0 if os.environ.get('QT_OPENGL') else 3)")
    assert "processor does it instead" in gpu.Trial().said()
    assert gpu.os.environ["LIBGL_ALWAYS_SOFTWARE"] == "1"


def test_a_card_that_draws_needs_no_words(trial):
    trial("pass")
    assert gpu.Trial().said() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only here has each thread its own priority")
def test_what_is_asked_for_gives_way_to_the_screen(qapp, qtbot, monkeypatch):
    monkeypatch.setattr(priority.screen, "there", True)

    def nice(_running=None):
        return os.getpriority(os.PRIO_PROCESS, 0)

    assert outcome(qtbot, nice) > nice()
