"""Datasets of pyvista as tiles: whose each face is, where it lies, and what can't be drawn."""

from __future__ import annotations

import numpy as np
import pytest
import pyvista as pv

from twin.scene.datasets import NotDrawable, arrays

EAST, NORTH = 515_000.25, 2_380_000.5


def ball(fid, east=0.0):
    found = pv.Sphere(radius=10, center=(0, 0, 10), theta_resolution=12, phi_resolution=12)
    found.points = found.points.astype(np.float64) + np.array([EAST + east, NORTH, 0.0])
    found.cell_data["fid"] = np.full(found.n_cells, fid)
    return found


def test_each_face_belongs_to_its_feature_and_lies_to_the_millimetre_where_it_was():
    two = ball(7).merge(ball(9, 50.0), merge_points=False)
    found = arrays(two)
    assert found.fids.tolist() == [7, 9]
    assert found.points.dtype == np.float32 and np.abs(found.points).max() < 100
    absolute = found.points.astype(np.float64) + found.origin
    mine = absolute[found.owner == 1]
    assert np.abs(mine.mean(axis=0) - (EAST + 50, NORTH, 10)).max() < 0.5
    assert np.abs(absolute.min(axis=0)[:2] - (EAST - 10, NORTH - 10)).max() < 0.5
    outward = absolute[::3] - np.where((found.owner[::3] == 0)[:, None], (EAST, NORTH, 10), (EAST + 50, NORTH, 10))
    assert (np.einsum("ij,ij->i", outward, found.normals[::3]) > 0).all()


@pytest.mark.parametrize("how", ["grid", "blocks", "points", "field", "quads"])
def test_any_kind_of_dataset_is_taken(how):
    one = ball(3)
    if how == "grid":
        one = one.cast_to_unstructured_grid()
    elif how == "blocks":
        one = pv.MultiBlock([one, None, ball(4, 60)])
    elif how == "points":
        one.cell_data.clear()
        one.point_data["fid"] = np.full(one.n_points, 3)
    elif how == "field":
        one.cell_data.clear()
        one.field_data["fid"] = [3]
    else:
        one = pv.ImageData(dimensions=(3, 3, 3)).cast_to_structured_grid()
        one.cell_data["fid"] = np.full(one.n_cells, 3)
    found = arrays(one)
    assert set(found.fids) == ({3, 4} if how == "blocks" else {3})
    assert len(found.triangles) == (48 if how == "quads" else len(found.triangles)) > 0


def test_its_own_colours_are_its_base():
    one = ball(1)
    one.cell_data["rgb"] = np.tile(np.array([10, 20, 30], np.uint8), (one.n_cells, 1))
    assert (arrays(one).base == (10, 20, 30)).all()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one: one.cell_data.clear(), "no fid"),
        (lambda one: one.cell_data.update({"fid": np.full(one.n_cells, 0.5)}), "whole number"),
        (lambda one: one.points.__setitem__(0, np.nan), "no numbers"),
        (lambda one: setattr(one, "points", one.points.astype(np.float32)), "float64"),
    ],
)
def test_what_cant_be_drawn_says_why(spoil, words):
    one = ball(1)
    spoil(one)
    with pytest.raises(NotDrawable, match=words):
        arrays(one)


def test_lines_and_emptiness_say_why():
    line = pv.Line((0, 0, 0), (1, 0, 0))
    line.cell_data["fid"] = [1]
    with pytest.raises(NotDrawable, match="no faces"):
        arrays(line)
    with pytest.raises(NotDrawable, match="no cells"):
        arrays(pv.PolyData())


def test_lines_among_faces_change_nobodys_feature():
    one = ball(5)
    mixed = one.cast_to_unstructured_grid().merge(ball(8, 60.0).cast_to_unstructured_grid(), merge_points=False)
    line = pv.Line((EAST, NORTH, 0), (EAST + 9, NORTH, 0)).cast_to_unstructured_grid()
    line.points = np.array([[EAST, NORTH, 0], [EAST + 9, NORTH, 0]])
    line.cell_data["fid"] = [6]
    found = arrays(line.merge(mixed, merge_points=False))
    assert found.fids.tolist() == [5, 8]
    first = found.points[found.owner == 0].mean(axis=0) + found.origin
    assert np.abs(first[:2] - (EAST, NORTH)).max() < 0.5


@pytest.mark.parametrize("how", ["faces", "grid"])
def test_a_cell_that_names_a_point_that_is_not_there_is_refused(how):
    one = ball(1)
    if how == "grid":
        one = one.cast_to_unstructured_grid()
        one.cell_connectivity[0] = 99_999
    else:
        one = pv.PolyData(one.points, [3, 0, 1, 99_999])
        one.cell_data["fid"] = [1]
    with pytest.raises(NotDrawable, match="not there"):
        arrays(one)
