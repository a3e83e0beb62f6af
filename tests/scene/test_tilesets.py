"""Linked tilesets in the scene: coarse first, never a hole, within bounds; clicked, and drawn without what is lost."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest

from tests import tilesets as made
from tests.command import answered
from tests.real import data
from twin.host.session import Session
from twin.model.tilesets import Branch
from twin.model.view import Camera, View
from twin.scene import camera, offscreen
from twin.scene.branches import Branches
from twin.scene.scene import Scene
from twin.scene.tree import Eye

SIZE = (640, 400)
LEVELS = [np.array(one) for one in made.PALETTE]


def linked(tmp_path, file, **said):
    path = tmp_path / "c.balad"
    with Session.open(path) if path.exists() else Session(path) as session:
        session.run("import", file=file, **said)
    return path


def above(distance, east=800.0, north=800.0):
    return Camera(east=made.EAST + east, north=made.NORTH + north, height=10, distance=distance, azimuth=0, pitch=-90)


def levels(seen):
    """How many pixels each level's colour has."""
    flat = seen.reshape(-1, 3).astype(int)
    return [int((np.abs(flat - one).max(axis=1) < 14).sum()) for one in LEVELS]


@pytest.fixture
def quadtree(tmp_path):
    return linked(tmp_path, made.quadtree(tmp_path / "tiles"))


def test_tiles_are_as_fine_as_they_are_near_and_replace_each_other(quadtree):
    with Session.open(quadtree) as session:
        far = offscreen.picture(session.tiles, View(camera=above(6000)), SIZE).astype(int)
        near = levels(offscreen.picture(session.tiles, View(camera=above(300, 900, 900)), SIZE))
    # Through the haze of six kilometres the coarsest is still red, and the other levels aren't.
    square = far[170:230, 290:350].reshape(-1, 3)
    assert (square[:, 0] > square[:, 1:].max(axis=1) + 40).all()
    assert near[3] > 0.95 * SIZE[0] * SIZE[1] and not any(near[:3])


def test_no_tile_is_shown_before_all_that_replace_the_same_are_there(quadtree):
    """Every picture on the way covers the square: in one level, or in a coarser one where a finer isn't whole."""
    with Session.open(quadtree) as session:
        links, asked, gate = session.tiles.links, [], threading.Semaphore(0)
        tile = links.tile

        def slowly(layer, key):
            asked.append(key)
            gate.acquire(timeout=20)
            return tile(layer, key)

        links.tile = slowly
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            scene.look(above(700))
            drawn = []
            for _ in range(200):
                gate.release()
                taken = scene.turn
                for _ in range(400):
                    more = scene.pump()
                    if not more or scene.turn != taken:
                        break
                    threading.Event().wait(0.005)
                seen = offscreen.draw(window, SIZE)
                inner = seen[120:280, 200:440]
                drawn.append(sum(levels(inner)) / (inner.shape[0] * inner.shape[1]))
                if not more:
                    break
            first = next(n for n, share in enumerate(drawn) if share > 0)
            assert asked[0].number == 0 and len(asked) > 15
            assert min(drawn[first:]) > 0.999 and len(drawn) - first > 10
            assert levels(seen[120:280, 200:440])[3] > 30_000
        finally:
            gate.release(1000)
            scene.close()
            window.Finalize()


def test_a_lost_tile_leaves_what_stands_above_it(tmp_path, caplog):
    file = made.quadtree(tmp_path / "tiles", levels=3)
    (file.parent / "2-3-3.glb").unlink()
    city = linked(tmp_path, file)
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, View(camera=above(900, 1200, 1200)), SIZE)
        view = above(900, 1200, 1200)
        x, y = camera.pixel(view, (made.EAST + 1400, made.NORTH + 1400, 10), *SIZE)
        there = seen[int(y), int(x)].astype(int)
    # Its quarter is drawn as the tile above it has it: coarser, and no hole.
    assert np.abs(there - LEVELS[1]).max() < 14
    assert any("1 of its tiles" in line and "2-3-3.glb" in line for line in caplog.messages)


def test_what_is_seen_takes_no_more_room_than_there_is(tmp_path, monkeypatch):
    from twin.scene import tilesets

    city = linked(tmp_path, made.quadtree(tmp_path / "tiles", levels=5))
    monkeypatch.setattr(tilesets, "KEPT", 120_000)
    with Session.open(city) as session:
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            for distance in (700.0, 900.0, 500.0):
                scene.look(above(distance))
                scene.wait()
                held = scene._linked._tilesets
                largest = max(tile.nbytes for one in held._sets.values() for tile in one.there.values() if tile)
                assert held.nbytes <= 120_000 + 3 * largest
                inner = offscreen.draw(window, SIZE)[120:280, 200:440]
                assert sum(levels(inner)) > 0.999 * inner.shape[0] * inner.shape[1]
        finally:
            scene.close()
            window.Finalize()


def test_the_eye_must_be_within_the_request_volume(tmp_path):
    city = linked(tmp_path, data("tiles3d/1.0/TilesetWithRequestVolume"))
    place = {"east": 447_784, "north": 4_432_657.2, "height": 1.4, "azimuth": 30, "pitch": -20}
    with Session.open(city) as session:
        within = offscreen.picture(session.tiles, View(camera=Camera(**place, distance=5)), SIZE)
        beyond = offscreen.picture(session.tiles, View(camera=Camera(**place, distance=5)).model_copy(
            update={"camera": Camera(**{**place, "pitch": -80}, distance=40)}), SIZE)  # fmt: skip

    def speckled(seen):
        flat = seen.reshape(-1, 3).astype(int)
        return int((np.ptp(flat, axis=1) > 90).sum())

    assert speckled(within) > 5000 and speckled(beyond) == 0


def test_a_click_names_the_feature_and_marks_it(tmp_path):
    city = linked(tmp_path, data("tiles3d/1.0/TilesetWithRequestVolume"))
    body = data("tiles3d/1.0/TilesetWithRequestVolume/city/ll.b3dm").read_bytes()
    start = 28 + int.from_bytes(body[12:16], "little") + int.from_bytes(body[16:20], "little")
    batch = json.loads(body[start : start + int.from_bytes(body[20:24], "little")])
    from pyproj import Transformer

    plane = Transformer.from_crs("EPSG:4326", "EPSG:32618", always_xy=True)
    with Session.open(city) as session:
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            for n in (0, 4, 9):
                x, y = plane.transform(*np.degrees([batch["Longitude"][n], batch["Latitude"][n]]))
                view = Camera(east=x, north=y, height=batch["Height"][n] / 2, distance=60, azimuth=20, pitch=-40)
                scene.look(view)
                scene.wait()
                hit = scene.pick(SIZE[0] / 2, SIZE[1] / 2, *SIZE)
                assert hit.layer == "TilesetWithRequestVolume" and hit.fid < 0
                card = session.identify(hit.layer, hit.fid)
                rows = dict(card.rows)
                assert str(n) in rows["Id"] and "city/ll.b3dm" in rows["Tile"]
                assert rows["Height"].strip("\u2066\u2069").startswith(f"{batch['Height'][n]:.2f}")
                assert len(scene.edges(hit.layer, hit.fid)) == 9
                before = offscreen.draw(window, SIZE)
                scene.select((hit.layer, hit.fid))
                assert (offscreen.draw(window, SIZE) != before).any(axis=2).sum() > 50
                scene.select(None)
            assert scene.pick(5, 5, *SIZE) is None
        finally:
            scene.close()
            window.Finalize()


def test_points_and_pictures_are_drawn_in_their_colours(tmp_path):
    folder = tmp_path / "tiles"
    folder.mkdir()
    colours = [(220, 30, 30), (30, 200, 30), (30, 30, 220), (220, 220, 30)]
    points, cells, along = made.field(0, 0, 100, 5)
    (folder / "a.glb").write_bytes(made.glb(points, cells, along=along, image=made.picture(colours)))
    at = np.random.default_rng(1).uniform([120, 0, 5], [220, 100, 6], (40_000, 3)).astype("<f4")
    body = at.tobytes() + np.tile(np.array([200, 20, 200], np.uint8), (len(at), 1)).tobytes()
    said = {"POINTS_LENGTH": len(at), "POSITION": {"byteOffset": 0}, "RGB": {"byteOffset": at.nbytes}}
    (folder / "b.pnts").write_bytes(made.packed(b"pnts", said, body, {}))
    root = {
        "transform": made.column(made.frame()), "boundingVolume": made.box(0, 0, 220), "geometricError": 0,
        "contents": [{"uri": "a.glb"}, {"uri": "b.pnts"}],
    }  # fmt: skip
    city = linked(tmp_path, made.written(folder / "tileset.json", root))
    view = above(300, 110, 50)
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, View(camera=view), SIZE)
        night = offscreen.picture(session.tiles, View(camera=view, light="night"), SIZE)
    wanted = [((25, 75), colours[0]), ((75, 75), colours[1]), ((25, 25), colours[2]), ((75, 25), colours[3])]
    for (east, north), tone in wanted:
        x, y = camera.pixel(view, (made.EAST + east, made.NORTH + north, 5), *SIZE)
        assert np.abs(seen[int(y), int(x)].astype(int) - tone).max() < 8, (east, north)
        assert night[int(y), int(x)].max() < 0.6 * max(tone)
    dots = (np.abs(seen.reshape(-1, 3).astype(int) - (200, 20, 200)).max(axis=1) < 8).sum()
    assert dots > 10_000


def test_a_city_of_ten_thousand_streams_within_its_bounds(tmp_path):
    city, other = tmp_path / "a.balad", tmp_path / "b.balad"
    answered("sample", city, "--buildings", 10_000)
    answered("export", city, "buildings", tmp_path / "tileset.json")
    report = answered("import", other, tmp_path / "tileset.json")
    files = len(list((tmp_path / "tileset_tiles").iterdir()))
    assert report["linked"] and report["layers"][0]["kept"] == files > 20
    assert other.stat().st_size < 3_000_000
    with Session.open(other) as session:
        links, sizes = session.tiles.links, []
        tile = links.tile
        links.tile = lambda layer, key: sizes.append(tile(layer, key)) or sizes[-1]
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            whole = offscreen.whole(session.tiles)
            scene.look(whole.model_copy(update={"distance": 60_000.0}))
            scene.wait()
            far = len(sizes)
            scene.look(whole.model_copy(update={"distance": 900.0}))
            shown, most = [], 0
            while scene.pump(1 << 20):
                most = max(most, len(scene._linked._tilesets._sets["buildings"].shown) - (shown[-1] if shown else 0))
                shown.append(len(scene._linked._tilesets._sets["buildings"].shown))
                threading.Event().wait(0.002)
            assert far < 5 < len(sizes) and shown == sorted(shown)
            # A frame takes what fits in its bound, and one more.
            assert most <= 1 + (1 << 20) // min(one.nbytes for one in sizes)
            assert 0 < scene._linked._tilesets.nbytes <= 256 << 20
            assert sum(one.features for one in sizes) <= 10_000
        finally:
            scene.close()
            window.Finalize()


def flat(count, replaces=True):
    """A tile, and so many below it that replace it or are added."""
    n = count + 1
    return Branch(
        parents=np.array([-1, *[0] * count]),
        boxes=np.tile([0.0, 0, 0, 100, 100, 10], (n, 1)),
        errors=np.array([50.0, *[0.0] * count]),
        replaces=np.full(n, replaces),
        filled=np.ones(n, bool),
        doors=np.zeros(n, bool),
        viewers={},
    )


NEAR = Eye((50.0, 50.0, 60.0), 600.0, np.empty((0, 4)))
FAR = Eye((50.0, 50.0, 60_000.0), 600.0, np.empty((0, 4)))


def test_replacing_waits_for_all_and_adding_for_none():
    tree = Branches()
    tree.hang(None, (), flat(4))
    assert set(tree.wanted(NEAR).tiles) == {0, 1, 2, 3, 4}
    assert tree.drawn({}) == [] and tree.drawn({1: 1, 2: 1}) == []
    assert tree.drawn({0: 1, 1: 1, 2: 1, 3: 1}) == [0]
    assert tree.drawn({0: 1, 1: 1, 2: 1, 3: 1, 4: 1}) == [1, 2, 3, 4]
    assert set(tree.wanted(FAR).tiles) == {0}
    # Until the coarse one is back, the finer ones stay.
    assert tree.drawn({1: 1, 2: 1, 3: 1, 4: 1}) == [1, 2, 3, 4]
    adding = Branches()
    adding.hang(None, (), flat(2, replaces=False))
    adding.wanted(NEAR)
    assert adding.drawn({0: 1, 2: 1}) == [0, 2]


def test_a_door_is_asked_for_and_what_is_above_it_stays_meanwhile():
    tree, first = Branches(), flat(2)
    first.doors[2], first.filled[2], first.errors[2] = True, False, np.inf
    tree.hang(None, (), first)
    wanted = tree.wanted(NEAR)
    assert set(wanted.doors) == {2} and set(wanted.tiles) == {0, 1}
    assert tree.drawn({0: 1, 1: 1}) == [0]
    tree.hang(2, (2,), flat(1))
    assert tree.key(4) == ((2,), 1)
    assert set(tree.wanted(NEAR).tiles) == {0, 1, 3, 4}
    assert tree.drawn({0: 1, 1: 1, 3: 1}) == [1, 3] and tree.drawn({0: 1, 1: 1}) == [0]
    tree.lose(4)
    tree.wanted(NEAR)
    assert tree.drawn({0: 1, 1: 1, 3: 1}) == [1, 3]
