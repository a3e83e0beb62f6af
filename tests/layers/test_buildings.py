"""Footprints become prisms whose roofs have the footprints' area and whose faces look outward."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import buildings

ELL = shapely.Polygon([(0, 0), (30, 0), (30, 12), (12, 12), (12, 30), (0, 30)])
COURT = shapely.Polygon([(0, 0), (40, 0), (40, 40), (0, 40)], [[(10, 10), (10, 30), (30, 30), (30, 10)]])


def meshed(*shapes, height=10.0):
    table = pa.table(
        {
            "fid": np.arange(1, len(shapes) + 1),
            "geometry": list(shapely.to_wkb(np.array(shapes, object))),
            "height": np.full(len(shapes), height),
            "ground": np.zeros(len(shapes)),
        }
    )
    return buildings.mesh(buildings.encode(table))


def faces(arrays):
    corners = arrays.points[arrays.triangles].astype(float)
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2


def test_a_roof_has_its_footprint_and_a_prism_its_volume():
    for shape in (ELL, COURT, shapely.box(0, 0, 5, 9)):
        arrays = meshed(shape)
        area = faces(arrays)
        roof = arrays.normals[arrays.triangles[:, 0], 2] > 0.5
        assert np.linalg.norm(area[roof], axis=1).sum() == pytest.approx(shape.area, rel=1e-3)
        wall = np.linalg.norm(area[~roof], axis=1).sum()
        assert wall == pytest.approx(shape.length * 10, rel=1e-3)


def test_every_face_looks_the_way_of_its_normal():
    arrays = meshed(ELL, COURT)
    assert (np.einsum("ij,ij->i", faces(arrays), arrays.normals[arrays.triangles[:, 0]]) > 0).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=12, unique=True))
def test_any_simple_footprint_is_covered(points):
    hull = shapely.Polygon(points)
    if not hull.is_valid or hull.area < 5:
        return
    arrays = meshed(hull)
    roof = arrays.normals[arrays.triangles[:, 0], 2] > 0.5
    assert np.linalg.norm(faces(arrays)[roof], axis=1).sum() == pytest.approx(hull.area, rel=0.01)


def test_a_feature_without_geometry_is_left_out():
    assert list(meshed(ELL, None).owner) == [0] * 30
