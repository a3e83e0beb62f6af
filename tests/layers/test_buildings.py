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


def meshed(*shapes, height=10.0, **columns):
    table = pa.table(
        {
            "fid": np.arange(1, len(shapes) + 1),
            "geometry": list(shapely.to_wkb(np.array(shapes, object))),
            "height": np.full(len(shapes), height),
            "ground": np.zeros(len(shapes)),
            **columns,
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
    assert set(meshed(ELL, None).owner) == {0}


@pytest.mark.parametrize("shape", [ELL, COURT, shapely.box(0, 0, 5, 19), shapely.Point(0, 0).buffer(20, 3)])
def test_a_roof_knows_how_far_its_sides_are(shape):
    """What lies within a lip's width of a side is told so, and nothing else is."""
    arrays = meshed(shape)
    roof = arrays.normals[arrays.triangles[:, 0], 2] > 0.5
    shares = np.random.default_rng(1).dirichlet(np.ones(3), (roof.sum(), 400))
    at = np.einsum("tsk,tkd->tsd", shares, arrays.points[arrays.triangles[roof]].astype(float))
    found = np.einsum("tsk,tkd->tsd", shares, arrays.facade[arrays.triangles[roof]].astype(float)).min(axis=2)
    truth = shapely.distance(shapely.boundary(shape), shapely.points(at[..., :2] + np.array(arrays.origin[:2])))
    near = np.minimum(found, truth) < 0.6
    assert near.sum() > 50
    assert (np.abs(found - truth)[near] < 0.05).mean() > 0.97


def test_floors_and_bays_fit_their_walls():
    arrays = meshed(shapely.box(0, 0, 24, 12), height=10.2)
    walls = arrays.facade[arrays.normals[:, 2] < 0.5].reshape(4, 4, 4)
    assert np.abs(walls[:, 2:, 1] - -0.6 / 3.2).max() < 1e-5, "the lip's top"
    assert (walls[:, :2, 1] == 3).all(), "three whole floors"
    assert sorted((walls[:, 1, 0] - walls[:, 0, 0]).tolist()) == [5, 5, 10, 10]
    assert (walls[..., 2] == -1).all()


def test_a_house_with_roshans_says_so_bay_by_bay():
    arrays = meshed(shapely.box(0, 0, 24, 12), shapely.box(40, 0, 64, 12), facade=["roshan", None])
    wall = arrays.normals[:, 2] < 0.5
    old, new = (arrays.facade[wall & (arrays.owner == n)][:, 2].reshape(4, 4) for n in (0, 1))
    assert sorted((old[:, 0] - old[:, 1]).tolist()) == [5, 5, 10, 10]
    assert (old[:, 0] == -2).all() and (new == -1).all()


def test_upright_faces_of_a_solid_have_whole_floors_and_flat_ones_a_lip():
    floor, top = [(0, 0, 0), (0, 9, 0), (12, 9, 0), (12, 0, 0)], [(0, 0, 7.0), (12, 0, 7.0), (12, 9, 7.0), (0, 9, 7.0)]
    sides = [[floor[a], floor[b], top[-b % 4], top[-a % 4]] for a, b in ((0, 3), (3, 2), (2, 1), (1, 0))]
    arrays = meshed(shapely.MultiPolygon([shapely.Polygon(face) for face in (floor, top, *sides)]))
    wall, roof = np.abs(arrays.normals[:, 2]) < 0.5, arrays.normals[:, 2] > 0.5
    assert sorted(set(np.round(arrays.facade[wall, 1].astype(float), 3))) == [-0.188, 2]
    assert (arrays.facade[roof].min(axis=1) == 0).all() and arrays.facade[roof].max() == 12
    assert (arrays.facade[arrays.normals[:, 2] < -0.5] == 1000).all()
