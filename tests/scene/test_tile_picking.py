"""A click meets a tile's points and lines within a few pixels, in a plan as in a picture in depth."""

from __future__ import annotations

import numpy as np
import pytest

from twin.model.tilesets import Dots, Lines, Tile
from twin.model.view import Camera
from twin.scene import camera, tile_picking
from twin.scene.eyes import eye as seen_by

SIZE = (640, 400)
OWNER = np.zeros(2, np.int32)


@pytest.mark.parametrize("parallel", [False, True], ids=["depth", "plan"])
@pytest.mark.parametrize("what", ["dots", "lines"])
def test_a_click_meets_it_within_four_pixels_and_no_farther(what, parallel):
    ends = np.array([[0, -40, 0], [0, 40, 0]], np.float32)
    held = {
        "dots": {"dots": (Dots(np.zeros((2, 3), np.float32), OWNER, 0.01),)},
        "lines": {"lines": (Lines(ends, np.array([[0, 1]], np.int32), OWNER, np.zeros((2, 3), np.uint8)),)},
    }
    tile = Tile((1000.0, 2000.0, 10.0), features=1, **held[what])
    view = Camera(east=1000, north=2000, height=10, distance=500, azimuth=0, pitch=-90, parallel=parallel)
    eye = seen_by(view, SIZE, 1.0, 1.0)
    x, y = camera.pixel(view, tile.origin, *SIZE)
    for beside, meets in ((0, True), (3, True), (5, False), (30, False)):
        ray = camera.ray(view, x + beside, y, *SIZE)
        found = tile_picking.met(tile, *map(np.array, ray), 1 / eye.focal, 1e6, eye.parallel)
        assert (found is not None) is meets, beside
