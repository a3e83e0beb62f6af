"""What the store and the kernels cost, beside the barest way to do the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.rows import Row, row, timed


def rows(size: int, folder: Path) -> Iterator[Row]:
    """Features into a city against DuckDB's own Arrow insert; prisms against reading the finished mesh from a file."""
    yield _adding(size, folder)
    yield _meshing(min(size, 100_000), folder)


def _adding(size: int, folder: Path) -> Row:
    import duckdb

    from tests.store.conftest import new
    from twin.store.city import City

    layer = new("buildings", size)
    with City.create(folder / "c.balad", "EPSG:9357") as city:
        ours = timed(lambda: city.add([layer], ("bench", {})))
    with duckdb.connect(str(folder / "bare.duckdb")) as bare:
        bare.register("incoming", layer.batches)
        plain = timed(lambda: bare.execute("CREATE TABLE buildings AS SELECT * FROM incoming"))
    return row("store.add", ours, "s", plain)


def _meshing(size: int, folder: Path) -> Row:
    import numpy as np
    import pyarrow as pa

    from layers import buildings
    from tests.store.conftest import features

    table = features(size).append_column("fid", pa.array(range(size)))
    payload = buildings.encode(table)
    made = buildings.mesh(payload)
    ours = timed(lambda: buildings.mesh(payload))
    finished = folder / "mesh.bin"
    finished.write_bytes(made.points.tobytes() + made.triangles.tobytes())
    plain = timed(lambda: np.fromfile(finished, np.float32))
    return row("mesh.prisms", ours, "s", plain)
