"""IFC as its users notice it: every product, rooms by storey, metres on the map, and faults in words."""

from __future__ import annotations

import math

import ifcopenshell
import ifcopenshell.geom
import numpy as np
import pytest
import shapely
from ifcopenshell.util import geolocation

from tests.command import answered
from tests.formats.ifc_models import house
from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import NoCrs, NotThisFormat

SIMPLE = "raster_lidar_bim/ifc/simple.ifc"
THERE = {"crs": "local", "local": (458_000.0, 5_438_000.0, 0.0, 1.0), "city_crs": "EPSG:32632"}
JEDDAH = {
    "Name": "EPSG:9357", "VerticalDatum": "KSA-VRF14", "Eastings": 517_000.0, "Northings": 2_383_000.0,
    "OrthogonalHeight": 12.0, "XAxisAbscissa": math.cos(0.3), "XAxisOrdinate": math.sin(0.3), "Scale": 1.0,
}  # fmt: skip


def layers(answer):
    return {layer.report.id: layer for layer in answer.layers}


def rows(answer):
    return {row["uid"]: row for layer in answer.layers for row in table(layer).to_pylist()}


def test_the_real_model_has_its_fifteen_products():
    path = data(SIMPLE)
    answer = take(path, **THERE)
    counts = {}
    for one in ifcopenshell.open(str(path)).by_type("IfcProduct"):
        counts[one.is_a()] = counts.get(one.is_a(), 0) + 1
    found = {}
    for layer in answer.layers:
        assert layer.report.adds_up()
        found |= layer.report.by_type
    assert found == counts and sum(found.values()) == 15
    assert layers(answer)["rooms"].report.kind == "rooms"


def test_forms_are_where_ifcopenshell_has_them():
    path = data(SIMPLE)
    found = rows(take(path, **THERE))
    model, settings = ifcopenshell.open(str(path)), ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    iterator = ifcopenshell.geom.iterator(settings, model, 1)
    assert iterator.initialize()
    seen = 0
    while True:
        shape = iterator.get()
        points = np.add(np.reshape(shape.geometry.verts, (-1, 3)), [458_000.0, 5_438_000.0, 0.0])
        own = shapely.from_wkb(found[shape.guid]["geometry"])
        ours = shapely.get_coordinates(own, include_z=True)
        assert np.allclose([ours.min(axis=0), ours.max(axis=0)], [points.min(axis=0), points.max(axis=0)], atol=1e-6)
        assert len(own.geoms) <= len(shape.geometry.faces) / 3
        seen += 1
        if not iterator.next():
            break
    assert seen == sum(row["geometry"] is not None for row in found.values()) == 9


def test_rooms_tell_their_storey_name_and_area():
    rooms = {row["long_name"]: row for row in table(layers(take(data(SIMPLE), **THERE))["rooms"]).to_pylist()}
    assert rooms["Schlafzimmer"]["storey"] == "Erdgeschoss"
    assert rooms["Schlafzimmer"]["BaseQuantities.GrossFloorArea"] == 22.0725
    assert {row["storey_elevation"] for row in rooms.values()} == {0.0, 2.7}


def test_a_site_is_offered_and_never_taken():
    for said in ({}, {"city_crs": "EPSG:32632"}):
        with pytest.raises(NoCrs, match=r"latitude 49\.100435, longitude 8\.436539") as why:
            take(data(SIMPLE), **said)
        assert ("458870.06,5438773.63" in str(why.value)) == bool(said)


@pytest.mark.parametrize("schema", ["IFC4", "IFC2X3"])
@pytest.mark.parametrize("millimetres", [False, True])
def test_a_map_conversion_places_the_house(tmp_path, schema, millimetres):
    placed = {**JEDDAH, "Scale": 0.001 if millimetres else 1.0}
    path = house(tmp_path / "house.ifc", schema, millimetres=millimetres, placed=placed)
    answer = take(path)
    assert answer.crs == answer.source_crs == "EPSG:9357" and answer.heights == "orthometric"
    model = ifcopenshell.open(str(path))
    step = 1000.0 if millimetres else 1.0
    corners = [
        geolocation.auto_xyz2enh(model, x * step, y * step, z * step)
        for x in (0, 10)
        for y in (0, 8)
        for z in (-0.2, 6)
    ]
    whole = np.array([layer.report.extent for layer in answer.layers if layer.report.extent])
    assert whole[:, :3].min(axis=0) == pytest.approx(np.min(corners, axis=0), abs=1e-5)
    assert whole[:, 3:].max(axis=0) == pytest.approx(np.max(corners, axis=0), abs=1e-5)


def test_a_scale_of_one_between_millimetres_and_metres_is_the_grids_alone(tmp_path):
    path = house(tmp_path / "house.ifc", millimetres=True, placed=JEDDAH)
    extent = layers(take(path))["elements"].report.extent
    assert extent[3] - extent[0] < 15 and extent[5] - extent[2] == pytest.approx(6.2)


@pytest.mark.parametrize("schema", ["IFC4", "IFC2X3"])
def test_what_a_product_says_is_in_columns(tmp_path, schema):
    path = house(tmp_path / "house.ifc", schema, millimetres=True, placed={**JEDDAH, "Scale": 0.001})
    answer = layers(take(path))
    assert {name: layer.report.read for name, layer in answer.items()} == {"rooms": 4, "storeys": 4, "elements": 12}
    walls = [row for row in table(answer["elements"]).to_pylist() if row["object_type"] == "IfcWall"]
    assert {(row["type"], row["material"], row["Pset_WallCommon.FireRating"]) for row in walls} == {
        ("W20", "Concrete", "REI 90")
    }
    assert all(row["Pset_WallCommon.IsExternal"] is True and row["building"] == "House" for row in walls)
    holes = [row for row in table(answer["elements"]).to_pylist() if row["object_type"] == "IfcOpeningElement"]
    assert len(holes) == 2 and all(row["geometry"] is None for row in holes)
    rooms = table(answer["rooms"])
    assert rooms.schema.field("Qto_SpaceBaseQuantities.Height").metadata == {b"unit": b"m"}
    assert rooms.column("Qto_SpaceBaseQuantities.Height").to_pylist() == [2.8] * 4
    assert sorted(set(rooms.column("storey").to_pylist())) == ["Storey 0", "Storey 1"]


def test_a_house_without_a_place_is_put_by_hand_and_has_rooms_of_glass(tmp_path):
    city, path = tmp_path / "a.balad", house(tmp_path / "house.ifc")
    answered("import", city, house(tmp_path / "placed.ifc", placed=JEDDAH))
    answered("import", city, path, "--crs", "local", "--place", "517100,2383000,45")
    info = {layer["id"]: layer for layer in answered("info", city)["layers"]}
    assert info["rooms_2"]["count"] == 4 and info["rooms_2"]["kind"] == "rooms"
    assert info["rooms_2"]["extent"][0] == pytest.approx(517_100 - 7.8 * math.sin(math.pi / 4), abs=0.5)
    assert answered("check", city)["ok"]


def test_what_is_no_ifc_says_so(tmp_path):
    for text in (
        "hello",
        "ISO-10303-21;\nHEADER;\nENDSEC;\n",
        "ISO-10303-21;HEADER;FILE_SCHEMA(('IFC9'));ENDSEC;DATA;ENDSEC;",
    ):
        path = tmp_path / "a.ifc"
        path.write_text(text)
        with pytest.raises(NotThisFormat) as why:
            take(path)
        assert str(why.value).endswith("a.ifc")
