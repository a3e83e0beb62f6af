"""GeoPackage, GeoJSON, Shapefile and GeoParquet as people have them: mixed, partly broken, in any CRS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import CannotRead, NoCrs
from twin.formats import gdal
from twin.formats.footprints import metres

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]


def polygon(x: float = 500_000, y: float = 2_380_000, ring: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[x + one[0], y + one[1], *one[2:]] for one in ring]]}


def geojson(path: Path, features: list[tuple[Any, dict[str, Any]]], crs: str | None = "EPSG:9357") -> Path:
    found: dict[str, Any] = {"type": "FeatureCollection"}
    if crs:
        found["crs"] = {"type": "name", "properties": {"name": crs}}
    found["features"] = [{"type": "Feature", "geometry": one, "properties": told} for one, told in features]
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return path


def shapes(path: Path, wkt: list[str], driver: str, crs: str | None = "EPSG:9357", **columns: Any) -> Path:
    wkb = shapely.to_wkb(shapely.from_wkt(wkt), flavor="iso")
    sent = pa.table({"geometry": pa.array(wkb, pa.binary()), **columns})
    options = {"driver": driver, "geometry_name": "geometry", "geometry_type": "Unknown", "crs": crs}
    if driver == "ESRI Shapefile":
        options["geometry_type"] = "Polygon"
    gdal.ready().write_arrow(sent, path, **options)
    return path


def test_a_city_is_not_kept_in_web_mercator() -> None:
    answer = take(data("raster_lidar_bim/vector/bubenec.gpkg"))
    assert answer.crs == "EPSG:32633"
    assert answer.source_crs == "EPSG:3857"
    assert "WGS 84 / UTM zone 33N" in answer.notes[0]
    found = {one.report.id: (one.report.kind, one.report.read, one.report.kept) for one in answer.layers}
    assert found == {
        "tessellation": ("areas", 144, 144),
        "buildings": ("buildings", 144, 144),
        "streets": ("roads", 35, 35),
        "plots": ("areas", 407, 407),
    }
    (buildings,) = (one for one in answer.layers if one.report.id == "buildings")
    shapes_ = shapely.from_wkb(table(buildings).column("geometry").to_numpy())
    lon, lat = 14.40, 50.10
    assert shapely.area(shapes_).sum() == pytest.approx(32_000, rel=0.5)
    assert buildings.report.extent is not None
    assert 450_000 < buildings.report.extent[0] < 460_000, (lon, lat)


def test_a_crs_member_is_honoured() -> None:
    answer = take(data("sensorthings_geojson/geojson/bike_racks.geojson"))
    (layer,) = answer.layers
    assert answer.crs == answer.source_crs == "EPSG:28356"
    assert (layer.report.kind, layer.report.read, layer.report.kept) == ("points", 315, 315)
    schema = table(layer).schema
    assert str(schema.field("inspection").type) == "timestamp[us]"
    assert str(schema.field("number_of_").type) == "int64"


def test_each_fault_is_told_and_the_counts_add_up(tmp_path: Path) -> None:
    bowtie = [[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]]
    features = [
        (polygon(), {"id": "good"}),
        (polygon(ring=bowtie), {"id": "bowtie"}),
        (polygon(ring=[[0, 0], [1, 1]]), {"id": "two points"}),
        (polygon(ring=[[0, 0], [1, 1], [2, 2], [0, 0]]), {"id": "flat"}),
        (None, {"id": "nothing"}),
        ({"type": "Polygon", "coordinates": []}, {"id": "empty"}),
        (polygon(x=1e308), {"id": "absurd"}),
        (polygon(x=4e9), {"id": "beyond"}),
        (
            {"type": "GeometryCollection", "geometries": [polygon(), {"type": "Point", "coordinates": [1, 2]}]},
            {"id": "both"},
        ),
    ]
    (layer,) = take(geojson(tmp_path / "a.geojson", features)).layers
    report = layer.report
    assert report.adds_up()
    assert (report.read, report.kept) == (9, 1)
    assert {one.id for one in report.repaired} == {"bowtie", "both"}
    assert {one.id for one in report.refused} == {"two points", "flat", "nothing", "empty", "absurd", "beyond"}
    reasons = {one.id: one.reason for one in [*report.refused, *report.repaired]}
    assert reasons["bowtie"].startswith("Self-intersection [")
    assert "no geometry" in reasons["nothing"]
    assert "absurd" in reasons["absurd"]
    assert all(reasons.values())
    kept = shapely.from_wkb(table(layer).column("geometry").to_numpy())
    assert shapely.is_valid(kept).all()


def test_degrees_beyond_the_earth_are_refused_one_by_one(tmp_path: Path) -> None:
    features = [({"type": "Point", "coordinates": [39.1 + n / 1000, 21.5]}, {"id": str(n)}) for n in range(30)]
    features += [
        ({"type": "Point", "coordinates": [39.1, 1e5]}, {"id": "bad"}),
        ({"type": "Point", "coordinates": [0, 0]}, {"id": "null island"}),
    ]
    answer = take(geojson(tmp_path / "a.geojson", features, crs=None))
    assert answer.crs == "EPSG:32637"
    report = answer.layers[0].report
    assert report.adds_up()
    assert "bad" in {one.id for one in report.refused}
    assert report.kept >= 30


def test_nan_and_infinite_coordinates_are_refused(tmp_path: Path) -> None:
    wkb = [shapely.to_wkb(shapely.Point(*one)) for one in [(5e5, 2.3e6), (np.nan, 2.3e6), (np.inf, 2.3e6)]]
    sent = pa.table({"id": ["a", "b", "c"], "geometry": pa.array(wkb, pa.binary())})
    file = tmp_path / "a.gpkg"
    gdal.ready().write_arrow(
        sent, file, driver="GPKG", geometry_name="geometry", geometry_type="Point", crs="EPSG:9357"
    )
    report = take(file).layers[0].report
    assert (report.read, report.kept) == (3, 1)
    assert [one.id for one in report.refused] == ["b", "c"]


def test_mixed_geometry_becomes_a_layer_of_each(tmp_path: Path) -> None:
    features = [
        (polygon(), {}),
        (polygon(x=500_100), {}),
        ({"type": "LineString", "coordinates": [[5e5, 2.3e6], [5e5, 2.4e6]]}, {}),
        ({"type": "Point", "coordinates": [5e5, 2.3e6]}, {}),
    ]
    found = {
        one.report.id: (one.report.kind, one.report.read)
        for one in take(geojson(tmp_path / "map.geojson", features)).layers
    }
    assert found == {"map": ("areas", 2), "map_lines": ("lines", 1), "map_points": ("points", 1)}


@pytest.mark.parametrize(
    ("name", "told", "height", "estimated"),
    [
        ("a", {"height": 12}, 12, False),
        ("a", {"height": "12,5 m"}, 12.5, False),
        ("a", {"HEIGHT": "40 ft"}, 12.192, False),
        ("a", {"building:height": "١٢٫٥ م"}, 12.5, False),
        ("a", {"measuredHeight": 7.25}, 7.25, False),
        ("a", {"building:levels": "3"}, 9.6, True),
        ("a", {"عدد الأدوار": "٤"}, 12.8, True),
        ("a", {"height": -1, "levels": 2}, 6.4, True),
        ("a", {"height": 99999}, 3.2, True),
        ("buildings", {}, 3.2, True),
        ("مباني", {}, 3.2, True),
        ("a", {"building": "yes"}, 3.2, True),
    ],
)
def test_footprints_become_buildings_and_estimates_are_told(
    tmp_path: Path, name: str, told: dict[str, Any], height: float, estimated: bool
) -> None:
    answer = take(geojson(tmp_path / f"{name}.geojson", [(polygon(), told)]))
    (layer,) = answer.layers
    (row,) = table(layer).to_pylist()
    assert layer.report.kind == "buildings"
    assert row["height"] == pytest.approx(height)
    assert row["height_estimated"] is estimated
    assert row["ground"] is None
    assert any("estimated" in note for note in answer.notes) is estimated
    assert [column for column in row if column.lower() == "height"] == ["height"]


def test_the_ground_is_the_lowest_point_of_a_geometry_with_heights(tmp_path: Path) -> None:
    ring = [[0, 0, 4.5], [10, 0, 5], [10, 10, 6], [0, 0, 4.5]]
    (layer,) = take(geojson(tmp_path / "buildings.geojson", [(polygon(ring=ring), {"height": 3})])).layers
    assert table(layer).column("ground").to_pylist() == [4.5]


def test_a_person_may_say_what_areas_are(tmp_path: Path) -> None:
    file = geojson(tmp_path / "plots.geojson", [(polygon(), {"n": 1})])
    answer = take(file, kind="buildings", layer="homes", taken=("homes",))
    (layer,) = answer.layers
    assert (layer.report.id, layer.report.kind) == ("homes_2", "buildings")
    assert table(layer).column("height").to_pylist() == [3.2]
    assert any("estimated" in note for note in answer.notes)


def test_one_layer_of_several_may_be_asked_for() -> None:
    file = data("raster_lidar_bim/vector/bubenec.gpkg")
    answer = take(file, layer="streets")
    assert [one.report.id for one in answer.layers] == ["streets"]
    assert any("plots" in note for note in answer.notes)
    assert [one.report.id for one in take(file, layer="b").layers][:2] == ["b_tessellation", "b_buildings"]


@pytest.mark.parametrize(
    ("ids", "uids"),
    [
        ({"uid": ["x", "y", "x"]}, ["x", "y", "x-2"]),
        ({"id": ["x", "y", "z"]}, ["x", "y", "z"]),
        ({"id": [7, 8, 9]}, ["7", "8", "9"]),
        ({"id": ["x", "x", "z"]}, ["0", "1", "2"]),
        ({"osm_id": [4, 5, 6], "id": [1, 1, 1]}, ["4", "5", "6"]),
        ({"uid": ["x", None, "z"]}, ["x", "1", "z"]),
        ({}, ["0", "1", "2"]),
    ],
)
def test_a_feature_is_called_what_its_source_calls_it(
    tmp_path: Path, ids: dict[str, list[Any]], uids: list[str]
) -> None:
    features = [(polygon(), {name: values[row] for name, values in ids.items()}) for row in range(3)]
    answer = take(geojson(tmp_path / "a.geojson", features))
    found = table(answer.layers[0])
    assert found.column("uid").to_pylist() == uids
    assert any("more than one feature" in note for note in answer.notes) is (uids[-1] == "x-2")
    assert "id" not in ids or found.column("id").to_pylist() == ids["id"]


def test_columns_that_the_store_keeps_for_itself_are_renamed(tmp_path: Path) -> None:
    told = {"fid": 1.5, "Geometry": "a", "xmin": 1, "Name": "a", "name": "b", "tx": True}
    answer = take(geojson(tmp_path / "a.geojson", [(polygon(), told)]))
    (row,) = table(answer.layers[0]).to_pylist()
    assert {name: row[name] for name in ("fid_", "Geometry_", "xmin_", "Name", "name_", "tx_")} == {
        "fid_": 1.5, "Geometry_": "a", "xmin_": 1, "Name": "a", "name_": "b", "tx_": True
    }  # fmt: skip
    assert any("“name”" in note and "“name_”" in note for note in answer.notes)


def test_a_shapefile_in_any_encoding_is_read(tmp_path: Path) -> None:
    wkt = ["POLYGON ((500000 2300000, 500010 2300000, 500010 2300010, 500000 2300000))"]
    file = shapes(tmp_path / "حي.shp", wkt, "ESRI Shapefile", name=["مبنى البلدية"], height=[9.5])
    answer = take(file)
    (row,) = table(answer.layers[0]).to_pylist()
    assert (row["name"], row["height"], answer.crs) == ("مبنى البلدية", 9.5, "EPSG:9357")
    file.with_suffix(".cpg").write_text("UTF-8")
    raw = file.with_suffix(".dbf").read_bytes()
    file.with_suffix(".dbf").write_bytes(raw.replace("مبنى".encode(), b"\xe3\xc8\xe4\xec\xff\xfe\xfd\xfc"))
    (row,) = table(take(file).layers[0]).to_pylist()
    assert "البلدية" in row["name"]


def test_a_shapefile_without_its_prj_is_asked_about(tmp_path: Path) -> None:
    wkt = ["POLYGON ((500000 2300000, 500010 2300000, 500010 2300010, 500000 2300000))"]
    file = shapes(tmp_path / "a.shp", wkt, "ESRI Shapefile", name=["a"])
    file.with_suffix(".prj").unlink()
    with pytest.raises(NoCrs, match="--crs"):
        take(file)
    assert take(file, crs="EPSG:32637").crs == "EPSG:32637"
    file.with_suffix(".shx").unlink()
    with pytest.raises(CannotRead):
        take(file, crs="EPSG:32637")


def test_later_files_are_brought_to_the_city_and_warned_about_far_away() -> None:
    file = data("jeddah/jeddah_coast_gshhg_f.geojson")
    near = take(file, city_crs="EPSG:9357", extent=(500_000, 2_350_000, 530_000, 2_400_000))
    assert near.crs == "EPSG:9357"
    assert near.layers[0].report.extent is not None
    assert 2_300_000 < near.layers[0].report.extent[1] < 2_400_000
    assert not any("km from" in note for note in near.notes)
    away = take(file, city_crs="EPSG:9357", extent=(500_000, 2_950_000, 530_000, 3_000_000))
    assert any("km from" in note for note in away.notes)


def test_geoparquet_says_its_crs_by_the_standard(tmp_path: Path) -> None:
    point = shapely.to_wkb(shapely.Point(39.15, 21.5))

    def written(column: dict[str, Any]) -> Path:
        geo = {"version": "1.1.0", "primary_column": "geom", "columns": {"geom": {"encoding": "WKB", **column}}}
        sent = pa.table({"geom": pa.array([point], pa.binary()), "n": [1]})
        pq.write_table(sent.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet")
        return tmp_path / "a.parquet"

    assert take(written({})).source_crs == "OGC:CRS84"
    assert take(written({})).crs == "EPSG:32637"
    with pytest.raises(NoCrs):
        take(written({"crs": None}))
    with pytest.raises(CannotRead, match="encoded"):
        take(written({"encoding": "cell"}))
    pq.write_table(pa.table({"n": [1]}), tmp_path / "b.parquet")
    with pytest.raises(CannotRead, match="geo"):
        take(tmp_path / "b.parquet")


def test_a_layer_in_another_crs_than_its_file_is_brought_along(tmp_path: Path) -> None:
    file = tmp_path / "two.gpkg"
    wkb = {
        crs: shapely.to_wkb(shapely.Point(*xy))
        for crs, xy in (("EPSG:9357", (520_000, 2_370_000)), ("EPSG:4326", (39.19, 21.43)))
    }
    for crs, one in wkb.items():
        sent = pa.table({"geometry": pa.array([one], pa.binary())})
        gdal.ready().write_arrow(
            sent,
            file,
            layer=crs[5:],
            driver="GPKG",
            geometry_name="geometry",
            geometry_type="Point",
            crs=crs,
            append=file.exists(),
        )
    answer = take(file)
    extents = [one.report.extent for one in answer.layers]
    assert answer.crs == "EPSG:9357"
    assert all(extent is not None and 519_000 < extent[0] < 521_000 for extent in extents)


@pytest.mark.parametrize(
    ("text", "height"),
    [("12", 12), ("12 m", 12), ("12.5m.", 12.5), ("١٢", 12), ("۱۲ متر", 12), ("10'", 3.048), ("+3", 3)],
)
def test_heights_as_people_write_them(text: str, height: float) -> None:
    assert metres(text) == pytest.approx(height)


@pytest.mark.parametrize("text", [None, "", "tall", "12;14", "G+2", "1e400", "12 floors", "nan"])
def test_what_is_no_height_is_none(text: str | None) -> None:
    assert np.isnan(metres(text))
