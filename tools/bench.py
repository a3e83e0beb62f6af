"""Benchmarks: each figure beside a bare baseline of the same run: on a noisy machine the ratio is what counts."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tools.display import display
from tools.environment import variables

SIZE = 100_000
_RUNS = 3


def main(words: Sequence[str]) -> int:
    """Print a row for each figure: name, value, unit, baseline, ratio."""
    size = int(words[words.index("--size") + 1]) if "--size" in words else SIZE
    with tempfile.TemporaryDirectory() as folder:
        for one in (adding(size, Path(folder)), meshing(size), *window(Path(folder))):
            print(json.dumps(one), flush=True)
    return 0


def adding(size: int, folder: Path) -> dict[str, Any]:
    """Features into a city, against DuckDB's own Arrow insert."""
    import duckdb

    from tests.store.conftest import new
    from twin.store.city import City

    layer = new("buildings", size)
    with City.create(folder / "c.balad", "EPSG:9357") as city:
        ours = timed(lambda: city.add([layer], ("bench", {})))
    with duckdb.connect(str(folder / "bare.duckdb")) as bare:
        bare.register("incoming", layer.batches)
        plain = timed(lambda: bare.execute("CREATE TABLE buildings AS SELECT * FROM incoming"))
    return row("store.add", ours, plain)


def meshing(size: int) -> dict[str, Any]:
    """Prisms from packed footprints, against reading the finished points from memory."""
    import numpy as np
    import pyarrow as pa

    from layers import buildings
    from tests.store.conftest import features

    table = features(size).append_column("fid", pa.array(range(size)))
    payload = buildings.encode(table)
    made = buildings.mesh(payload)
    ours = timed(lambda: buildings.mesh(payload))
    stored = made.points.tobytes(), made.triangles.tobytes()
    plain = timed(lambda: [np.frombuffer(body, np.float32).copy() for body in stored])
    return row("mesh.prisms", ours, plain)


def window(folder: Path) -> Iterator[dict[str, Any]]:
    """The sample of 20,000 in the window, against a bare window of Qt with one picture of VTK in it."""
    with display() as shown:
        own = {**variables(), **shown, "BALAD_HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        city = folder / "jeddah.balad"
        subprocess.run(
            [sys.executable, "-m", "twin.cli", "sample", str(city)], env=own, check=True, capture_output=True
        )
        runs = [(_measured(own, str(city)), _measured(own, "--bare")) for _ in range(_RUNS)]
    ours, plain = ({key: sorted(run[n][key] for run in runs)[_RUNS // 2] for key in runs[0][n]} for n in (0, 1))
    yield row("window.seen", ours["seen"], plain["seen"])
    yield row("window.whole", ours["whole"], plain["seen"])
    yield row("window.language", ours["language"], ours["frame"])
    yield row("window.find", ours["find"], ours["frame"])


def _measured(own: dict[str, str], *words: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tools.bench_window", *words]
    done = subprocess.run(command, env=own, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(name: str, ours: float, plain: float) -> dict[str, Any]:
    """One figure beside its baseline, in seconds."""
    return {
        "name": name,
        "value": round(ours, 4),
        "unit": "s",
        "baseline": round(plain, 4),
        "ratio": round(ours / plain, 2),
    }


def timed(work: Callable[[], Any]) -> float:
    """The seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return round(time.perf_counter() - started, 4)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
