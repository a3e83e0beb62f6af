"""Palms are few triangles, stand where their points are, and are as high as they say."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers import palms


def meshed(points, **columns):
    wkb = list(shapely.to_wkb(np.array([shapely.Point(*point) for point in points], object)))
    return palms.mesh(palms.encode(pa.table({"fid": np.arange(5, 5 + len(points)), "geometry": wkb, **columns})))


def test_a_palm_stands_on_its_point_and_is_as_high_as_it_says():
    arrays = meshed([(500_000, 2_400_000, 3.0), (500_040, 2_400_000, 4.0)], height=[7.0, 10.0])
    points = arrays.points + np.array(arrays.origin)
    for which, (east, low, high) in enumerate([(500_000, 3, 7), (500_040, 4, 10)]):
        mine = points[arrays.owner == which]
        assert np.abs(mine[:, :2].mean(axis=0) - (east, 2_400_000)).max() < 0.3
        assert mine[:, 2].min() == pytest.approx(low, abs=1e-4)
        assert mine[:, 2].max() == pytest.approx(low + high, rel=0.08)
        assert np.ptp(mine[:, 0]) < high


def test_it_has_thirty_triangles_at_most_and_no_facade():
    arrays = meshed([(0, 0), (20, 0), (40, 0)])
    assert len(arrays.triangles) <= 90
    assert arrays.facade is None
    assert len(arrays.points) == len(arrays.normals) == len(arrays.base) == len(arrays.owner)
    assert np.linalg.norm(arrays.normals, axis=1) == pytest.approx(np.ones(len(arrays.points)), abs=0.01)


@pytest.mark.parametrize(("level", "share"), [(1, 1 / 3), (2, 1 / 5)])
def test_from_afar_it_is_a_part_of_that_and_as_large_and_from_farther_nothing(level, share):
    payload = palms.encode(pa.table({"fid": [5], "geometry": [shapely.to_wkb(shapely.Point(0, 0))], "height": [8.0]}))
    fine, afar = palms.mesh(payload), palms.mesh(payload, level)
    assert len(afar.triangles) <= len(fine.triangles) * share
    assert len(afar.normals) == len(afar.points) == len(afar.base) == len(afar.owner)

    def area(arrays):
        a, b, c = np.moveaxis(arrays.points[arrays.triangles], 1, 0)
        return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2

    assert area(afar) == pytest.approx(area(fine), rel=0.25), "a grove from afar is as dense as from near"
    assert np.abs(np.ptp(afar.points, axis=0) - np.ptp(fine.points, axis=0)).max() < 1.6
    assert len(palms.mesh(payload, len(palms.DETAILS) - 1).triangles) == 0


def test_neighbours_are_turned_otherwise():
    one, other = (meshed([(0, 0), (20, 0)]).points.reshape(2, -1, 3) - [[[0, 0, 0]], [[20, 0, 0]]]).round(2)
    assert not np.array_equal(one, other)
