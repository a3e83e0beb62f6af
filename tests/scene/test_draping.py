"""Pictures lie on whatever ground a city has, and an elevation model goes over into the ground about it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.rasters import NORTH, WEST, tiff
from tests.scene.test_linked import BLUE, RED, SIZE, linked, picture, pixel
from twin.core.errors import Cancelled
from twin.host.session import Session
from twin.model.layer import Layer
from twin.model.link import Link
from twin.model.patches import Square
from twin.model.view import Camera, View
from twin.scene import laying, offscreen
from twin.scene.scene import Scene
from twin.scene.sheets import Sheet, Spot
from twin.scene.weaving import Weaving

STEP, COUNT = 100.0, 30
SOUTH = NORTH - 2000.0


def rise(x, y):
    """Metres: a ground that rises to the east in waves."""
    return 5 + (np.asarray(x) - WEST) / 40 + 6 * np.sin((np.asarray(y) - SOUTH) / 130)


def on_ground(x, y):
    """The height on the triangles of ``tin``, whose diagonals run north-east."""
    u, v = (x - WEST + 1000) / STEP, (y - SOUTH + 500) / STEP
    column, row = int(u), int(v)
    u, v = u - column, v - row

    def corner(right, up):
        return rise(WEST - 1000 + STEP * (column + right), SOUTH - 500 + STEP * (row + up))

    side = (1, 0) if u >= v else (0, 1)
    first, second = (u - v, v) if u >= v else (v - u, u)
    return float((1 - max(u, v)) * corner(0, 0) + first * corner(*side) + second * corner(1, 1))


def tin(path):
    """A surface of triangles of 100 m, as GeoJSON."""
    made = []
    for column in range(COUNT):
        for row in range(COUNT):
            x, y = WEST - 1000 + STEP * np.array([column, column + 1]), SOUTH - 500 + STEP * np.array([row, row + 1])
            sw, se, ne, nw = ((float(a), float(b), float(rise(a, b))) for a, b in
                              ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])))  # fmt: skip
            made += [[sw, se, ne, sw], [sw, ne, nw, sw]]
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in enumerate(made)
    ]
    crs = {"type": "name", "properties": {"name": "EPSG:32637"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return path


def town(tmp_path, name, *files):
    city = linked(tmp_path, tin(tmp_path / "tin.geojson"), kind="terrain", layer=name)
    linked(tmp_path, *files)
    return city


@pytest.fixture(scope="module", params=["terrain", "relief"])
def waves(request, tmp_path_factory):
    """The ground itself is made of the layer “terrain”; any other of the kind is drawn on it."""
    folder = tmp_path_factory.mktemp(request.param)
    return town(folder, request.param, picture(folder)), request.param


@pytest.mark.parametrize("distance", [60.0, 400.0, 6_000.0])
def test_a_picture_lies_on_a_triangulated_terrain_whichever_layer_that_is(waves, distance):
    city, name = waves
    place = (WEST + 500, NORTH - 520)
    view = Camera(east=place[0], north=place[1], height=on_ground(*place), distance=distance, azimuth=0, pitch=-25)
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, View(camera=view), SIZE)
        bare = offscreen.picture(session.tiles, View(camera=view, layers=(name,)), SIZE)
    wide = max(7.0, distance / 20)
    for east in (-wide, -wide / 2 - 3, wide / 2 + 3, wide):
        x, y = place[0] + east, place[1]
        colour = pixel(seen, view, (x, y, on_ground(x, y)))
        # From afar haze lies on it.
        assert np.abs(colour - (RED if east < 0 else BLUE)).max() < (10 if distance < 1000 else 90), (east, colour)
        assert np.abs(colour - pixel(bare, view, (x, y, on_ground(x, y)))).max() > 40
    if distance < 1000:
        # No speck of the ground shines through; where the colours meet there is a mixture.
        red, blue = (np.abs(seen.astype(int) - colour).max(axis=2) < 14 for colour in (RED, BLUE))
        mixed = (seen[..., 1] < 95) & (seen[..., 0] < 205)
        assert (red | blue | mixed)[SIZE[1] // 2 :].mean() > 0.9999


def test_a_cut_surface_is_the_surface_itself(tmp_path):
    chance = np.random.default_rng(4)
    x, y = chance.random((2, 400)) * 1000
    points = np.column_stack([x, y, 10 + x / 30 - y / 50])
    corners = np.arange(399).reshape(-1, 3)
    mesh = laying.Mesh(points + np.array([WEST, SOUTH, 0]), corners)
    found, triangles = mesh.within((WEST + 200, SOUTH + 300, WEST + 600, SOUTH + 800))
    found = found - np.array([WEST, SOUTH, 0])
    assert (found[:, :2] >= (199.999, 299.999)).all() and (found[:, :2] <= (600.001, 800.001)).all()
    assert np.abs(found[:, 2] - (10 + found[:, 0] / 30 - found[:, 1] / 50)).max() < 1e-9
    import shapely

    whole = shapely.polygons(points[corners][:, :, :2])
    expected = shapely.area(shapely.intersection(whole, shapely.box(200, 300, 600, 800))).sum()
    assert shapely.area(shapely.polygons(found[triangles][:, :, :2])).sum() == pytest.approx(expected, rel=1e-9)


def test_buildings_stand_on_the_picture_and_shade_it(tmp_path):
    ground = on_ground(WEST + 250, NORTH - 500)
    house = {
        "type": "Feature",
        "properties": {"height": 40.0, "ground": ground},
        "geometry": {"type": "Polygon", "coordinates": [[(WEST + a, NORTH - b) for a, b in
                     ((240, 510), (260, 510), (260, 490), (240, 490), (240, 510))]]},
    }  # fmt: skip
    crs = {"type": "name", "properties": {"name": "EPSG:32637"}}
    path = tmp_path / "house.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [house]}))
    city = town(tmp_path, "terrain", picture(tmp_path))
    with Session.open(city) as session:
        session.run("import", file=path, kind="buildings", layer="buildings")
    view = Camera(east=WEST + 250, north=NORTH - 500, height=ground, distance=220, azimuth=0, pitch=-50)
    with Session.open(city) as session:
        seen = offscreen.picture(session.tiles, View(camera=view), SIZE)
    wall = pixel(seen, view, (WEST + 250, NORTH - 510, ground + 20))
    assert np.abs(wall - RED).max() > 60
    # The sun stands in the south-west, at 45°: the shade is as long as the house is high.
    shade = pixel(seen, view, (WEST + 275, NORTH - 480, on_ground(WEST + 275, NORTH - 480)))
    sunny = pixel(seen, view, (WEST + 215, NORTH - 530, on_ground(WEST + 215, NORTH - 530)))
    assert np.abs(sunny - RED).max() < 10
    assert shade[0] < sunny[0] - 25 and shade[0] > 90


def test_an_elevation_model_goes_over_into_the_ground_without_a_step_or_a_hole(tmp_path):
    cells = 40.0 + np.add.outer(np.linspace(0, 10, 200), np.linspace(0, 20, 200)).astype(np.float32)
    cells[90:110, 90:130] = np.nan
    city = linked(tmp_path, tiff(tmp_path / "dem.tif", cells, nodata=float("nan")), kind="terrain")
    low = 40.0
    with Session.open(city) as session:
        window = offscreen.hidden()
        window.SetSize(*SIZE)
        scene = Scene(window, session.tiles)
        scene.viewport = SIZE
        try:
            scene.look(Camera(east=WEST + 500, north=NORTH - 500, height=50, distance=900, azimuth=0, pitch=-40))
            scene.wait()
            pieces = scene._linked.probe((0, 0, 0), (0, 0, -1), scene._sight, parallel=False)

            def height(east, north):
                from dataclasses import replace

                asked = replace(pieces, eye=(east, north, 500.0), way=(0.0, 0.0, -1.0))
                found = asked.nearest(1e9)
                return found.point[2] if found else None

            # From its middle out over each side, and across the hole.
            for along in (
                [(WEST + 500 + d, NORTH - 300) for d in range(0, 620, 2)],
                [(WEST + 300, NORTH - 500 - d) for d in range(0, 620, 2)],
                [(WEST + 300 + d, NORTH - 500) for d in range(0, 500, 2)],
            ):
                heights = [height(*at) for at in along]
                known = [one for one in heights if one is not None]
                steps = np.abs(np.diff(known))
                assert steps.max() < 2 * 0.8, "no step is steeper than an embankment"
                # It ends below the ground that lies about it, or goes on.
                if None in heights:
                    assert heights.index(None) == len(known) and known[-1] < low
        finally:
            scene.close()
            window.Finalize()


def test_whoever_reads_while_the_city_closes_ends_without_a_word(caplog):
    def read(_layer, _square):
        raise Cancelled("The city is being closed.")

    link = Link(path="a.tif", holds="raster", cell=1.0, size=1, time=1)
    layer = Layer(id="air", kind="imagery", extent=(0.0, 0.0, 0.0, 100.0, 100.0, 0.0), link=link)
    woven = Weaving(Sheet((layer,), (0.0, 0.0)), None, read, lambda _kind: None)
    assert woven.made(Spot(0, 0, 0)) is None and not caplog.records


def test_a_patch_of_the_ground_overlaps_its_neighbours(tmp_path):
    mesh = laying.Mesh(
        np.array([[0, 0, 0], [1000, 0, 0], [1000, 1000, 0], [0, 1000, 0]], float), np.array([[0, 1, 2], [0, 2, 3]])
    )
    points, _ = laying.Surface(mesh, [], lambda _key: None).within(Square(100, 200, 50))
    assert points[:, :2].min() < 0 and points[:, :2].max() > 50 and np.abs(points[:, 2] - laying.RAISED).max() < 1e-9
