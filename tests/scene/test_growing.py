"""Pipes and nodes are seen however far they are, and a click meets what is seen."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.scene.synthetic import Synthetic, scene
from twin.model.style import Colouring
from twin.model.view import Camera
from twin.scene import offscreen
from twin.scene.colours import overlay

EAST, NORTH = 500_000.0, 2_400_000.0
SIZE = (800, 500)


def line(*points):
    return shapely.LineString([(EAST + x, NORTH + y, *z) for x, y, *z in points])


def looking(**to):
    return Camera(**{"east": EAST, "north": NORTH, "azimuth": 0.0, "pitch": -35.0, "distance": 300.0} | to)


def drawn(made):
    made.viewport = SIZE
    made.look(made.camera)
    made.wait()
    return offscreen.draw(made.window, SIZE).astype(int)


def differs(picture, ground, least=24):
    return np.abs(picture - ground).max(axis=2) > least


def pipeline(**columns):
    source = Synthetic()
    columns = {"diameter": [100.0]} | columns
    source.add("pipes", "pipes", [line((-4000, 0), (4000, 0))], **columns)
    return source


@pytest.mark.parametrize("distance", [30.0, 220.0, 1_000.0, 3_000.0])
@pytest.mark.parametrize("azimuth", [0.0, 60.0])
def test_a_pipe_of_100_mm_is_seen_from_a_street_and_from_an_overview(distance, azimuth):
    with scene(pipeline(), looking(distance=distance, azimuth=azimuth)) as made:
        picture = drawn(made)
    column = picture[:, SIZE[0] // 2]
    wide = differs(column[None], column[[20]]).sum()
    # It rises to the side in the picture, so that a column cuts it aslant.
    turn = np.radians(azimuth)
    slant = np.hypot(np.cos(turn), np.sin(turn) * np.sin(np.radians(35))) / np.cos(turn)
    expected = max(3.7, 0.1 / (2 * distance * np.tan(np.radians(20)) / SIZE[1]))
    assert 0.55 * expected <= wide / slant <= 1.5 * expected + 1


@pytest.mark.parametrize("distance", [60.0, 1_000.0, 4_000.0])
def test_a_point_is_seen_from_wherever_it_is_in_the_colour_of_its_layer(distance):
    source = Synthetic()
    source.add("stops", "points", [shapely.Point(EAST, NORTH)])
    with scene(source, looking(distance=distance)) as made:
        picture = drawn(made)
    empty = picture[:, [100]]
    seen = differs(picture, empty)
    assert seen.sum() >= 20
    shown = picture[seen]
    # Its head, and no more of its grey post.
    head = shown[np.argsort(shown[:, 2] - shown[:, 0])[:10]].mean(axis=0)
    assert head[0] > head[1] > head[2] and head[0] - head[2] > 25, "brown as its swatch"
    assert (empty.mean(axis=(0, 1)) - head > 50).all(), "and told from the ground"


def test_a_wider_pipe_is_wider_from_afar_too():
    source = Synthetic()
    source.add("pipes", "pipes", [line((-4000, y), (4000, y)) for y in (-100, 100)], diameter=[100.0, 1_000.0])
    with scene(source, looking(distance=1_500.0, pitch=-60.0)) as made:
        picture = drawn(made)
    rows = differs(picture[:, 400][None], picture[10, 400][None])[0]
    ends = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    far, near = ends[1] - ends[0], ends[3] - ends[2]
    assert far >= near + 2, "the wider one lies to the north"


def test_the_ground_is_drawn_before_a_pipe_that_lies_on_it_from_no_distance():
    with scene(pipeline(), looking(distance=6_000.0, pitch=-20.0)) as made:
        picture = drawn(made)
    rows = [differs(picture[:, x][None], picture[[400], x][None])[0, 200:300].any() for x in range(100, 700, 50)]
    assert all(rows), "it is whole"


@pytest.mark.parametrize(
    "camera",
    [
        looking(distance=90.0),
        looking(distance=900.0, azimuth=30.0),
        looking(distance=2_500.0, pitch=-70.0),
        looking(distance=700.0, pitch=-90.0, parallel=True),
    ],
    ids=["street", "block", "overview", "plan"],
)
def test_a_click_meets_what_its_pixel_shows(camera):
    source, rng = Synthetic(), np.random.default_rng(3)
    ends = rng.uniform(-900, 900, (160, 2, 2))
    heights = rng.uniform(0, 6, (160, 2))
    shapes = [line((*a, z[0]), (*b, z[1])) for (a, b), z in zip(ends, heights, strict=True)]
    names = np.array(["a", "b", "c"])[rng.integers(0, 3, 160)]
    fids = source.add("pipes", "pipes", shapes, diameter=rng.uniform(60, 1_500, 160), name=names.tolist())
    told = dict(zip(fids, names, strict=True))
    painted = overlay(source.values("pipes", "name"), "pipes", Colouring(column="name"))
    colours = {entry.words: np.array([int(entry.colour[n : n + 2], 16) for n in (1, 3, 5)]) for entry in painted.legend}
    with scene(source, camera) as made:
        made.colour({"pipes": painted})
        picture, empty = drawn(made), None
        made.show(frozenset())
        empty = drawn(made)
        made.show(None)
        drawn(made)
        pipe = differs(picture, empty, 10)
        inner = np.ones_like(pipe)
        for axis in (0, 1):
            for step in (-1, 1):
                same = np.abs(np.roll(picture, step, axis) - picture).max(axis=2) < 60
                inner &= (np.roll(pipe, step, axis) == pipe) & same
        spots = [rng.permutation(np.argwhere(pipe & inner))[:250], rng.permutation(np.argwhere(~pipe & inner))[:120]]
        assert len(spots[0]) > 50
        wrong = 0
        for y, x in spots[0].tolist():
            hit = made.pick(x + 0.5, y + 0.5, *SIZE)
            seen = picture[y, x] / max(1, picture[y, x].max())
            guess = min(colours, key=lambda word: np.abs(colours[word] / max(1, colours[word].max()) - seen).sum())
            wrong += hit is None or told[hit.fid] != guess
        assert wrong == 0
        assert all(made.pick(x + 0.5, y + 0.5, *SIZE) is None for y, x in spots[1].tolist())


def test_a_chosen_pipe_is_outlined_and_an_area_selects_it():
    with scene(pipeline(), looking()) as made:
        drawn(made)
        hit = made.pick(400, 250, *SIZE)
        before = drawn(made)
        made.select((hit.layer, hit.fid))
        after = drawn(made)
        assert np.abs(after - before).max(axis=2)[240:260].max() > 60
        area = np.array([[380, 230], [420, 230], [420, 270], [380, 270]])
        assert made.inside(area, SIZE, lambda _share: None)["pipes"].tolist() == [hit.fid]


def test_a_hidden_pipe_is_neither_drawn_nor_met():
    with scene(pipeline(), looking()) as made:
        fid = made.pick(400, 250, *SIZE).fid
        made.hide("pipes", np.array([fid]))
        picture = drawn(made)
        assert not differs(picture, picture[[300]])[230:270].any()
        assert made.pick(400, 250, *SIZE) is None


def test_near_it_is_a_tube_and_from_afar_a_ribbon():
    with scene(pipeline(), looking(distance=40.0)) as made:
        drawn(made)
        near = {node.detail for node in made._stage.shown if node.key[0] == "pipes"}
        made.look(looking(distance=1_500.0))
        drawn(made)
        middle = {node.detail for node in made._stage.shown if node.key[0] == "pipes"}
        made.look(looking(distance=12_000.0))
        drawn(made)
        far = {node.detail for node in made._stage.shown if node.key[0] == "pipes"}
    assert (near, middle, far) == ({0}, {1}, {2})


def test_a_node_is_as_large_on_the_screen_as_it_is_told_to_be():
    source = Synthetic()
    source.add("nodes", "nodes", [shapely.Point(EAST, NORTH)], node_type=["junction"])
    for distance in (300.0, 2_000.0):
        with scene(source, looking(distance=distance)) as made:
            picture = drawn(made)
            wide = differs(picture, picture[[100]])[240:262, 380:420].any(axis=0).sum()
            assert 3 <= wide <= 8
            assert made.pick(400.5, 250.5, *SIZE) is not None


@pytest.mark.parametrize(("distance", "met"), [(200.0, True), (30_000.0, False)])
def test_a_node_is_met_from_where_it_is_drawn_alone(distance, met):
    source = Synthetic()
    source.add("nodes", "nodes", [shapely.Point(EAST, NORTH)], node_type=["junction"])
    with scene(source, looking(distance=distance, pitch=-80.0)) as made:
        picture = drawn(made)
        assert differs(picture, picture[[20]])[200:300, 350:450].any() == met
        assert (made.pick(SIZE[0] / 2, SIZE[1] / 2, *SIZE) is not None) == met
