"""Pipes are tubes as wide as they say, in any unit, at their own height or depth; each node has its own shape."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers import cables, nodes, pipes
from layers.lengths import metres
from layers.node_shapes import NAMES

EAST, NORTH = 520_000.0, 2_380_000.0


def table(geometries, units=None, **columns):
    wkb = list(shapely.to_wkb(np.array(geometries, object)))
    made = pa.table({"fid": np.arange(7, 7 + len(geometries)), "geometry": wkb, **columns})
    for name, unit in (units or {}).items():
        at = made.schema.get_field_index(name)
        made = made.set_column(at, made.schema.field(at).with_metadata({"unit": unit}), made.column(at))
    return made


def line(*points):
    return shapely.LineString([(EAST + x, NORTH + y, *z) for x, y, *z in points])


def away(points, geometry):
    """(n,) metres from the axis, as if its pieces went on for ever."""
    ends = shapely.get_coordinates(geometry, include_z=True)
    found = []
    for a, b in itertools.pairwise(ends):
        way = (b - a) / np.linalg.norm(b - a)
        found.append(np.linalg.norm(np.cross(points - a, way), axis=1))
    return np.array(found)


def placed(arrays, owner=0):
    return arrays.points[arrays.owner == owner].astype(float) + arrays.origin


@pytest.mark.parametrize(
    ("said", "unit", "wide"), [(300.0, "mm", 0.3), (12.0, "in", 0.3048), (0.45, "m", 0.45), (200.0, "", 0.2)]
)
def test_a_tube_is_as_wide_as_it_says_to_a_millimetre(said, unit, wide):
    pipe = line((0, 0, -2), (40, 0, -2), (60, 30, -3), (60, 80, -1))
    arrays = pipes.mesh(pipes.encode(table([pipe], {"diameter": unit}, diameter=[said])))
    rings = placed(arrays).reshape(4, -1, 3)
    for n, ring in enumerate(rings):
        beside = [one for one in (n - 1, n) if 0 <= one < 3]
        # Where two pieces meet a point lies on both tubes.
        for piece in beside:
            assert np.abs(away(ring, pipe)[piece] - wide / 2).max() < 1e-3
    assert len(rings[0]) == 8


def test_it_is_closed_and_looks_outward():
    arrays = pipes.mesh(pipes.encode(table([line((0, 0, 0), (10, 0, 0))], diameter=[1000.0])))
    corners = arrays.points.astype(float)[arrays.triangles]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume == pytest.approx(10 * 8 / 2 * 0.25 * np.sin(np.pi / 4), rel=1e-4)
    assert np.linalg.norm(arrays.normals, axis=1) == pytest.approx(1, abs=1e-3)


def test_what_says_no_diameter_is_drawn_thin_and_a_zero_is_none():
    arrays = pipes.mesh(pipes.encode(table([line((0, 0, 0), (9, 0, 0))] * 2, diameter=[None, 0.0])))
    axis = line((0, 0, 0), (9, 0, 0))
    for owner in (0, 1):
        assert away(placed(arrays, owner), axis)[0] == pytest.approx(pipes.DIAMETER / 2, abs=1e-4)


def test_heights_of_its_own_go_before_an_elevation_and_that_before_a_depth():
    own, flat = line((0, 0, 12.5), (10, 0, 12.5)), line((0, 0), (10, 0))
    said = table(
        [own, flat, flat, flat],
        {"elevation": "m", "depth": "ft"},
        elevation=[3.0, 3.0, None, None],
        depth=[5.0, 5.0, 5.0, None],
    )
    arrays = pipes.mesh(pipes.encode(said))
    middles = [placed(arrays, owner)[:, 2].mean() for owner in range(4)]
    assert middles == pytest.approx([12.5, 3.0, -5 * 0.3048, 0.3], abs=1e-3), (
        "on the ground, and not at 0, if none is said"
    )
    counts_from_ground = [bool(np.isfinite(arrays.stands[arrays.owner == owner]).all()) for owner in range(4)]
    assert counts_from_ground == [False, False, True, True]
    assert [arrays.growth[arrays.owner == owner][0, 4] for owner in range(4)] == [0, 0, 0, 1]


def test_from_afar_it_is_a_ribbon_on_its_line_and_then_one_without_small_bends():
    wiggle = line(*((x, x % 20 / 20) for x in range(0, 200, 10)))
    payload = pipes.encode(table([wiggle], diameter=[100.0], depth=[1.0]))
    tube, ribbon, far = (pipes.mesh(payload, level) for level in range(3))
    assert len(tube.triangles) > 4 * len(ribbon.triangles) > 8 * len(far.triangles) > 0
    assert shapely.distance(wiggle, shapely.points(placed(ribbon)[:, :2])).max() < 1e-3
    assert shapely.distance(wiggle, shapely.points(placed(far)[:, :2])).max() < 2.0
    assert set(np.unique(ribbon.growth[:, 5])) == {-1, 1}, "its two sides"
    assert np.linalg.norm(ribbon.growth[:, :3], axis=1) == pytest.approx(0.05, rel=0.2)


def test_a_wider_pipe_is_wider_on_the_screen_from_afar_too():
    arrays = pipes.mesh(pipes.encode(table([line((0, 0), (9, 0))] * 3, diameter=[100.0, 300.0, 1200.0])), 1)
    radius = np.array([0.05, 0.15, 0.6])
    pixels = radius / np.array([arrays.growth[arrays.owner == owner][0, 3] for owner in range(3)])
    assert (pixels >= 1.5).all() and (np.diff(pixels) > 0.4).all() and pixels.max() <= 5


def test_a_sharp_turn_has_no_spike_and_a_line_of_one_place_is_nothing():
    back = line((0, 0, 0), (20, 0, 0), (0, 0.5, 0))
    arrays = pipes.mesh(pipes.encode(table([back, line((5, 5, 0), (5, 5, 0))], diameter=[500.0, 500.0])))
    assert placed(arrays)[:, 0].max() < EAST + 20.3
    assert set(arrays.owner) == {0}


def test_what_flows_gives_the_colour():
    flat = [line((0, 0), (9, 0))] * 4
    arrays = pipes.mesh(pipes.encode(table(flat, substance=["water", "sewage", None, "hot_water"])))
    tints = [tuple(arrays.base[arrays.owner == owner][0].tolist()) for owner in range(4)]
    assert tints[0] == tints[2] == (0x2F, 0x7F, 0xD1) and tints[1] == (0x8A, 0x6A, 0x4C) and len(set(tints)) == 3
    cable = cables.mesh(cables.encode(table(flat[:1])))
    assert tuple(cable.base[0].tolist()) == (0xD9, 0x90, 0x2F)


def test_what_flows_may_be_said_in_arabic():
    said = [("صرف صحي", "sewage"), ("السيول", "storm"), ("كهرباء", "power"), ("ألياف  ضوئية", "fibre"), ("غاز", "gas")]
    words = [word for pair in said for word in pair]
    arrays = pipes.mesh(pipes.encode(table([line((0, 0), (9, 0))] * len(words), substance=words)))
    tints = [tuple(arrays.base[arrays.owner == owner][0].tolist()) for owner in range(len(words))]
    assert tints[::2] == tints[1::2] and len(set(tints)) == len(said)


def test_each_node_has_the_shape_of_what_it_is():
    names = [name for name in NAMES if name not in ("pump", "valve")]
    points = [shapely.Point(EAST + 30 * n, NORTH, 5.0) for n in range(len(names))]
    arrays = nodes.mesh(nodes.encode(table(points, node_type=names)))
    shapes = {}
    for owner, name in enumerate(names):
        mine = placed(arrays, owner) - (EAST + 30 * owner, NORTH, 5.0)
        assert np.abs(mine[:, :2]).max() < 8
        shapes[name] = (len(mine), tuple(np.ptp(mine, axis=0).round(2)))
    alike = {"node": "junction"}
    assert len({shapes[name] for name in names if name not in alike}) == len(names) - len(alike)


def test_a_tank_is_as_wide_and_high_as_it_says():
    tank = table(
        [shapely.Point(EAST, NORTH, 98.68)], {"diameter": "m"}, node_type=["tank"], diameter=[16.0], max_level=[4.0]
    )
    points = placed(nodes.mesh(nodes.encode(tank)))
    assert np.ptp(points[:, 0]) == pytest.approx(16.0, rel=0.02)
    assert points[:, 2].min() == pytest.approx(98.68, abs=1e-3) and points[:, 2].max() == pytest.approx(102.68, abs=0.8)


def test_a_valve_between_two_nodes_is_a_tube_with_its_shape_midway_along_it():
    valve = line((0, 0, 3), (30, 40, 3))
    arrays = nodes.mesh(nodes.encode(table([valve], node_type=["valve"], diameter=[200.0])))
    points = placed(arrays)
    middle = points[np.linalg.norm(points[:, :2] - (EAST + 15, NORTH + 20), axis=1) < 2]
    wide = middle[:, :2] - (EAST + 15, NORTH + 20)
    assert np.abs(wide @ (0.6, 0.8)).max() == pytest.approx(0.75, abs=0.05), "as long as it is, along the line"
    ends = points[np.linalg.norm(points[:, :2] - (EAST, NORTH), axis=1) < 0.5]
    assert away(ends, valve)[0] == pytest.approx(0.1, abs=1e-3)


def test_from_far_away_what_is_many_gives_way_to_what_matters():
    points = [shapely.Point(EAST + n, NORTH) for n in range(4)]
    payload = nodes.encode(table(points, node_type=["junction", "tank", "junction", "reservoir"]))
    fine, coarse, far = (nodes.mesh(payload, level) for level in range(3))
    assert len(fine.triangles) > len(coarse.triangles) > len(far.triangles)
    assert set(far.owner) == {1, 3} and set(coarse.owner) == {0, 1, 2, 3}


def test_a_length_is_read_from_words_too_and_a_missing_one_is_missing():
    said = table([line((0, 0), (1, 0))] * 4, height=["12", "7.5 m", "tall", None])
    assert np.array_equal(metres(said, {"height": 1.0}), [12.0, 7.5, np.nan, np.nan], equal_nan=True)
