"""The city from a plain Python session: frames out, frames in, nothing lost."""

from __future__ import annotations

import geopandas
import pandas as pd
import pytest
import shapely

from tests.command import answered
from twin import api
from twin.core.errors import Refused

EAST, NORTH = 515_000.0, 2_380_000.0


@pytest.fixture
def path(tmp_path):
    """Four towers with gaps in their attributes, taken in from a file."""
    frame = geopandas.GeoDataFrame(
        {
            "uid": ["a", "b", "c", "d"],
            "height": [10.0, 20.0, None, 40.0],
            "year": pd.array([1990, None, 2001, 2020], "Int64"),
            "name_ar": ["برج", "مبنى", None, "جامع"],
            "open": [True, False, True, True],
        },
        geometry=[shapely.box(EAST + 50 * n, NORTH, EAST + 50 * n + 20, NORTH + 20) for n in range(4)],
        crs="EPSG:9357",
    )  # fmt: skip
    file = tmp_path / "towers.gpkg"
    frame.to_file(file)
    city = tmp_path / "مدينة.balad"
    answered("import", city, file, "--kind", "buildings", "--layer", "towers")
    return city


def content(city):
    return answered("check", city)["content"]["base"]


def test_what_goes_out_unchanged_comes_back_unchanged(path):
    before = content(path)
    with api.open(path) as city:
        frame = city.layer("towers").to_geopandas()
        assert frame.index.name == "uid" and list(frame.index) == ["a", "b", "c", "d"]
        assert frame.crs == "EPSG:9357" and frame.geometry.iloc[1].area == pytest.approx(400)
        assert frame["year"].isna().sum() == 1 and frame.loc["a", "year"] == 1990, "a missing year is missing"
        assert city.layer("towers").write(frame) == {"layer": "towers", "changed": 4, "added": 0, "removed": 0}
    assert content(path) == before


def test_a_frame_that_is_changed_is_what_the_layer_is_then_and_undo_brings_the_old_one_back(path):
    before = content(path)
    with api.open(path) as city:
        layer = city.layer("towers")
        frame = layer.to_geopandas()
        frame["eui"] = frame["height"] * 2
        frame.loc["b", "height"] = 33.0
        frame = frame.drop(index="d")
        frame.loc["new"] = frame.loc["a"]
        frame.loc["new", "geometry"] = shapely.box(EAST + 300, NORTH, EAST + 320, NORTH + 20)
        assert layer.write(frame) == {"layer": "towers", "changed": 3, "added": 1, "removed": 1}
        again = layer.to_geopandas()
        assert again.loc["b", "height"] == 33.0 and again.loc["a", "eui"] == 20.0
        assert set(again.index) == {"a", "b", "c", "new"}
        assert again.loc["new"].geometry.bounds[0] == EAST + 300
        city.undo()
        assert set(layer.to_geopandas().index) == {"a", "b", "c", "d"}
    assert content(path) == before


def test_another_crs_is_brought_into_the_citys(path):
    with api.open(path) as city:
        layer = city.layer("towers")
        layer.write(layer.to_geopandas().to_crs("EPSG:4326"))
        assert layer.to_geopandas().loc["a"].geometry.centroid.distance(shapely.Point(EAST + 10, NORTH + 10)) < 0.01


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: f.set_crs(None, allow_override=True), "no CRS"),
        (lambda f: f.reset_index(drop=True), "no uid"),
        (lambda f: pd.concat([f, f.loc[["b"]]]), "“b” stands for more than one"),
        (lambda f: f.set_geometry([shapely.Point(float("nan"), 1.0), *f.geometry[1:]]), "Nothing was changed"),
    ],
)
def test_a_frame_that_cant_be_taken_changes_nothing_and_says_why(path, spoil, words):
    before = content(path)
    with api.open(path) as city:
        layer = city.layer("towers")
        with pytest.raises(Refused, match=words):
            layer.write(spoil(layer.to_geopandas()))
    assert content(path) == before


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(path):
    with api.open(path) as city, pytest.raises(Refused, match="towers"):
        city.layer("tower")
