"""Labels of a great many features: found as if each had been asked, and none of what is kept out of the picture."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from twin.lettering import labels, squares
from twin.lettering.compose import Words
from twin.lettering.squares import Squares
from twin.model.layer import Column, Layer
from twin.model.view import Camera, View
from twin.scene.camera import pixel
from twin.store.adding import NewLayer
from twin.store.city import City

EAST, NORTH, STEP, WIDE = 500_000.0, 2_380_000.0, 40.0, 300
LAYER = Layer(
    id="buildings", kind="buildings", columns=(Column(name="number", type="BIGINT"),), labels="number", count=WIDE**2
)


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """90,000 boxes in a square, each with its number; every tenth says nothing."""
    n = np.arange(WIDE**2)
    x, y = EAST + STEP * (n % WIDE), NORTH + STEP * (n // WIDE)
    numbers = pa.array(np.where(n % 10 == 0, -1, n), mask=n % 10 == 0)
    boxes = list(shapely.to_wkb(shapely.box(x, y, x + 20, y + 10)))
    table = pa.table({"uid": [str(one) for one in n], "geometry": boxes, "number": numbers})
    with City.create(tmp_path_factory.mktemp("labels") / "c.balad", "EPSG:9357") as city:
        city.add([NewLayer(LAYER, table)], ("import", {}))
        yield labels.read(city, city.layers())[0], city.layers(), city


def placed(found, view, **more):
    return labels.placed(
        [found[0]], found[1], view, (900, 600), lambda _p, _of: False, more.get("gone", labels.all_there)
    )


def test_each_that_says_something_is_read_with_its_middle(named):
    found = named[0]
    assert len(found.points) == WIDE**2 * 9 // 10
    row = int(np.argmin(np.abs(found.points[:, :2] - (EAST + 7 * STEP + 10, NORTH + 5)).sum(axis=1)))
    assert found.words(row) == "7"
    assert found.points[row, :2].tolist() == [EAST + 7 * STEP + 10, NORTH + 5]


@pytest.mark.parametrize("parallel", [False, True])
def test_the_nearest_are_those_that_asking_all_finds(named, monkeypatch, parallel):
    camera = Camera(
        east=EAST + 6_000, north=NORTH + 6_000, height=0, distance=900, azimuth=30, pitch=-50, parallel=parallel
    )
    fast = [one.words for one in placed(named, View(camera=camera))]
    monkeypatch.setattr(squares, "_ENOUGH", 1 << 40)
    assert fast == [one.words for one in placed(named, View(camera=camera))]
    assert len(fast) > 20


def test_what_is_kept_out_has_no_label_and_its_neighbours_take_its_room(named):
    camera = Camera(east=EAST + 6_000, north=NORTH + 6_000, height=0, distance=900, azimuth=0, pitch=-60)
    even = placed(named, View(camera=camera), gone=lambda _layer, fids: np.asarray(fids) % 2 == 1)
    assert len(even) == len(placed(named, View(camera=camera)))
    by_fid = dict(zip(named[0].fids.tolist(), range(len(named[0].fids)), strict=True))
    said = {named[0].words(row): fid for fid, row in by_fid.items()}
    assert all(said[one.words] % 2 == 0 for one in even)


def test_in_motion_labels_go_along_with_what_they_name_and_are_chosen_anew_at_rest(named):
    words, size = Words(named[2]), (900, 600)
    camera = Camera(east=EAST + 6_000, north=NORTH + 6_000, height=0, distance=900, azimuth=30, pitch=-50)
    said = {row: named[0].words(row) for row in range(len(named[0].fids))}
    points = {word: named[0].points[row] for row, word in said.items()}

    def letters(camera, **more):
        return words.composed(View(camera=camera), size, "light", {}, **more).labels

    first = letters(camera)
    turned = camera.model_copy(update={"azimuth": 33.0})
    going = letters(turned, moving=True)
    assert {one.words for one in going} <= {one.words for one in first}
    assert len(going) > len(first) / 2
    for one in going:
        assert (one.x, one.y) == pytest.approx(pixel(turned, points[one.words], *size), abs=1e-6)
    away = camera.model_copy(update={"east": EAST + 2_000})
    assert not letters(away, moving=True), "what is out of the picture is not written"
    rested = letters(away)
    assert len(rested) > 20
    assert not {one.words for one in rested} & {one.words for one in first}


def test_a_long_motion_is_given_other_labels_on_its_way(named, monkeypatch):
    words, size = Words(named[2]), (900, 600)
    camera = Camera(east=EAST + 6_000, north=NORTH + 6_000, height=0, distance=900, azimuth=30, pitch=-50)
    away = View(camera=camera.model_copy(update={"east": EAST + 2_000}))
    words.composed(View(camera=camera), size, "light", {})
    monkeypatch.setattr("twin.lettering.compose._CHOSEN_FOR", 0.0)
    counts = [len(words.composed(away, size, "light", {}, moving=True).labels) for _ in range(5)]
    assert counts[0] == 0
    assert counts[-1] > 20


def test_those_near_an_eye_are_all_of_those_within_its_reach(monkeypatch):
    monkeypatch.setattr(squares, "_ENOUGH", 500)
    points = np.random.default_rng(3).uniform(-4_000, 4_000, (30_000, 3))
    near = Squares(points).near((100.0, -2_000.0), 300.0)
    within = np.flatnonzero(np.linalg.norm(points[:, :2] - (100.0, -2_000.0), axis=1) < 300.0)
    assert set(within) <= set(near.tolist())
    assert len(near) < 3_000
