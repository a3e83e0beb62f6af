"""The sample of 20,000 in the window, against a bare window of Qt with one picture of VTK in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.rows import Row, median, row

_RUNS = 3


def rows(city: Path, own: Mapping[str, str]) -> Iterator[Row]:
    """The city on the screen, all of it drawn, another language, a name found; and the program's bare word."""
    runs = [(_measured(own, str(city)), _measured(own, "--bare")) for _ in range(_RUNS)]
    ours, plain = ({key: median([run[n][key] for run in runs]) for key in runs[0][n]} for n in (0, 1))
    yield row("window.seen", ours["seen"], "s", plain["seen"])
    yield row("window.whole", ours["whole"], "s", plain["seen"])
    yield row("window.language", ours["language"], "s", ours["frame"])
    yield row("window.find", ours["find"], "s", ours["frame"])
    spoken = [(_took("-m", "twin.cli", "--version"), _took("-c", "pass")) for _ in range(5)]
    yield row("start.version", median([one[0] for one in spoken]), "s", median([one[1] for one in spoken]))


def _measured(own: Mapping[str, str], *words: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.window", *words]
    done = subprocess.run(command, env=own, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _took(*words: str) -> float:
    import time

    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - began
