"""Tilesets that stay where they are: what of them is drawn, held against independent readings of the same files."""

from __future__ import annotations

import io
import json
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from pyproj import Transformer

from tests import tilesets as made
from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import CannotRead, NotThisFormat, Refused
from twin.formats import windows
from twin.model.tilesets import TileKey, TilesetFile

VOLUME = "tiles3d/1.0/TilesetWithRequestVolume"
QUIET = lambda *_: None  # noqa: E731


def opened(path, city=made.CRS, crs="EPSG:4979", **said):
    return TilesetFile(str(path), crs, city, **said)


def tile(path, number=0, door=(), **said):
    return windows.tile(opened(path, **said), TileKey(door, number), QUIET)


def one(folder, body, name="a.glb", **root):
    """A tileset of one tile at the city's place; what it shows."""
    (folder / name).write_bytes(body)
    path = made.written(
        folder / "tileset.json",
        {
            "transform": made.column(made.frame()), "boundingVolume": made.box(-50, -50, 100), "geometricError": 0,
            "content": {"uri": name}, **root,
        },
    )  # fmt: skip
    return path, tile(path)


def where(part, shown):
    return part.points.astype(float) + shown.origin


def model(body):
    """The GLB of a b3dm, and its batch table's JSON, cut out by hand."""
    _, size, *parts = struct.unpack_from("<6I", body, 4)
    start = 28 + parts[0] + parts[1]
    return body[28 + sum(parts) : size], json.loads(body[start : start + parts[2]] or b"{}")


def test_the_real_tileset_is_linked_with_all_its_tiles():
    answer = take(data(f"{VOLUME}/tileset.json"))
    (layer,) = answer.layers
    files = [one.suffix for one in data(VOLUME).rglob("*") if one.suffix in (".b3dm", ".pnts")]
    assert layer.report.kind == "tilesets" and layer.report.read == layer.report.kept == len(files) == 6
    assert layer.report.by_type == {"b3dm": 5, "pnts": 1} and answer.heights == "ellipsoidal"
    assert answer.link.holds == "tileset" and answer.link.amount == 6 and len(answer.link.sha256) == 64
    (row,) = table(layer).to_pylist()
    assert (row["tiles"], row["missing_tiles"], row["tiles_version"]) == (6, 0, "1.0")


def test_what_is_drawn_has_the_corners_and_features_that_the_files_have():
    path = data(f"{VOLUME}/tileset.json")
    city = "EPSG:32618"
    root = windows.branch(opened(path, city), (), QUIET)
    # The root, the door's tile, the building, the points; the door itself.
    assert root.filled.tolist() == [False, False, True, True, False] and root.doors.tolist() == [False] * 4 + [True]
    assert root.errors.tolist() == [100, np.inf, 0, 0, np.inf] and not root.replaces.any()
    plane = Transformer.from_crs("EPSG:4326", city, always_xy=True)
    boxes = 0
    for number, name in enumerate(("ll", "lr", "ur", "ul"), start=1):
        shown = tile(path, number, (4,), city=city)
        gltf, batch = model(data(f"{VOLUME}/city/{name}.b3dm").read_bytes())
        scene = trimesh.load(io.BytesIO(gltf), file_type="glb", process=False)
        (mesh,) = scene.geometry.values()
        (faces,) = shown.faces
        assert (len(faces.points), len(faces.triangles)) == (len(mesh.vertices), len(mesh.faces))
        assert shown.features == len(batch["id"])
        points = where(faces, shown)
        for n in range(shown.features):
            mine = points[faces.owner == n]
            assert np.ptp(mine[:, 2]) == pytest.approx(batch["Height"][n], abs=0.05)
            x, y = plane.transform(*np.degrees([batch["Longitude"][n], batch["Latitude"][n]]))
            assert (mine.min(axis=0) + mine.max(axis=0))[:2] / 2 == pytest.approx([x, y], abs=0.5)
            told = windows.feature(opened(path, city), TileKey((4,), number), n, QUIET)
            assert told.attributes["Height"] == batch["Height"][n] and told.tile == f"city/{name}.b3dm"
        boxes += shown.features
    assert boxes == 40
    building = tile(path, 2, city=city)
    gltf, _ = model(data(f"{VOLUME}/building.b3dm").read_bytes())
    meshes = trimesh.load(io.BytesIO(gltf), file_type="glb", process=False).geometry.values()
    assert sum(len(one.triangles) for one in building.faces) == sum(len(one.faces) for one in meshes)
    points = tile(path, 3, city=city)
    body = data(f"{VOLUME}/points.pnts").read_bytes()
    assert len(points.dots[0].points) == 125_000
    start = 28 + struct.unpack_from("<I", body, 12)[0] + 1_500_000
    assert np.array_equal(points.dots[0].colours.ravel(), np.frombuffer(body, np.uint8, 375_000, start))


def test_corners_lie_where_proj_puts_each_of_them(tmp_path):
    rng = np.random.default_rng(4)
    local = rng.uniform([-900, -900, 0], [900, 900, 120], (9000, 3))
    _, shown = one(tmp_path, made.glb(local, np.arange(9000).reshape(-1, 3)), refine="ADD")
    gltf = np.asarray(local, np.float32).astype(float)
    earth = gltf @ made.frame()[:3, :3].T + made.frame()[:3, 3]
    lon, lat, height = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True).transform(*earth.T)
    x, y = Transformer.from_crs("EPSG:4979", made.CRS, always_xy=True).transform(lon, lat)
    # Lit by their own faces, so each corner stands once for its triangle.
    off = np.abs(where(shown.faces[0], shown) - np.column_stack([x, y, height]))
    assert off.max() < 1.5e-3


def test_a_picture_lies_on_it_as_gltf_says(tmp_path):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    points, triangles, along = made.field(0, 0, 50, 3)
    _, shown = one(tmp_path, made.glb(points, triangles, along=along, image=made.picture(colours)))
    (faces,) = shown.faces
    assert faces.picture.shape == (32, 32, 4) and faces.normals is None and not faces.blended
    # The first row of an image lies where the second coordinate is 0: here, in the north.
    assert faces.picture[0, 0].tolist() == [255, 0, 0, 255] and faces.picture[-1, -1].tolist() == [255, 255, 0, 255]
    north_west = np.argmin(np.abs(where(faces, shown) - [made.EAST, made.NORTH + 50, 3]).sum(axis=1))
    assert faces.along[north_west].tolist() == [0, 0]
    turned = {"offset": [0.5, 0], "scale": [0.5, 2.0]}
    texture = {"index": 0, "extensions": {"KHR_texture_transform": turned}}
    look = {"pbrMetallicRoughness": {"baseColorTexture": texture}, "alphaMode": "MASK", "alphaCutoff": 0.3}
    body = made.glb(points, triangles, along=along, image=made.picture(colours, "JPEG"), material=look)
    _, shown = one(tmp_path, body, "b.glb")
    (faces,) = shown.faces
    assert faces.along[north_west].tolist() == [0.5, 0] and faces.cutoff == 0.3
    (tmp_path / "far.webp").write_bytes(made.picture(colours, "WEBP"))
    _, shown = one(tmp_path, made.glb(points, triangles, along=along, image="far.webp"), "c.glb")
    assert np.abs(shown.faces[0].picture[4, 4].astype(int) - [255, 0, 0, 255]).max() < 40
    _, shown = one(tmp_path, made.glb(points, triangles, along=along, image="gone.png"), "d.glb")
    assert shown.faces[0].picture is None and "isn’t there" in shown.lost[0]


def test_colours_are_those_of_the_material_and_the_corners(tmp_path):
    points, triangles, _ = made.field(0, 0, 50, 3)
    half = {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 1, 0, 0.25]}, "alphaMode": "BLEND"}
    tones = np.tile([0.5, 0.25, 1, 1], (4, 1))
    _, shown = one(tmp_path, made.glb(points, triangles, material=half, colours=tones))
    (faces,) = shown.faces
    # Linear light of 0.25 is 137 of 255 on a screen (IEC 61966-2-1).
    assert faces.blended and faces.colours[0].tolist() == [137, 137, 0, 64]
    assert faces.normals == pytest.approx(np.tile([0, 0, 1], (6, 1)), abs=1e-3)


def test_instances_stand_where_they_are_put_in_the_light(tmp_path):
    form, cells, _ = made.field(-1, -1, 2, 0)
    places = np.array([[0, 0, 0], [10, 0, 0], [0, 20, 5]], "<f4")
    scale = np.array([1, 2, 3], "<f4")
    said = {"INSTANCES_LENGTH": 3, "POSITION": {"byteOffset": 0}, "SCALE": {"byteOffset": 36}}
    model_ = made.glb(form, cells, normals=np.tile([0, 0, 1], (4, 1)))
    body = places.tobytes() + scale.tobytes()
    tile_ = made.packed(b"i3dm", said, body, {"tree": ["palm", "acacia", "ficus"]}, model_, struct.pack("<I", 1))
    path, shown = one(tmp_path, tile_, "a.i3dm")
    (faces,) = shown.faces
    points = where(faces, shown)
    for n, (place, size) in enumerate(zip(places, scale, strict=True)):
        mine = points[faces.owner == n]
        assert np.ptp(mine[:, 0]) == pytest.approx(2 * size, abs=0.01)
        assert mine.mean(axis=0) == pytest.approx(place + np.array([made.EAST, made.NORTH, 0]), abs=0.01)
    assert faces.normals == pytest.approx(np.tile([0, 0, 1], (12, 1)), abs=1e-3)
    assert windows.feature(opened(path), TileKey(), 2, QUIET).attributes == {"tree": "ficus"}


@pytest.mark.parametrize("form", ["RGB", "RGBA", "RGB565", "CONSTANT_RGBA", "none"])
def test_points_have_the_colours_they_say(tmp_path, form):
    where_ = np.array([[0, 0, 0], [5, 0, 1], [0, 5, 2]], "<f4")
    tones = np.array([[255, 0, 0], [0, 130, 0], [0, 0, 255]], np.uint8)
    said = {"POINTS_LENGTH": 3, "POSITION": {"byteOffset": 0}, "RTC_CENTER": [1, 2, 3]}
    body = where_.tobytes()
    if form == "RGB565":
        body += (
            (tones[:, 0].astype("<u2") >> 3 << 11) | (tones[:, 1].astype("<u2") >> 2 << 5) | (tones[:, 2] >> 3)
        ).tobytes()
    elif form != "none":
        wide = np.column_stack([tones, [255] * 3])[:, : len(form) if form != "CONSTANT_RGBA" else 4]
        body += wide.astype(np.uint8).tobytes()
    if form == "CONSTANT_RGBA":
        said[form] = [10, 20, 30, 255]
    elif form != "none":
        said[form] = {"byteOffset": 36}
    _, shown = one(tmp_path, made.packed(b"pnts", said, body, {}), "a.pnts")
    (dots,) = shown.dots
    assert where(dots, shown) == pytest.approx(where_ + np.array([made.EAST + 1, made.NORTH + 2, 3]), abs=2e-3)
    if form == "none":
        assert dots.colours is None
    elif form == "CONSTANT_RGBA":
        assert (dots.colours == [10, 20, 30]).all()
    else:
        assert np.abs(dots.colours.astype(int) - tones).max() <= (4 if form == "RGB565" else 0)


@pytest.mark.parametrize("numbered", [True, False])
def test_points_are_features_by_their_numbers_or_each_by_itself(tmp_path, numbered):
    steps = np.array([[0, 0, 0], [65535, 0, 0], [0, 65535, 65535]], "<u2")
    said = {
        "POINTS_LENGTH": 3, "POSITION_QUANTIZED": {"byteOffset": 0}, "QUANTIZED_VOLUME_OFFSET": [1, 2, 3],
        "QUANTIZED_VOLUME_SCALE": [10, 10, 10],
    }  # fmt: skip
    body, batch = steps.tobytes(), {"name": ["wall", "tree"]}
    if numbered:
        said |= {"BATCH_LENGTH": 2, "BATCH_ID": {"byteOffset": 18, "componentType": "UNSIGNED_BYTE"}}
        body += bytes([0, 0, 1])
    else:
        batch = {"name": ["a", "b", "c"]}
    path, shown = one(tmp_path, made.packed(b"pnts", said, body, batch), "a.pnts")
    names = [windows.feature(opened(path), TileKey(), int(n), QUIET).attributes["name"] for n in shown.dots[0].owner]
    assert names == (["wall", "wall", "tree"] if numbered else ["a", "b", "c"])
    assert where(shown.dots[0], shown)[2] == pytest.approx([made.EAST + 1, made.NORTH + 12, 13], abs=2e-3)


def test_boxes_regions_and_spheres_lie_about_the_same_place(tmp_path):
    volumes = [
        made.box(0, 0, 100, 0, 20),
        {"sphere": [50, 50, 10, 80]},
        {"region": region(made.EAST, made.NORTH, 100, 0, 20)},
    ]
    children = [{"boundingVolume": one, "geometricError": 0} for one in volumes]
    root = {
        "transform": made.column(made.frame()),
        "boundingVolume": volumes[0],
        "geometricError": 9,
        "children": children,
    }
    branch = windows.branch(opened(made.written(tmp_path / "tileset.json", root)), (), QUIET)
    inner = np.array([made.EAST, made.NORTH, 0, made.EAST + 100, made.NORTH + 100, 20])
    for row, loose in zip(branch.boxes[1:], (0.3, 71, 2.0), strict=True):
        assert (row[:3] <= inner[:3] + 0.02).all() and (row[3:] >= inner[3:] - 0.02).all()
        assert np.abs(row - inner).max() < loose


def region(west, south, side, low, high):
    degrees = Transformer.from_crs(made.CRS, "EPSG:4979", always_xy=True)
    lon, lat = degrees.transform([west, west + side, west, west + side], [south, south, south + side, south + side])
    return [*np.radians([min(lon), min(lat), max(lon), max(lat)]).tolist(), low, high]


def subtree(there, content, below):
    def bits(some, count):
        flat = np.zeros(-(-count // 8) * 8, "u1")
        flat[list(some)] = 1
        body = np.packbits(flat, bitorder="little").tobytes()
        return body + b"\0" * (-len(body) % 8)

    bodies, views, at = [bits(there, 5), bits(content, 5), bits(below, 16)], [], 0
    for body in bodies:
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(body)})
        at += len(body)
    words = json.dumps({
        "buffers": [{"byteLength": at}], "bufferViews": views, "tileAvailability": {"bitstream": 0},
        "contentAvailability": [{"bitstream": 1}], "childSubtreeAvailability": {"bitstream": 2},
    }).encode()  # fmt: skip
    words += b" " * (-len(words) % 8)
    return struct.pack("<4sIQQ", b"subt", 1, len(words), at) + words + b"".join(bodies)


@pytest.fixture
def implicit(tmp_path):
    """Two levels a subtree: the root, its north-eastern child, and below that a subtree of one tile."""
    (tmp_path / "0.0.0.subtree").write_bytes(subtree([0, 4], [0, 4], [12]))
    (tmp_path / "2.2.2.subtree").write_bytes(subtree([0], [0], []))
    for name in ("0.0.0", "1.1.1", "2.2.2"):
        (tmp_path / f"{name}.glb").write_bytes(made.glb(*made.field(0, 0, 10, 1)[:2]))
    tiling = {
        "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": 3,
        "subtrees": {"uri": "{level}.{x}.{y}.subtree"},
    }  # fmt: skip
    root = {
        "boundingVolume": {"region": region(made.EAST, made.NORTH, 400, 0, 50)}, "geometricError": 64,
        "refine": "REPLACE", "content": {"uri": "{level}.{x}.{y}.glb"}, "implicitTiling": tiling,
        "transform": made.column(made.frame()),
    }  # fmt: skip
    return made.written(tmp_path / "tileset.json", root)


def test_implicit_tiles_hang_below_each_other_with_half_the_error(implicit):
    file = opened(implicit)
    root = windows.branch(file, (), QUIET)
    assert root.doors.tolist() == [False, True] and not root.filled.any()
    first = windows.branch(file, (1,), QUIET)
    assert first.parents.tolist() == [-1, 0, 1] and first.errors.tolist() == [64, 32, np.inf]
    assert first.filled.tolist() == [True, True, False] and first.doors.tolist() == [False, False, True]
    middle = made.EAST + 200, made.NORTH + 200
    assert first.boxes[1, :2] == pytest.approx(middle, abs=1.5)
    last = windows.branch(file, (1, 2), QUIET)
    assert last.errors.tolist() == [16] and last.boxes[0, 3:5] == pytest.approx(
        [made.EAST + 300, made.NORTH + 300], abs=2
    )
    assert len(windows.tile(file, TileKey((1, 2), 0), QUIET).faces[0].triangles) == 2
    assert take(implicit).link.amount == 3
    (implicit.parent / "2.2.2.subtree").unlink()
    answer = take(implicit)
    assert answer.link.amount == 2 and any("2.2.2.subtree" in note for note in answer.notes)


def test_all_files_of_it_are_known(implicit, tmp_path):
    (tmp_path / "beside.png").write_bytes(made.picture([(1, 2, 3)] * 4))
    points, cells, along = made.field(0, 0, 10, 1)
    (tmp_path / "1.1.1.glb").write_bytes(made.glb(points, cells, along=along, image="beside.png"))
    (tmp_path / "unrelated.txt").write_text("not of it")
    assert sorted(windows.members(str(implicit), QUIET)) == sorted(
        one.name for one in tmp_path.iterdir() if one.name != "unrelated.txt"
    )


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "tiles"
    shutil.copytree(data(VOLUME), folder)
    for each in [folder, *folder.rglob("*")]:
        each.chmod(0o700)
    return folder


@pytest.mark.parametrize("form", ["folder", "zip", "inner", "3tz"])
def test_a_folder_or_a_zip_of_one_is_linked_and_read_where_it_is(copied, tmp_path, form):
    brought = copied
    if form != "folder":
        brought = tmp_path / ("packed.3tz" if form == "3tz" else "packed.zip")
        top = copied.parent if form == "inner" else copied
        with zipfile.ZipFile(brought, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in sorted(copied.rglob("*")):
                if each.is_file():
                    archive.write(each, each.relative_to(top).as_posix())
    answer = take(brought)
    (layer,) = answer.layers
    assert layer.report.kept == 6 and answer.link.amount == 6
    assert Path(answer.link.path) == (copied / "tileset.json" if form == "folder" else brought)
    shown = tile(answer.link.path, 1, (4,), city="EPSG:32618")
    assert shown.features == 10
    features = {layer.report.id: layer.report.kept for layer in take(brought, copied=True).layers}
    assert features["models"] == 41


def test_features_are_taken_in_where_that_is_asked_for_and_rasters_never(copied):
    assert take(copied, copied=True).link is None
    with pytest.raises(Refused, match="--copy"):
        take(copied, kind="buildings")
    with pytest.raises(Refused, match="stays where it is"):
        take(data("raster_lidar_bim/raster/cogeo.tif"), copied=True)


def test_a_missing_tile_is_a_warning_and_the_rest_is_linked(copied):
    (copied / "city" / "ll.b3dm").unlink()
    (copied / "city" / "ul.b3dm").write_bytes(b"b3dm" + bytes(9))
    answer = take(copied)
    (row,) = table(answer.layers[0]).to_pylist()
    assert (row["tiles"], row["missing_tiles"]) == (5, 1)
    assert any("city/ll.b3dm" in note for note in answer.notes) and any("city/ul.b3dm" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("../secret.b3dm", "outside"), ("a/../../secret.b3dm", "outside"), ("..%2Fsecret.b3dm", "outside"),
        ("..\\secret.b3dm", "outside"), ("/etc/passwd", "outside"), ("file:///etc/passwd", "outside"),
        ("C:/secret.b3dm", "outside"), ("https://example.org/a.b3dm", "server"), ("//example.org/a.b3dm", "server"),
        ("link.b3dm", "isn’t there"),
    ],
)  # fmt: skip
def test_nothing_outside_the_folder_is_read_and_nothing_is_fetched(copied, uri, why):
    (copied.parent / "secret.b3dm").write_bytes((copied / "building.b3dm").read_bytes())
    (copied / "link.b3dm").symlink_to(copied.parent / "secret.b3dm")
    document = json.loads((copied / "tileset.json").read_text())
    document["root"]["children"][1]["content"]["uri"] = uri
    (copied / "tileset.json").write_text(json.dumps(document))
    answer = take(copied)
    assert answer.layers[0].report.kept == 5
    assert any(uri in note and why in note for note in answer.notes)
    assert not tile(copied / "tileset.json", 2, city="EPSG:32618").nbytes


def test_circles_bombs_and_nothing_end_in_words(tmp_path):
    volume = {"boundingVolume": made.box(0, 0, 10), "geometricError": 1, "transform": made.column(made.frame())}
    path = tmp_path / "tileset.json"
    made.written(path, {**volume, "content": {"uri": "other.json"}})
    made.written(tmp_path / "other.json", {**volume, "content": {"uri": "tileset.json"}})
    with pytest.raises(NotThisFormat, match="circle"):
        take(path)
    deep = {**volume}
    for _ in range(400):
        deep = {"boundingVolume": made.box(0, 0, 10), "geometricError": 1, "children": [deep]}
    made.written(path, {**deep, "transform": volume["transform"]})
    with pytest.raises(NotThisFormat, match="more tiles"):
        take(path)
    path.write_bytes(b'{"asset":{},"root":' + b'{"children":[' * 100_000)
    with pytest.raises(CannotRead):
        take(path)
    made.written(path, volume)
    with pytest.raises(NotThisFormat, match="no features"):
        take(path)
    made.written(path, {**volume, "content": {"uri": "gone.glb"}})
    with pytest.raises(CannotRead, match=r"gone\.glb"):
        take(path)


def test_tilesets_that_fan_out_are_counted_up_to_a_bound(tmp_path, monkeypatch):
    from twin.formats import tiles3d_linked

    monkeypatch.setattr(tiles3d_linked, "_COUNTED", 500)
    (tmp_path / "a.glb").write_bytes(made.glb(*made.field(0, 0, 10, 1)[:2]))
    for level in range(20):
        children = [
            {"boundingVolume": made.box(0, 0, 10), "geometricError": 1, "content": {"uri": uri}}
            for uri in [*[f"{level + 1}.json"] * 10, "a.glb"]
        ]
        root = {"boundingVolume": made.box(0, 0, 10), "geometricError": 9, "children": children}
        if level == 0:
            root["transform"] = made.column(made.frame())
        made.written(tmp_path / ("tileset.json" if level == 0 else f"{level}.json"), root)
    answer = take(tmp_path)
    assert any("more than" in note for note in answer.notes)


def test_a_picture_bomb_is_left_out(tmp_path):
    body = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(body, "PNG")
    points, cells, along = made.field(0, 0, 10, 1)
    _, shown = one(tmp_path, made.glb(points, cells, along=along, image=body.getvalue()))
    assert shown.faces[0].picture is None and "picture" in shown.lost[0]


def test_a_tileset_without_a_place_on_the_earth_is_placed_by_hand(tmp_path):
    (tmp_path / "a.glb").write_bytes(made.glb(*made.field(0, 0, 10, 1)[:2]))
    root = {"boundingVolume": made.box(0, 0, 10), "geometricError": 0, "content": {"uri": "a.glb"}}
    path = made.written(tmp_path / "tileset.json", root)
    with pytest.raises(CannotRead, match="coordinate system"):
        take(path)
    placing = {"crs": "local", "local": (made.EAST, made.NORTH, 90.0, 2.0)}
    answer = take(path, city_crs=made.CRS, **placing)
    shown = tile(path, crs="local", local=placing["local"])
    points = where(shown.faces[0], shown)
    assert (
        points.min(axis=0)[:2] == pytest.approx([made.EAST - 20, made.NORTH]) and answer.link.local == placing["local"]
    )
    assert answer.layers[0].report.extent[3] == pytest.approx(made.EAST)
