"""``balad`` as a person gives it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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
