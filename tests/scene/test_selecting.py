"""What an area on the screen selects is what shapely says of the projected faces, whatever is drawn of them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.scene.synthetic import Synthetic, scene
from twin.core.errors import Cancelled
from twin.model.view import Camera
from twin.scene import camera
from twin.scene.selecting import combined

SIZE = (1280, 720)
AREAS = {
    "box": [(500, 300), (760, 300), (760, 470), (500, 470)],
    "concave": [(420, 260), (900, 260), (900, 520), (640, 330), (420, 520)],
    "crossing": [(450, 280), (850, 480), (850, 280), (450, 480)],
    "inside one wall": [(636, 372), (638, 372), (638, 374), (636, 374)],
}
VIEWS = {
    "far": Camera(east=200, north=200, distance=900, azimuth=25, pitch=-35),
    "among": Camera(east=200, north=200, height=12, distance=60, azimuth=70, pitch=-4),
    "plan": Camera(east=200, north=200, distance=700, pitch=-90, parallel=True),
}


def city():
    chance = np.random.default_rng(11)
    x, y = (side.ravel() * 40.0 for side in np.meshgrid(np.arange(10), np.arange(10)))
    wide, deep = chance.uniform(8, 32, 100), chance.uniform(8, 32, 100)
    houses = list(shapely.box(x, y, x + wide, y + deep))
    # One with a courtyard: it is kept as faces.
    houses[44] = shapely.Polygon(
        [(160, 160), (195, 160), (195, 195), (160, 195)], [[(170, 170), (170, 185), (185, 185), (185, 170)]]
    )
    source = Synthetic()
    height = chance.uniform(4, 60, 100)
    return source, source.add("buildings", "buildings", houses, height=height), houses, height


def expected(fids, houses, height, view, area):
    """Each face as shapely has it on the screen; those with a corner behind the eye by their points before it."""
    wanted = shapely.make_valid(shapely.Polygon(area)) if len(area) else None
    # Where a lasso crosses itself both loops count, as ``make_valid`` has it.
    found = []
    for fid, house, tall in zip(fids, houses, height, strict=True):
        rings = [np.asarray(ring.coords)[:-1] for ring in (house.exterior, *house.interiors)]
        faces = [np.column_stack([np.asarray(tri.exterior.coords)[:3], np.full(3, tall)]) for tri in _cut(house)]
        for ring in rings:
            a, b = ring, np.roll(ring, -1, axis=0)
            for p, q in zip(a, b, strict=True):
                faces.append(np.array([[*p, 0], [*q, 0], [*q, tall], [*p, tall]]))
        for face in faces:
            spots = _fine(face, view)
            if len(spots) > 2 and shapely.convex_hull(shapely.multipoints(spots)).intersects(wanted):
                found.append(fid)
                break
    return found


def _cut(house):
    cut = shapely.constrained_delaunay_triangles(house)
    return shapely.get_parts(cut)


def _fine(face, view):
    """The pixels of a face, cut where it passes behind the eye: by many points along its edges."""
    share = np.linspace(0, 1, 400, endpoint=False)[:, None]
    along = np.concatenate([a + share * (b - a) for a, b in zip(face, np.roll(face, -1, axis=0), strict=True)])
    spots = camera.pixels(view, along, *SIZE)
    return spots[np.isfinite(spots).all(axis=1)]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("area", AREAS)
def test_an_area_selects_what_it_touches(view, area):
    source, fids, houses, height = city()
    wanted = set(expected(fids, houses, height, VIEWS[view], AREAS[area]))
    with scene(source, VIEWS[view]) as found:
        for tolerance in (1e-9, 0.8, 50.0):
            found.tolerance = tolerance
            found.look(VIEWS[view])
            got = found.inside(np.array(AREAS[area]), SIZE, lambda _share: None)
            assert set(got.get("buildings", np.empty(0)).tolist()) == wanted
    if view != "among":
        assert wanted, "else nothing is tried"


def test_what_is_hidden_is_not_selected_and_a_question_can_be_stopped():
    source, _, _, _ = city()
    with scene(source, VIEWS["far"]) as found:
        area = np.array(AREAS["box"])
        whole = found.inside(area, SIZE, lambda _share: None)["buildings"]
        found.hide("buildings", whole[:2])
        assert found.inside(area, SIZE, lambda _share: None)["buildings"].tolist() == whole[2:].tolist()

        def stopped(_share):
            raise Cancelled("stopped")

        with pytest.raises(Cancelled):
            found.inside(area, SIZE, stopped)


def test_areas_are_added_and_taken_out():
    one, two = {"a": np.array([1, 2, 3])}, {"a": np.array([3, 4]), "b": np.array([9])}
    assert {k: v.tolist() for k, v in combined(one, two, add=True, remove=False).items()} == {
        "a": [1, 2, 3, 4],
        "b": [9],
    }
    assert {k: v.tolist() for k, v in combined(one, two, add=False, remove=True).items()} == {"a": [1, 2]}
    assert combined(one, {}, add=False, remove=False) == {}
