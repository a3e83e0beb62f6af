"""Heights above another level than the city's: brought there where PROJ knows how, else said with what is missing."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from pyproj import CRS, Transformer
from pyproj.crs import CompoundCRS
from rasterio.transform import Affine

from tests import clouds
from tests.rasters import NORTH, WEST, tiff
from twin.host.session import Session
from twin.model.patches import Square
from twin.store.city import City

BALTIC, BLACK_SEA = 5705, 5735
"""EPSG's levels, 0.4 m apart by a rule without a grid, in the lands about the Black Sea."""
EAST_38, NORTH_38 = 400_000.0, 4_650_000.0
GRID = "us_nga_egm96_15.tif"


def with_level(plane, level):
    return CompoundCRS("both", [CRS.from_epsg(plane), CRS.from_epsg(level)]).to_wkt()


def level_dem(path, crs, height=50.0, transform=None, count=60):
    return tiff(path, np.full((count, count), height, np.float32), crs=crs, units=("metre",),
                transform=transform or Affine(5, 0, EAST_38, 0, -5, NORTH_38))  # fmt: skip


@pytest.fixture
def session(tmp_path, request):
    """An empty city, in Jeddah's CRS or in a named one."""
    path = tmp_path / "c.balad"
    City.create(path, getattr(request, "param", "EPSG:32637")).close()
    with Session.open(path) as made:
        yield made


def taken(session, file):
    """What an import says."""
    return session.run("import", file=file).notes


def found(session, layer, place):
    (one,) = session.run("probe", place=place, layer=layer).printed()["found"]
    return one["elevation"]


def extent(session, layer):
    return session.city.layer(layer).extent


@pytest.mark.parametrize("session", ["EPSG:32638"], indirect=True)
def test_a_level_that_a_rule_leads_to_is_reached(session, tmp_path):
    place = f"{EAST_38 + 100},{NORTH_38 - 100}"
    taken(session, level_dem(tmp_path / "first.tif", with_level(32638, BLACK_SEA)))
    notes = taken(session, level_dem(tmp_path / "second.tif", with_level(32638, BALTIC)))
    assert any("EPSG:5705" in note and "EPSG:5735" in note for note in notes)
    there = Transformer.from_crs(with_level(32638, BALTIC), with_level(32638, BLACK_SEA), always_xy=True)
    expected = there.transform(EAST_38 + 100, NORTH_38 - 100, 50.0)[2]
    assert abs(expected - 50) == pytest.approx(0.4, abs=0.01)
    assert found(session, "first", place) == pytest.approx(50.0, abs=1e-3)
    assert found(session, "second", place) == pytest.approx(expected, abs=1e-3)
    low, high = extent(session, "second")[2], extent(session, "second")[5]
    assert low == pytest.approx(expected, abs=1e-3) and high == pytest.approx(expected, abs=1e-3)
    patch = session.tiles.links.patch(session.city.layer("second"), Square(EAST_38 + 50, NORTH_38 - 150, 100.0))
    assert np.abs(patch.heights - expected).max() < 1e-3, "what is drawn is what is told"
    # The first has the word: another of its level has nothing to be brought to.
    assert not any(
        "EPSG" in note for note in taken(session, level_dem(tmp_path / "3.tif", with_level(32638, BLACK_SEA)))
    )


def test_a_missing_grid_is_named_and_nothing_is_moved(session, tmp_path, monkeypatch):
    monkeypatch.setenv("PROJ_USER_WRITABLE_DIRECTORY", str(tmp_path / "proj"))
    taken(session, level_dem(tmp_path / "sea.tif", with_level(32637, 5773), transform=jeddah()))
    notes = taken(session, ellipsoidal(tmp_path / "ellipsoid.tif"))
    (note,) = [note for note in notes if GRID in note]
    assert "may be metres off" in note and str(tmp_path / "proj") in note
    assert sum("ellipsoid" in one for one in notes) == 1, "it is told once"
    assert extent(session, "ellipsoid")[2] == pytest.approx(50.0, abs=0.01)
    assert found(session, "ellipsoid", PLACE) == pytest.approx(50.0, abs=1e-3)


def test_a_grid_that_is_there_is_used_for_rasters_and_clouds(session, tmp_path, monkeypatch):
    monkeypatch.setenv("PROJ_USER_WRITABLE_DIRECTORY", str(geoid(tmp_path / "proj", 7.25)))
    taken(session, level_dem(tmp_path / "sea.tif", with_level(32637, 5773), transform=jeddah()))
    notes = taken(session, ellipsoidal(tmp_path / "ellipsoid.tif"))
    assert any("were brought" in note for note in notes) and not any(GRID in one for one in notes)
    assert session.city.layer("ellipsoid").heights == "orthometric"
    assert found(session, "ellipsoid", PLACE) == pytest.approx(50.0 - 7.25, abs=0.01)
    assert extent(session, "ellipsoid")[5] == pytest.approx(50.0 - 7.25, abs=0.01)
    wkt = CRS.from_epsg(32637).to_3d().to_wkt("WKT2_2019")
    points = np.array([[WEST + 100 + n, NORTH - 100 - n, 60.0 + n] for n in range(50)])
    taken(session, clouds.las(tmp_path / "points.las", points, wkt=wkt))
    assert extent(session, "points")[2] == pytest.approx(60.0 - 7.25, abs=0.02)
    assert found(session, "points", f"{WEST + 110},{NORTH - 110}") == pytest.approx(70.0 - 7.25, abs=0.02)


def test_a_city_without_a_level_takes_heights_as_they_are(session, tmp_path):
    taken(session, level_dem(tmp_path / "plain.tif", "EPSG:32637", transform=jeddah()))
    notes = taken(session, ellipsoidal(tmp_path / "ellipsoid.tif"))
    assert not any("brought" in note or "grid" in note for note in notes)


PLACE = f"{WEST + 100},{NORTH - 100}"


def jeddah():
    return Affine(5, 0, WEST, 0, -5, NORTH)


def ellipsoidal(path):
    """Heights of 50 m above WGS 84's ellipsoid, by longitude and latitude."""
    west, north = Transformer.from_crs(32637, 4326, always_xy=True).transform(WEST, NORTH)
    return level_dem(path, "EPSG:4979", transform=Affine(5e-5, 0, west, 0, -5e-5, north))


def geoid(folder, height):
    """A grid as PROJ reads it (GeoTIFF, vertical offset): everywhere the same height of the geoid."""
    folder.mkdir()
    with rasterio.open(
        folder / GRID, "w", driver="GTiff", width=361, height=181, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(1, 0, -180.5, 0, -1, 90.5),
    ) as made:  # fmt: skip
        made.write(np.full((181, 361), height, np.float32), 1)
        made.update_tags(TYPE="VERTICAL_OFFSET_GEOGRAPHIC_TO_VERTICAL", AREA_OR_POINT="Point")
        made.set_band_description(1, "geoid_undulation")
        made.units = ("metre",)
    return folder
