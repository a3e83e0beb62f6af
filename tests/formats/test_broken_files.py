"""A broken GeoPackage or Shapefile is told in plain words, and a refused feature without an id by its row."""

from __future__ import annotations

import sqlite3

import pyarrow as pa
import pytest
import shapely

from tests.formats.taking import take
from twin.core.errors import NotThisFormat
from twin.formats import gdal

_OWN_WORDS = ("sqlite", "GDAL", "driver", "SHAPE_RESTORE", "disk image")


def _written(path, driver, shapes):
    table = pa.table({"n": list(range(len(shapes))), "geometry": pa.array(shapely.to_wkb(shapes), pa.binary())})
    told = {"geometry_name": "geometry", "geometry_type": "Polygon", "crs": "EPSG:9357"}
    gdal.ready().write_arrow(table, path, driver=driver, **told)
    return path


@pytest.mark.parametrize(
    ("suffix", "content", "said"),
    [
        (".gpkg", lambda raw: raw[: len(raw) // 2], "is damaged"),
        (".gpkg", lambda _: b"hello world" * 99, "This is no GeoPackage"),
        (".shp", lambda _: b"hello" * 99, "This is no Shapefile"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_what_to_do(tmp_path, suffix, content, said):
    driver = "GPKG" if suffix == ".gpkg" else "ESRI Shapefile"
    path = _written(tmp_path / f"a{suffix}", driver, shapely.box(range(9), 0, range(1, 10), 1))
    path.write_bytes(content(path.read_bytes()))
    with pytest.raises(NotThisFormat) as refused:
        take(path)
    words = str(refused.value)
    assert said in words and "xport it anew" in words and words.endswith(str(path))
    assert not any(one in words for one in _OWN_WORDS)


def test_a_shapefile_without_its_index_names_the_missing_file(tmp_path):
    path = _written(tmp_path / "a.shp", "ESRI Shapefile", shapely.box(range(3), 0, range(1, 4), 1))
    path.with_suffix(".shx").unlink()
    with pytest.raises(NotThisFormat, match=r"\.shx file is missing"):
        take(path)


def test_a_database_without_layers_is_no_geopackage(tmp_path):
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE a (b)")
    with pytest.raises(NotThisFormat, match="no GeoPackage"):
        take(path)


def test_a_refused_feature_without_an_id_is_called_by_its_row(tmp_path):
    shapes = shapely.box([500_000, 500_020, 500_040], 2_370_000, [500_010, 500_030, 500_050], 2_370_010)
    shapes[1] = None
    (layer,) = take(_written(tmp_path / "a.shp", "ESRI Shapefile", shapes)).layers
    assert [verdict.id for verdict in layer.report.refused] == ["row 2"]
