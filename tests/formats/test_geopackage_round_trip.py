"""A GeoPackage that goes into a city and out again is the same for GDAL: types, gaps, words, days, CRS and geometry."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj
import pytest
import shapely

from tests.command import answered
from tests.real import data
from twin.model.feature import FID

CRS = "EPSG:32637"
ADDED = {"uid", "height", "ground", "height_estimated"}
"""What a city may add to a layer, after the file's own columns."""


def opened(path: Path, layer: str) -> tuple[dict[str, Any], pa.Table]:
    """What GDAL says of a layer, and its rows by their numbers."""
    about = pyogrio.read_info(path, layer=layer, force_feature_count=True)
    table = pyogrio.read_arrow(path, layer=layer, return_fids=True)[1]
    return about, table.rename_columns([FID, *table.column_names[1:-1], "geometry"]).sort_by(FID)


def kinds(about: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """GDAL's type and subtype of each column."""
    return {name: said for name, *said in zip(about["fields"], about["ogr_types"], about["ogr_subtypes"], strict=True)}


def round_trip(path: Path, folder: Path) -> tuple[Path, dict[str, Path]]:
    """Each of its layers as a GeoPackage of its own."""
    city = folder / "c.balad"
    answered("import", city, path)
    out = {}
    for layer, _ in pyogrio.list_layers(path):
        out[layer] = folder / f"{layer}.gpkg"
        answered("export", city, layer, out[layer])
    assert answered("check", city)["ok"]
    return city, out


def shapes() -> list[Any]:
    east, north = 520_000 + 1 / 3, 2_370_000.1
    square = [(0, 0), (10, 1e-7), (10, 10), (0, 10), (0, 0)]
    at = [[(east + 20 * n + x, north + y) for x, y in square] for n in range(4)]
    return [
        *map(shapely.Polygon, at[:3]),
        shapely.Polygon(at[3], [[(east + 60 + x / 2 + 2, north + y / 2 + 2) for x, y in square]]),
    ]


def test_all_that_gdal_sees_of_a_layer_comes_back(tmp_path: Path) -> None:
    solid = shapely.force_3d(np.array(shapes()), [1.5, 2.25, -0.5, 0.0])
    times = [datetime(2024, 2, 29, 12, 30, 15, 250000), None, datetime(1999, 12, 31, 23, 59, 59), None]
    table = pa.table(
        {
            "الاسم": ["قطعة ١", None, "حيّ البلد", ""],
            "code": pa.array([7, None, -3, 2_000_000_000], pa.int32()),
            "short": pa.array([1, 2, None, -32_000], pa.int16()),
            "long": pa.array([2**53, None, -(2**60), 0], pa.int64()),
            "area": [1 / 3, None, -0.25, 1e300],
            "rough": pa.array([0.5, None, 1.25, 3.0], pa.float32()),
            "built": pa.array([True, None, False, True]),
            "day": pa.array([date(2024, 2, 29), None, date(1900, 1, 1), date(2999, 12, 31)], pa.date32()),
            "seen": pa.array(times, pa.timestamp("ms")),
            "ID": ["a", "b", "c", "d"],
            "geometry": pa.array(shapely.to_wkb(solid, flavor="iso"), pa.binary()),
        }
    )
    given = tmp_path / "given.gpkg"
    pyogrio.write_arrow(
        table, given, driver="GPKG", layer="plots", geometry_name="geometry", geometry_type="Polygon Z", crs=CRS
    )
    _, out = round_trip(given, tmp_path)
    (was, before), (now, after) = opened(given, "plots"), opened(out["plots"], "plots")
    for said in ("crs", "geometry_type", "features"):
        assert now[said] == was[said], said
    assert kinds(was).items() <= kinds(now).items()
    by = {row["ID"]: row for row in after.to_pylist()}
    for row in before.to_pylist():
        again = by[row["ID"]]
        for name, value in row.items():
            if name != FID:
                assert again[name] == value, name


def test_a_layer_without_ids_keeps_its_numbers_and_order(tmp_path: Path) -> None:
    given = tmp_path / "given.gpkg"
    places = shapely.points(np.random.default_rng(3).uniform((520_000, 2_370_000), (525_000, 2_375_000), (500, 2)))
    table = pa.table({"n": pa.array(range(500), pa.int32()), "geometry": pa.array(shapely.to_wkb(places), pa.binary())})
    pyogrio.write_arrow(
        table, given, driver="GPKG", layer="poles", geometry_name="geometry", geometry_type="Point", crs=CRS
    )
    city, out = round_trip(given, tmp_path)
    (was, before), (now, after) = opened(given, "poles"), opened(out["poles"], "poles")
    assert (now["geometry_type"], list(now["fields"])) == (was["geometry_type"], list(was["fields"]))
    assert [column.to_pylist() for column in after.columns] == [column.to_pylist() for column in before.columns]
    again = tmp_path / "again.balad"
    answered("import", again, out["poles"], "--layer", "poles")
    assert answered("check", again)["content"] == answered("check", city)["content"]
    assert answered("update", city, "poles", out["poles"])["changed"] == 500


def test_a_real_one_comes_back_in_the_citys_crs(tmp_path: Path) -> None:
    given = data("raster_lidar_bim/vector/bubenec.gpkg")
    city, out = round_trip(given, tmp_path)
    crs = answered("info", city)["crs"]
    for layer, file in out.items():
        (was, before), (now, after) = opened(given, layer), opened(file, layer)
        assert (now["crs"], now["features"], now["geometry_type"]) == (crs, was["features"], was["geometry_type"])
        own = [name for name in was["fields"] if name not in ADDED]
        assert set(now["fields"]) - set(own) <= ADDED
        key = next((name for name in own if name in ("uID", "ID")), FID)
        # Its own ids, where they are whole numbers, have become the file's.
        before, after = before.sort_by(key), after.sort_by(key)
        for name in own or [FID]:
            assert after.column(name).to_pylist() == before.column(name).to_pylist(), name
            assert after.schema.field(name).type == before.schema.field(name).type, name
        moved = pyproj.Transformer.from_crs(was["crs"], crs, always_xy=True)
        old, new = (shapely.from_wkb(one.column("geometry").to_pylist()) for one in (before, after))
        xy = np.column_stack(moved.transform(*shapely.get_coordinates(old).T))
        assert np.allclose(shapely.get_coordinates(new), xy, atol=1e-6)


@pytest.mark.parametrize("name", ["uID", "UID", "uid"])
def test_an_id_of_the_files_own_keeps_its_name_and_type(tmp_path: Path, name: str) -> None:
    given = tmp_path / "given.gpkg"
    wkb = pa.array(shapely.to_wkb(np.array(shapes())), pa.binary())
    table = pa.table({name: pa.array([11, 5, 9, 7], pa.int64()), "geometry": wkb})
    pyogrio.write_arrow(
        table, given, driver="GPKG", layer="plots", geometry_name="geometry", geometry_type="Polygon", crs=CRS
    )
    _, out = round_trip(given, tmp_path)
    now, after = opened(out["plots"], "plots")
    if name == "uid":
        assert sorted(after.column(FID).to_pylist()) == [5, 7, 9, 11]
    else:
        assert list(now["fields"]) == [name] and sorted(after.column(name).to_pylist()) == [5, 7, 9, 11]


def test_columns_that_are_called_like_the_files_own_numbers_or_nearly_alike_come_back_with_what_they_hold(
    tmp_path: Path,
) -> None:
    given = tmp_path / "plots.geojson"
    columns = {"FID": [7, 7, 3, 1], "PLOT NO": ["a", "b", "c", "d"], "plot no": [1, 2, 3, 4]}
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [39.2 + n / 1000, 21.5]},
         "properties": {name: values[n] for name, values in columns.items()}}
        for n in range(4)
    ]  # fmt: skip
    given.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    _, out = round_trip(given, tmp_path)
    now, after = opened(out["plots"], "plots")
    held = [sorted(after.column(name).to_pylist()) for name in now["fields"] if name != "uid"]
    assert sorted(held, key=str) == sorted((sorted(values) for values in columns.values()), key=str)
