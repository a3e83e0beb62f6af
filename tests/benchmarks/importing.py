"""Import at scale: ``balad import`` beside one plain script, each in a process of its own, in turns.

The seconds are those of the whole process, from its start to its end, as a person waits for them: the child that
reads, the tiles and the last-good copy are in ours. Memory is the peak of parent and children together.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.footprints import CRS, DEGREES, written
from tools.environment import variables

_MOST = 2048
"""MB that parent and child may have together."""
_EVERY = 0.02
_SIZE = 100_000


@dataclass(frozen=True)
class _Run:
    seconds: float
    memory: float
    """MB."""
    said: str


def rows(size: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Seconds in the file's own CRS and reprojected, tiles' share of them, and memory, for each format."""
    times = 3 if size <= 100_000 else 1
    for suffix in ("gpkg", "parquet"):
        highest = 0.0
        for name, crs in (("same_crs", CRS), ("reprojected", DEGREES)):
            source = written(size, folder, suffix, crs)
            runs = [(_ours(source, folder), _plain(source, folder)) for _ in range(times)]
            ours, plain = (median(run[n].seconds for run in runs) for n in (0, 1))
            tiles = median(float(json.loads(run[0].said)["tiles"]) for run in runs)
            highest = max(highest, *(run[0].memory for run in runs))
            yield _row(f"import.{name}", suffix, size, ours, plain)
            yield _row("import.tiles", suffix, size, tiles, ours)
            if suffix == "gpkg" and crs == CRS:
                yield _reading(source, size)
        yield {**_row("import.memory", suffix, size, highest, _MOST), "unit": "MB"}


def one(source: Path, city: Path) -> None:
    """Import a file as ``balad import`` does, and print how long its tiles took."""
    from twin.host.session import Session
    from twin.work import imports

    spent, tile = [], imports.tile

    def timed(*what: Any) -> None:
        began = time.perf_counter()
        tile(*what)
        spent.append(time.perf_counter() - began)

    imports.tile = timed
    with Session(city) as session:
        session.run("import", file=source)
    print(json.dumps({"tiles": sum(spent)}))


def _ours(source: Path, folder: Path) -> _Run:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return _watched("tests.benchmarks.importing", source, Path(place) / "c.balad", folder)


def _plain(source: Path, folder: Path) -> _Run:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return _watched("tests.benchmarks.plain", source, Path(place) / "c.duckdb", folder)


def _watched(module: str, source: Path, out: Path, home: Path) -> _Run:
    own = {**variables(), "BALAD_HOME": str(home / "home")}
    began, highest = time.perf_counter(), 0.0
    with subprocess.Popen([sys.executable, "-m", module, str(source), str(out)], env=own, stdout=subprocess.PIPE) as it:
        while it.poll() is None:
            highest = max(highest, _resident(it.pid))
            time.sleep(_EVERY)
        seconds = time.perf_counter() - began
        said = it.stdout.read().decode() if it.stdout else ""
    if it.returncode:
        raise RuntimeError(f"{module} ended with {it.returncode}")
    return _Run(seconds, highest, said)


def _reading(source: Path, size: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "tests.benchmarks.reading", str(source)]
    done = subprocess.run(words, env=variables(), check=True, capture_output=True, text=True)
    took = json.loads(done.stdout.splitlines()[-1])
    return _row("import.read", source.suffix[1:], size, took["ours"], took["bare"])


def _resident(pid: int) -> float:
    """MB that a process and all below it have in memory; a page that two of them map counts twice."""
    found = 0.0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                found = int(line.split()[1]) / 1024
        children = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return found
    return found + sum(_resident(int(child)) for some in children for child in some)


def _row(name: str, suffix: str, size: int, ours: float, plain: float) -> dict[str, Any]:
    return {
        "name": name,
        "format": suffix,
        "size": size,
        "value": round(ours, 3),
        "unit": "s",
        "baseline": round(plain, 3),
        "ratio": round(ours / plain, 3),
    }


if __name__ == "__main__":
    if len(sys.argv) > 2 and not sys.argv[1].startswith("--"):
        one(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        wanted = int(sys.argv[2]) if sys.argv[1:2] == ["--size"] else _SIZE
        with tempfile.TemporaryDirectory() as somewhere:
            for row in rows(wanted, Path(somewhere)):
                print(json.dumps(row), flush=True)
