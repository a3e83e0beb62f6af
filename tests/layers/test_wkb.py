"""Rings straight out of WKB are what a geometry library reads, whatever stands in the column."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import buildings, wkb
from twin.api import shapes

ELL = shapely.Polygon([(0, 0), (30, 0), (30, 12), (12, 12), (12, 30), (0, 30)])
COURT = shapely.Polygon([(0, 0), (40, 0), (40, 40), (0, 40)], [[(10, 10), (10, 30), (30, 30), (30, 10)]])
SOLID = shapely.Polygon([(0, 0, 5), (10, 0, 5), (10, 10, 9)])
BOTH = shapely.MultiPolygon([shapely.box(50, 0, 60, 9), COURT])
ANY = (
    ELL, ELL.reverse(), COURT, SOLID, BOTH, None, shapely.Polygon(), shapely.Point(3, 4), shapely.box(1, 2, 3, 4),
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1).reverse()]),
    shapely.LineString([(0, 0), (9, 9)]),
    shapely.GeometryCollection([shapely.box(0, 0, 2, 2), shapely.Point(1, 1)]),
)  # fmt: skip


def column(some, **how):
    return pa.chunked_array([pa.array(shapely.to_wkb(np.array(some, object), **how).tolist(), pa.binary())])


def corners(some, **how):
    """What is read: each ring's corners, in metres again."""
    found = wkb.read(column(some, **how))
    count = len(found.kinds)
    xy, starts = wkb.traced(found, np.zeros((count, 2)), np.full(count, float(wkb.STEPS)))
    return found, [xy[a:b].tolist() for a, b in itertools.pairwise(starts)]


def test_each_geometry_is_taken_for_what_it_is():
    found, rings = corners(ANY)
    names = ["WHOLE", "HOLED", "OTHER", "NOTHING"]
    said = [names[kind] for kind in found.kinds]
    assert said[:6] == ["WHOLE", "WHOLE", "HOLED", "OTHER", "HOLED", "NOTHING"]
    assert said[6:] == ["WHOLE", "OTHER", "WHOLE", "WHOLE", "OTHER", "OTHER"]
    assert found.rings.tolist() == [1, 1, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0]
    assert rings[0] == rings[1][:1] + rings[1][1:] == [list(map(int, p)) for p in ELL.exterior.coords[:-1]]
    assert found.sides[0].tolist() == [0, 0, 30, 30] and np.isinf(found.sides[2]).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=3, max_size=9, unique=True)))
def test_rings_are_those_a_library_reads(some):
    hulls = [shapely.Polygon(points) for points in some]
    hulls = [hull for hull in hulls if hull.is_valid and hull.area > 1]
    _, rings = corners(hulls)
    for ring, hull in zip(rings, shapely.orient_polygons(np.array(hulls, object)), strict=True):
        truth = shapely.get_coordinates(hull.exterior)[:-1].astype(int).tolist()
        assert ring == truth


def test_bytes_that_are_no_geometry_are_read_by_nobody_here():
    cut = [shapely.to_wkb(ELL)[:n] for n in range(0, 90, 7)] + [b"\x01\x03\x00\x00\x00\xff\xff\xff\xff" + b"\xff" * 20]
    found = wkb.read(pa.chunked_array([pa.array(cut, pa.binary())]))
    assert (found.kinds == wkb.OTHER).all() and found.corners.sum() == 0


@pytest.mark.parametrize("order", [0, 1], ids=["big endian", "little endian"])
def test_a_tile_has_all_its_buildings_however_they_are_written(order):
    table = pa.table({"fid": np.arange(len(ANY)), "geometry": column(ANY, byte_order=order)})
    found = buildings.mesh(buildings.encode(table))
    drawn = set(found.fids[found.owner].tolist())
    assert drawn == {n for n, one in enumerate(ANY) if one is not None and one.area > 0}


def test_tiles_made_together_are_those_made_one_by_one():
    random = np.random.default_rng(5)
    away = random.uniform(0, 900, (len(ANY) * 20, 2))
    some = [one and shapely.transform(one, lambda p, by=by: p + by) for one, by in zip(ANY * 20, away, strict=True)]
    table = pa.table(
        {
            "fid": np.arange(len(some)) * 7,
            "geometry": column(some, output_dimension=3),
            "height": random.uniform(3, 30, len(some)),
            "facade": pa.array(random.choice(["roshan", None], len(some)).tolist(), pa.string()),
            "surfaces": pa.array([None, '["RoofSurface"]'] * (len(some) // 2), pa.string()),
        }
    )
    starts = [0, 1, 57, 58, 130, 133, len(some)]
    together = buildings.encode_tiles(table, starts)
    for n, blob in enumerate(together):
        alone = shapes.unpack(buildings.encode(table.slice(starts[n], starts[n + 1] - starts[n]))).arrays
        mine = shapes.unpack(blob).arrays
        assert mine.keys() == alone.keys()
        for name in mine:
            np.testing.assert_array_equal(mine[name], alone[name], err_msg=name)


def test_a_layer_of_buildings_may_be_of_anything_and_far_tiles_of_nothing():
    """Lines taken in as buildings, and a column that only sounds like ours."""
    lines = shapely.linestrings(np.arange(1_500 * 4).reshape(-1, 2, 2).astype(float))
    table = pa.table({"fid": np.arange(1_500), "geometry": column(lines), "facade": np.arange(1_500.0)})
    blob = buildings.encode(table)
    coarse, count = buildings.coarsen([(0, blob), (1_500, blob)])
    assert count == 0 and not len(buildings.mesh(coarse).triangles) and not len(buildings.mesh(blob).triangles)
