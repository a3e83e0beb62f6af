"""glTF as its users notice it: where things lie, what they say, and files that aren't what they claim."""

from __future__ import annotations

import json
import struct

import numpy as np
import pyarrow as pa
import pytest
import shapely
import trimesh

from tests.command import answered, balad
from tests.formats.gltf_checking import accessor, checked, properties
from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import NoCrs, NotThisFormat
from twin.formats import gltf

EAST, NORTH = 517_000.0, 2_383_000.0


def blocks():
    """Three prisms, one with a court, on ground of 5 m; a name in Arabic, a missing number, a flag."""
    court = shapely.box(EAST + 40, NORTH, EAST + 60, NORTH + 20) - shapely.box(
        EAST + 45, NORTH + 5, EAST + 55, NORTH + 15
    )
    shapes = [
        shapely.box(EAST, NORTH, EAST + 10, NORTH + 8),
        shapely.box(EAST + 20, NORTH, EAST + 26, NORTH + 6),
        court,
    ]
    return pa.table(
        {
            "uid": ["a", "b", "c"],
            "geometry": pa.array(list(shapely.to_wkb(shapes)), pa.binary()),
            "height": [12.0, 30.0, 6.0],
            "ground": [5.0, 5.0, 5.0],
            "name_ar": ["بيت", None, "فناء"],
            "flats": pa.array([4, None, 9], pa.int64()),
            "empty": [True, False, True],
            "2nd use": ["shop", "", "x"],
        }
    )


@pytest.fixture
def glb(tmp_path):
    out = tmp_path / "blocks.glb"
    gltf.write(out, blocks(), "EPSG:9357", "blocks", {"kind": "buildings", "title_en": "Blocks"})
    return out


def test_it_keeps_to_the_standard_and_says_what_each_feature_is(glb):
    document, binary = checked(glb)
    found = properties(document, binary)
    assert found["name_ar"] == ["بيت", None, "فناء"] and found["flats"] == [4, None, 9]
    assert (
        found["empty"] == [True, False, True]
        and found["uid"] == ["a", "b", "c"]
        and found["2nd use"] == ["shop", "", "x"]
    )
    extras = document["scenes"][0]["extras"]["balad"]
    assert extras["crs"] == "EPSG:9357" and extras["layer"] == "blocks" and "y up" in extras["axes"]


def test_trimesh_finds_whole_prisms_of_the_right_volume_where_they_stand(glb):
    scene = trimesh.load(glb)
    document, binary = checked(glb)
    origin = np.array(document["scenes"][0]["extras"]["balad"]["origin"])
    (mesh,) = scene.geometry.values()
    low, high = scene.bounds
    # Y up: east stays, north is -z.
    assert np.allclose([low[0] + origin[0], high[0] + origin[0]], [EAST, EAST + 60])
    assert np.allclose([origin[1] - high[2], origin[1] - low[2]], [NORTH, NORTH + 20])
    assert np.allclose([low[1] + origin[2], high[1] + origin[2]], [5, 35])
    primitive = document["meshes"][0]["primitives"][0]
    ids = accessor(document, binary, primitive["attributes"]["_FEATURE_ID_0"]).astype(int)
    for number, volume in enumerate([10 * 8 * 12, 6 * 6 * 30, (400 - 100) * 6]):
        own = mesh.submesh([np.flatnonzero(ids[mesh.faces[:, 0]] == number)], append=True)
        own.merge_vertices(merge_norm=True, merge_tex=True)
        assert own.is_watertight and own.volume == pytest.approx(volume, rel=1e-5)


def test_delft_goes_out_whole_and_comes_back(tmp_path):
    city, out, other = tmp_path / "a.balad", tmp_path / "b.glb", tmp_path / "c.balad"
    answered("import", city, data("city3d/cjio/delft.json"))
    for layer, count in (("buildings", 160), ("roads", 143), ("vegetation", 126)):
        assert answered("export", city, layer, out)["count"] == count
        document, binary = checked(out)
        assert len(properties(document, binary)["uid"]) == count
        scene = trimesh.load(out)
        extent = next(one["extent"] for one in answered("info", city)["layers"] if one["id"] == layer)
        origin = document["scenes"][0]["extras"]["balad"]["origin"]
        low, high = scene.bounds
        found = [low[0] + origin[0], origin[1] - high[2], low[1] + origin[2]]
        assert found == pytest.approx(extent[:3], abs=1e-3)
    answered("export", city, "buildings", out)
    answered("import", other, out)
    before, after = answered("info", city), answered("info", other)
    (back,) = after["layers"]
    there = next(one for one in before["layers"] if one["id"] == "buildings")
    assert (after["crs"], back["id"], back["kind"], back["count"]) == (before["crs"], "buildings", "buildings", 160)
    assert back["extent"] == pytest.approx(there["extent"], abs=1e-3)


def test_points_and_lines_are_primitives_of_their_own(tmp_path):
    shapes = [
        shapely.Point(EAST, NORTH),
        shapely.LineString([(EAST, NORTH, 1), (EAST + 5, NORTH, 2), (EAST + 9, NORTH, 3)]),
    ]
    rows = pa.table({"uid": ["p", "l"], "geometry": pa.array(list(shapely.to_wkb(shapes)), pa.binary())})
    out = tmp_path / "a.glb"
    gltf.write(out, rows, "EPSG:9357", "a", None)
    document, binary = checked(out)
    modes = {one["mode"]: one for one in document["meshes"][0]["primitives"]}
    assert set(modes) == {0, 1}
    assert accessor(document, binary, modes[1]["indices"]).tolist() == [0, 1, 1, 2]


def test_a_model_of_another_program_asks_where_it_lies(tmp_path):
    out = tmp_path / "box.glb"
    trimesh.Scene({"box": trimesh.creation.box((2, 6, 4))}).export(out)
    with pytest.raises(NoCrs, match="--crs local"):
        take(out)
    answer = take(out, crs="local", local=(EAST, NORTH, 0.0, 1.0), city_crs="EPSG:9357")
    (layer,) = answer.layers
    assert layer.report.kept == 1 and layer.report.kind == "surfaces"
    # Its y is up.
    assert layer.report.extent == pytest.approx((EAST - 1, NORTH - 2, -3, EAST + 1, NORTH + 2, 3))


def test_an_instance_a_node_stands_where_its_matrix_puts_it(tmp_path):
    scene, box = trimesh.Scene(), trimesh.creation.box((1, 1, 1))
    for number in range(3):
        scene.add_geometry(
            box, node_name=f"n{number}", transform=trimesh.transformations.translation_matrix([10 * number, 0, 0])
        )
    out = tmp_path / "three.glb"
    scene.export(out)
    (layer,) = take(out, crs="local", local=(EAST, NORTH, 0.0, 1.0), city_crs="EPSG:9357").layers
    found = {row["uid"]: shapely.bounds(shapely.from_wkb(row["geometry"]))[0] for row in table(layer).to_pylist()}
    assert found == pytest.approx({f"n{number}": EAST - 0.5 + 10 * number for number in range(3)})


def test_what_is_no_gltf_or_points_nowhere_says_so(tmp_path, glb):
    document, binary = checked(glb)
    broken = [b"hello", b"glTF" + b"\0" * 30, b"{}", b'{"asset":{"version":"1.0"}}']
    for change in (
        {"bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 10**9}] * 99},
        {"nodes": [{"mesh": 0, "children": [0]}]},
        {"extensionsRequired": ["KHR_draco_mesh_compression"]},
        {"buffers": [{"byteLength": 9, "uri": "../../../etc/passwd"}]},
        {"buffers": [{"byteLength": 9, "uri": "http://127.0.0.1:9/a.bin"}]},
        {"accessors": [{"componentType": 5126, "type": "VEC3", "count": 10**12}] * 9},
    ):
        words = json.dumps({**document, **change}).encode()
        words += b" " * (-len(words) % 4)
        chunks = struct.pack("<I4s", len(words), b"JSON") + words + struct.pack("<I4s", len(binary), b"BIN\0") + binary
        broken.append(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    for number, body in enumerate(broken):
        path = tmp_path / f"{number}.glb"
        path.write_bytes(body)
        with pytest.raises(NotThisFormat) as why:
            take(path, crs="EPSG:9357")
        assert str(why.value).endswith(f"{number}.glb"), body[:50]


def test_an_empty_layer_and_a_text_gltf_are_refused_in_words(tmp_path):
    from twin.core.errors import Refused

    for out, rows in ((tmp_path / "a.glb", blocks().slice(0, 0)), (tmp_path / "a.gltf", blocks())):
        with pytest.raises(Refused):
            gltf.write(out, rows, "EPSG:9357", "a", None)
        assert not out.exists()
    done = balad("export", tmp_path / "none.balad", "a", tmp_path / "a.glb")
    assert done.returncode == 1
