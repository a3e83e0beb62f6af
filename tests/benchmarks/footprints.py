"""Footprints of a city that is not there, as a municipality might give them out: the same file for the same size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

CRS = "EPSG:9357"
DEGREES = "EPSG:4326"
_CORNER = (500_000.0, 2_370_000.0)
_PARCEL = 28.0
"""Metres of a parcel's side."""
_BROKEN, _TWICE, _COURT = 0.005, 0.001, 0.01
"""How many polygons cross themselves, how many ids stand twice, how many houses have a courtyard."""
_DISTRICTS = ("الروضة", "الحمراء", "الشرفية", "البلد", "السلامة", "النعيم", "الصفا", "الفيصلية")
_NAMES = ("عمارة النخيل", "برج الياسمين", "دار السلام", "مجمع الأندلس", "فيلا المرجان")
_USES = ("سكني", "تجاري", "صناعي", "تعليمي", None)
_L = [(0, 0), (1, 0), (1, 0.5), (0.5, 0.5), (0.5, 1), (0, 1)]
_T = [(0, 0), (1, 0), (1, 0.4), (0.7, 0.4), (0.7, 1), (0.3, 1), (0.3, 0.4), (0, 0.4)]
_PLUS = [(0.3, 0), (0.7, 0), (0.7, 0.3), (1, 0.3), (1, 0.7), (0.7, 0.7)]
_PLUS += [(1 - x, 1 - y) for x, y in _PLUS]
_ROUND = [(0.5 + 0.5 * np.cos(turn), 0.5 + 0.5 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 16, False)]
_SHAPES = ([(0, 0), (1, 0), (1, 1), (0, 1)], _L, _T, _PLUS, _ROUND)
"""4, 6, 8, 12 and 16 corners, each as often: 9.2 on average."""


def written(size: int, folder: Path, suffix: str, crs: str, corner: tuple[float, float] = _CORNER) -> Path:
    """A file of so many footprints, named for what is in it; ``corner`` is their south-western, in ``CRS``."""
    path = folder / f"buildings_{size}_{crs.split(':')[1]}.{suffix}"
    if not path.exists():
        table = pa.table({**_attributes(size), "geometry": pa.array(shapely.to_wkb(_polygons(size, crs, corner)))})
        _geopackage(path, table, crs) if suffix == "gpkg" else _geoparquet(path, table, crs)
    return path


def _polygons(size: int, crs: str, corner: tuple[float, float]) -> Any:
    random = np.random.default_rng(1)
    across = int(np.ceil(np.sqrt(size)))
    # Files are in no order that a box query would want.
    parcel = random.permutation(size)
    middle = (np.column_stack([parcel % across, parcel // across]) + 0.5) * _PARCEL + corner
    sides, turn = random.uniform(9, 19, (size, 2)), random.uniform(-0.2, 0.2, size)
    shape = random.integers(0, len(_SHAPES), size)
    corners = [np.array([*one, one[0]], float) - 0.5 for one in _SHAPES]
    counts = np.array([len(one) for one in corners])[shape]
    ring = np.repeat(np.arange(size), counts)
    step = np.arange(len(ring)) - np.repeat(np.cumsum(counts) - counts, counts)
    padded = np.zeros((len(corners), 17, 2))
    for number, one in enumerate(corners):
        padded[number, : len(one)] = one
    broken = (shape == 0) & (random.random(size) < _BROKEN * len(_SHAPES))
    crossed = np.where(broken[ring] & ((step == 1) | (step == 2)), 3 - step, step)
    points = _placed(padded[shape[ring], crossed], sides[ring], turn[ring], middle[ring], crs)
    shells = shapely.linearrings(points, indices=ring)
    hollow = np.flatnonzero((shape == 0) & ~broken & (random.random(size) < _COURT * len(_SHAPES)))
    whose = np.repeat(hollow, 5)
    hole = _placed(np.tile(corners[0] * 0.3, (len(hollow), 1)), sides[whose], turn[whose], middle[whose], crs)
    holes = shapely.linearrings(hole, indices=np.repeat(np.arange(len(hollow)), 5)) if len(hollow) else []
    rings, owners = np.concatenate([shells, holes]), np.concatenate([np.arange(size), hollow])
    order = np.argsort(owners, kind="stable")
    return shapely.polygons(rings[order], indices=owners[order])


def _placed(unit: Any, sides: Any, turn: Any, middle: Any, crs: str) -> Any:
    x, y = (unit * sides).T
    east = x * np.cos(turn) - y * np.sin(turn) + middle[:, 0]
    north = x * np.sin(turn) + y * np.cos(turn) + middle[:, 1]
    if crs != CRS:
        from pyproj import Transformer

        east, north = Transformer.from_crs(CRS, crs, always_xy=True).transform(east, north)
    return np.column_stack([east, north])


def _attributes(size: int) -> dict[str, pa.Array]:
    random = np.random.default_rng(2)
    number = np.where(random.random(size) < _TWICE, 0, np.arange(size))
    levels = random.integers(1, 12, size)
    measured = random.random(size) < 0.8
    names = [None if one % 3 == 2 else f"{_NAMES[one % len(_NAMES)]} {one}" for one in range(size)]
    return {
        "uid": pa.array([f"JED-{one:07d}" for one in number]),
        "name": pa.array(names, pa.string()),
        "district": pa.array(_DISTRICTS).take(pa.array(random.integers(0, len(_DISTRICTS), size))),
        "use": pa.array(_USES).take(pa.array(random.integers(0, len(_USES), size))),
        "levels": pa.array(levels),
        "height": pa.array(np.round(levels * 3.4, 1), mask=~measured),
        "built": pa.array(random.integers(1950, 2025, size)),
    }


def _geopackage(path: Path, table: pa.Table, crs: str) -> None:
    import pyogrio

    pyogrio.write_arrow(
        table, path, layer="buildings", driver="GPKG", geometry_name="geometry", geometry_type="Polygon", crs=crs
    )


def _geoparquet(path: Path, table: pa.Table, crs: str) -> None:
    from pyproj import CRS as System

    box = shapely.total_bounds(shapely.from_wkb(table.column("geometry").to_numpy()))
    column = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"],
        "crs": System.from_user_input(crs).to_json_dict(),
        "bbox": box.tolist(),
    }
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path, compression="zstd")
