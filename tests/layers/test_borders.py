"""Lines about areas lie along their borders, as wide as they should be and as high as the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers import areas
from layers.borders import bordered

ELL = shapely.Polygon([(0, 0), (90, 0), (90, 40), (40, 40), (40, 90), (0, 90)])
COURT = shapely.Polygon([(0, 0), (80, 0), (80, 80), (0, 80)], [[(30, 30), (30, 50), (50, 50), (50, 30)]])


def drawn(faces):
    """The triangles in plan."""
    corners = faces.points[faces.triangles][..., :2]
    return shapely.polygons(np.concatenate([corners, corners[:, :1]], axis=1))


@pytest.mark.parametrize("shape", [ELL, ELL.reverse(), COURT, shapely.box(3, 4, 80, 60)])
def test_a_line_covers_what_a_geometry_library_makes_of_the_border(shape):
    truth = shapely.buffer(shape.boundary, 2, join_style="mitre")
    found = drawn(bordered([shape], np.array([4.0])))
    assert shapely.union_all(found).symmetric_difference(truth).area < 0.001 * truth.area
    assert shapely.is_ccw(shapely.get_exterior_ring(found)).all(), "seen from above"


def test_sharp_corners_and_points_that_stand_twice_reach_nowhere_far():
    spike = shapely.Polygon([(0, 0), (100, 0), (100, 0), (100, 1), (0, 0.2)])
    faces = bordered([spike], np.array([2.0]))
    assert np.isfinite(faces.points).all()
    assert shapely.total_bounds(drawn(faces)) == pytest.approx(spike.bounds, abs=2.6)


def test_each_area_has_its_own_line_at_the_height_of_its_ground():
    rising = shapely.Polygon([(0, 0, 5), (50, 0, 5), (50, 50, 25), (0, 50, 25)])
    shapes = [rising, None, shapely.box(100, 0, 120, 20), shapely.MultiPolygon([shapely.box(200, 0, 210, 9), COURT])]
    table = pa.table(
        {
            "fid": [7, 8, 9, 10],
            "geometry": shapely.to_wkb(np.array(shapes, object)).tolist(),
            "object_type": ["parcel", "parcel", "park", "block"],
        }
    )
    made = areas.mesh(areas.encode(table))
    owners = made.fids[made.owner]
    assert set(owners.tolist()) == {7, 9, 10}
    slope = made.points[owners == 7]
    assert slope[:, 2] == pytest.approx(np.where(slope[:, 1] > 25, 25.3, 5.3), abs=1e-4)
    assert len(made.points[owners == 9]) == 4, "a park is filled"
