"""The plain script that an import is measured against: what a person would write who needs it once.

``python -m tests.benchmarks.plain SOURCE OUT`` keeps the promises that cost time: each geometry is checked and
repaired, what can't be is left out, ids are made unique, coordinates are moved where the file is in degrees, heights
are filled in, rows lie along the Hilbert curve with their boxes and numbers, and all is committed and checkpointed.
It holds everything in memory, reports nothing, and makes no tiles.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from tests.benchmarks.footprints import DEGREES

_ZONE = "EPSG:32637"
"""Where degrees are moved to."""


def main(source: Path, out: Path) -> None:
    """Import one file into one table."""
    table, geometry_column = _read(source)
    geometry = shapely.from_wkb(table.column(geometry_column).to_numpy())
    if source.stem.endswith(DEGREES.removeprefix("EPSG:")):
        geometry = _moved(geometry)
    wrong = ~shapely.is_valid(geometry)
    geometry[wrong] = shapely.make_valid(geometry[wrong], method="structure", keep_collapsed=False)
    good = np.flatnonzero(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))
    table, geometry = table.take(pa.array(good)), geometry[good]
    boxes = shapely.bounds(geometry)
    order = np.argsort(_hilbert(boxes), kind="stable")
    boxes, table = boxes[order], table.take(pa.array(order))
    told = table.column("height").to_numpy()
    height = np.where(np.isnan(told), table.column("levels").to_numpy() * 3.2, told)
    columns = {
        "fid": np.arange(1, len(order) + 1),
        "uid": _unique(table.column("uid")),
        "xmin": boxes[:, 0],
        "ymin": boxes[:, 1],
        "zmin": np.zeros(len(order)),
        "xmax": boxes[:, 2],
        "ymax": boxes[:, 3],
        "zmax": height,
        "geometry": pa.array(shapely.to_wkb(geometry[order])),
        "tx": np.ones(len(order), np.int64),
        **{name: table.column(name) for name in ("name", "district", "use", "levels", "built")},
        "height": height,
        "ground": pa.nulls(len(order), pa.float64()),
        "height_estimated": np.isnan(told),
    }
    with duckdb.connect(str(out)) as city:
        city.register("incoming", pa.table(columns))
        city.execute("BEGIN; CREATE TABLE buildings AS SELECT * FROM incoming; COMMIT; CHECKPOINT")


def _read(source: Path) -> tuple[pa.Table, str]:
    if source.suffix == ".parquet":
        return pq.read_table(source), "geometry"
    import pyogrio

    about, table = pyogrio.read_arrow(source)
    return table, about["geometry_name"] or "wkb_geometry"


def _moved(geometry: Any) -> Any:
    from pyproj import Transformer

    move = Transformer.from_crs(DEGREES, _ZONE, always_xy=True)
    old = shapely.get_coordinates(geometry)
    return shapely.set_coordinates(geometry, np.column_stack(move.transform(old[:, 0], old[:, 1])))


def _unique(names: pa.ChunkedArray) -> Any:
    """A repeated id gets a number."""
    counted = pc.value_counts(names)
    repeated = set(counted.field(0).filter(pc.greater(counted.field(1), 1)).to_pylist())
    if not repeated:
        return names
    seen: dict[str, int] = {}
    made = names.to_pylist()
    for row, name in enumerate(made):
        if name in repeated:
            seen[name] = seen.get(name, 0) + 1
            made[row] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return pa.array(made)


def _hilbert(boxes: Any) -> Any:
    """The Hilbert place of each box's middle (the loop of Wikipedia's xy2d, over arrays)."""
    low, side = boxes[:, :2].min(axis=0), (boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max()
    cells = ((boxes[:, :2] + boxes[:, 2:]) / 2 - low) / side * 65_535
    x, y = cells.astype(np.int64).T
    place = np.zeros(len(x), np.int64)
    bit = 1 << 15
    while bit:
        right, upper = (x & bit) > 0, (y & bit) > 0
        place += bit * bit * ((3 * right) ^ upper)
        flip = right & ~upper
        x, y = np.where(flip, 65_535 - x, x), np.where(flip, 65_535 - y, y)
        x, y = np.where(upper, x, y), np.where(upper, y, x)
        bit >>= 1
    return place


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
