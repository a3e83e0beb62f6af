"""CityGML as its users notice it: the city that the CityJSON made of it gives, links, axes, and faults in words."""

from __future__ import annotations

import json
import subprocess
import sys

import pyarrow as pa
import pytest
import shapely
from pyproj import Transformer

from tests.command import answered
from tests.formats import citygml_documents as documents
from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import NoCrs, NotThisFormat

VERSIONS = ("2.0", "3.0")


def written(tmp_path, text, name="city.gml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def rows(answer):
    return {row["uid"]: row for layer in answer.layers for row in table(layer).to_pylist()}


@pytest.mark.parametrize("version", VERSIONS)
def test_it_gives_the_city_of_the_cityjson_that_is_made_of_it(tmp_path, version):
    gml = take(written(tmp_path, documents.city(version)))
    made = take(written(tmp_path, json.dumps(documents.cityjson(version)), "city.city.json"))
    assert [layer.report.id for layer in gml.layers] == [layer.report.id for layer in made.layers]
    for one, other in zip(gml.layers, made.layers, strict=True):
        assert one.report.model_dump(exclude={"crs"}) == other.report.model_dump(exclude={"crs"})
        ours = table(one)
        assert set(ours.column_names) == set(table(other).column_names)
        assert ours.to_pylist() == table(other).select(ours.column_names).to_pylist()


def test_delft_as_citygml_is_delft(tmp_path):
    path = data("city3d/cjio/delft.json")
    text = documents.of_cityjson(json.loads(path.read_text()), "urn:ogc:def:crs:EPSG::7415")
    gml, made = take(written(tmp_path, text)), take(path)
    assert (gml.crs, gml.heights) == (made.crs, made.heights) == ("EPSG:28992", "orthometric")
    ours, theirs = rows(gml), rows(made)
    assert ours.keys() == theirs.keys() and len(ours) == 570
    for uid, row in ours.items():
        assert (row["object_type"], row["lod"]) == (theirs[uid]["object_type"], theirs[uid]["lod"])
        one, other = (shapely.from_wkb(found["geometry"]) for found in (row, theirs[uid]))
        assert shapely.equals_exact(one, other, 1e-4), uid


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_content_in_the_city_and_out_again(tmp_path, version):
    first, second = tmp_path / "a.balad", tmp_path / "b.balad"
    answered("import", first, written(tmp_path, documents.city(version)))
    answered("import", second, written(tmp_path, json.dumps(documents.cityjson(version)), "city.city.json"))
    before, after = answered("check", first), answered("check", second)
    assert before["ok"] and before["content"] == after["content"]
    columns = {one["name"]: one for one in answered("info", first)["layers"][0]["columns"]}
    assert columns["floor area"]["unit"] == "m²" and columns["floor area"]["type"] == "DOUBLE"
    out = tmp_path / "out.city.json"
    answered("export", first, "buildings", out)
    house = json.loads(out.read_text())["CityObjects"]["house"]
    assert house["attributes"]["floor area"] == {"value": 320.5, "uom": "m2"}
    assert house["attributes"]["flats"] == 14 and house["attributes"]["share"] == 0.25
    assert (
        house["geometry"][0]["semantics"]
        == documents.cityjson(version)["CityObjects"]["house"]["geometry"][0]["semantics"]
    )


def test_what_is_written_of_it_satisfies_the_schema(tmp_path):
    import jsonschema

    schema = json.loads(data("cityjson_schemas/cityjson-2.0.min.schema.json").read_text())
    city = tmp_path / "a.balad"
    answered("import", city, written(tmp_path, documents.city("3.0")))
    for layer in answered("info", city)["layers"]:
        out = tmp_path / f"{layer['id']}.city.json"
        answered("export", city, layer["id"], out)
        jsonschema.validate(json.loads(out.read_text()), schema)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("srs", "code"),
    [
        ("EPSG:25832", "EPSG:25832"),
        ("urn:ogc:def:crs:EPSG::25832", "EPSG:25832"),
        ("urn:ogc:def:crs:EPSG:6.12:25832", "EPSG:25832"),
        ("http://www.opengis.net/def/crs/EPSG/0/25832", "EPSG:25832"),
        ("http://www.opengis.net/gml/srs/epsg.xml#25832", "EPSG:25832"),
        ("urn:adv:crs:ETRS89_UTM32", "EPSG:25832"),
    ],
)
def test_every_spelling_of_a_crs_is_understood(tmp_path, version, srs, code):
    answer = take(written(tmp_path, documents.document(version, [documents.house(version)], srs=srs)))
    assert (answer.crs, answer.source_crs) == (code, code)


def test_a_compound_crs_says_what_heights_mean(tmp_path):
    for srs in (documents.SRS, "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH"):
        assert (
            take(written(tmp_path, documents.document("2.0", [documents.house("2.0")], srs=srs))).heights
            == "orthometric"
        )


def test_a_file_without_a_crs_asks_for_one(tmp_path):
    path = written(tmp_path, documents.document("2.0", [documents.house("2.0")], srs=""))
    with pytest.raises(NoCrs, match="--crs"):
        take(path)
    assert take(path, crs="EPSG:25832").crs == "EPSG:25832"


@pytest.mark.parametrize(
    ("srs", "north_first", "told"),
    [
        ("urn:ogc:def:crs:EPSG::4326", True, False),
        ("EPSG:4326", False, False),
        ("http://www.opengis.net/def/crs/EPSG/0/6697", True, False),
        ("urn:ogc:def:crs:EPSG::31467", False, True),
    ],
)
def test_the_axis_order_is_the_authoritys_unless_that_lies_elsewhere(tmp_path, srs, north_first, told):
    code, (lon, lat) = f"EPSG:{srs.rpartition(':')[2].rpartition('/')[2]}", (9.0, 50.0)
    if code == "EPSG:6697":
        lon, lat = 139.7, 35.6
    x, y = Transformer.from_crs("OGC:CRS84", "EPSG:6668" if code == "EPSG:6697" else code, always_xy=True).transform(
        lon, lat
    )
    side = 0.001 if x < 200 else 50.0
    square = [(x, y, 5.0), (x + side, y, 5.0), (x + side, y + side, 5.0), (x, y + side, 5.0)]
    if north_first:
        square = [(north, east, up) for east, north, up in square]
    plot = documents.multi([documents.polygon(square)])
    member = f'<luse:LandUse gml:id="a"><luse:lod1MultiSurface>{plot}</luse:lod1MultiSurface></luse:LandUse>'
    answer = take(written(tmp_path, documents.document("2.0", [member], srs=srs)))
    found = shapely.bounds(shapely.from_wkb(rows(answer)["a"]["geometry"]))
    back = Transformer.from_crs(answer.crs, "OGC:CRS84", always_xy=True).transform(*found[:2])
    assert back == pytest.approx((lon, lat), abs=0.01)
    assert any("other way round" in note for note in answer.notes) is told


def test_a_link_to_another_building_is_followed_either_way(tmp_path):
    wall = documents.polygon(documents.corners(0, 0, 5, 10, 8, 12)[:4], "shared")
    linked = '<gml:OrientableSurface orientation="-"><gml:baseSurface xlink:href="#shared"/></gml:OrientableSurface>'
    first, second = (
        f'<bldg:Building gml:id="{uid}"><bldg:lod2MultiSurface>{documents.multi([face])}</bldg:lod2MultiSurface>'
        "</bldg:Building>"
        for uid, face in (("a", wall), ("b", linked))
    )
    for members in ([first, second], [second, first]):
        found = rows(take(written(tmp_path, documents.document("2.0", members))))
        one, other = (shapely.from_wkb(found[uid]["geometry"]) for uid in ("a", "b"))
        assert shapely.equals(one, other) and not shapely.equals_exact(one, other)


def test_a_form_that_comes_after_the_tree_that_has_it_is_there(tmp_path):
    found = rows(take(written(tmp_path, documents.document("2.0", documents.palms("2.0")[::-1]))))
    boxes = [shapely.bounds(shapely.from_wkb(found[f"palm{n}"]["geometry"])) for n in (0, 1)]
    assert boxes[1][0] - boxes[0][0] == pytest.approx(5, abs=1e-3)


def test_links_that_lead_nowhere_or_in_a_circle_refuse_their_object_alone(tmp_path):
    lost = '<bldg:Building gml:id="lost"><bldg:lod1Solid xlink:href="#nobody"/></bldg:Building>'
    member = '<gml:CompositeSurface gml:id="ring"><gml:surfaceMember xlink:href="#ring"/></gml:CompositeSurface>'
    circle = f'<bldg:Building gml:id="circle"><bldg:lod2MultiSurface>{member}</bldg:lod2MultiSurface></bldg:Building>'
    (layer,) = take(written(tmp_path, documents.document("2.0", [lost, circle, documents.house("2.0")]))).layers
    assert {one.id: one.reason for one in layer.report.refused} == {
        "lost": "it points to a geometry that is not there",
        "circle": "its links run in a circle",
    }
    assert layer.report.kept == 2 and layer.report.adds_up()


def test_numbers_that_are_none_twice_the_same_id_and_another_crs_are_told_one_by_one(tmp_path):
    nan = documents.house("2.0", "nan").replace(f"{documents.EAST:.12g} ", "NaN ", 1)
    other = documents.house("2.0", "other").replace("<gml:Solid>", '<gml:Solid srsName="EPSG:4326">', 1)
    members = [documents.house("2.0"), documents.house("2.0"), nan, other]
    (layer,) = take(written(tmp_path, documents.document("2.0", members))).layers
    reasons = [(one.id, one.reason) for one in layer.report.refused]
    assert ("nan", "its coordinates are no numbers") in reasons
    assert ("house", "its id is there twice") in reasons
    assert ("other", "it is in another CRS than the file") in reasons
    assert layer.report.adds_up()


def test_windows_lod4_and_what_has_no_place_are_told(tmp_path):
    window = documents.multi([documents.polygon(documents.corners(1, 0, 6, 1, 1, 1)[:4])])
    wall = documents.multi([documents.polygon(documents.corners(0, 0, 5, 10, 8, 12)[:4])])
    body = (
        f'<bldg:boundedBy><bldg:WallSurface gml:id="w"><bldg:lod4MultiSurface>{wall}</bldg:lod4MultiSurface>'
        "<bldg:opening>"
        f'<bldg:Window gml:id="o"><bldg:lod4MultiSurface>{window}</bldg:lod4MultiSurface></bldg:Window></bldg:opening>'
        '</bldg:WallSurface></bldg:boundedBy><bldg:interiorRoom><bldg:Room gml:id="room"/></bldg:interiorRoom>'
    )
    extra = "<app:appearanceMember><app:Appearance/></app:appearanceMember>"
    answer = take(
        written(tmp_path, documents.document("2.0", [f'<bldg:Building gml:id="a">{body}</bldg:Building>'], extra=extra))
    )
    found = rows(answer)
    assert json.loads(found["a"]["surfaces"]) == ["WallSurface", "Window"]
    assert found["a"]["lod"] == "3" and found["room"]["object_type"] == "BuildingRoom"
    said = json.loads(found["a"]["cityjson"])["geometry"][0]["semantics"]["surfaces"]
    assert said[0]["children"] == [1] and said[1]["parent"] == 0
    assert any("4" in note for note in answer.notes) and any("appearance" in note for note in answer.notes)


def test_an_extension_is_taken_as_far_as_it_is_known(tmp_path):
    house = documents.house("2.0").replace(
        "<gml:description>", '<x:energy xmlns:x="https://example.org/ade" uom="kWh">12.5</x:energy><gml:description>', 1
    )
    strange = '<x:Dome xmlns:x="https://example.org/ade" gml:id="dome"/>'
    answer = take(written(tmp_path, documents.document("2.0", [house, strange])))
    assert rows(answer)["house"]["energy"] == 12.5
    assert any("dome" in note for note in answer.notes)


@pytest.mark.parametrize(
    "name", ["cyclic", "dtd", "external", "external_file", "quadratic", "simple", "xmlbomb", "xmlbomb2"]
)
def test_hostile_xml_is_refused(name):
    with pytest.raises(NotThisFormat, match=r"document type|no CityGML|XML is broken"):
        take(data(f"hostile/xml/{name}.xml"))


def test_entities_in_a_citymodel_are_refused_before_they_grow(tmp_path):
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    text = documents.city("2.0").replace("?>\n", f"?>\n{bomb}", 1)
    with pytest.raises(NotThisFormat, match="document type"):
        take(written(tmp_path, text))
    deep = "<gml:a>" * 5000 + "</gml:a>" * 5000
    with pytest.raises(NotThisFormat, match="too deep"):
        take(written(tmp_path, documents.document("2.0", [deep])))


def test_files_that_are_no_citygml_say_so(tmp_path):
    for text in ("<a/>", "<CityModel/>", '<CityModel xmlns="http://www.opengis.net/citygml/9.0"/>', "hello", "<?xml"):
        with pytest.raises(NotThisFormat) as why:
            take(written(tmp_path, text))
        assert str(why.value).endswith("city.gml")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1256"])
def test_other_encodings_are_read(tmp_path, encoding):
    text = documents.document("2.0", [documents.house("2.0")]).replace("UTF-8", encoding)
    path = tmp_path / "city.gml"
    path.write_bytes(text.encode(encoding, "xmlcharrefreplace"))
    assert rows(take(path))["house"]["name"] == "بيت البلد"


@pytest.mark.parametrize("version", VERSIONS)
def test_cut_at_ten_places_it_is_refused(tmp_path, version):
    whole = documents.city(version).encode()
    for tenth in range(10):
        path = tmp_path / "cut.gml"
        path.write_bytes(whole[: len(whole) * tenth // 10 + 40])
        with pytest.raises(NotThisFormat):
            take(path)


_TAKEN = """
import resource, sys
from pathlib import Path
from tests.formats.taking import take
answer = take(Path(sys.argv[1]))
print(sum(layer.report.kept for layer in answer.layers), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")
def test_memory_does_not_grow_with_the_file(tmp_path):
    def taken(count):
        path = tmp_path / f"{count}.gml"
        with path.open("w", encoding="utf-8") as file:
            head, tail = documents.document("2.0", ["@"]).split("@")
            file.write(head)
            for number in range(count):
                house = documents.house("2.0", f"h{number}", (number % 100, number // 100, 5, 10, 8, 12))
                file.write(f"{house}</cityObjectMember>\n<cityObjectMember>" if number < count - 1 else house)
            file.write(tail)
        done = subprocess.run([sys.executable, "-c", _TAKEN, str(path)], capture_output=True, text=True, check=True)
        kept, peak = map(int, done.stdout.split())
        assert kept == 2 * count
        return peak

    small, large = taken(1000), taken(4000)
    assert large - small < (tmp_path / "4000.gml").stat().st_size


def test_the_types_of_generic_attributes_are_columns(tmp_path):
    (layer,) = take(written(tmp_path, documents.document("3.0", [documents.house("3.0")]))).layers
    schema = pa.ipc.open_stream(layer.ipc).schema
    assert schema.field("flats").type == pa.int64() and schema.field("share").type == pa.float64()
    assert schema.field("floor area").type == pa.float64() and schema.field("owner").type == pa.string()
