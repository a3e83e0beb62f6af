"""A large raster and a large point cloud in the window: to their first picture, and what they take of memory.

A size is that of the cloud in points, with 40 bytes of raster for each: 50,000,000 are 50 M points and a COG of 2 GB,
2.7 with its overviews. They are made once, outside of all timing, and kept beside the other benchmarks' cities.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.linked_files import files
from tests.benchmarks.rows import Row, row

SECONDS, MEGABYTES = 3.0, 600.0
"""What may pass to the first picture, and what memory may be above that of the same window with an empty city."""
GAP = 0.5
"""Seconds that the window may be still at the most."""


def rows(points: int, kept: Path, folder: Path, own: Mapping[str, str]) -> Iterator[Row]:
    """Of both files; each in a window of its own, after one with an empty city."""
    for file, name in zip(files(kept, points), ("cog", "copc"), strict=True):
        bare = _measured(own, _empty(folder / f"{name}.bare.balad"))
        ours = _measured(own, _empty(folder / f"{name}.balad"), file)
        yield row(f"linked.{name}.first", ours["first"], "s", SECONDS)
        yield row(f"linked.{name}.again", ours["again"], "s", SECONDS)
        yield row(f"linked.{name}.memory", ours["held"] - bare["empty"], "MB", MEGABYTES)
        yield row(f"linked.{name}.gap", ours["gap"], "s", GAP)


def _empty(city: Path) -> Path:
    """A city with a CRS and nothing in it."""
    from twin.store.city import City

    City.create(city, "EPSG:32637").close()
    return city


def _measured(own: Mapping[str, str], *words: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.linked_window", *map(str, words)]
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
