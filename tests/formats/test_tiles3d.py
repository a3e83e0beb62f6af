"""3D Tiles as their users notice them: tilesets that go out where the city lies, and tilesets that come in."""

from __future__ import annotations

import json
import random
import shutil
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
import trimesh
from pyproj import Transformer

from tests.command import answered
from tests.formats.gltf_checking import accessor, checked, properties
from tests.formats.taking import table
from tests.formats.taking import take as taken
from tests.real import data
from twin.core.errors import CannotRead, NoCrs, NotThisFormat
from twin.formats import tiles3d

EAST, NORTH = 517_000.0, 2_383_000.0
VOLUME = "tiles3d/1.0/TilesetWithRequestVolume"
ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
CITY = Transformer.from_crs("EPSG:9357", "EPSG:4979", always_xy=True)


def take(path, **said):
    """Its features, as ``--copy`` takes them in."""
    return taken(path, copied=True, **said)


def blocks(count=3000):
    """Buildings in rows; every hundredth is a tower."""
    n = np.arange(count)
    x, y = EAST + 25.0 * (n % 60), NORTH + 25.0 * (n // 60)
    side = np.where(n % 100 == 0, 22.0, 12.0)
    shapes = shapely.box(x, y, x + side, y + side)
    return pa.table(
        {
            "uid": [f"b{one}" for one in n],
            "geometry": pa.array(list(shapely.to_wkb(shapes)), pa.binary()),
            "height": np.where(n % 100 == 0, 90.0, 12.0),
            "ground": np.full(count, 4.0),
            "use": [("shop", "home")[one % 2] for one in n],
        }
    )


def written(tmp_path, rows=None):
    out = tmp_path / "tileset.json"
    tiles3d.write(out, blocks() if rows is None else rows, "EPSG:9357", "blocks", {"kind": "buildings"})
    return out, json.loads(out.read_text())


def tiles(tile, above=None):
    yield tile, above
    for child in tile.get("children", []):
        yield from tiles(child, tile)


def box_of(tile):
    box = np.array(tile["boundingVolume"]["box"]).reshape(4, 3)
    half = np.abs(box[1:]).sum(axis=0)
    return box[0] - half, box[0] + half


def test_the_tileset_keeps_to_the_standard(tmp_path):
    out, document = written(tmp_path)
    assert document["asset"]["version"] == "1.1" and document["geometricError"] > 0
    root = document["root"]
    assert root["refine"] == "ADD" and len(root["transform"]) == 16 and root["children"]
    seen = []
    for tile, above in tiles(root):
        low, high = box_of(tile)
        if above is not None:
            assert tile["geometricError"] <= above["geometricError"]
            outer = box_of(above)
            assert (low >= outer[0] - 1e-6).all() and (high <= outer[1] + 1e-6).all()
        assert bool(tile.get("children")) == (tile["geometricError"] > 0)
        content = out.parent / tile["content"]["uri"]
        gltf, binary = checked(content)
        seen += properties(gltf, binary)["uid"]
        scene = trimesh.load(content)
        east, up, south = scene.bounds.T
        assert low[0] - 0.02 <= east[0] and east[1] <= high[0] + 0.02
        assert low[1] - 0.02 <= -south[1] and -south[0] <= high[1] + 0.02
        assert low[2] - 0.02 <= up[0] and up[1] <= high[2] + 0.02
    assert sorted(seen) == sorted(f"b{n}" for n in range(3000))
    towers = properties(*checked(out.parent / root["content"]["uri"]))["uid"]
    assert {f"b{n}" for n in range(0, 3000, 100)} <= set(towers)


def test_corners_lie_on_the_earth_to_a_millimetre(tmp_path):
    out, document = written(tmp_path, blocks(40))
    root = document["root"]
    transform = np.array(root["transform"]).reshape(4, 4).T
    gltf, binary = checked(out.parent / root["content"]["uri"])
    primitive = gltf["meshes"][0]["primitives"][0]
    points = accessor(gltf, binary, primitive["attributes"]["POSITION"]).astype(float) + gltf["nodes"][0]["translation"]
    ids = accessor(gltf, binary, primitive["attributes"]["_FEATURE_ID_0"])
    upright = np.column_stack([points[:, 0], -points[:, 2], points[:, 1]])
    world = upright @ transform[:3, :3].T + transform[:3, 3]
    for number, uid in enumerate(properties(gltf, binary)["uid"]):
        n = int(uid[1:])
        side, high = (22.0, 94.0) if n % 100 == 0 else (12.0, 16.0)
        x, y = EAST + 25.0 * (n % 60), NORTH + 25.0 * (n // 60)
        wanted = np.column_stack(
            ECEF.transform(
                *CITY.transform(
                    *np.array([[a, b, c] for a in (x, x + side) for b in (y, y + side) for c in (4.0, high)]).T
                )
            )
        )
        own = world[ids == number]
        assert np.abs(own[:, None] - wanted[None]).max(axis=2).min(axis=0).max() < 1e-3


def test_out_and_in_again_it_is_the_same_city(tmp_path):
    city, other, out = tmp_path / "a.balad", tmp_path / "b.balad", tmp_path / "tileset.json"
    answered("import", city, data("city3d/cjio/delft.json"))
    assert answered("export", city, "buildings", out)["count"] == 160
    answered("import", other, data("city3d/cjio/delft.json"))
    report = answered("import", other, out, "--copy")
    assert report["layers"][0]["kept"] == 160
    layers = {one["id"]: one for one in answered("info", other)["layers"]}
    assert layers["buildings_2"]["extent"] == pytest.approx(layers["buildings"]["extent"], abs=2e-3)
    rows = answered(
        "sql", other, "select a.uid from buildings a join buildings_2 b on a.uid = b.uid", "--format", "json"
    )
    assert len(rows) == 160


def test_a_second_export_replaces_the_first_whole(tmp_path):
    out, _ = written(tmp_path)
    before = sorted(one.name for one in (tmp_path / "tileset_tiles").iterdir())
    _, document = written(tmp_path, blocks(10))
    assert len(before) > 3 and [one.name for one in (tmp_path / "tileset_tiles").iterdir()] == ["0-0-0.glb"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["tileset.json", "tileset_tiles"]
    assert out.exists() and "children" not in document["root"]


def test_the_real_tileset_has_its_buildings_and_points():
    answer = take(data(f"{VOLUME}/tileset.json"))
    layers = {layer.report.id: layer for layer in answer.layers}
    assert answer.heights == "ellipsoidal" and answer.crs == "EPSG:32618"
    boxes = 0
    for name in ("ll", "lr", "ul", "ur"):
        body = data(f"{VOLUME}/city/{name}.b3dm").read_bytes()
        boxes += json.loads(body[28 : 28 + struct.unpack_from("<I", body, 12)[0]])["BATCH_LENGTH"]
    found = table(layers["models"]).to_pylist()
    assert len(found) == boxes + 1 == 41
    heights = [row["Height"] for row in found if row["Height"] is not None]
    for row in found:
        if row["Height"] is not None:
            shape = shapely.get_coordinates(shapely.from_wkb(row["geometry"]), include_z=True)
            assert np.ptp(shape[:, 2]) == pytest.approx(row["Height"], abs=0.1)
            lon, lat = np.degrees([row["Longitude"], row["Latitude"]])
            x, y = Transformer.from_crs("EPSG:4326", answer.crs, always_xy=True).transform(lon, lat)
            middle = (shape[:, :2].min(axis=0) + shape[:, :2].max(axis=0)) / 2
            assert middle == pytest.approx([x, y], abs=0.5)
    assert len(heights) == 40
    points = sum(len(shapely.from_wkb(row["geometry"]).geoms) for row in table(layers["points"]).to_pylist())
    assert points == 125_000 and layers["points"].report.kind == "points"


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "tiles"
    shutil.copytree(data(VOLUME), folder)
    for one in [folder, *folder.rglob("*")]:
        one.chmod(0o700)
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_or_a_zip_of_a_tileset_is_the_tileset(copied, tmp_path, packed):
    def counts(path):
        return [(layer.report.id, layer.report.kept) for layer in take(path).layers]

    whole = counts(copied / "tileset.json")
    assert whole
    brought = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "tiles")) if packed else copied
    assert counts(brought) == whole


def test_a_missing_tile_is_a_warning_and_a_way_out_of_the_folder_is_none(copied):
    (copied / "city" / "ll.b3dm").unlink()
    document = json.loads((copied / "tileset.json").read_text())
    document["root"]["children"][1]["content"]["uri"] = "../../secret.b3dm"
    (copied.parent.parent / "secret.b3dm").write_bytes(b"b3dm")
    (copied / "tileset.json").write_text(json.dumps(document))
    answer = take(copied / "tileset.json")
    assert {layer.report.id: layer.report.kept for layer in answer.layers}["models"] == 30
    assert any("1 tile" in note and "ll.b3dm" in note for note in answer.notes)
    assert any("secret.b3dm" in note and "outside" in note for note in answer.notes)


def test_damaged_tiles_are_left_out_and_told(copied):
    chance = random.Random(9)
    tile = copied / "city" / "ll.b3dm"
    whole = tile.read_bytes()
    bodies = [whole[: len(whole) * tenth // 10] for tenth in range(10)]
    for _ in range(60):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        bodies.append(bytes(body))
    (copied / "points.pnts").write_bytes(b"pnts")
    for body in bodies:
        tile.write_bytes(body)
        answer = take(copied / "tileset.json")
        kept = {layer.report.id: layer.report.kept for layer in answer.layers}["models"]
        assert kept >= 31 and all(layer.report.adds_up() for layer in answer.layers)
        assert any("points.pnts" in note for note in answer.notes)


def test_a_damaged_tileset_is_words(copied):
    whole, chance = (copied / "tileset.json").read_bytes(), random.Random(2)
    for number in range(60):
        body = bytearray(whole[: len(whole) * number // 10] if number < 10 else whole)
        for _ in range(0 if number < 10 else chance.randint(1, 8)):
            body[chance.randrange(len(body))] = chance.randrange(32, 127)
        path = copied / "tileset.json"
        path.write_bytes(body)
        try:
            assert all(layer.report.adds_up() for layer in take(path, crs="EPSG:4979").layers)
        except CannotRead as why:
            assert str(why).endswith(str(path)) and "Traceback" not in str(why)


def local(tmp_path, root, name="tileset.json", **said):
    path = tmp_path / name
    volume = {"boundingVolume": {"box": [0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 50]}, "geometricError": 9}
    path.write_text(json.dumps({"asset": {"version": "1.1"}, "geometricError": 10, "root": {**volume, **root}, **said}))
    return path


def placed(path):
    answer = take(path, crs="local", local=(EAST, NORTH, 0.0, 1.0), city_crs="EPSG:9357")
    return {row["uid"]: row for layer in answer.layers for row in table(layer).to_pylist()}, answer


def block(path, size=1.0, at=(0.0, 0.0, 0.0)):
    box = trimesh.creation.box((size, size, size))
    scene = trimesh.Scene()
    scene.add_geometry(box, node_name="box", transform=trimesh.transformations.translation_matrix(at))
    path.write_bytes(scene.export(file_type="glb"))
    return path


def batched(magic, features, feature_body, batch, rest, extra=b""):
    def padded(value):
        words = json.dumps(value).encode() if value else b""
        return words + b" " * (-len(words) % 8)

    parts = [padded(features), feature_body + b"\0" * (-len(feature_body) % 8), padded(batch), b""]
    body = extra + b"".join(parts) + rest
    sizes = [len(one) for one in parts]
    return struct.pack("<4s6I", magic, 1, 28 + len(body), *sizes) + body


def test_a_tileset_that_is_nowhere_on_earth_asks(tmp_path):
    block(tmp_path / "a.glb")
    path = local(tmp_path, {"content": {"uri": "a.glb"}})
    with pytest.raises(NoCrs):
        take(path)
    found, _ = placed(path)
    assert shapely.bounds(shapely.from_wkb(found["a.glb#box"]["geometry"]))[:2] == pytest.approx(
        [EAST - 0.5, NORTH - 0.5]
    )


def test_of_tiles_that_replace_the_finest_are_taken(tmp_path):
    for name in ("coarse", "fine1", "fine2", "added"):
        block(tmp_path / f"{name}.glb")
    child = {"boundingVolume": {"sphere": [0, 0, 0, 9]}, "geometricError": 0}
    fine = [{**child, "content": {"uri": f"fine{n}.glb"}} for n in (1, 2)]
    root = {"refine": "REPLACE", "content": {"uri": "coarse.glb"}, "children": fine}
    assert set(placed(local(tmp_path, root))[0]) == {"fine1.glb#box", "fine2.glb#box"}
    assert len(placed(local(tmp_path, {**root, "refine": "ADD"}))[0]) == 3
    gone = [{**child, "content": {"uri": "nobody.glb"}}]
    found, answer = placed(local(tmp_path, {**root, "children": gone}))
    assert set(found) == {"coarse.glb#box"} and any("nobody.glb" in note for note in answer.notes)
    several = {"contents": [{"uri": "fine1.glb"}, {"uri": "added.glb"}]}
    assert len(placed(local(tmp_path, several))[0]) == 2


def test_a_circle_of_tilesets_ends(tmp_path):
    path = local(tmp_path, {"content": {"uri": "tileset.json"}})
    with pytest.raises(NotThisFormat, match="circle"):
        placed(path)


def test_instances_stand_turned_and_scaled_where_they_are_put(tmp_path):
    block(tmp_path / "form.glb", at=(0, 0.5, 0))
    places = np.array([[0, 0, 0], [10, 0, 0]], "<f4")
    ups, rights = np.array([[0, 0, 1], [0, 1, 0]], "<f4"), np.array([[1, 0, 0], [1, 0, 0]], "<f4")
    scale = np.array([1, 2], "<f4")
    body = places.tobytes() + ups.tobytes() + rights.tobytes() + scale.tobytes()
    said = {
        "INSTANCES_LENGTH": 2, "POSITION": {"byteOffset": 0}, "NORMAL_UP": {"byteOffset": 24},
        "NORMAL_RIGHT": {"byteOffset": 48}, "SCALE": {"byteOffset": 72},
    }  # fmt: skip
    batch = {"kind": ["palm", "lamp"]}
    for embedded in (0, 1):
        rest = (tmp_path / "form.glb").read_bytes() if embedded else b"form.glb"
        tile = batched(b"i3dm", said, body, batch, rest, struct.pack("<I", embedded))
        (tmp_path / "i.i3dm").write_bytes(tile)
        found, _ = placed(local(tmp_path, {"content": {"uri": "i.i3dm"}}))
        rows = {
            row["kind"]: shapely.get_coordinates(shapely.from_wkb(row["geometry"]), include_z=True)
            for row in found.values()
        }
        assert set(rows) == {"palm", "lamp"}
        # The second is twice as large.
        assert np.ptp(rows["lamp"], axis=0) == pytest.approx([2, 2, 2])
        assert rows["lamp"][:, 0].mean() - rows["palm"][:, 0].mean() == pytest.approx(10, abs=0.6)


def test_points_of_a_batch_are_features_with_what_they_say(tmp_path):
    steps = np.array([[0, 0, 0], [65535, 0, 0], [0, 65535, 65535]], "<u2")
    ids = np.array([0, 0, 1], "<u2")
    said = {
        "POINTS_LENGTH": 3, "BATCH_LENGTH": 2, "POSITION_QUANTIZED": {"byteOffset": 0},
        "QUANTIZED_VOLUME_OFFSET": [1, 2, 3], "QUANTIZED_VOLUME_SCALE": [10, 10, 10],
        "BATCH_ID": {"byteOffset": 18, "componentType": "UNSIGNED_SHORT"},
    }  # fmt: skip
    (tmp_path / "p.pnts").write_bytes(
        batched(b"pnts", said, steps.tobytes() + ids.tobytes(), {"name": ["wall", "tree"]}, b"")
    )
    found, _ = placed(local(tmp_path, {"content": {"uri": "p.pnts"}}))
    rows = {
        row["name"]: shapely.get_coordinates(shapely.from_wkb(row["geometry"]), include_z=True)
        for row in found.values()
    }
    assert rows["wall"] == pytest.approx(np.array([[EAST + 1, NORTH + 2, 3], [EAST + 11, NORTH + 2, 3]]))
    assert rows["tree"] == pytest.approx(np.array([[EAST + 1, NORTH + 12, 13]]))


def test_tiles_in_a_tile_are_all_read(tmp_path):
    block(tmp_path / "a.glb")
    inner = batched(b"b3dm", {"BATCH_LENGTH": 0, "RTC_CENTER": [5, 0, 0]}, b"", {}, (tmp_path / "a.glb").read_bytes())
    both = inner + batched(b"b3dm", {"BATCH_LENGTH": 0}, b"", {}, (tmp_path / "a.glb").read_bytes())
    (tmp_path / "c.cmpt").write_bytes(struct.pack("<4s3I", b"cmpt", 1, 16 + len(both), 2) + both)
    found, _ = placed(local(tmp_path, {"content": {"uri": "c.cmpt"}}))
    middles = sorted(shapely.bounds(shapely.from_wkb(row["geometry"]))[0] for row in found.values())
    assert middles == pytest.approx([EAST - 0.5, EAST + 4.5])


@pytest.mark.parametrize("octree", [False, True])
def test_implicit_tiles_are_found_by_their_bits(tmp_path, octree):
    """Two levels a subtree: the root, one child with content, and a subtree below it of one tile."""
    ways = 8 if octree else 4
    name = "{level}-{x}-{y}-{z}" if octree else "{level}-{x}-{y}"

    def subtree(tile, content, below):
        def bits(some, count):
            made = np.zeros(-(-count // 8) * 8, "u1")
            made[list(some)] = 1
            body = np.packbits(made, bitorder="little").tobytes()
            return body + b"\0" * (-len(body) % 8)

        bodies = [bits(tile, 1 + ways), bits(content, 1 + ways), bits(below, ways * ways)]
        views, at = [], 0
        for body in bodies:
            views.append({"buffer": 0, "byteOffset": at, "byteLength": len(body)})
            at += len(body)
        words = json.dumps(
            {
                "buffers": [{"byteLength": at}], "bufferViews": views,
                "tileAvailability": {"bitstream": 0}, "contentAvailability": [{"bitstream": 1}],
                "childSubtreeAvailability": {"bitstream": 2},
            }
        ).encode()  # fmt: skip
        words += b" " * (-len(words) % 8)
        return struct.pack("<4sIQQ", b"subt", 1, len(words), at) + words + b"".join(bodies)

    (tmp_path / "subtrees").mkdir()
    end = "-0" if octree else ""
    # Child 3 is x = 1, y = 1; below it, subtree number 3 * ways is its first child.
    (tmp_path / f"subtrees/0-0-0{end}.subtree").write_bytes(subtree([0, 1 + 3], [0, 1 + 3], [3 * ways]))
    (tmp_path / f"subtrees/2-2-2{end}.subtree").write_bytes(subtree([0], [0], []))
    for one in (f"0-0-0{end}", f"1-1-1{end}", f"2-2-2{end}"):
        block(tmp_path / f"{one}.glb")
    tiling = {
        "subdivisionScheme": "OCTREE" if octree else "QUADTREE", "subtreeLevels": 2, "availableLevels": 4,
        "subtrees": {"uri": f"subtrees/{name}.subtree"},
    }  # fmt: skip
    root = {"refine": "REPLACE", "content": {"uri": f"{name}.glb"}, "implicitTiling": tiling}
    assert set(placed(local(tmp_path, root))[0]) == {f"2-2-2{end}.glb#box"}
    found, _ = placed(local(tmp_path, {**root, "refine": "ADD"}))
    assert set(found) == {f"{one}{end}.glb#box" for one in ("0-0-0", "1-1-1", "2-2-2")}
    (tmp_path / f"subtrees/2-2-2{end}.subtree").unlink()
    found, answer = placed(local(tmp_path, root))
    assert set(found) == {f"1-1-1{end}.glb#box"} and any("subtree" in note for note in answer.notes)


def test_json_that_is_no_tileset_is_still_what_it_was(tmp_path):
    path = tmp_path / "tileset.json"
    path.write_text('{"asset": 1, "root": 2, "geometricError": 3}')
    with pytest.raises(NotThisFormat):
        take(path)
    path.write_text('{"hello": 1}')
    with pytest.raises(NotThisFormat, match="neither"):
        take(path)
