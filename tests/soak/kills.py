"""Kills at random moments of an import: the city opens each time, and the import is whole or absent."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.command import PROGRAM, answered


@dataclass
class Outcome:
    """What became of the kills."""

    kills: int = 0
    """Those that hit a living import; one that came too late is tried again."""
    whole: int = 0
    absent: int = 0
    late: int = 0
    faults: list[str] = field(default_factory=list)


def kill_imports(sample: Path, source: Path, folder: Path, kills: int, seed: int) -> Outcome:
    """Kill −9 that many imports, each on a fresh copy of a city that is closed, and check what is left."""
    chance, outcome = random.Random(seed), Outcome()
    before = answered("check", sample)["content"]["base"]
    reach = _time_of_an_import(sample, source, folder)
    while outcome.kills < kills and outcome.late < 5 * kills:
        city = folder / f"{outcome.kills}-{outcome.late}.balad"
        shutil.copy(sample, city)
        started = _import(city, source)
        time.sleep(chance.uniform(0.1 * reach, 0.98 * reach))
        started.kill()
        if started.wait() != -signal.SIGKILL:
            outcome.late += 1
            continue
        outcome.kills += 1
        after = answered("check", city)
        added = set(after["content"]["base"]) - set(before)
        kept = all(after["content"]["base"].get(layer) == value for layer, value in before.items())
        if not after["ok"] or not kept or len(added) not in {0, 7}:
            outcome.faults.append(f"{city.name}: {after['problems']} {sorted(added)}")
        outcome.whole += bool(added)
        outcome.absent += not added
    return outcome


def _time_of_an_import(sample: Path, source: Path, folder: Path) -> float:
    city = folder / "timed.balad"
    shutil.copy(sample, city)
    started = time.monotonic()
    assert _import(city, source).wait() == 0
    return time.monotonic() - started


def _import(city: Path, source: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "twin.cli", "import", str(city), str(source)]
    return subprocess.Popen(words, cwd=PROGRAM, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
