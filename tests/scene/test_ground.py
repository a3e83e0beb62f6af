"""The ground: sea by its distance to the coast, shade where the sun doesn't reach, haze before the horizon."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers import areas
from tests.scene.synthetic import Synthetic, scene
from twin.model.style import Colouring
from twin.model.view import Camera, View
from twin.scene import camera, ground, light, offscreen, shores
from twin.scene.colours import overlay

EAST, NORTH = 515_000.0, 2_380_000.0
SIZE = (960, 540)


def sea_side():
    """Land of 2 km with a straight coast in the west, and one house."""
    source = Synthetic()
    water = shapely.box(EAST - 9000, NORTH - 9000, EAST, NORTH + 9000)
    source.add("sea", "areas", [water], object_type=["sea"])
    source.add("buildings", "buildings", [shapely.box(EAST + 300, NORTH, EAST + 330, NORTH + 30)], height=[60.0])
    source.add("parks", "areas", [shapely.box(EAST + 900, NORTH - 900, EAST + 1000, NORTH - 800)], object_type=["park"])
    return source


def seen(source, at, *points, **options):
    picture = offscreen.picture(source, View(camera=at), SIZE, **options).astype(int)
    found = []
    for point in points:
        x, y = camera.pixel(at, point, *SIZE)
        found.append(picture[int(y), int(x)])
    return found


def down(east, north, distance=600.0):
    return Camera(east=east, north=north, height=0, distance=distance, azimuth=0, pitch=-90)


def test_the_sea_deepens_with_the_distance_to_the_coast():
    source = sea_side()
    arrays = [areas.mesh(source.payload("sea", 0, 0, 0))]
    raster = ground.coast(arrays, (EAST - 800, NORTH - 800, EAST + 800, NORTH + 800))
    west, _, east, _ = raster.sides
    rows, columns = raster.picture.shape[:2]
    x = west + (np.arange(columns) + 0.5) * (east - west) / columns
    for channel, most in ((0, ground.REACH), (1, raster.close)):
        out = (raster.picture[rows // 2, :, channel] / 255 - 128 / 255) * 2 * most
        near = np.abs(x - EAST) < most - 4
        assert np.abs(out[near] - (EAST - x)[near]).max() < most / 100


@pytest.mark.parametrize("distance", [700.0, 9_000.0])
def test_land_and_open_sea_are_drawn_without_the_coast_and_nobody_sees_it(monkeypatch, distance):
    at = Camera(east=EAST + 50, north=NORTH, height=0, distance=distance, azimuth=60, pitch=-25)
    laid = []
    real = shores.parts

    def told(*of):
        laid.append(real(*of))
        return laid[-1]

    monkeypatch.setattr(shores, "parts", told)
    split = offscreen.picture(sea_side(), View(camera=at), SIZE).astype(int)
    assert set(laid[-1]) == {shores.LAND, shores.SHORE, shores.SEA}
    monkeypatch.setattr(shores, "parts", lambda _raster, _points, triangles: {shores.SHORE: triangles})
    whole = offscreen.picture(sea_side(), View(camera=at), SIZE).astype(int)
    assert np.abs(split - whole).max() <= 2


def test_shoal_deep_sea_and_sand_have_their_colours():
    sand, shoal, deep = seen(
        sea_side(), down(EAST, NORTH + 300), (EAST + 60, NORTH + 300, 0), (EAST - 12, NORTH + 300, 0),
        (EAST - 170, NORTH + 300, 0),
    )  # fmt: skip
    assert sand == pytest.approx(light.DAY.ground, abs=4)
    assert shoal == pytest.approx(light.DAY.shoal, abs=24)
    assert deep == pytest.approx(light.DAY.deep, abs=4)


def test_a_shadow_is_as_long_as_a_house_is_high_and_falls_away_from_the_sun():
    # The sun stands 45° high in 235°: 60 m of house shade 60 m towards 55°.
    middle = (EAST + 315, NORTH + 15)
    along = np.array([np.sin(np.radians(55)), np.cos(np.radians(55))])

    def at(metres):
        return (*(middle + along * metres), 0.0)

    inside, beyond, sunny = seen(sea_side(), down(*middle), at(50), at(105), at(-50))
    assert inside.sum() < beyond.sum() - 80
    assert sunny == pytest.approx(light.DAY.ground, abs=6)
    assert beyond == pytest.approx(light.DAY.ground, abs=6)


def test_a_road_lies_in_the_shade_too():
    source = sea_side()
    road = shapely.LineString([(EAST + 200, NORTH + 40), (EAST + 700, NORTH + 40)])
    source.add("roads", "roads", [road], road_class=["main"])
    shaded, sunny = seen(source, down(EAST + 350, NORTH + 40), (EAST + 350, NORTH + 40, 0), (EAST + 500, NORTH + 40, 0))
    assert shaded.sum() < sunny.sum() - 30


def test_ground_becomes_the_sky_without_a_seam():
    at = Camera(east=EAST + 500, north=NORTH, height=0, distance=1500, azimuth=90, pitch=-6)
    picture = offscreen.picture(sea_side(), View(camera=at), SIZE).astype(int)
    column = picture[: SIZE[1] // 2, SIZE[0] // 4]
    assert np.abs(np.diff(column, axis=0)).max() <= 6
    assert np.abs(column - light.DAY.horizon).sum(axis=1).min() <= 3


def test_an_overlay_keeps_its_colours_far_away():
    source = Synthetic()
    x = EAST + np.array([0.0, 6000.0])
    shapes = shapely.box(x, NORTH - 400, x + 400, NORTH + 400)
    source.add("buildings", "buildings", shapes, height=[200.0, 200.0], value=[1.0, 1.0])
    at = Camera(east=EAST, north=NORTH + 150, height=150, distance=1200, azimuth=90, pitch=-1)
    far = (EAST + 6000, NORTH + 380, 150.0)
    near = (EAST, NORTH - 100, 150.0)
    (plain,) = seen(source, at.model_copy(update={"north": NORTH + 450.0}), far)
    there = at.model_copy(update={"north": NORTH + 450.0})
    coloured = {"buildings": overlay(source.values("buildings", "value"), "buildings", Colouring(column="value"))}
    close, away = seen(source, there, near, far, overlays=coloured)
    assert np.abs(plain - light.DAY.horizon).max() < 60, "without one, the haze takes most of it"
    assert np.abs(close - away).max() < 0.16 * 255


def test_the_ground_is_not_baked_again_for_nothing():
    with scene(sea_side()) as found:
        before = found._grounds.shades
        found.look(down(EAST, NORTH))
        found.wait()
        assert found._grounds.shades == before
        found.show(frozenset({"sea"}))
        found.wait()
        assert not found._grounds.shades, "what isn't shown throws no shadow"


def test_the_ground_follows_a_terrain():
    source = Synthetic()
    grid = np.arange(0, 2001, 200.0)
    x, y = np.meshgrid(grid[:-1], grid[:-1])
    a = np.column_stack([EAST + x.ravel(), NORTH + y.ravel()])

    def corner(dx, dy):
        flat = a + np.array([dx, dy])
        return np.column_stack([flat, (flat[:, 0] - EAST) * 0.05])

    p, q, r, s = corner(0, 0), corner(200, 0), corner(200, 200), corner(0, 200)
    triangles = shapely.polygons(np.concatenate([np.stack([p, q, r, p], 1), np.stack([p, r, s, p], 1)]))
    source.add("terrain", "terrain", [shapely.MultiPolygon(list(triangles))], object_type=["TINRelief"])
    source.add(
        "buildings", "buildings", [shapely.box(EAST + 1500, NORTH + 900, EAST + 1600, NORTH + 1000)], height=[9.0]
    )
    # One house's floor is at 0, where the ground is at 75 m: it lies buried, and no roof is seen but its shade.
    at = Camera(east=EAST + 1550, north=NORTH + 950, height=75, distance=500, azimuth=0, pitch=-60)
    (buried,) = seen(source, at, (EAST + 1550, NORTH + 950, 75.0))
    assert buried.max() < 190
    standing = shapely.box(EAST + 1500, NORTH + 900, EAST + 1600, NORTH + 1000)
    source.add("houses", "buildings", [standing], height=[9.0], ground=[75.0])
    (roof,) = seen(source, at, (EAST + 1550, NORTH + 950, 84.0))
    assert roof.min() > 190


def test_a_city_where_nothing_stands_is_whole_without_a_shade():
    source = Synthetic()
    source.add("parks", "areas", [shapely.box(EAST, NORTH, EAST + 300, NORTH + 200)], object_type=["park"])
    with scene(source, down(EAST + 150, NORTH + 100)) as found:
        assert found.complete
    with scene(sea_side(), down(EAST + 300, NORTH)) as found:
        assert found.complete and found._grounds.shaded
