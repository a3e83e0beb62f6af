"""A file without a CRS gets those that fit the city, each with the shift that it makes; how it was moved is told."""

from __future__ import annotations

import math
import tempfile

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

from tests.formats.taking import table, take
from twin.core.errors import CannotRead, NoCrs
from twin.core.i18n import unmarked
from twin.formats.request import Request
from twin.formats.suggesting import suggest

EAST, NORTH = 515_000.0, 2_380_000.0
CITY, EXTENT = "EPSG:9357", (512_000.0, 2_377_000.0, 519_000.0, 2_383_000.0)
PLOTS = shapely.box(EAST + 60 * np.arange(20), NORTH, EAST + 60 * np.arange(20) + 30, NORTH + 20)


def shapefile(folder, crs, *, swapped=False):
    """Plots of the city in a CRS that nothing names."""
    shapes = geopandas.GeoSeries(PLOTS, crs=CITY).to_crs(crs)
    if swapped:
        shapes = shapes.map(lambda one: shapely.transform(one, lambda points: points[:, ::-1]))
    frame = geopandas.GeoDataFrame({"plot": range(len(shapes))}, geometry=shapes.to_numpy())
    path = folder / "plots.shp"
    frame.to_file(path)
    return path


def suggested(path, *, city=CITY, extent=EXTENT, **said):
    return suggest(Request(path=str(path), scratch=tempfile.mkdtemp(), city_crs=city, extent=extent, **said))


def named(found):
    return [(one.crs, one.swapped) for one in found.listed]


@pytest.mark.parametrize(
    "crs",
    ["EPSG:9357", "EPSG:20437", "EPSG:32637", "EPSG:32638", "EPSG:4326", "EPSG:4204", "EPSG:3857", "EPSG:2318"],
)
def test_what_the_file_is_in_is_proposed_and_puts_it_where_it_was(tmp_path, crs):
    found = suggested(shapefile(tmp_path, crs))
    right = next(one for one in found.listed if (one.crs, one.swapped) == (crs, False))
    assert right.distance == 0
    middle = np.median(shapely.get_coordinates(shapely.centroid(PLOTS)), axis=0)
    assert np.allclose(right.middle, middle, atol=40)


def test_those_in_the_city_stand_before_those_that_lie_away(tmp_path):
    found = suggested(shapefile(tmp_path, "EPSG:20437"))
    distances = [one.distance for one in found.listed]
    assert distances == sorted(distances)
    assert named(found)[:3] == [("EPSG:9357", False), ("EPSG:32637", False), ("EPSG:20437", False)]
    assert found.listed[-1].crs == "EPSG:3857", "shown too, so that a person sees that it doesn't fit"
    assert found.listed[-1].distance > 3_000_000


def test_the_shift_is_what_pyproj_makes_of_the_same_numbers(tmp_path):
    found = suggested(shapefile(tmp_path, "EPSG:20437"))
    old = next(one for one in found.listed if one.crs == "EPSG:20437")
    move = pyproj.Transformer.from_crs("EPSG:20437", CITY, always_xy=True, area_of_interest=pyproj.aoi.AreaOfInterest(
        39.1, 21.4, 39.2, 21.6))  # fmt: skip
    x, y = move.transform(EAST, NORTH)
    assert np.allclose(old.shift, (x - EAST, y - NORTH), atol=0.1)
    assert 50 < math.hypot(*old.shift) < 150
    words = unmarked("\n".join(found.lines())).replace("\u00a0", " ")
    assert "--crs EPSG:20437  Ain el Abd / UTM zone 37N: in the city; 77 m to the west of EPSG:9357" in words
    assert "exact to about 2 m" in words


def test_swapped_degrees_are_seen_as_such(tmp_path):
    found = suggested(shapefile(tmp_path, "EPSG:4326", swapped=True))
    assert named(found)[0] == ("EPSG:4326", True)
    assert ("EPSG:4326", False) in named(found), "as it stands it is shown too"
    assert "--crs EPSG:4326 --swap-axes" in unmarked("\n".join(found.lines())).replace("\u00a0", " ")


def test_swapped_metres_are_seen_as_such(tmp_path):
    assert ("EPSG:20437", True) in named(suggested(shapefile(tmp_path, "EPSG:20437", swapped=True)))


def test_without_a_city_it_is_told_where_on_earth_each_would_be(tmp_path):
    found = suggested(shapefile(tmp_path, "EPSG:20437"), city=None, extent=None)
    assert {"EPSG:9357", "EPSG:20437", "EPSG:32637"} <= {one.crs for one in found.listed}
    first = found.listed[0]
    assert first.distance is None
    assert first.lonlat == pytest.approx((39.15, 21.52), abs=0.01)
    assert "21.5" in unmarked("\n".join(found.lines())).replace("\u00a0", " ")


def test_small_numbers_without_a_city_are_degrees_either_way(tmp_path):
    found = suggested(shapefile(tmp_path, "EPSG:4326"), city=None, extent=None)
    assert named(found) == [("EPSG:4326", False), ("EPSG:4326", True)]


def test_a_city_elsewhere_gets_the_grids_of_its_country(tmp_path):
    delft = geopandas.GeoSeries(shapely.box(84_700, 447_500, 84_800, 447_600), crs="EPSG:28992")
    path = tmp_path / "delft.shp"
    geopandas.GeoDataFrame({"a": [1]}, geometry=delft.to_numpy()).to_file(path)
    found = suggested(path, city="EPSG:32631", extent=(590_000.0, 5_760_000.0, 600_000.0, 5_770_000.0))
    assert named(found)[0] == ("EPSG:28992", False)


def test_what_holds_no_place_gets_no_suggestions(tmp_path):
    path = tmp_path / "empty.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    with pytest.raises(CannotRead):
        suggested(path)


def test_an_exchange_of_axes_brings_it_home(tmp_path):
    path = shapefile(tmp_path, "EPSG:4326", swapped=True)
    answer = take(path, city_crs=CITY, extent=EXTENT, crs="EPSG:4326", swapped=True)
    assert not answer.astray
    found = shapely.from_wkb(table(answer.layers[0]).column("geometry").to_numpy(zero_copy_only=False))
    assert shapely.hausdorff_distance(shapely.union_all(found), shapely.union_all(PLOTS)) < 0.01


def test_an_exchange_of_axes_that_a_crs_has_no_place_for_is_told(tmp_path):
    path = shapefile(tmp_path, "EPSG:20437")
    with pytest.raises((NoCrs, CannotRead)):
        take(path, city_crs=CITY, extent=EXTENT, crs="EPSG:4326", swapped=True)


def test_how_it_was_moved_and_how_exact_that_is_comes_along(tmp_path):
    answer = take(shapefile(tmp_path, "EPSG:20437"), city_crs=CITY, extent=EXTENT, crs="EPSG:20437")
    group = pyproj.transformer.TransformerGroup(
        "EPSG:20437", CITY, always_xy=True, area_of_interest=pyproj.aoi.AreaOfInterest(39.1, 21.4, 39.2, 21.6)
    )
    assert answer.operation.name == group.transformers[0].description
    assert answer.operation.accuracy == group.transformers[0].accuracy == 2
    missing = group.unavailable_operations[0]
    assert answer.operation.grids == tuple(grid.short_name for grid in missing.grids)
    assert answer.operation.better == missing.accuracy
    words = unmarked("\n".join(answer.operation.lines())).replace("\u00a0", " ")
    assert "exact to about 2 m" in words
    assert missing.grids[0].short_name in words


def test_what_is_in_the_citys_own_crs_is_not_moved(tmp_path):
    answer = take(shapefile(tmp_path, CITY), city_crs=CITY, extent=EXTENT, crs=CITY)
    assert (answer.operation.name, answer.operation.accuracy) == ("", 0)


def test_what_is_placed_by_hand_has_no_operation(tmp_path):
    answer = take(shapefile(tmp_path, CITY), city_crs=CITY, extent=EXTENT, crs="local", local=(0.0, 0.0, 0.0, 1.0))
    assert answer.operation is None


def test_what_lies_far_away_or_looks_swapped_is_marked(tmp_path):
    assert take(shapefile(tmp_path, CITY), city_crs=CITY, extent=EXTENT, crs="EPSG:32638").astray
    path = shapefile(tmp_path, "EPSG:4326", swapped=True)
    answer = take(path, city_crs=CITY, extent=EXTENT, crs="EPSG:4326")
    assert answer.astray
    assert any("swapped" in note for note in answer.notes)
