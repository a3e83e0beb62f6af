"""One size of all benchmarks, a line of JSON for each figure.

``python -m tests.benchmarks [--size N] [--only PART …]``
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import asking, drawing, importing, linked, picking, starting, storing
from tests.benchmarks.rows import Row
from tools.display import display
from twin.core import paths

SAMPLE = 20_000
PARTS = ("drawing", "storing", "importing", "starting", "picking", "asking", "linked")


def main() -> int:
    """Print each row as it is known."""
    parser = argparse.ArgumentParser(prog="balad bench")
    parser.add_argument("--size", type=int, default=100_000, metavar="N")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--frames", type=int, default=drawing.FRAMES, metavar="N")
    said = parser.parse_args()
    # Pictures are drawn with no display, by us and by the script alike; a window has one of its own.
    os.environ.pop("DISPLAY", None)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        for one in _rows(said.size, said.only, Path(folder), said.frames):
            print(json.dumps({**one, "size": said.size}), flush=True)
    return 0


def _rows(size: int, parts: list[str], folder: Path, frames: int) -> Iterator[Row]:
    if "storing" in parts:
        yield from storing.rows(size, folder)
    if "importing" in parts:
        yield from importing.rows(size, folder)
    if "starting" in parts and size == SAMPLE:
        with display() as shown:
            yield from starting.rows(city(SAMPLE), {**os.environ, **shown})
    if "drawing" in parts:
        # Before whatever would leave modules and memory behind in this process.
        yield from drawing.rows(size, city(size), folder, frames)
    if "picking" in parts:
        yield from picking.rows(size, city(size))
    if "asking" in parts:
        yield from asking.rows(size, city(size))
    if "linked" in parts:
        with display() as shown:
            yield from linked.rows(size, paths.cache() / "bench", folder, {**os.environ, **shown})


def city(size: int) -> Path:
    """The sample of a size, made once and kept beside the person's other caches."""
    found = paths.cache() / "bench" / f"jeddah-{size}.balad"
    if not found.exists():
        found.parent.mkdir(parents=True, exist_ok=True)
        draft = found.with_suffix(".draft.balad")
        draft.unlink(missing_ok=True)
        made = [sys.executable, "-m", "twin.cli", "sample", "--buildings", str(size), str(draft)]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        draft.rename(found)
    return found


if __name__ == "__main__":
    sys.exit(main())
