"""The benchmark of clicks agrees with the program where it is right, and sees where it is not."""

from __future__ import annotations

import numpy as np
import shapely

from tests.benchmarks import exact, picking
from tests.benchmarks.drawing import PIXELS, SIZE
from tests.scene.synthetic import Synthetic, scene
from tests.scene.test_picking import EAST, NORTH, city
from twin.model.view import Camera

SPOTS = np.random.default_rng(7).uniform((0, 0), SIZE, (PIXELS, 2))
AT = Camera(east=EAST + 450, north=NORTH + 450, height=20, distance=900, azimuth=30, pitch=-30)


def test_a_click_gives_what_is_there_at_each_level_of_detail():
    source, _ = city()
    with scene(source, AT) as found:
        seen, layers = exact.exact(found, source, SPOTS, SIZE)
        assert (seen.feature[:, 1] >= 0).sum() > 100
        for finest in picking.LEVELS.values():
            with picking.forced(found, finest):
                off = picking.wrong(found, layers, SPOTS, seen.feature)
            assert not (off & ~seen.apart).any()


def test_a_click_that_goes_through_what_is_there_is_counted():
    source, _ = city()
    with scene(source, AT) as found:
        seen, layers = exact.exact(found, source, SPOTS, SIZE)
        found.hide("buildings", np.unique(seen.feature[:, 1])[1::2])
        off = picking.wrong(found, layers, SPOTS, seen.feature)
        assert (off & ~seen.apart).sum() > 20


def test_a_pixel_beside_another_feature_is_apart():
    source = Synthetic()
    source.add("buildings", "buildings", [shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)], height=[10.0])
    above = Camera(east=EAST + 50, north=NORTH + 50, height=10, distance=300, azimuth=0, pitch=-89.9)
    with scene(source, above) as found:
        middle = SIZE[0] / 2, SIZE[1] / 2
        spots = np.array([middle, (middle[0] + 300, middle[1]), middle])
        edge = next(x for x in range(640, 940) if found.pick(x, 360, *SIZE) is None)
        spots[2, 0] = edge
        seen, _ = exact.exact(found, source, spots, SIZE)
        assert seen.feature.tolist() == [[0, 1], [-1, -1], [-1, -1]]
        assert seen.apart.tolist() == [False, False, True]
