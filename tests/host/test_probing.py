"""What linked files hold at a place, told as a card and by the command line."""

from __future__ import annotations

import laspy
import numpy as np
import pytest
import rasterio

from tests import clouds, tilesets
from tests.command import balad
from tests.rasters import NORTH, WEST, height, slope, tiff
from tests.real import data
from twin.core.i18n import tongue, unmarked
from twin.host import probing
from twin.host.session import Session
from twin.store.city import City


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probed")
    chance = np.random.default_rng(3)
    photo = chance.integers(0, 255, (3, 400, 400), dtype=np.uint8)
    made = folder / "c.balad"
    tiff(folder / "dem.tif", slope(400, 400), tiled=True, overviews=[2, 4])
    tiff(folder / "photo.tif", photo, photometric="RGB", tiled=True, overviews=[2, 4], nodata=0)
    clouds.las(folder / "points.laz", clouds.town(5_000, side=300.0))
    City.create(made, "EPSG:32637").close()
    with Session.open(made) as session:
        for name in ("dem.tif", "photo.tif", "points.laz"):
            session.run("import", file=folder / name)
        yield made, photo, session


def at(city, east, north, **more):
    found = city[2].run("probe", place=f"{east},{north}", **more).printed()["found"]
    return {one["layer"]: one for one in found}


def test_every_band_is_told_in_full_resolution(city):
    _, photo, _ = city
    for column, row in ((0, 0), (57, 200), (399, 399)):
        east, north = WEST + (column + 0.6) * 5, NORTH - (row + 0.3) * 5
        found = at(city, east, north)
        assert [band["value"] or 0 for band in found["photo"]["bands"]] == photo[:, row, column].tolist()
        assert [band["name"] for band in found["photo"]["bands"]] == ["red", "green", "blue"]
        assert (found["photo"]["column"], found["photo"]["row"]) == (column, row)
        middle = height(WEST + (column + 0.5) * 5, NORTH - (row + 0.5) * 5)
        assert found["dem"]["elevation"] == pytest.approx(middle, abs=0.2)
    assert not at(city, WEST - 10, NORTH - 10)
    (words,) = city[2].run("probe", place=f"{WEST - 10},{NORTH - 10}").lines()
    assert words.startswith("No linked")


def test_the_nearest_point_is_the_files_own(city):
    made, _, _ = city
    points = laspy.read(made.with_name("points.laz"))
    for east, north in ((517_100.0, 2_378_120.0), (517_251.3, 2_378_040.2)):
        found = at(city, east, north, layer="points", within=30.0)["points"]
        away = np.hypot(points.x - east, points.y - north)
        nearest = int(away.argmin())
        assert np.hypot(found["east"] - east, found["north"] - north) == pytest.approx(away[nearest], abs=0.01)
        assert found["elevation"] == pytest.approx(points.z[nearest], abs=0.01)
        assert found["classification"] == points.classification[nearest]
        assert found["intensity"] == points.intensity[nearest]
        assert found["rgb"] == [int(points[name][nearest]) >> 8 for name in ("red", "green", "blue")]
    assert not at(city, 517_100.0, 2_379_000.0, layer="points")


def test_a_card_says_it_in_both_languages(city):
    _, photo, session = city
    east, north = WEST + 502.5, NORTH - 502.5
    layers = session.city.layers()
    by = {layer.id: layer for layer in layers}
    found = probing.at(session.tiles.links, [by["photo"], by["dem"]], east, north, 0.0)
    try:
        tongue.set("en", "western")
        card = probing.card(layers, found)
        rows = {name: unmarked(value) for name, value in card.rows}
        assert card.title == "photo" and card.subtitle == "Imagery"
        assert rows["Red"] == str(photo[0, 100, 100]) and rows["Easting (m)"] == "517502.50"
        assert rows["dem: Elevation"].startswith("25.0") and rows["dem: Elevation"].endswith("m")
        (dot,) = probing.at(session.tiles.links, [by["points"]], 517_150.0, 2_378_150.0, 50.0)
        words = {name: unmarked(value) for name, value in probing.card(layers, [dot]).rows}
        assert words["Class"] in {"Ground (2)", "Building (6)"} and "," in words["Red, green, blue"]
        tongue.set("ar", "western")
        arabic = probing.card(layers, found)
        assert arabic.subtitle == "مرئيات فضائية" and "أحمر" in {name for name, _ in arabic.rows}
    finally:
        tongue.set("en", "western")


def test_real_files_say_what_rasterio_says(tmp_path):
    path = data("raster_lidar_bim/raster/RGB.byte.tif")
    City.create(tmp_path / "c.balad", "EPSG:32618").close()
    with rasterio.open(path) as whole, Session.open(tmp_path / "c.balad") as session:
        session.run("import", file=path)
        values, (width, high) = whole.read(), (whole.width, whole.height)
        for column, row in ((width // 2, high // 2), (width // 3, high // 2), (2, 2)):
            x, y = whole.transform @ (column + 0.5, row + 0.5)
            (found,) = session.run("probe", place=f"{x},{y}").printed()["found"]
            told = [band["value"] for band in found["bands"]]
            # Its 0 is declared to be no value.
            assert told == [int(value) or None for value in values[:, row, column]]


def test_the_command_line_says_it_in_lines_and_refuses_what_is_no_place_in_words(tmp_path):
    made = tmp_path / "c.balad"
    assert balad("import", made, tiff(tmp_path / "dem.tif", slope(40, 40))).returncode == 0
    done = balad("probe", made, f"{WEST + 52.5},{NORTH - 52.5}")
    assert done.returncode == 0 and "Elevation: 11.57" in unmarked(done.stdout)
    for words in (("here",), ("1,2,3",), ("nan,4",)):
        done = balad("probe", made, *words)
        assert done.returncode == 1 and "E,N" in done.stderr
    assert balad("probe", made, "1,2", "--within", "0").returncode == 1


def test_a_file_that_is_gone_hides_none_of_the_others(tmp_path):
    for name, one in (("dem.tif", slope(40, 40)), ("photo.tif", np.full((3, 40, 40), 9, np.uint8))):
        tiff(tmp_path / name, one)
    City.create(tmp_path / "c.balad", "EPSG:32637").close()
    with Session.open(tmp_path / "c.balad") as session:
        for name in ("dem.tif", "photo.tif"):
            session.run("import", file=tmp_path / name)
        (tmp_path / "dem.tif").unlink()
        probed = session.run("probe", place=f"{WEST + 3},{NORTH - 3}")
    found = {one["layer"]: one for one in probed.printed()["found"]}
    assert found["photo"]["bands"][0]["value"] == 9
    assert "dem.tif" in found["dem"]["why"] or "missing" in found["dem"]["why"]
    assert any(line.startswith("  Not read:") for line in probed.lines())


def test_a_tileset_is_passed_over(tmp_path):
    path = tmp_path / "c.balad"
    tiff(tmp_path / "dem.tif", slope(50, 50))
    City.create(path, "EPSG:32637").close()
    with Session.open(path) as session:
        session.run("import", file=tmp_path / "dem.tif")
        session.run("import", file=tilesets.quadtree(tmp_path / "blocks", levels=2))
        found = session.run("probe", place=f"{WEST + 7},{NORTH - 7}").printed()["found"]
        assert [one["layer"] for one in found] == ["dem"]
