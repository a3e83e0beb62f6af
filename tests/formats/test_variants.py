"""Formats as other programs write them: features a line, native encodings, meshes, and a .prj of a later standard."""

from __future__ import annotations

import json

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from tests.formats import ogr
from tests.formats.taking import table, take
from twin.core.errors import NotThisFormat
from twin.formats import geoparquet_native

POINT = (
    '{{"type":"Feature","geometry":{{"type":"Point","coordinates":[39.1,21.5]}},"properties":{{"name":"شارع {n}"}}}}'
)
LINES = [POINT.format(n=n) for n in range(3)]


def shapes(answer):
    return shapely.from_wkb(table(answer.layers[0]).column("geometry").to_numpy(zero_copy_only=False))


@pytest.mark.parametrize("name", ["a.geojsons", "a.geojsonl", "a.ndjson", "a.geojson", "a.json"])
@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_features_a_line_are_read_whatever_the_name(tmp_path, name, mark):
    path = tmp_path / name
    path.write_text("".join(f"{mark}{line}\n" for line in LINES), encoding="utf-8")
    answer = take(path)
    assert [(one.report.read, one.report.kept) for one in answer.layers] == [(3, 3)]
    assert table(answer.layers[0]).column("name").to_pylist() == [f"شارع {n}" for n in range(3)]


def test_one_feature_alone_is_no_sequence(tmp_path):
    path = tmp_path / "one.geojson"
    path.write_text(LINES[0] + "\n", encoding="utf-8")
    assert take(path).layers[0].report.read == 1


def test_a_sequence_that_was_cut_says_how_many_are_gone(tmp_path):
    path = tmp_path / "cut.geojsonl"
    path.write_text("\n".join(LINES)[:-40], encoding="utf-8")
    answer = take(path)
    report = answer.layers[0].report
    assert report.adds_up()
    assert report.kept == 2
    assert any("cut short" in note and "3" in note for note in answer.notes)


KINDS = {
    "points": ["POINT Z (515000 2380000 3)", None, "POINT Z (515001 2380000 4)"],
    "lines": [
        "LINESTRING (515000 2380000, 515001 2380000)",
        "LINESTRING (515000 2380000, 515001 2380000, 515002 2380005)",
    ],
    "areas": [
        "POLYGON ((515000 2380000, 515010 2380000, 515010 2380010, 515000 2380010, 515000 2380000), "
        "(515002 2380002, 515004 2380002, 515004 2380004, 515002 2380004, 515002 2380002))",
        None,
        "POLYGON ((515100 2380000, 515110 2380000, 515110 2380010, 515100 2380000))",
    ],
    "multipoints": ["MULTIPOINT ((515000 2380000), (515001 2380000))"],
    "multilines": ["MULTILINESTRING ((515000 2380000, 515001 2380000), (515003 2380000, 515004 2380000))"],
    "multiareas": [
        "MULTIPOLYGON (((515000 2380000, 515010 2380000, 515010 2380010, 515000 2380000)), "
        "((515100 2380000, 515110 2380000, 515110 2380010, 515100 2380000)))"
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_geoparquet_may_hold_its_own_encoding(tmp_path, kind):
    given = np.array([shapely.from_wkt(one) if one else None for one in KINDS[kind]], dtype=object)
    frame = geopandas.GeoDataFrame({"n": range(len(given))}, geometry=given, crs="EPSG:9357")
    path = tmp_path / "a.parquet"
    frame.to_parquet(path, geometry_encoding="geoarrow")
    told = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert told["columns"]["geometry"]["encoding"] != "WKB"
    there = [one for one in given if one is not None]
    answer = take(path)
    assert answer.layers[0].report.read == len(given)
    assert answer.layers[0].report.kept == len(there)
    assert shapely.equals_identical(shapes(answer), np.array(there, dtype=object)).all()


def test_native_lists_that_dont_hold_together_are_refused(tmp_path):
    path = tmp_path / "a.parquet"
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(515_000, 2_380_000)], crs="EPSG:9357").to_parquet(
        path, geometry_encoding="geoarrow"
    )
    held = pq.read_table(path)
    wrong = json.loads(held.schema.metadata[b"geo"])
    wrong["columns"]["geometry"]["encoding"] = "multipolygon"
    pq.write_table(held.replace_schema_metadata({"geo": json.dumps(wrong)}), path)
    with pytest.raises(NotThisFormat, match="damaged"):
        take(path)


@pytest.mark.parametrize("standard", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_a_prj_is_read_in_whose_words_it_is_written(tmp_path, standard):
    path = tmp_path / "a.shp"
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(515_000, 2_380_000)], crs="EPSG:20437")
    frame.to_file(path)
    path.with_suffix(".prj").write_text(pyproj.CRS("EPSG:20437").to_wkt(standard), encoding="utf-8")
    answer = take(path, city_crs="EPSG:9357")
    assert pyproj.CRS(answer.source_crs).equals(pyproj.CRS("EPSG:20437"), ignore_axis_order=True)
    move = pyproj.Transformer.from_crs("EPSG:20437", "EPSG:9357", always_xy=True)
    assert shapely.get_coordinates(shapes(answer))[0] == pytest.approx(move.transform(515_000, 2_380_000), abs=2)


def test_a_mesh_of_a_shapefile_is_read_as_its_faces(tmp_path):
    """A TIN, as a multipatch; GEOS says nothing at all of its WKB."""
    faces = [
        "((515000 2380000 0, 515010 2380000 0, 515010 2380010 5, 515000 2380000 0))",
        "((515000 2380000 0, 515010 2380010 5, 515000 2380010 5, 515000 2380000 0))",
    ]
    path = ogr.written(tmp_path / "tin.shp", "ESRI Shapefile", 1016, [f"TIN Z ({', '.join(faces)})"], SHPT="MULTIPATCH")
    answer = take(path)
    report = answer.layers[0].report
    assert (report.read, len(report.refused)) == (1, 0)
    assert shapely.area(shapes(answer))[0] == pytest.approx(100)


def test_a_mesh_that_gdal_hands_nobody_is_told_as_what_it_is(tmp_path):
    face = "((515000 2380000 0, 515010 2380000 0, 515010 2380010 5, 515000 2380000 0))"
    path = ogr.written(tmp_path / "tin.gpkg", "GPKG", 1016, [f"TIN Z ({face})"])
    with pytest.raises(NotThisFormat, match="mesh"):
        take(path)


@pytest.mark.parametrize("suffix", [".csv.gz", ".7z", ".rar", ".tar"])
def test_what_is_packed_otherwise_is_to_be_unpacked(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"\x1f\x8b something")
    with pytest.raises(NotThisFormat, match="unpack it"):
        take(path)


def test_a_missing_place_among_lists_of_numbers_is_missing():
    column = pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float64(), 2))
    for some in (column, column.slice(1)):
        found = shapely.from_wkb(geoparquet_native.to_wkb(some, "point").to_pylist())
        assert [None if one is None else (one.x, one.y) for one in found][-2:] == [None, (3.0, 4.0)]
