"""At a terminal: a file without a CRS is refused with what would fit, and what is then said is done and kept."""

from __future__ import annotations

import json

import geopandas
import numpy as np
import pytest
import shapely

from tests.command import answered, balad

EAST, NORTH = 515_000.0, 2_380_000.0


@pytest.fixture
def city(tmp_path):
    x = EAST + np.array([0.0, 2_000.0])
    roads = shapely.linestrings(np.stack([np.column_stack([x, x * 0 + NORTH + n]) for n in (0.0, 500.0)]))
    file = tmp_path / "roads.gpkg"
    geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=roads, crs="EPSG:9357").to_file(file)
    path = tmp_path / "city.balad"
    answered("import", path, file)
    return path


@pytest.fixture
def plots(tmp_path):
    """In the old datum, and nothing says so."""
    boxes = geopandas.GeoSeries(shapely.box(EAST + 100, NORTH + 100, EAST + 160, NORTH + 140), crs="EPSG:9357")
    path = tmp_path / "plots.shp"
    geopandas.GeoDataFrame({"n": [1]}, geometry=boxes.to_crs("EPSG:20437").to_numpy()).to_file(path)
    return path


def test_the_refusal_lists_what_would_fit(city, plots):
    done = balad("import", city, plots)
    assert done.returncode == 1
    lines = done.stderr.replace("\u00a0", " ").splitlines()
    assert "names no coordinate system" in lines[0]
    (old,) = (line for line in lines if "--crs EPSG:20437" in line)
    assert "in the city" in old
    assert " m to the west of EPSG:9357" in old
    assert "exact to about 2 m" in old
    assert lines[-1] == str(plots), "the path stands last"


def test_a_program_gets_the_list_too(city, plots):
    done = balad("import", city, plots, "--json")
    said = json.loads(done.stdout)
    assert said["error"] == "NoCrs"
    assert {"EPSG:9357", "EPSG:20437", "EPSG:32637"} <= {one["crs"] for one in said["suggested"]}


def test_what_is_said_is_done_told_and_kept(city, plots):
    report = answered("import", city, plots, "--crs", "EPSG:20437", "--attribution", "© the municipality")
    assert report["operation"]["accuracy"] == 2
    assert report["layers"][0]["extent"][:2] == pytest.approx([EAST + 100, NORTH + 100], abs=0.1)
    kept = answered("about-layer", city, "plots")["source"]
    assert kept["operation"] == report["operation"]
    assert (kept["crs"], kept["attribution"]) == ("EPSG:20437", "© the municipality")
    words = balad("about-layer", city, "plots").stdout.replace("\u00a0", " ")
    assert "Accuracy: exact to about 2 m" in words
    assert "ARAMCO" in words


def test_axes_are_exchanged_where_it_is_said(city, tmp_path):
    path = tmp_path / "stops.geojson"
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [21.52, 39.15]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}), encoding="utf-8")
    astray = balad("import", city, path, "--layer", "astray")
    assert "--swap-axes" in astray.stdout
    report = answered("import", city, path, "--swap-axes", "--layer", "home")
    assert not [note for note in report["notes"] if "km from" in note]
    assert report["layers"][0]["extent"][0] == pytest.approx(EAST, abs=2_000)
    assert answered("about-layer", city, "home")["source"]["swapped"]


def test_an_encoding_that_nobody_knows_is_refused(city, plots):
    done = balad("import", city, plots, "--crs", "EPSG:20437", "--encoding", "klingon")
    assert done.returncode == 1
    assert "klingon" in done.stderr


def test_a_linked_files_axes_are_not_exchanged(city, tmp_path):
    import rasterio

    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=4, height=4, count=1, dtype="float32", crs="EPSG:9357",
        transform=rasterio.transform.from_origin(EAST, NORTH, 10, 10),
    ) as file:  # fmt: skip
        file.write(np.ones((1, 4, 4), "float32"))
    done = balad("import", city, path, "--swap-axes")
    assert done.returncode == 1
    assert "axes" in done.stderr


def test_a_layer_is_brought_up_to_date_from_a_file_that_is_read_as_a_person_says(city, tmp_path, plots):
    def stops(name, *rows):
        path = tmp_path / name
        path.write_text("\n".join(["id,الاسم,x,y", *rows, ""]), encoding="iso-8859-6")
        return path

    said = ("--crs", "EPSG:4326", "--encoding", "iso-8859-6")
    first = stops("stops.csv", "1,البلد,39.15,21.52", "2,الحمراء,39.16,21.53")
    answered("import", city, first, *said, "--layer", "stops", "--kind", "points")
    before = answered("sql", city, "SELECT fid, xmin, ymin FROM stops ORDER BY uid")
    turned = stops("turned.csv", "1,البلد,21.52,39.15", "2,الروابي,21.53,39.16")
    assert answered("update", city, "stops", turned, *said, "--swap-axes")["changed"] == 2
    after = answered("sql", city, "SELECT fid, xmin, ymin FROM stops ORDER BY uid")
    assert len(after) == 2 and after == before, "the same numbers at the same places"
    assert "الروابي" in json.dumps(answered("sql", city, "SELECT * FROM stops"), ensure_ascii=False)
    done = balad("update", city, "stops", turned, "--encoding", "klingon")
    assert done.returncode == 1 and "klingon" in done.stderr
    done = balad("update", city, "stops", turned, "--crs", "local")
    assert done.returncode == 1 and "--place" in done.stderr
    answered("import", city, plots, "--crs", "EPSG:20437")
    done = balad("update", city, "plots", plots)
    assert done.returncode == 1 and "--crs EPSG:20437" in done.stderr.replace("\u00a0", " ")
