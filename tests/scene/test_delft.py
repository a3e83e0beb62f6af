"""Delft as it is: each of its objects answers a click."""

from __future__ import annotations

import numpy as np

from tests.command import answered
from tests.real import data
from twin.host.session import Session
from twin.scene import offscreen
from twin.scene.scene import Scene

NEAR = 0.05
"""Metres before a triangle, nearer than anything else can stand."""


def answering(scene):
    """The features that are hit by a ray upon one of their own triangles, from either side."""
    found = set()
    for tile in scene._listing.leaves():
        key, arrays = tile.key, scene._details.tile(tile.key)
        corners = arrays.points[arrays.triangles].astype(float)
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        sizes = np.linalg.norm(normals, axis=1)
        for row in np.flatnonzero(sizes > 1e-6):
            wanted = (key[0], int(arrays.fids[arrays.owner[arrays.triangles[row, 0]]]))
            middle, normal = corners[row].mean(axis=0) + arrays.origin, normals[row] / sizes[row]
            for side in (NEAR, -NEAR) if wanted not in found else ():
                eye, way = middle + side * normal, -np.sign(side) * normal
                hit = scene._details.nearest(tuple(eye), tuple(way), lambda _layer: True, scene.gone)
                if hit and (hit.layer, hit.fid) == wanted:
                    found.add(wanted)
    return found


def test_each_object_can_be_clicked(tmp_path):
    city = tmp_path / "delft.balad"
    answered("import", city, data("city3d/cjio/delft.json"))
    window = offscreen.hidden()
    with Session.open(city, read_only=True) as session:
        scene = Scene(window, session.tiles)
        try:
            scene.wait()
            there = {
                (layer.id, fid)
                for layer in session.city.layers()
                for fid in session.city.features(layer.id, ["fid"]).column("fid").to_pylist()
            }
            assert len(there) == 570
            assert answering(scene) == there
        finally:
            scene.close()
            window.Finalize()
