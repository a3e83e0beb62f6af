"""The sample: exact in number, believable in form, the same for the same seed."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from sample_data.jeddah import frame
from sample_data.jeddah.generate import generate
from tests.real import data


@pytest.fixture(scope="module")
def layers():
    return {layer.id: layer for layer in generate(3_000, 1)}


@pytest.fixture(scope="module")
def buildings(layers):
    return shapely.from_wkb(layers["buildings"].table["geometry"].to_numpy(zero_copy_only=False))


def test_the_number_is_exact(layers):
    assert layers["buildings"].table.num_rows == 3_000
    assert len(set(layers["buildings"].table["uid"].to_pylist())) == 3_000


def test_buildings_are_sound_and_stand_apart(buildings):
    assert shapely.is_valid(buildings).all()
    tree = shapely.STRtree(buildings)
    one, other = tree.query(buildings, predicate="intersects")
    touching = one < other
    assert (
        shapely.area(shapely.intersection(buildings[one[touching]], buildings[other[touching]])).max(initial=0) < 0.01
    )


def test_none_stands_in_the_sea_or_on_a_road(layers, buildings):
    assert shapely.contains(frame.land(), buildings).all()
    roads = layers["roads"].table
    lines = shapely.from_wkb(roads["geometry"].to_numpy(zero_copy_only=False))
    ribbons = shapely.buffer(lines, np.array(roads["width"].to_pylist()) / 2 - 0.2, cap_style="flat")
    tree = shapely.STRtree(buildings)
    assert not len(tree.query(ribbons, predicate="intersects")[0])


def test_every_building_stands_on_its_parcel(layers, buildings):
    parcels = layers["parcels"].table
    lots = dict(
        zip(
            parcels["uid"].to_pylist(),
            shapely.from_wkb(parcels["geometry"].to_numpy(zero_copy_only=False)),
            strict=True,
        )
    )
    mine = np.array([lots[name] for name in layers["buildings"].table["parcel"].to_pylist()], object)
    assert shapely.covers(shapely.buffer(mine, 0.05), buildings).all()


def test_names_are_in_both_languages(layers):
    for layer in layers.values():
        assert layer.title_en and layer.title_ar
        assert all(column["title_en"] and column["title_ar"] for column in layer.columns)
    named = layers["buildings"].table.filter(~np.array(layers["buildings"].table["name_ar"].is_null()))
    assert named.num_rows > 5
    assert not named["name_en"].null_count


def test_the_coast_is_jeddahs(layers):
    reference = json.loads(data("jeddah/jeddah_coast_gshhg_f.geojson").read_text())
    lines = [shapely.geometry.shape(feature["geometry"]) for feature in reference["features"]]
    import pyproj

    forward = pyproj.Transformer.from_crs("EPSG:4326", frame.CRS, always_xy=True).transform
    theirs = shapely.transform(shapely.union_all(lines), lambda points: np.column_stack(forward(*points.T)))
    for east, north in ((510_800, 2_390_000), (511_300, 2_385_000)):
        point = shapely.Point(east, north)
        assert abs(shapely.distance(frame.shore(), point) - shapely.distance(theirs, point)) < 60
