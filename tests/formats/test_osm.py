"""OpenStreetMap: each building of an extract is accounted for, and what was cut off is said."""

from __future__ import annotations

import struct
import zlib
from xml.etree import ElementTree as ET

import pyogrio
import pytest
import shapely

from tests.formats.taking import table, take
from tests.real import data
from twin.formats import osm_wire

HELSINKI = "osm/Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def helsinki():
    return take(data(HELSINKI))


POINTS = ("points", "cameras", "trees", "towers", "street_furniture")
"""Layers of single nodes."""


def by_gdal(layer: str, where: str) -> list[str]:
    """As GDAL reads it, outside our code, without geometry: that is what it stumbles over."""
    file = data(HELSINKI)
    names = ["osm_id", "osm_way_id"] if layer == "multipolygons" else ["osm_id"]
    found = pyogrio.read_arrow(file, layer=layer, where=where, columns=names, read_geometry=False)[1].to_pylist()
    kind = {"points": "node", "lines": "way", "multipolygons": "relation"}[layer]
    return [f"{kind}/{row['osm_id']}" if row["osm_id"] else f"way/{row['osm_way_id']}" for row in found]


def test_each_of_494_buildings_is_accounted_for(helsinki) -> None:
    (buildings,) = (one for one in helsinki.layers if one.report.id == "buildings")
    report, rows = buildings.report, table(buildings)
    expected = by_gdal("multipolygons", "building IS NOT NULL")
    assert len(expected) == report.read == 494 and report.adds_up()
    taken, refused = rows.column("uid").to_pylist(), [verdict.id for verdict in report.refused]
    assert sorted(taken + refused) == sorted(expected)
    assert len(taken) == report.kept + len(report.repaired)
    assert all(verdict.reason for verdict in (*report.refused, *report.repaired))
    assert sum("only 2 points" in verdict.reason for verdict in report.refused) == 5
    assert shapely.is_valid(shapely.from_wkb(rows.column("geometry").to_numpy())).all()


def test_buildings_have_heights_and_say_which_are_estimated(helsinki) -> None:
    (buildings,) = (one for one in helsinki.layers if one.report.id == "buildings")
    rows = table(buildings).to_pylist()
    assert all(row["height"] > 0 for row in rows)
    for row in rows:
        told = row["height_text"]
        assert row["height_estimated"] is (told is None)
        if told is None and (row["building:levels"] or "").isdigit():
            assert row["height"] == pytest.approx(3.2 * int(row["building:levels"]))


def test_roads_and_cameras_are_all_there(helsinki) -> None:
    found = {one.report.id: one for one in helsinki.layers}
    assert found["roads"].report.read == len(by_gdal("lines", "highway IS NOT NULL")) == 2504
    cameras = table(found["cameras"])
    assert sorted(cameras.column("uid").to_pylist()) == sorted(by_gdal("points", "man_made = 'surveillance'"))
    assert len(cameras) == 221 and "camera:type" in cameras.column_names


def _tagged(key: str, value: str) -> str:
    """GDAL's own columns are few; the other tags stand in one."""
    own = f"{key} = '{value}' OR " if key in ("highway", "man_made") else ""
    return f"""{own}other_tags LIKE '%"{key}"=>"{value}"%'"""


def test_trees_towers_and_street_furniture_have_kinds_of_their_own(helsinki) -> None:
    found = {one.report.id: one for one in helsinki.layers}
    tags: dict[str, dict[str, tuple[str, ...]]] = {
        "cameras": {"man_made": ("surveillance",)},
        "towers": {
            "power": ("tower", "pole", "portal"),
            "man_made": ("mast", "tower", "communications_tower", "chimney", "utility_pole"),
        },
        "trees": {"natural": ("tree",)},
        "street_furniture": {
            "highway": ("street_lamp", "traffic_signals", "stop", "give_way"),
            "emergency": ("fire_hydrant",),
            "amenity": ("bench", "waste_basket", "recycling", "post_box", "telephone", "vending_machine"),
        },
    }
    before: set[str] = set()
    for layer, wanted in tags.items():
        words = " OR ".join(_tagged(key, value) for key in wanted for value in wanted[key])
        # What is two of them is the first.
        expected = set(by_gdal("points", words)) - before
        before |= expected
        assert set(table(found[layer]).column("uid").to_pylist() if layer in found else []) == expected, layer
    assert len(table(found["trees"])) > 100 and len(table(found["street_furniture"])) > 100
    kinds = {name: found[name].report.kind for name in POINTS if name in found}
    assert kinds["trees"] == "trees" and kinds["cameras"] == kinds["street_furniture"] == "furniture"
    assert sum(found[name].report.read for name in POINTS if name in found) == len(
        by_gdal("points", "osm_id IS NOT NULL")
    )


def test_what_nothing_was_made_of_is_named(helsinki) -> None:
    notes = "\n".join(helsinki.notes)
    for lost in ("relation/6077", "relation/1688364", "relation/1690497", "relation/1691816", "way/675858716"):
        assert lost in notes
    (buildings,) = (one for one in helsinki.layers if one.report.id == "buildings")
    cut = [verdict for verdict in buildings.report.repaired if "not in the file" in verdict.reason]
    assert len(cut) > 20


def test_the_xml_form_is_read_too() -> None:
    file = data("osm/planet_10.068,48.135_10.071,48.137.osm")
    answer = take(file)
    found = {one.report.id: one.report.read for one in answer.layers}
    told = [
        f"{one.tag}/{one.get('id')}"
        for one in ET.parse(file).getroot()
        if any(tag.get("k") == "building" for tag in one.iter("tag"))
    ]
    (buildings,) = (one for one in answer.layers if one.report.id == "buildings")
    taken = table(buildings).column("uid").to_pylist() + [one.id for one in buildings.report.refused]
    assert found["buildings"] == len(taken) == 32 and answer.crs == "EPSG:32632"
    assert all(one in taken or one in "\n".join(answer.notes) for one in told)


def test_words_that_are_no_utf8_spoil_nothing(tmp_path) -> None:
    raw = data("osm/planet_10.068,48.135_10.071,48.137.osm").read_bytes()
    assert take_bytes(tmp_path, raw.replace(b"building", "مبنى".encode())).layers
    packed = _with(tmp_path, data(HELSINKI), b"surveillance", b"surveillanc\xff")
    (cameras,) = (one for one in take(data(HELSINKI)).layers if one.report.id == "cameras")
    answer = take(packed)
    assert cameras.report.id not in {one.report.id for one in answer.layers}
    assert sum(one.report.read for one in answer.layers if one.report.id in POINTS) == 7824 + 221


def take_bytes(folder, raw):
    (folder / "a.osm").write_bytes(raw)
    return take(folder / "a.osm")


def _with(folder, file, old: bytes, new: bytes):
    """A copy with other bytes of the same length in its blocks."""
    out = bytearray()
    for kind, content in osm_wire.blocks(file):
        changed = zlib.compress(content.replace(old, new))
        blob = _number(2, len(content)) + _bytes(3, changed)
        head = _bytes(1, kind) + _number(3, len(blob))
        out += struct.pack(">I", len(head)) + head + blob
    (folder / "changed.osm.pbf").write_bytes(out)
    return folder / "changed.osm.pbf"


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value
