"""Trees, towers and street furniture stand on their points, as high as they say, in the shape of what they are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers import furniture, towers, trees

EAST, NORTH = 520_000.0, 2_380_000.0


def meshed(kind, points, level=0, **columns):
    wkb = list(shapely.to_wkb(np.array([shapely.Point(EAST + x, NORTH + y, *z) for x, y, *z in points], object)))
    payload = kind.encode(pa.table({"fid": np.arange(3, 3 + len(points)), "geometry": wkb, **columns}))
    return kind.mesh(payload, level)


def box(arrays, owner):
    points = arrays.points[arrays.owner == owner].astype(float) + arrays.origin
    return points.min(axis=0) - (EAST, NORTH, 0), points.max(axis=0) - (EAST, NORTH, 0)


@pytest.mark.parametrize(("kind", "otherwise"), [(trees, trees.HEIGHT), (towers, towers.HEIGHTS["mast"])])
def test_it_is_as_high_as_it_says_and_stands_on_its_point(kind, otherwise):
    arrays = meshed(kind, [(0, 0, 4.0), (50, 0), (100, 0)], height=["12", "25 m", None])
    for owner, (foot, high) in enumerate([(4.0, 12.0), (0.0, 25.0), (0.0, otherwise)]):
        low, top = box(arrays, owner)
        assert low[2] == pytest.approx(foot, abs=1e-3) and top[2] - foot == pytest.approx(high, rel=0.03)
        assert abs((low[0] + top[0]) / 2 - 50 * owner) < 2
    assert np.isnan(arrays.stands[arrays.owner == 0]).all(), "its height is its own"
    assert np.isfinite(arrays.stands[arrays.owner == 1]).all(), "it stands on the ground"


def test_a_crown_is_as_wide_as_it_says():
    arrays = meshed(trees, [(0, 0)], height=[10.0], diameter_crown=[14.0])
    low, top = box(arrays, 0)
    assert top[:2] - low[:2] == pytest.approx([14.0, 14.0], rel=0.12)


def test_towers_of_power_lines_are_pylons_and_masts_are_slim():
    arrays = meshed(
        towers,
        [(0, 0), (99, 0), (199, 0)],
        height=[30.0] * 3,
        power=["tower", None, "pole"],
        man_made=[None, "mast", None],
    )
    wide = [np.linalg.norm((box(arrays, owner)[1] - box(arrays, owner)[0])[:2]) for owner in range(3)]
    assert wide[0] > 6 > 4 > wide[1]
    assert arrays.growth is not None, "a mast is seen from afar"


def test_each_thing_of_the_street_has_its_shape():
    said = ["street_lamp", None, None, None, None, "stop", None]
    arrays = meshed(
        furniture,
        [(9 * n, 0) for n in range(7)],
        highway=said,
        amenity=[None, "bench", "waste_basket", None, None, None, None],
        emergency=[None, None, None, "fire_hydrant", None, None, None],
        man_made=[None, None, None, None, "surveillance", None, None],
    )
    high = [box(arrays, owner)[1][2] for owner in range(7)]
    assert high == pytest.approx([6.8, 0.9, 0.92, 0.79, 4.2, 2.6, 1.1], abs=0.03)


def test_a_camera_looks_where_it_says():
    arrays = meshed(furniture, [(0, 0), (50, 0)], man_made=["surveillance"] * 2, direction=["90", "0"])
    east, north = ((box(arrays, owner)[0] + box(arrays, owner)[1]) / 2 - (50 * owner, 0, 0) for owner in (0, 1))
    assert east[0] > 0.2 > abs(east[1]) and north[1] > 0.2 > abs(north[0])


@pytest.mark.parametrize(("kind", "columns"), [(trees, {}), (furniture, {"amenity": ["bench"]})])
def test_small_things_are_coarse_from_afar_and_then_nothing(kind, columns):
    fine, coarse, far = (meshed(kind, [(0, 0)], level, **columns) for level in range(3))
    assert len(fine.triangles) > len(coarse.triangles) > len(far.triangles) == 0
    assert np.abs(np.ptp(fine.points, axis=0) - np.ptp(coarse.points, axis=0)).max() < 1.5
