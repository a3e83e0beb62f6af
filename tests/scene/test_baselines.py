"""The scene as committed pictures have it: the coast by day and night, an overlay, and a roof as it is."""

from __future__ import annotations

import pytest
import shapely

from tests.pictures import matches
from tests.scene.synthetic import Synthetic
from twin.model.style import Colouring
from twin.model.view import Camera, View
from twin.scene import offscreen
from twin.scene.colours import overlay

EAST, NORTH = 515_000.0, 2_380_000.0
SIZE = (640, 400)
AT = Camera(east=EAST + 90, north=NORTH + 60, height=10, distance=520, azimuth=40, pitch=-24)


@pytest.fixture(scope="module")
def coast():
    """A curved coast with a road, a park, twelve houses, a tower, and a gabled roof among them."""
    source = Synthetic()
    land = shapely.Point(EAST + 700, NORTH).buffer(720, quad_segs=48)
    source.add("sea", "areas", [shapely.box(EAST - 4000, NORTH - 4000, EAST + 4000, NORTH + 4000) - land],
               object_type=["sea"])  # fmt: skip
    road = shapely.LineString([(EAST + 20, NORTH - 300), (EAST + 40, NORTH + 300)])
    source.add("roads", "roads", [road], road_class=["main"])
    source.add("parks", "areas", [shapely.box(EAST + 60, NORTH - 90, EAST + 130, NORTH - 40)], object_type=["park"])
    x = [EAST + 60 + 34 * (n % 4) for n in range(12)]
    y = [NORTH + 32 * (n // 4) for n in range(12)]
    shapes = [shapely.box(a, b, a + 20 + n % 3, b + 22) for n, (a, b) in enumerate(zip(x, y, strict=True))]
    high = [9.0 + 4 * (n % 5) + (60 if n == 6 else 0) for n in range(12)]
    source.add("buildings", "buildings", shapes, height=high)
    source.add("lod2", "buildings", [gabled(EAST + 215, NORTH + 10)])
    return source


def gabled(east, north):
    """A house of 20 × 14 m with a ridge, as CityJSON's LoD2 has it."""
    a, b, c, d = (0, 0), (20, 0), (20, 14), (0, 14)
    low = [(*p, 0.0) for p in (a, b, c, d)]
    up = [(*p, 9.0) for p in (a, b, c, d)]
    west, east_end = (0, 7, 15.0), (20, 7, 15.0)
    faces = [
        low[::-1],
        [low[0], low[1], up[1], up[0]],
        [low[2], low[3], up[3], up[2]],
        [low[1], low[2], up[2], east_end, up[1]],
        [low[3], low[0], up[0], west, up[3]],
        [up[0], up[1], east_end, west],
        [up[2], up[3], west, east_end],
    ]
    moved = [[(x + east, y + north, z) for x, y, z in face] for face in faces]
    return shapely.MultiPolygon([shapely.Polygon(face) for face in moved])


def test_the_coast_by_day(coast):
    matches(offscreen.picture(coast, View(camera=AT), SIZE), "coast-day")


def test_the_coast_by_night(coast):
    matches(offscreen.picture(coast, View(camera=AT, light="night"), SIZE), "coast-night")


def test_an_overlay(coast):
    coloured = {"buildings": overlay(coast.values("buildings", "height"), "buildings", Colouring(column="height"))}
    matches(offscreen.picture(coast, View(camera=AT), SIZE, coloured), "coast-height")
