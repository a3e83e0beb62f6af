"""The long forms: ``python3 main.py soak [NAME]`` runs them with a seed and writes figures to ``tests/soak``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.environment import PROGRAM, variables

SEED = 2026


def kills(folder: Path) -> dict[str, Any]:
    """50 kills −9 at random moments of an import of Delft into a small sample."""
    from tests.command import answered
    from tests.real import FOLDER
    from tests.soak.kills import kill_imports

    sample = folder / "sample.balad"
    answered("sample", sample, "--buildings", 400)
    return asdict(kill_imports(sample, FOLDER / "city3d" / "cjio" / "delft.json", folder, 50, SEED))


def bundle(folder: Path) -> dict[str, Any]:
    """A bundle made, moved to a user who has nothing else, and used."""
    from tests.soak.bundle import prove

    return asdict(prove(folder))


def days(folder: Path) -> dict[str, Any]:
    """2,000 tiles that come and go, 10,000 new colours, 100 openings of a city."""
    from tests.command import answered
    from tests.soak.days import apart

    sample = folder / "sample.balad"
    answered("sample", sample, "--buildings", 20_000)
    return apart(sample, 2_000, 10_000, 100, SEED)


def damaged(folder: Path) -> dict[str, Any]:
    """Every hostile file, bombs, and damaged copies of every real file: ten places and 200 changes each."""
    from tests.soak.damaged import prove

    return prove(folder, SEED)


SOAKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "kills": kills,
    "bundle": bundle,
    "days": days,
    "damaged": damaged,
}


def main(words: Sequence[str]) -> int:
    """Run those named, or all; 1 where any found a fault."""
    unknown = [word for word in words if word not in SOAKS]
    if unknown:
        print(f"No soak is named {', '.join(unknown)}. There are: {', '.join(SOAKS)}.", file=sys.stderr)
        return 2
    failed = False
    for name in words or SOAKS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            figures = SOAKS[name](Path(folder))
        figures |= {"seed": SEED, "seconds": round(time.monotonic() - started, 1), "revision": _revision()}
        (PROGRAM / "tests" / "soak" / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(json.dumps({name: figures}), flush=True)
        failed |= bool(figures.get("faults"))
    return 1 if failed else 0


def _revision() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=PROGRAM,
        env=variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
