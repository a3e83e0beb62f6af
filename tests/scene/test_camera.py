"""The camera: a pixel's ray comes back to its pixel, a plan has one scale, an extent fits."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from vtkmodules.vtkRenderingCore import vtkCamera

from tests.scene.synthetic import Synthetic
from twin.model.view import Camera, View
from twin.scene import camera, light, offscreen

EAST, NORTH = 515_000.0, 2_380_000.0
SIZE = (1280, 720)


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize(("azimuth", "pitch"), [(0, -90), (30, -90), (210, -35), (77, -4)])
def test_a_pixels_ray_comes_back_to_its_pixel(parallel, azimuth, pitch):
    at = Camera(east=EAST, north=NORTH, height=12, distance=700, azimuth=azimuth, pitch=pitch, parallel=parallel)
    for x, y in ((640, 360), (5, 5), (1200, 700), (17.5, 611.25)):
        eye, way = camera.ray(at, x, y, *SIZE)
        for far in (100.0, 650.0, 3000.0):
            point = tuple(float(e + far * w) for e, w in zip(eye, way, strict=True))
            assert camera.pixel(at, point, *SIZE) == pytest.approx((x, y), abs=1e-3)


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize(("azimuth", "pitch"), [(0, -90), (210, -35), (77, -4)])
def test_the_sides_of_what_is_seen_are_vtks(parallel, azimuth, pitch):
    at = Camera(east=EAST, north=NORTH, height=12, distance=700, azimuth=azimuth, pitch=pitch, parallel=parallel)
    theirs = vtkCamera()
    camera.aim(theirs, at, (EAST, NORTH, 0.0))
    planes = [0.0] * 24
    theirs.GetFrustumPlanes(SIZE[0] / SIZE[1], planes)
    ours = camera.sides(at, *SIZE, 1.0)
    ours[:, 3] += ours[:, :3] @ (EAST, NORTH, 0.0)
    assert ours == pytest.approx(np.array(planes).reshape(6, 4)[:4], abs=1e-6)


def test_in_a_plan_a_metre_is_as_many_pixels_everywhere_and_as_the_scale_bar_says():
    source = Synthetic()
    # One low, one high, at the two ends of the picture: in perspective the high one would be the wider.
    shapes = [
        shapely.box(EAST - 400, NORTH - 50, EAST - 200, NORTH + 50),
        shapely.box(EAST + 200, NORTH - 50, EAST + 400, NORTH + 50),
    ]
    source.add("buildings", "buildings", shapes, height=[3.0, 180.0])
    at = camera.plan(Camera(east=EAST, north=NORTH, height=0, distance=900, azimuth=40, pitch=-30))
    picture = offscreen.picture(source, View(camera=at), SIZE).astype(int)
    roofs = picture[..., 2] > light.DAY.ground[2] + 5
    row = roofs[SIZE[1] // 2]
    edges = np.flatnonzero(np.diff(row.astype(int)))
    scale = camera.metres_per_pixel(at, SIZE[1])
    for metres, point in ((-400, EAST - 400), (-200, EAST - 200), (200, EAST + 200), (400, EAST + 400)):
        x = SIZE[0] / 2 + metres / scale
        assert np.abs(edges + 1 - x).min() <= 1.0
        assert camera.pixel(at, (point, NORTH, 99.0), *SIZE)[0] == pytest.approx(x, rel=1e-6)


def test_a_plan_and_back():
    before = Camera(east=EAST, north=NORTH, distance=900, azimuth=40, pitch=-30)
    down = camera.plan(before)
    assert down.parallel and (down.pitch, down.azimuth) == (-90, 0)
    assert camera.metres_per_pixel(down, 720) == camera.metres_per_pixel(before, 720)
    assert camera.orbited(down, 10, 25).pitch == -90
    assert not camera.plan(down).parallel


@pytest.mark.parametrize("pitch", [-90.0, -35.0, -10.0])
@pytest.mark.parametrize("shape", [(4000, 200, 30), (200, 4000, 30), (60, 60, 300)])
def test_an_extent_is_seen_whole(pitch, shape):
    wide, deep, high = shape
    extent = (EAST, NORTH, 0.0, EAST + wide, NORTH + deep, float(high))
    at = camera.fitting(extent, 30.0, pitch)
    for x in (extent[0], extent[3]):
        for y in (extent[1], extent[4]):
            for z in (0.0, float(high)):
                across, down = camera.pixel(at, (x, y, z), 1000, 720)
                assert 0 <= across <= 1000 and 0 <= down <= 720
