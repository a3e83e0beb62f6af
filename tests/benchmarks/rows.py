"""A figure beside its baseline, as one row of a table or one line of JSON."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def row(name: str, value: float, unit: str, baseline: float) -> Row:
    """``ratio`` is what counts on a noisy machine: both were measured in the same minute."""
    ratio = value / baseline if baseline else float("inf")
    return {
        "name": name,
        "value": round(value, 6),
        "unit": unit,
        "baseline": round(baseline, 6),
        "ratio": round(ratio, 3),
    }


def timed(work: Callable[[], Any]) -> float:
    """The seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def resident() -> float:
    """Megabytes that this process holds now; 0 where the system doesn't say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6
    except OSError:
        return 0.0
