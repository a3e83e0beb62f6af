"""Rooms: tinted by storey, seen through from the first."""

from __future__ import annotations

import pyarrow as pa
import shapely

from layers import rooms
from tests.formats.ifc_models import house


def boxes(storeys):
    faces = [
        shapely.MultiPolygon([shapely.force_3d(shapely.box(5 * n, 0, 5 * n + 4, 3), 2.0)]) for n in range(len(storeys))
    ]
    wkb = pa.array(list(shapely.to_wkb(faces, flavor="iso")), pa.binary())
    return pa.table({"fid": pa.array(range(len(storeys)), pa.int64()), "geometry": wkb, "storey": storeys})


def test_rooms_of_one_storey_share_a_tint_and_those_of_another_have_their_own():
    made = rooms.mesh(rooms.encode(boxes(["ground", "first", "ground", None])))
    tints = {int(owner): tuple(colour) for owner, colour in zip(made.owner, made.base.tolist(), strict=True)}
    assert tints[0] == tints[2] != tints[1]
    assert len(made.fids) == 4 and made.part is not None


def test_a_new_layer_of_rooms_is_translucent(tmp_path):
    from tests.command import answered
    from twin.store.city import City

    placed = {"Name": "EPSG:9357", "Eastings": 517_000.0, "Northings": 2_383_000.0, "OrthogonalHeight": 0.0}
    city = tmp_path / "a.balad"
    answered("import", city, house(tmp_path / "house.ifc", placed=placed))
    with City.open(city) as opened:
        found = {layer.id: layer.opacity for layer in opened.layers()}
    assert found["rooms"] == rooms.OPACITY < 1 == found["elements"]
