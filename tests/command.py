"""``balad`` as a person gives it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twin.store import lock

PROGRAM = Path(__file__).resolve().parents[1]


def balad(*words: object, display: bool = False, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command line; no traceback may ever be printed."""
    own = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    if not display:
        own = {name: value for name, value in own.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run(
        [sys.executable, "-m", "twin.cli", *map(str, words)],
        env=own,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def answered(*words: object) -> Any:
    """What ``--json`` prints of a command that succeeds."""
    done = balad(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def running(command: Sequence[object], **more: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that does not outlive the block: a test that fails in it waits for nobody."""
    process = subprocess.Popen([*map(str, command)], **more)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@contextmanager
def opened(city: Path, home: Path) -> Iterator[subprocess.Popen[Any]]:
    """A window of its own process on a city, once others can be answered by it."""
    own = {**os.environ, "PYTHONPATH": str(PROGRAM), "BALAD_HOME": str(home)}
    with running([sys.executable, "-m", "twin.cli", "open", city], env=own) as window:
        end = time.monotonic() + 120
        while lock.announced(city) is None:
            assert window.poll() is None and time.monotonic() < end, "the city was not opened"
            time.sleep(0.1)
        yield window
