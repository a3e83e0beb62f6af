"""What lies in the ground is hidden by it, seen through it, seen from below, and told how deep it is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers import surfaces
from tests.scene.synthetic import Synthetic, scene
from tests.scene.test_growing import EAST, NORTH, SIZE, drawn, line, looking
from twin.model.layer import Layer
from twin.model.link import Link
from twin.model.patches import SIDE, Patch
from twin.model.view import Camera, View
from twin.scene import offscreen
from twin.scene.levels import Levels
from twin.scene.listing import Listing

MIDDLE = (SIZE[0] // 2, SIZE[1] // 2)


class Now:
    """Does at once what it is given."""

    def submit(self, act, *of):
        act(*of)


class Later:
    """Does what it is given when it is told."""

    def __init__(self):
        self.asked = []

    def submit(self, act, *of):
        self.asked.append(lambda: act(*of))

    def act(self):
        for one in self.asked:
            one()


def street(**columns):
    """A pipe 2 m below a street, and a house beside it."""
    source = Synthetic()
    source.add("buildings", "buildings", [shapely.box(EAST + 40, NORTH + 20, EAST + 60, NORTH + 40)], height=[12.0])
    source.add("roads", "roads", [shapely.LineString([(EAST - 80, NORTH), (EAST + 80, NORTH)])], road_class=["street"])
    columns = {"diameter": [500.0], "depth": [2.0]} | columns
    source.add("pipes", "pipes", [line((-80, 0), (80, 0))], **columns)
    return source


def blue(picture):
    """Which pixels have a pipe's hue."""
    return picture[..., 2] > picture[..., 0] + 12


def test_the_ground_hides_a_pipe_and_a_click_does_not_meet_it():
    with scene(street(), looking(distance=60.0)) as made:
        assert not blue(drawn(made))[200:400].any()
        assert made.pick(*MIDDLE, *SIZE) is None or made.pick(*MIDDLE, *SIZE).layer == "roads"
        assert made.hides((EAST, NORTH, -2.0), ("pipes", 3))


@pytest.mark.parametrize("azimuth", [0.0, 75.0])
def test_through_the_ground_it_is_seen_and_met(azimuth):
    camera = looking(distance=60.0, azimuth=azimuth, pitch=-50.0)
    with scene(street(), camera) as made:
        made.see_through(0.3)
        made.show(frozenset({"buildings", "pipes"}))
        picture = drawn(made)
        found = np.argwhere(blue(picture)[100:400]) + np.array([100, 0])
        assert len(found) > 300
        for y, x in np.random.default_rng(1).permutation(found)[:40].tolist():
            hit = made.pick(x + 0.5, y + 0.5, *SIZE)
            assert hit is not None and hit.layer == "pipes" and hit.point[2] == pytest.approx(-2.0, abs=0.01)
        assert not made.hides((EAST, NORTH, -1.7), ("pipes", 3))


def test_a_street_over_it_is_seen_through_as_the_ground_is():
    with scene(street(), looking(distance=60.0, pitch=-50.0)) as made:
        made.see_through(0.3)
        assert blue(drawn(made))[100:400].sum() > 300
        made.see_through(0.95)
        assert not blue(drawn(made))[100:400].any()


def test_the_less_opaque_the_ground_is_the_more_is_seen():
    with scene(street(), looking(distance=60.0, pitch=-50.0)) as made:
        made.show(frozenset({"buildings", "pipes"}))
        seen = []
        for ground in (0.9, 0.6, 0.3, 0.0):
            made.see_through(ground)
            row = drawn(made)[150:380, MIDDLE[0]]
            seen.append(int((row[:, 2] - row[:, 0]).max()))
        assert seen == sorted(seen) and seen[-1] > seen[0] + 40


def test_what_was_seen_through_and_is_no_more_looks_as_before():
    with scene(street(), looking(distance=60.0)) as made:
        before = drawn(made)
        shaders = [actor.GetShaderProperty() for actor in made._grounds.laid]
        assert not any("gl_FrontFacing" in str(one.GetNthShaderReplacementTypeAsString(0)) for one in shaders)
        made.see_through(0.3)
        assert (drawn(made) != before).any()
        made.see_through(1.0)
        assert np.array_equal(drawn(made), before)
        assert all(actor.GetProperty().GetOpacity() == 1 for actor in made._grounds.laid)


def test_from_below_the_sky_is_seen_through_the_ground_and_below_is_dark_earth():
    below = looking(distance=30.0, pitch=25.0, height=-2.0)
    with scene(street(), below) as made:
        made.see_through(0.3)
        made.show(frozenset({"buildings", "pipes"}))
        picture = drawn(made)
        assert below.eye()[2] < -10
        assert blue(picture)[230:270].sum() > 300, "the pipe"
        assert picture[40, 60].mean() > 150, "light above"
        assert made.pick(*MIDDLE, *SIZE).layer == "pipes"
        made.look(looking(distance=30.0, pitch=-25.0, height=-20.0))
        assert drawn(made)[-1, 60].mean() < 140, "dark below"


def test_the_horizon_has_no_hard_edge_from_above():
    with scene(street(), looking(distance=400.0, pitch=-6.0)) as made:
        made.see_through(0.3)
        made.show(frozenset({"pipes"}))
        column = drawn(made)[:, 20].mean(axis=1)
        assert np.abs(np.diff(column)).max() < 12


def test_depths_near_the_eye_are_told_where_one_sees_through_the_ground():
    source = street()
    source.add("nodes", "nodes", [shapely.Point(EAST + 5, NORTH)], node_type=["junction"], depth=[1.25])
    source.add("more", "pipes", [line((-20, 8, 0.4), (20, 8, 0.4))], diameter=[100.0])
    with scene(source, looking(distance=60.0, pitch=-50.0)) as made:
        drawn(made)
        assert made.depths(SIZE) == []
        made.see_through(0.3)
        drawn(made)
        told = {one.layer: one for one in made.depths(SIZE)}
        assert told["pipes"].metres == pytest.approx(2.0, abs=0.01)
        assert told["nodes"].metres == pytest.approx(1.25, abs=0.01)
        assert "more" not in told, "it lies above the ground"
        assert told["pipes"].point[:2] == pytest.approx((EAST, NORTH), abs=30)


def test_a_pipe_below_others_does_not_make_the_ground_lower():
    deep = street(depth=[None])
    deep.add("mains", "pipes", [line((-80, 5, -30), (80, 5, -30))], diameter=[900.0])
    with scene(deep, looking(distance=60.0)) as made, scene(street(depth=[None]), looking(distance=60.0)) as plain:
        assert np.array_equal(drawn(made), drawn(plain))


def hill(x, y):
    return 50.0 + 0.1 * (x - EAST) + 0.05 * (y - NORTH)


def on_a_hill():
    source = street()
    side = np.arange(-200, 201, 100.0)
    faces = []
    for x in side[:-1]:
        for y in side[:-1]:
            corners = [(EAST + x + a, NORTH + y + b) for a, b in ((0, 0), (100, 0), (100, 100), (0, 100))]
            three = [(*one, hill(*one)) for one in corners]
            faces += [shapely.Polygon(three[:3]), shapely.Polygon([three[0], three[2], three[3]])]
    source.add("terrain", "terrain", faces)
    source.found["terrain"] = source.found["terrain"].model_copy(update={"kind": "terrain"})
    return source


def test_a_depth_counts_from_the_terrain():
    camera = looking(distance=60.0, pitch=-50.0, height=50.0)
    with scene(on_a_hill(), camera) as made:
        made.see_through(0.2)
        made.show(frozenset({"pipes"}))
        picture = drawn(made)
        spots = np.argwhere(blue(picture)[100:400]) + np.array([100, 0])
        assert len(spots) > 200
        y, x = spots[len(spots) // 2].tolist()
        hit = made.pick(x + 0.5, y + 0.5, *SIZE)
        assert hit.point[2] == pytest.approx(hill(*hit.point[:2]) - 2.0, abs=0.05)
        assert made.depths(SIZE)[0].metres == pytest.approx(2.0, abs=0.05)
        made.see_through(1.0)
        assert not blue(drawn(made))[100:400].any() and made.pick(x + 0.5, y + 0.5, *SIZE) is None


def linked_hill(beyond):
    """The street with an elevation model that has heights in the west alone."""

    class Hill:
        def patch(self, _layer, square):
            along = square.west + (np.arange(SIDE + 2) - 1) * square.apart
            heights = np.where(along < EAST, 5.0, np.nan)
            return Patch(heights=np.tile(heights, (SIDE + 2, 1)).astype(np.float32))

    source = street()
    source.links = Hill()
    said = Link(path="hill.tif", holds="raster", cell=1.0, size=1, time=1)
    box = (EAST - 4000.0, NORTH - 500.0, 5.0, EAST + beyond, NORTH + 500.0, 5.0)
    model = Layer(id="hill", kind="terrain", extent=box, link=said)
    return source, model


@pytest.mark.parametrize("beyond", [0.0, 4000.0])
def test_beside_an_elevation_model_the_ground_is_level_for_who_does_not_wait_too(beyond):
    source, model = linked_hill(beyond)
    levels = Levels(source, lambda _key: None, Now())
    found = source.layers()
    source.layers = lambda: [*found, model]
    source.index["hill"] = []
    levels.of(Listing.of(source))
    places = [EAST - 3000.0, EAST + 3000.0], [NORTH, NORTH]
    waited = levels.at(*places)
    assert waited.tolist() == [5.0, 0.0]
    assert levels.at(*places, wait=False).tolist() == [5.0, 0.0]


def test_who_does_not_wait_is_told_nothing_while_the_terrain_is_being_put_in_order():
    made, source = [], on_a_hill()
    listing = Listing.of(source)
    pool = Later()

    def mesh(key):
        made.append(key)
        return surfaces.mesh(source.payload(*key), 0)

    levels = Levels(source, mesh, pool)
    levels.of(listing)
    assert np.isnan(levels.at([EAST], [NORTH], wait=False)[0]) and not made
    assert np.isnan(levels.at([EAST], [NORTH], wait=False)[0]) and len(pool.asked) == 1
    pool.act()
    assert levels.at([EAST], [NORTH], wait=False)[0] == pytest.approx(50.0, abs=0.1) and made


def test_a_view_keeps_how_opaque_the_ground_is():
    view = View(camera=looking(distance=60.0, pitch=-50.0), layers=("buildings", "pipes"))
    assert View.model_validate_json(view.model_dump_json()).ground == 1.0
    assert View.model_validate({"camera": view.camera.model_dump()}).ground == 1.0, "one that was kept before"
    opaque, through = (
        offscreen.picture(street(), view.model_copy(update={"ground": ground}), SIZE).astype(int)
        for ground in (1.0, 0.3)
    )
    assert not blue(opaque)[100:400].any() and blue(through)[100:400].sum() > 300


def test_a_hand_turns_the_view_below_the_ground_only_when_it_is_told():
    from twin.scene import camera

    assert camera.orbited(Camera(pitch=-10), 0, 50).pitch == camera.LEVEL
    assert camera.orbited(Camera(pitch=-10), 0, 50, camera.BENEATH).pitch == 40
