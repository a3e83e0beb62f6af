"""Levels of detail: as fine as is seen, never a hole, nothing that flickers, no more than there is room for."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
import shapely

from layers import buildings
from tests.scene.synthetic import Synthetic, scene
from tests.store.conftest import new
from twin.host.session import Session
from twin.model.view import Camera
from twin.scene import offscreen
from twin.scene.scene import Scene
from twin.scene.tiles import Node, Tile
from twin.scene.tree import TOLERANCE, Eye, Tree, clearness
from twin.store import hilbert
from twin.store.city import City
from twin.work.tiling import tile

EVERYWHERE = np.empty((0, 4))


def quadtree():
    """Four leaves of a kilometre each, and one coarse tile of 16 boxes for all."""
    leaves = [
        Tile(
            ("b", 1, x, y), (x * 1000.0, y * 1000.0, 0.0, x * 1000.0 + 1000, y * 1000.0 + 1000, 30.0), "buildings", 900
        )
        for x in (0, 1)
        for y in (0, 1)
    ]
    return Tree(
        [Tile(("b", 0, 0, 0), (0, 0, 0, 2000, 2000, 30), "buildings", 16), *leaves],
        {"buildings": (0, 0.3, 4)},
        {"buildings": 1400},
    )


def eye(distance, planes=EVERYWHERE):
    return Eye((1000.0, 1000.0, 30.0 + distance), 1000.0, planes)


def asked(tree, at):
    return {tree.nodes[n] for n, _ in tree.wanted(at, ["b"])}


def test_what_is_near_is_fine_and_what_is_far_is_coarse():
    tree = quadtree()
    root = Node(("b", 0, 0, 0), 0)
    for distance, detail in ((300, 0), (3_000, 1), (20_000, 2)):
        assert asked(tree, eye(distance)) == {root, *(Node(("b", 1, x, y), detail) for x in (0, 1) for y in (0, 1))}
    assert asked(tree, eye(900_000)) == {root}


def test_nothing_flickers_at_the_border_of_a_level():
    tree = quadtree()
    steps = [asked(tree, eye(distance)) for distance in (1_399, 1_401, 1_399, 1_401, 1_500, 1_545)]
    assert steps[0] == steps[1] == steps[2] == steps[3] == steps[4] != steps[5]
    assert asked(tree, eye(1_450)) == steps[5], "from afar it is refined later than from near it is made coarse"


def test_a_hole_is_never_seen():
    tree = quadtree()
    root, chance = Node(("b", 0, 0, 0), 0), np.random.default_rng(3)
    for _ in range(300):
        there = {
            Node(("b", 1, x, y), int(chance.integers(3))): 1 for x in (0, 1) for y in (0, 1) if chance.random() < 0.6
        }
        tree.wanted(eye(float(10 ** chance.uniform(2, 6))), ["b"])
        drawn = tree.drawn(["b"], {root: 1, **there})
        covered = {key for key, _ in drawn}
        assert covered == {root.key} or covered == {("b", 1, x, y) for x in (0, 1) for y in (0, 1)}
        assert len(drawn) == len(covered), "nothing is drawn twice"


def test_behind_the_haze_nothing_is_asked_for():
    assert clearness(np.array([0.0, 1_500.0, 5_000.0, 12_000.0])).tolist() == pytest.approx([1, 1, 0.55, 0])
    tree = quadtree()
    assert not [n for n, _ in tree.wanted(Eye((0.0, 0.0, 13_000.0), 1000.0, EVERYWHERE, clear=1.0), ["b"])]
    assert [n for n, _ in tree.wanted(Eye((0.0, 0.0, 13_000.0), 1000.0, EVERYWHERE, clear=2.0), ["b"])]


@contextmanager
def town(tmp_path, count=12_000):
    """Houses over a plain of 20 km, with coarse tiles."""
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("buildings", count)], ("test", {}))
        session = Session(tmp_path / "c.balad", city)
        tile(city, session.kinds, "buildings", "buildings")
        window = offscreen.hidden()
        window.SetSize(640, 360)
        found = Scene(window, session.tiles)
        found.viewport = (640, 360)
        try:
            yield found
        finally:
            found.close()
            window.Finalize()


def test_coarse_boxes_cover_what_the_houses_cover():
    chance = np.random.default_rng(5)
    x, y = np.sort(chance.uniform(0, 800, 64)), chance.uniform(0, 800, 64)
    houses = shapely.box(x, y, x + 12, y + 9)
    source = Synthetic()
    source.add("buildings", "buildings", list(houses), height=[10.0] * 64)
    blob, count = buildings.coarsen([(0, source.blobs["buildings", 0])])
    made = buildings.mesh(blob)
    assert count == 16
    assert made.rows.tolist() == [[n, n + 4] for n in range(0, 64, 4)]
    roof = made.normals[made.triangles[:, 2], 2] > 0.5
    a, b, c = (made.points[made.triangles[roof, n]] for n in range(3))
    assert np.abs(np.cross(b - a, c - a)[:, 2]).sum() / 2 == pytest.approx(shapely.area(houses).sum(), rel=0.01)
    assert made.points[:, 2].max() == pytest.approx(10.0)


def test_walking_through_a_town_holds_no_more_than_there_is_room_for(tmp_path):
    with town(tmp_path) as found:
        found._stage.most = 6 << 20
        chance, most = np.random.default_rng(9), 0
        for _ in range(40):
            found.look(Camera(east=chance.uniform(0, 2e4), north=chance.uniform(0, 2e4), distance=700, pitch=-40))
            found.wait()
            most = max(most, found.nbytes)
            assert found._stage.shown
        assert most < 9 << 20, "but for what is seen"
        assert found.renderer.GetActors().GetNumberOfItems() < len(found._stage.there) + 4


def test_from_afar_a_town_is_drawn_with_fewer_triangles_and_looks_the_same(tmp_path):
    with town(tmp_path) as found:
        found.look(Camera(east=1e4, north=1e4, distance=16_000, azimuth=30, pitch=-40))
        pictures, triangles = [], []
        for tolerance in (6.0, 1e-9):
            found.tolerance = tolerance
            found.look(found.camera)
            found.wait()
            pictures.append(offscreen.draw(found.window, (640, 360)).astype(int))
            actors = [found._stage.there[node].actor for node in found._stage.shown]
            triangles.append(sum(actor.GetMapper().GetInput().GetNumberOfPolys() for actor in actors if actor))
        assert triangles[0] < 0.5 * triangles[1]
        assert np.abs(pictures[0].mean(axis=(0, 1)) - pictures[1].mean(axis=(0, 1))).max() < 1


def test_a_dense_city_from_afar_does_not_glitter_with_its_detail():
    chance = np.random.default_rng(4)
    x, y = (side.ravel() * 30.0 for side in np.meshgrid(np.arange(64), np.arange(64)))
    place = hilbert.index(x, y, 0.0, 0.0, 64 * 30.0)
    x, y = x[np.argsort(place)], y[np.argsort(place)]
    houses = shapely.box(x, y, x + chance.uniform(24, 29, 4096), y + chance.uniform(24, 29, 4096))
    source = Synthetic()
    for part in np.array_split(np.arange(4096), 4):
        source.add("buildings", "buildings", list(houses[part]), height=chance.uniform(6, 18, 1024))
    leaves, blobs = list(source.index["buildings"]), dict(source.blobs)
    sides = np.array([leaf[3:9] for leaf in leaves])
    box = (*sides[:, :3].min(axis=0).tolist(), *sides[:, 3:].max(axis=0).tolist())
    blob, count = buildings.coarsen([(1024 * n, blobs["buildings", n]) for n in range(4)])
    source.index["buildings"] = [(1, n % 2, n // 2, *leaf[3:]) for n, leaf in enumerate(leaves)]
    source.index["buildings"].append((0, 0, 0, *box, count, "buildings"))
    source.blob = {**{(1, n % 2, n // 2): blobs["buildings", n] for n in range(4)}, (0, 0, 0): blob}
    source.payload = lambda _, *cell: source.blob[cell]
    pictures, levels = [], []
    with scene(source, Camera(east=960, north=960, distance=30_000, azimuth=20, pitch=-20)) as found:
        for tolerance in (TOLERANCE, 1e-9):
            found.tolerance = tolerance
            found.look(found.camera)
            found.wait()
            pictures.append(offscreen.draw(found.window, (1280, 720)).astype(int))
            levels.append({node.key[1] for node in found._stage.shown})
        assert levels == [{0}, {1}]
        found.show(frozenset())
        bare = offscreen.draw(found.window, (1280, 720)).astype(int)
    city = np.abs(pictures[1] - bare).max(axis=2) > 4
    off = np.abs(pictures[0] - pictures[1]).max(axis=2) > 8
    assert city.sum() > 1_000
    assert off.sum() < 0.25 * city.sum(), "it is 0.4 where nothing melts, most of it tints of stone"


def test_a_feature_that_is_hidden_is_neither_drawn_nor_picked():
    source = Synthetic()
    low, high = source.add(
        "buildings", "buildings", [shapely.box(0, 0, 40, 40), shapely.box(80, 0, 120, 40)], height=[20, 20]
    )
    with scene(source, Camera(east=20, north=20, distance=300, pitch=-60)) as found:
        assert found.pick(640, 360, 1280, 720).fid == low
        before = offscreen.draw(found.window, (640, 360)).astype(int)
        found.hide("buildings", [low])
        assert found.pick(640, 360, 1280, 720) is None
        after = offscreen.draw(found.window, (640, 360)).astype(int)
        assert (np.abs(after - before).max(axis=2) > 20).mean() > 0.005
        found.hide("buildings")
        assert np.array_equal(offscreen.draw(found.window, (640, 360)), before)
        assert found.pick(640, 360, 1280, 720).fid == low != high
