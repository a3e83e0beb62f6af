"""Benchmarks: each figure beside a bare baseline of the same run: on a noisy machine the ratio is what counts.

``main.py bench`` measures 10,000, 20,000 and 100,000 buildings and says what got worse than was last accepted;
``--size N`` (as often as you like) measures others, ``--json`` prints the rows alone, ``--accept`` keeps their ratios.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.environment import PROGRAM, variables

SIZES = (10_000, 20_000, 100_000)
ACCEPTED = PROGRAM / "tests" / "benchmarks" / "accepted.json"
_WORSE = 1.25
"""A ratio that grew by more is told."""


def main(words: Sequence[str]) -> int:
    """Print a row for each figure, then what got worse; 1 where something did."""
    parser = argparse.ArgumentParser(prog="main.py bench")
    parser.add_argument("--size", type=int, action="append", metavar="N")
    parser.add_argument("--only", action="append", metavar="PART")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--accept", action="store_true")
    said = parser.parse_args(words)
    rows = [row for size in said.size or SIZES for row in measured(size, said.only, table=not said.json)]
    if said.json:
        print(json.dumps(rows, indent=1))
    if said.accept:
        accept(rows, ACCEPTED)
        return 0
    worse = worsened(rows, accepted(ACCEPTED))
    for words_ in worse:
        print(words_, file=sys.stderr)
    return 1 if worse else 0


def measured(size: int, only: Sequence[str] | None, *, table: bool) -> list[dict[str, Any]]:
    """The rows of one size, printed as they come."""
    command = [sys.executable, "-m", "twin.cli", "bench", "--size", str(size), "--json"]
    if only:
        command += ["--only", *only]
    rows = []
    with subprocess.Popen(command, env=variables(), stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout or ():
            rows.append(json.loads(line))
            if table:
                print(tabled(rows[-1]), flush=True)
    if run.returncode:
        raise SystemExit(run.returncode)
    return rows


def tabled(row: dict[str, Any]) -> str:
    """A row as a line of a table."""
    name = named(row)
    return f"{name:44} {row['value']:>12,.4f} {row['unit']:6} {row['baseline']:>12,.4f} {row['ratio']:>9,.2f}×"


def named(row: dict[str, Any]) -> str:
    """What tells a figure from all others."""
    return " ".join(str(part) for part in (row["name"], row.get("format", ""), f"{row['size']:,}") if part)


def accept(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Keep these ratios, and those of other figures as they were."""
    kept = {**accepted(file), **{named(row): row["ratio"] for row in rows}}
    file.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")


def accepted(file: Path) -> dict[str, float]:
    """The ratios that were last accepted."""
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def worsened(rows: Sequence[dict[str, Any]], before: dict[str, float]) -> list[str]:
    """In words, the figures whose ratio grew."""
    return [
        f"worse: {named(row)} was {before[named(row)]:.2f}× its baseline and is {row['ratio']:.2f}×"
        for row in rows
        if row["ratio"] > before.get(named(row), float("inf")) * _WORSE
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
