"""The scene does no work for what isn't seen."""

from __future__ import annotations

import numpy as np
import shapely

from layers import palette
from tests.scene.synthetic import Synthetic, scene
from twin.model.view import Camera, View
from twin.scene import light, offscreen

EAST, NORTH = 515_000.0, 2_380_000.0


def test_a_hidden_layer_is_meshed_when_it_is_shown_and_not_before():
    source = Synthetic()
    for name, by in (("houses", 0), ("towers", 100)):
        source.add(name, "buildings", [shapely.box(EAST + by, NORTH, EAST + by + 40, NORTH + 40)], height=[20.0])
    source.found["towers"] = source.found["towers"].model_copy(update={"visible": False})
    read, payload = [], source.payload
    source.payload = lambda layer, *tile: (read.append(layer), payload(layer, *tile))[1]
    with scene(source, Camera(east=EAST + 120, north=NORTH + 20, height=10, distance=300, pitch=-60)) as found:
        assert set(read) == {"houses"}
        assert found.pick(640, 360, 1280, 720) is None
        before = dict(found._stage.there)
        source.found["towers"] = source.found["towers"].model_copy(update={"visible": True})
        found.reload()
        found.wait()
        assert "towers" in read and before.items() <= found._stage.there.items(), "what was drawn stays as it is"
        assert found.pick(640, 360, 1280, 720).layer == "towers"


def test_every_colour_of_a_building_has_one_for_the_night():
    known = {tuple(map(int, one)) for one in light.BY_NIGHT[0]}
    for tints in (palette.STONE, palette.ROOF):
        assert {tuple(int(part) for part in tint) for tint in tints} <= known


def test_a_layer_that_lies_elsewhere_spoils_nothing():
    source = Synthetic()
    source.add("sea", "areas", [shapely.box(EAST - 3000, NORTH - 3000, EAST, NORTH + 3000)], object_type=["sea"])
    houses = shapely.box(EAST + np.arange(20) * 40.0, NORTH, EAST + np.arange(20) * 40.0 + 20, NORTH + 20)
    source.add("houses", "buildings", houses, height=[12.0] * 20)
    at = View(camera=Camera(east=EAST + 100, north=NORTH, height=0, distance=500, pitch=-50))
    alone = offscreen.picture(source, at, (320, 200)).astype(int)
    source.add("far", "buildings", [shapely.box(EAST + 9e6, NORTH, EAST + 9e6 + 20, NORTH + 20)], height=[30.0])
    assert np.abs(offscreen.picture(source, at, (320, 200)).astype(int) - alone).max() <= 3
