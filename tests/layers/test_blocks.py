"""From afar a district becomes boxes; what rises out of it stays where it is, as high as it is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers import buildings


def encoded(shapes, height, ground=0.0):
    count = len(shapes)
    table = pa.table(
        {
            "fid": np.arange(1, count + 1),
            "geometry": list(shapely.to_wkb(np.array(shapes, object))),
            "height": np.broadcast_to(np.asarray(height, float), count),
            "ground": np.full(count, ground),
        }
    )
    return buildings.encode(table)


def shell(west, south, east, north, low, high):
    """The faces of a block, looking outward."""
    b = [(west, south, low), (east, south, low), (east, north, low), (west, north, low)]
    t = [(x, y, high) for x, y, _ in b]
    sides = [[b[n], b[(n + 1) % 4], t[(n + 1) % 4], t[n]] for n in range(4)]
    return [t, b[::-1], *sides]


def roofs(arrays):
    """West, south, east, north and height of each roof."""
    up = arrays.triangles[arrays.normals[arrays.triangles[:, 2], 2] > 0.5].reshape(-1, 6)
    corners = arrays.points[up].astype(float)
    low, high = corners.min(axis=1), corners.max(axis=1)
    return np.column_stack([low[:, :2], high[:, :2], high[:, 2]]) + np.array([*arrays.origin[:2] * 2, 0.0])


def test_a_minaret_does_not_raise_its_mosque():
    faces = shell(0, 0, 40, 30, 0, 12) + shell(41, 0, 45, 4, 0, 48)
    mosque = shapely.MultiPolygon([shapely.Polygon(face) for face in faces])
    made = buildings.mesh(encoded([mosque], 12.0), 2)
    found = roofs(made)
    assert np.allclose(sorted(found[:, 4]), [12, 48], atol=0.1)
    hall, tower = found[np.argsort(found[:, 4])]
    assert np.allclose(hall[:4], [0, 0, 40, 30], atol=0.5)
    assert np.allclose(tower[:4], [41, 0, 45, 4], atol=0.5)
    assert set(made.fids[made.owner]) == {1}, "both are the one building"


def test_a_tower_stays_alone_where_a_district_becomes_boxes():
    x, y = (side.ravel() * 25.0 for side in np.meshgrid(np.arange(16), np.arange(8)))
    height = np.full(128, 10.0)
    height[70] = 120.0
    blob, count = buildings.coarsen([(0, encoded(shapely.box(x, y, x + 15, y + 15), height))])
    made = buildings.mesh(blob)
    found = roofs(made)
    assert np.isclose(found[:, 4].max(), 120.0)
    tower = found[np.argmax(found[:, 4])]
    assert np.allclose(tower[:4], [x[70], y[70], x[70] + 15, y[70] + 15], atol=0.1)
    assert np.allclose(found[found[:, 4] < 100][:, 4], 10.0)
    assert count == len(made.rows) < 40
    assert [70, 71] in made.rows.tolist()
    assert made.rows[0, 0] == 0 and made.rows[-1, 1] == 128
    assert (made.rows[1:, 0] == made.rows[:-1, 1]).all(), "each feature is in one box"
