"""Floors, windows, lips and roshans: there when near, gone when far, and never more than a data colour bears."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.scene.synthetic import Synthetic, scene
from twin.model.style import Colouring
from twin.model.view import Camera, View
from twin.scene import facades, offscreen
from twin.scene.colours import overlay

EAST, NORTH = 515_000.0, 2_380_000.0
SIZE = (480, 360)
NEAR = Camera(east=EAST + 15, north=NORTH + 10, height=8, distance=60, azimuth=30, pitch=-30)


@pytest.fixture(scope="module")
def house():
    source = Synthetic()
    outline = [(0, 0), (30, 0), (30, 12), (14, 12), (14, 24), (0, 24)]
    shapes = [shapely.Polygon([(EAST + x, NORTH + y) for x, y in outline])]
    source.add("buildings", "buildings", shapes, height=[16.6])
    return source


@pytest.fixture(scope="module")
def old_house():
    source = Synthetic()
    east = EAST + np.array([0.0, 11.0, 22.0])
    shapes = shapely.box(east, NORTH, east + 10, NORTH + 20)
    source.add("buildings", "buildings", shapes, height=[16.6, 13.4, 16.6], facade=["roshan"] * 3)
    return source


def shares(source, monkeypatch, view, coloured=None):
    """What the façade leaves of each pixel's light."""
    drawn = offscreen.picture(source, view, SIZE, coloured).astype(float)
    with monkeypatch.context() as patched:
        patched.setattr(facades, "drawn", lambda *_: "")
        plain = offscreen.picture(source, view, SIZE, coloured).astype(float)
    return (drawn.max(axis=2) / np.maximum(plain.max(axis=2), 1))[plain.max(axis=2) > 60]


def test_near_walls_have_floors_and_roofs_a_lip(house, monkeypatch):
    left = shares(house, monkeypatch, View(camera=NEAR))
    assert 0.7 < left.min() < 0.9
    assert (left < 0.97).mean() > 0.05


def test_with_an_overlay_nothing_is_more_than_eight_hundredths_darker(house, monkeypatch):
    coloured = {"buildings": overlay(house.values("buildings", "height"), "buildings", Colouring(column="height"))}
    left = shares(house, monkeypatch, View(camera=NEAR), coloured)
    assert left.min() > 0.91
    assert left.max() < 1.02
    assert (left < 0.98).any()


def test_roshans_are_of_wood_and_darken_no_overlay(house, old_house, monkeypatch):
    def wooden(source):
        seen = offscreen.picture(source, View(camera=NEAR), SIZE).astype(int)
        return ((seen[..., 0] > 70) & (seen[..., 0] > 1.4 * seen[..., 2]) & (seen[..., 0] < 150)).mean()

    assert wooden(house) == 0
    assert wooden(old_house) > 0.003
    coloured = {"buildings": overlay(old_house.values("buildings", "height"), "buildings", Colouring(column="height"))}
    assert shares(old_house, monkeypatch, View(camera=NEAR), coloured).min() > 0.91


def test_far_tiles_are_drawn_by_day_without_a_facade(house):
    with scene(house, NEAR) as made:
        near = made._stage.shown
        made.look(NEAR.model_copy(update={"distance": 3 * facades.NEAR}))
        made.wait()
        far = made._stage.shown
        assert [made._stage.there[node].near for node in (*near, *far)] == [True, False]
        made.look(NEAR)
        assert made._stage.shown == near, "what has been seen is there at once"


def test_windows_are_lit_at_night_alone(house):
    lamp = [255, 227, 179]
    for light, lit in (("day", False), ("night", True)):
        seen = offscreen.picture(house, View(camera=NEAR, light=light), SIZE).astype(int)
        warm = (np.abs(seen - lamp).max(axis=2) < 40) & (seen[..., 0] > seen[..., 2] + 40)
        assert (warm.mean() > 0.002) == lit, light
