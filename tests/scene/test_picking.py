"""A click hits what the eye sees: against the exact boxes of a random city, by another method than the program's."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.scene.synthetic import Synthetic, scene
from twin.model.view import Camera
from twin.scene import camera, offscreen

EAST, NORTH = 515_000.0, 2_380_000.0
SIZE = (1280, 720)
GROWN = 0.02 * np.array([-1, -1, -1, 1, 1, 1])


def city(count=400, seed=3):
    """Boxes on a jittered grid, in eight tiles."""
    rng = np.random.default_rng(seed)
    cells = rng.permutation(900)[:count]
    x, y = (
        EAST + 30.0 * (cells % 30) + rng.uniform(0, 8, count),
        NORTH + 30.0 * (cells // 30) + rng.uniform(0, 8, count),
    )
    wide, deep, high, ground = (rng.uniform(*of, count) for of in ((6, 20), (6, 20), (4, 90), (-3, 12)))
    source, boxes = Synthetic(), []
    for some in np.array_split(np.argsort(cells), 8):
        shapes = shapely.box(x[some], y[some], (x + wide)[some], (y + deep)[some])
        source.add("buildings", "buildings", shapes, height=high[some], ground=ground[some])
        boxes.append(np.column_stack([x, y, ground, x + wide, y + deep, ground + high])[some])
    return source, np.concatenate(boxes)


def slabs(boxes, eye, way):
    """How far along the ray each box is met, infinite where not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (boxes[:, :3] - eye) / way, (boxes[:, 3:] - eye) / way
    near, far = np.minimum(a, b).max(axis=1), np.maximum(a, b).min(axis=1)
    return np.where((near <= far) & (near > 0), near, np.inf)


def test_a_thousand_rays_hit_what_stands_first():
    source, boxes = city()
    rng = np.random.default_rng(11)
    with scene(source) as found:
        hits = 0
        for _ in range(1000):
            found.look(
                Camera(
                    east=EAST + rng.uniform(100, 800), north=NORTH + rng.uniform(100, 800), height=rng.uniform(0, 40),
                    distance=rng.uniform(50, 1500), azimuth=rng.uniform(0, 360), pitch=rng.uniform(-80, -5),
                )
            )  # fmt: skip
            x, y = rng.uniform(0, SIZE[0]), rng.uniform(0, SIZE[1])
            eye, way = camera.ray(found.camera, x, y, *SIZE)
            away = slabs(boxes, np.array(eye), np.array(way))
            first = int(np.argmin(away))
            hit = found.pick(x, y, *SIZE)
            # Footprints are kept to 1/65,535 of a tile: a ray that grazes an edge may go either way.
            grown, shrunk = (slabs(boxes + by * GROWN, np.array(eye), np.array(way)) for by in (1, -1))
            if np.isfinite(away[first]) and np.argmin(grown) == np.argmin(shrunk) == first:
                hits += 1
                assert hit is not None and hit.fid == first + 1
                met = np.dot(np.subtract(hit.point, eye), way)
                assert grown[first] <= met <= max(shrunk[first], grown[first] + 0.1)
            elif hit is not None:
                assert np.isfinite(grown).any()
    assert hits > 200


def test_the_pixel_in_the_middle_is_the_point_looked_at():
    source, boxes = city(60)
    with scene(source) as found:
        for number, box in enumerate(boxes[::7]):
            east, north, up = (box[0] + box[3]) / 2, (box[1] + box[4]) / 2, box[5]
            found.look(Camera(east=east, north=north, height=up, distance=200, azimuth=20, pitch=-89))
            hit = found.pick(SIZE[0] / 2, SIZE[1] / 2, *SIZE)
            assert hit.fid == 7 * number + 1
            assert hit.point == pytest.approx((east, north, up), abs=0.05)
            assert hit.surface == -1


def test_a_roof_tells_which_surface_it_is():
    source = Synthetic()
    floor = [(0, 0, 0), (0, 10, 0), (10, 10, 0), (10, 0, 0)]
    roof = [(0, 0, 9), (10, 0, 9), (10, 10, 9), (0, 10, 9)]
    wall = [(0, 0, 0), (10, 0, 0), (10, 0, 9), (0, 0, 9)]
    solid = shapely.MultiPolygon([shapely.Polygon(face) for face in (floor, roof, wall)])
    (fid,) = source.add(
        "buildings", "buildings", [shapely.transform(solid, lambda p: np.add(p, [EAST, NORTH, 0]), include_z=True)]
    )
    with scene(source) as found:
        found.look(Camera(east=EAST + 5, north=NORTH + 5, height=9, distance=100, azimuth=0, pitch=-80))
        assert found.pick(640, 360, *SIZE)[:3] == ("buildings", fid, 1)
        found.look(Camera(east=EAST + 5, north=NORTH, height=4, distance=100, azimuth=0, pitch=-5))
        assert found.pick(640, 360, *SIZE)[:3] == ("buildings", fid, 2)


def test_what_is_behind_a_building_is_hidden_and_what_is_before_it_is_not():
    source = Synthetic()
    source.add("buildings", "buildings", [shapely.box(EAST, NORTH, EAST + 40, NORTH + 20)], height=[50.0])
    with scene(source) as found:
        found.look(Camera(east=EAST + 20, north=NORTH, height=20, distance=300, azimuth=0, pitch=-10))
        assert found.hides((EAST + 20, NORTH + 60, 10.0))
        assert not found.hides((EAST + 20, NORTH - 20, 10.0))
        assert not found.hides((EAST + 20, NORTH + 10, 51.0))


@pytest.mark.parametrize("parallel", [False, True])
def test_a_picture_tells_what_is_hidden_as_rays_do(parallel):
    """Over a hundred blocks of many heights: what the picture's depths say, rays say too; most need no ray."""
    random = np.random.default_rng(4)
    corners = [(EAST + 60 * n, NORTH + 60 * m) for n in range(10) for m in range(10)]
    heights = random.uniform(5, 60, 100).round(1)
    source = Synthetic()
    fids = source.add(
        "buildings", "buildings", [shapely.box(x, y, x + 40, y + 40) for x, y in corners], height=heights.tolist()
    )
    look = Camera(east=EAST + 300, north=NORTH + 300, distance=1300, azimuth=30, pitch=-12, parallel=parallel)
    with scene(source, look) as found:
        offscreen.draw(found.window, SIZE)
        tops = [((x + 20, y + 20, z), ("buildings", f)) for (x, y), z, f in zip(corners, heights, fids, strict=True)]
        rays: list[object] = []
        sight = found.sight
        by_ray, sight._by_ray = sight._by_ray, lambda *what: (rays.append(what), by_ray(*what))[1]
        seen = [sight(*top) for top in tops]
        truth = [found.hides(*top) for top in tops]
    assert 15 < sum(truth) < 85, "some are hidden and some are not"
    assert np.mean(np.array(seen) != np.array(truth)) <= 0.03, "but for those within a pixel of an edge"
    assert len(rays) <= sum(truth) + 5, "what is seen costs no ray"


def test_what_is_not_shown_is_not_hit():
    source = Synthetic()
    source.add("buildings", "buildings", [shapely.box(EAST, NORTH, EAST + 40, NORTH + 40)], height=[10.0])
    with scene(source) as found:
        found.look(Camera(east=EAST + 20, north=NORTH + 20, height=10, distance=300, pitch=-60))
        assert found.pick(640, 360, *SIZE) is not None
        found.show(frozenset())
        assert found.pick(640, 360, *SIZE) is None
