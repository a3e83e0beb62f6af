"""What is linked is drawn where it lies, in its own colours, by what is seen of it."""

from __future__ import annotations

import numpy as np
import pytest

from tests import clouds
from tests.rasters import NORTH, WEST, height, slope, tiff
from twin.host.session import Session
from twin.model.style import Colouring
from twin.model.view import Camera, View
from twin.scene import camera, offscreen
from twin.scene.colours import overlays
from twin.scene.scene import Scene

SIZE = (640, 400)
RED, BLUE = (200, 40, 30), (20, 90, 220)


def linked(tmp_path, *files, **said):
    path = tmp_path / "c.balad"
    for file in files:
        with Session.open(path) if path.exists() else Session(path) as session:
            session.run("import", file=file, **said)
    return path


def picture(tmp_path, cell=5.0):
    cells = np.zeros((3, 200, 200), np.uint8)
    cells[:, :, :100] = np.array(RED)[:, None, None]
    cells[:, :, 100:] = np.array(BLUE)[:, None, None]
    return tiff(tmp_path / "photo.tif", cells, cell, photometric="RGB", tiled=True, overviews=[2, 4])


def pixel(seen, view, point):
    x, y = camera.pixel(view, point, *SIZE)
    return seen[int(y), int(x)].astype(int)


def test_a_picture_lies_on_the_ground_in_its_own_colours(tmp_path):
    city = linked(tmp_path, picture(tmp_path))
    view = Camera(east=WEST + 500, north=NORTH - 500, height=0, distance=1400, azimuth=0, pitch=-60)
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, View(camera=view), SIZE)
        again = offscreen.picture(session.tiles, View(camera=view), SIZE)
    assert np.array_equal(seen, again)
    assert np.abs(pixel(seen, view, (WEST + 250, NORTH - 500, 0)) - RED).max() < 6
    assert np.abs(pixel(seen, view, (WEST + 750, NORTH - 500, 0)) - BLUE).max() < 6
    sand = pixel(seen, view, (WEST + 1100, NORTH - 500, 0))
    assert np.abs(sand - (228, 216, 193)).max() < 12


def test_a_terrain_stands_as_high_as_its_cells_and_carries_the_picture(tmp_path):
    dem = tiff(tmp_path / "dem.tif", slope(400, 400), tiled=True, overviews=[2, 4])
    city = linked(tmp_path, dem, picture(tmp_path))
    # Looking east, the line between the colours is as far up in the picture as the ground is high.
    view = Camera(east=WEST + 500, north=NORTH - 500, height=25, distance=400, azimuth=90, pitch=-35)
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, View(camera=view), SIZE)
        for east in (380, 488, 512, 620):
            point = (WEST + east, NORTH - 500, float(height(WEST + east, NORTH - 500)))
            assert np.abs(pixel(seen, view, point) - (RED if east < 500 else BLUE)).max() < 10, east
        bare = offscreen.picture(session.tiles, View(camera=view, layers=("dem",)), SIZE)
    assert np.abs(pixel(bare, view, (WEST + 500, NORTH - 500, 25)) - (228, 216, 193)).max() < 40


def test_points_are_drawn_in_their_colours_by_class_and_not_where_none_are(tmp_path):
    points = clouds.las(tmp_path / "points.laz", clouds.town(60_000, side=200.0))
    city = linked(tmp_path, points)
    view = Camera(east=517_100, north=2_378_100, height=10, distance=260, azimuth=0, pitch=-50)
    with Session.open(city) as session:
        plain = offscreen.picture(session.tiles, View(camera=view), SIZE)
        made = overlays(session.tiles, {"points": Colouring(column="classification")})
        coloured = offscreen.picture(session.tiles, View(camera=view), SIZE, made)
    assert (plain.reshape(-1, 3) == (200, 180, 150)).all(axis=1).sum() > 300
    orange, sky = (230, 159, 0), (86, 180, 233)
    flat = coloured.reshape(-1, 3).astype(int)
    assert (np.abs(flat - orange).max(axis=1) < 3).sum() > 1000 and (np.abs(flat - sky).max(axis=1) < 3).sum() > 1000
    beside = pixel(plain, view, (517_000 - 15, 2_378_000 + 100, 6))
    assert np.abs(beside - (228, 216, 193)).max() < 14


@pytest.fixture
def wide(tmp_path):
    """A terrain of 40 km at 5 m, sparse but for its middle: far more than is ever read."""
    import rasterio

    path = tmp_path / "wide.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, width=8192, height=8192, dtype="float32", crs="EPSG:32637", tiled=True,
        transform=rasterio.Affine(5, 0, WEST, 0, -5, NORTH), compress="deflate",
    ) as made:  # fmt: skip
        made.write(np.full((8192, 8192), 7.0, np.float32), 1)
        made.build_overviews([2, 4, 8, 16, 32])
    return linked(tmp_path, path, kind="terrain")


def test_only_what_is_seen_is_asked_for_and_the_window_never_waits(wide):
    with Session.open(wide) as session:
        asked = []
        links = session.tiles.links
        patch = links.patch
        links.patch = lambda layer, square: asked.append(square) or patch(layer, square)
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            scene.look(Camera(east=WEST + 20_000, north=NORTH - 20_000, height=7, distance=600, azimuth=0, pitch=-40))
            scene.wait()
            near = min(square.side for square in asked)
            assert near / 256 < 6 and len(asked) < 90
            first = len(asked)
            scene.look(scene.camera.model_copy(update={"east": WEST + 20_040}))
            scene.wait()
            assert len(asked) - first < 12
        finally:
            scene.close()
            window.Finalize()


@pytest.mark.parametrize("layers", [("photo",), ("photo", "over")])
def test_fading_a_picture_reads_nothing_again_and_leaves_no_hole_meanwhile(tmp_path, layers):
    city = linked(tmp_path, picture(tmp_path))
    if len(layers) > 1:
        cells = np.broadcast_to(np.array((30, 160, 60), np.uint8)[:, None, None], (3, 100, 100))
        linked(tmp_path, tiff(tmp_path / "over.tif", cells, 5.0, photometric="RGB", tiled=True))
    view = Camera(east=WEST + 500, north=NORTH - 500, height=0, distance=1400, azimuth=0, pitch=-60)
    with Session.open(city) as session:
        links, asked = session.tiles.links, []
        patch = links.patch
        links.patch = lambda layer, square: asked.append(layer.id) or patch(layer, square)
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            scene.look(view)
            scene.wait()
            before, count = offscreen.draw(window, SIZE).astype(int), len(asked)
            session.run("fade-layer", layer=layers[-1], opacity=0.4)
            scene.reload()
            at_once = offscreen.draw(window, SIZE).astype(int)
            scene.wait()
            faded, after = offscreen.draw(window, SIZE).astype(int), len(asked)
        finally:
            scene.close()
            window.Finalize()
        fresh = offscreen.seen(session.tiles, View(camera=view), SIZE, fine=False)[0].astype(int)
    assert np.abs(faded - fresh).max() <= 2 and (np.abs(faded - before).max(axis=2) > 20).mean() > 0.05
    assert np.abs(at_once - (faded if len(layers) == 1 else before)).max() <= 2, "faded at once, or as it was so long"
    assert after == count or len(layers) > 1


def test_a_file_that_goes_or_breaks_leaves_the_rest_of_the_picture(tmp_path):
    city = linked(tmp_path, picture(tmp_path), clouds.las(tmp_path / "points.las", clouds.town(2_000, 300.0)))
    (tmp_path / "photo.tif").unlink()
    points = tmp_path / "points.las"
    points.write_bytes(points.read_bytes()[:900])
    with Session.open(city) as session:
        view = View(camera=offscreen.whole(session.tiles))
        seen = offscreen.picture(session.tiles, view, SIZE)
        assert seen.shape == (SIZE[1], SIZE[0], 3)


def test_a_picture_that_is_missing_takes_no_other_along(tmp_path):
    city = linked(tmp_path, picture(tmp_path))
    waves = 30 + 25 * np.sin(np.arange(200) / 9)[None] * np.ones((200, 1))
    linked(tmp_path, tiff(tmp_path / "hill.tif", waves.astype(np.float32)), kind="terrain")
    view = View(camera=Camera(east=WEST + 500, north=NORTH - 500, height=30, distance=600, azimuth=0, pitch=-40))
    (tmp_path / "photo.tif").unlink()

    def seen(*layers):
        with Session.open(city) as session:
            shown = view.model_copy(update={"layers": layers})
            return offscreen.picture(session.tiles, shown, SIZE).astype(int)

    hill = seen("hill")
    assert (np.abs(hill - seen()).max(axis=2) > 8).mean() > 0.2, "it is told from bare ground"
    assert (np.abs(seen("hill", "photo") - hill).max(axis=2) > 8).mean() < 0.01


@pytest.mark.filterwarnings("error")
def test_an_elevation_model_that_is_missing_leaves_the_picture_on_level_ground(tmp_path):
    city = linked(tmp_path, picture(tmp_path))
    linked(tmp_path, tiff(tmp_path / "hill.tif", slope(200, 200) + 50), kind="terrain")
    (tmp_path / "hill.tif").unlink()
    view = View(camera=Camera(east=WEST + 250, north=NORTH - 500, height=0, distance=300, azimuth=0, pitch=-60))
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, view, SIZE)
    assert np.allclose(seen[200, 320], np.array(RED), atol=30)


def test_pictures_stay_while_the_ground_below_them_is_laid_anew(tmp_path):
    near, far = tmp_path / "near.csv", tmp_path / "far.csv"
    near.write_text(f"name,x,y\na,{WEST + 500},{NORTH - 500}\n")
    far.write_text(f"name,x,y\na,{WEST + 3000},{NORTH - 3000}\n")
    linked(tmp_path, near, crs="EPSG:32637")
    city = linked(tmp_path, picture(tmp_path))
    with Session.open(city) as session:
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            scene.look(Camera(east=WEST + 500, north=NORTH - 500, height=0, distance=600, azimuth=0, pitch=-60))
            scene.wait()
            draping, ground = scene._linked._draping, scene._grounds.mesh
            before = len(draping.pieces())
            session.run("import", file=far, crs="EPSG:32637")
            scene.reload()
            fewest = before
            while scene.pump():
                fewest = min(fewest, len(draping.pieces()))
            assert scene._grounds.mesh is not ground, "the city is wider, and so is its ground"
            assert fewest >= before > 0
            assert not any(laid.stale & laid.shown for laid in draping._laid)
        finally:
            scene.close()
            window.Finalize()
