"""Files beside the city: known by place and fingerprint, missed, found again, carried along."""

from __future__ import annotations

import hashlib
import os
import shutil

import numpy as np
import pytest

from tests import clouds, tiles, tilesets
from tests.command import answered, balad
from tests.rasters import slope, tiff
from twin.core.errors import Cancelled, Refused
from twin.host.session import Session
from twin.model.patches import Square
from twin.model.tilesets import TileKey


@pytest.fixture
def beside(tmp_path):
    """A city in a folder, with a terrain and a point cloud in a folder of it."""
    folder = tmp_path / "town"
    (folder / "data").mkdir(parents=True)
    city = folder / "town.balad"
    dem = tiff(folder / "data" / "dem.tif", slope(300, 300), tiled=True, overviews=[2])
    points = clouds.las(folder / "data" / "points.laz", clouds.town(5_000))
    answered("import", city, dem, "--layer", "hills")
    answered("import", city, points)
    return city, dem, points


def link(city, layer):
    found = {one["id"]: one for one in answered("info", city)["layers"]}
    return found[layer]["link"]


def test_what_is_linked_is_told_by_its_place_its_hash_and_its_state(beside):
    city, dem, points = beside
    found = link(city, "hills")
    assert (found["path"], found["state"], found["holds"]) == ("data/dem.tif", "present", "raster")
    assert found["sha256"] == hashlib.sha256(dem.read_bytes()).hexdigest() and found["size"] == dem.stat().st_size
    layers = {one["id"]: one for one in answered("info", city)["layers"]}
    assert layers["points"]["count"] == 5_000 and layers["points"]["kind"] == "pointcloud"
    assert "5,000 points" in balad("info", city).stdout
    assert city.stat().st_size < 3_000_000
    assert answered("check", city)["ok"]
    assert points.exists()


def test_whoever_asks_while_the_city_closes_is_told_that_it_was_stopped(beside):
    city, _, _ = beside
    with Session.open(city) as session:
        links, hills, points = session.tiles.links, session.city.layer("hills"), session.city.layer("points")
    for ask in (
        lambda: links.patch(hills, Square(0, 0, 300.0)),
        lambda: links.octree(points),
        lambda: links.services.patch(hills, None, Square(0, 0, 300.0)),
        lambda: session.city.crs,
    ):
        with pytest.raises(Cancelled, match="being closed"):
            ask()


def test_a_folder_that_holds_one_is_linked_by_the_file_in_it(tmp_path):
    (tmp_path / "survey").mkdir()
    dem = tiff(tmp_path / "survey" / "dem.tif", slope(60, 60))
    city = tmp_path / "town.balad"
    answered("import", city, tmp_path / "survey")
    assert [link(city, "dem")[key] for key in ("path", "state", "size")] == [
        "survey/dem.tif", "present", dem.stat().st_size,
    ]  # fmt: skip
    assert balad("render", city, "-o", tmp_path / "a.png").returncode == 0
    again = answered("import", city, dem)
    assert any("twice" in note for note in again["notes"]), "it is known by whichever way it comes"


def test_a_city_and_its_files_are_moved_together(beside, tmp_path):
    city, _, _ = beside
    moved = tmp_path / "elsewhere"
    shutil.copytree(city.parent, moved)
    shutil.rmtree(city.parent)
    assert [link(moved / "town.balad", layer)["state"] for layer in ("hills", "points")] == ["present", "present"]
    out = tmp_path / "a.png"
    assert balad("render", moved / "town.balad", "-o", out).returncode == 0 and out.exists()


def test_a_missing_file_is_a_state_and_everything_else_goes_on(beside, tmp_path):
    city, dem, points = beside
    dem.rename(tmp_path / "gone.tif")
    assert link(city, "hills")["state"] == "missing"
    assert "missing" in balad("info", city).stdout
    assert answered("check", city)["ok"]
    assert balad("render", city, "-o", tmp_path / "a.png").returncode == 0
    points.write_bytes(points.read_bytes()[:-3])
    assert link(city, "points")["state"] == "changed"


def test_a_file_is_found_again_and_undo_forgets_it(beside, tmp_path):
    city, dem, _ = beside
    after = dem.parent / "new name.tif"
    dem.rename(after)
    with Session.open(city) as session:
        session.run("relink-layer", layer="hills", file=after)
        now = session.city.layer("hills")
        assert now.link.path == "data/new name.tif" and now.link.state(city) == "present"
        session.run("undo")
        assert session.city.layer("hills").link.state(city) == "missing"
        session.run("redo")
        assert session.city.layer("hills").link.state(city) == "present"
        assert any("relink-layer" in line for line in session.log)
    assert answered("check", city)["ok"]


def test_another_file_in_its_place_brings_its_own_outline_under_the_same_number(beside):
    city, dem, _ = beside
    other = tiff(dem.parent / "larger.tif", slope(500, 400), tiled=True)
    with Session.open(city) as session:
        before = session.city.layer("hills")
        (fid,) = session.city.fids("hills")
        session.run("relink-layer", layer="hills", file=other)
        after = session.city.layer("hills")
        assert after.extent[3] - after.extent[0] == pytest.approx(2000, abs=1) and after.title == before.title
        assert list(session.city.fids("hills")) == [fid]
        session.run("undo")
        assert session.city.layer("hills") == before
    assert answered("check", city)["ok"]


def test_a_layer_is_not_linked_to_another_kind_of_file(beside):
    city, _, points = beside
    with Session.open(city) as session, pytest.raises(Refused, match="drawn as pointcloud"):
        session.run("relink-layer", layer="hills", file=points)
    done = balad("update", city, "hills", points)
    assert done.returncode == 1 and "beside the city" in done.stderr


def test_a_pack_is_one_folder_that_needs_nothing_else(beside, tmp_path):
    city, dem, _ = beside
    overviews = dem.with_name(dem.name + ".ovr")
    overviews.write_bytes(b"II*\0" + bytes(4))
    before = answered("check", city)["content"]
    made = answered("pack", city, tmp_path / "packed")
    assert made["files"] == 2 and not made["missing"] and not made["changed"]
    shutil.rmtree(city.parent)
    moved = tmp_path / "carried"
    (tmp_path / "packed").rename(moved)
    packed = moved / "town.balad"
    assert link(packed, "hills")["path"] == "files/dem.tif"
    assert [link(packed, layer)["state"] for layer in ("hills", "points")] == ["present", "present"]
    checked = answered("check", packed)
    assert checked["ok"] and checked["content"] == before
    assert sorted(one.name for one in (moved / "files").iterdir()) == ["dem.tif", "dem.tif.ovr", "points.laz"]


def test_a_pack_says_what_is_missing_and_leaves_the_city_as_it_is(beside, tmp_path):
    city, dem, _ = beside
    dem.unlink()
    made = answered("pack", city, tmp_path / "packed")
    assert made["missing"] == ["dem"] and made["files"] == 1
    assert link(city, "points")["path"] == "data/points.laz"
    full = balad("pack", city, tmp_path)
    assert full.returncode == 1 and "already" in full.stderr
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(".part")]


def test_a_touched_file_is_known_again_and_a_hash_comes_by_itself(beside):
    city, dem, _ = beside
    os.utime(dem, (1, 1))
    assert link(city, "hills")["state"] == "present"
    with Session.open(city) as session:
        layer = session.city.layer("hills")
        session.city.change_layer(layer.model_copy(update={"link": layer.link.model_copy(update={"sha256": ""})}))
        from twin.host import hashing

        hashing._LATER, before = 0.0, hashing._LATER
        try:
            session.fingerprint()
            wanted = hashlib.sha256(dem.read_bytes()).hexdigest()
            _until(lambda: session.city.layer("hills").link.sha256 == wanted)
        finally:
            hashing._LATER = before


def test_the_child_that_took_a_file_in_reads_what_is_drawn_of_it(tmp_path):
    dems = [tiff(tmp_path / f"dem{n}.tif", slope(300, 300), tiled=True) for n in range(2)]
    answered("import", tmp_path / "town.balad", dems[0], "--layer", "before")
    with Session.open(tmp_path / "town.balad") as session:
        links, had = session.tiles.links, _children()
        for dem, left in zip(dems, (1, 2), strict=True):
            # What is drawn is asked for as soon as the layer is there.
            session.run("import", file=dem, layer=dem.stem)
            layer = session.city.layer(dem.stem)
            west, south, _, east, *_ = layer.extent
            assert np.nanmax(links.patch(layer, Square(west, south, east - west)).heights) > 0
            # The second file's stays for the next import: rasters have theirs.
            assert len(_children() - had) == left
    assert _children() == had


def test_a_fingerprint_leaves_no_child_behind(beside):
    from twin.host import hashing

    city, dem, _ = beside
    with Session.open(city) as session:
        layer, had = session.city.layer("hills"), _children()
        session.city.change_layer(layer.model_copy(update={"link": layer.link.model_copy(update={"sha256": ""})}))
        hashing._LATER, before = 0.0, hashing._LATER
        try:
            session.fingerprint()
            wanted = hashlib.sha256(dem.read_bytes()).hexdigest()
            _until(lambda: session.city.layer("hills").link.sha256 == wanted)
            _until(lambda: _children() == had)
        finally:
            hashing._LATER = before


def _children():
    """Of this process, less what multiprocessing keeps for itself."""
    import psutil

    there = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return {one.pid for one in there if "resource_tracker" not in " ".join(one.cmdline())}


def _until(done, seconds=20.0):
    import time

    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_the_same_file_is_linked_twice_with_a_word(beside):
    city, dem, _ = beside
    assert any("already" in note for note in answered("import", city, dem)["notes"])


def test_a_cloud_is_coloured_by_its_own_columns(beside):
    city, _, _ = beside
    with Session.open(city) as session:
        for column, size in (("elevation", 5), ("classification", 2)):
            session.run("colour-layer", layer="points", column=column)
            from twin.scene.colours import overlays

            layer = session.city.layer("points")
            (made,) = overlays(session.tiles, {"points": layer.colouring}).values()
            assert made.sampled and len(made.legend) == size + 1
        named = {
            session.city.layer("points").columns[n].name: session.city.layer("points").columns[n] for n in range(7)
        }
        assert {named["classification"].meaning(row.words) for row in made.legend[:-1]} == {"Ground", "Building"}
        assert np.isfinite(made.classes).all()


@pytest.fixture
def tiled(tmp_path):
    """A city with a tileset in a folder beside it: tiles, a picture of one, and a stranger's file."""
    folder = tmp_path / "town"
    file = tilesets.quadtree(folder / "data" / "blocks", levels=2)
    points, cells, along = tilesets.field(0, 0, 800, 20)
    (file.parent / "0-0-0.glb").write_bytes(tilesets.glb(points, cells, along=along, image="looks/a.png"))
    (file.parent / "looks").mkdir()
    (file.parent / "looks" / "a.png").write_bytes(tilesets.picture([(1, 2, 3)] * 4))
    (file.parent / "notes.txt").write_text("of no tile")
    city = folder / "town.balad"
    answered("import", city, file)
    return city, file


def test_a_tileset_is_packed_with_all_that_its_tiles_name(tiled, tmp_path):
    city, _ = tiled
    made = answered("pack", city, tmp_path / "packed")
    assert made["files"] == 1 and not made["missing"] and not made["changed"]
    shutil.rmtree(city.parent)
    packed = tmp_path / "packed" / "town.balad"
    found = link(packed, "blocks")
    assert (found["path"], found["state"]) == ("files/blocks/tileset.json", "present")
    files = tmp_path / "packed" / "files"
    there = {one.relative_to(files).as_posix() for one in files.rglob("*") if one.is_file()}
    assert there == {
        "blocks/tileset.json", "blocks/looks/a.png", "blocks/0-0-0.glb",
        *(f"blocks/1-{x}-{y}.glb" for x in (0, 1) for y in (0, 1)),
    }  # fmt: skip
    assert answered("check", packed)["ok"]
    with Session.open(packed) as session:
        layer = session.city.layer("blocks")
        shown = session.tiles.links.tile(layer, TileKey())
        assert shown.faces[0].picture[0, 0].tolist() == [1, 2, 3, 255] and not shown.lost


def test_a_tileset_is_missed_and_found_again_in_its_folder(tiled, tmp_path):
    city, file = tiled
    after = city.parent / "elsewhere"
    file.parent.rename(after)
    assert link(city, "blocks")["state"] == "missing"
    assert balad("render", city, "-o", tmp_path / "a.png").returncode == 0
    answered("relink-layer", city, "blocks", after)
    assert [link(city, "blocks")[key] for key in ("path", "state")] == ["elsewhere/tileset.json", "present"]
    document = (after / "tileset.json").read_text()
    (after / "tileset.json").write_text(document.replace('"geometricError": 500', '"geometricError": 5000'))
    assert link(city, "blocks")["state"] == "changed"


def test_a_tileset_is_not_updated_but_an_export_of_a_layer_still_updates_it(tiled, tmp_path):
    city, file = tiled
    done = balad("update", city, "blocks", file)
    assert done.returncode == 1 and "beside the city" in done.stderr
    other = tmp_path / "other.balad"
    answered("sample", other, "--buildings", 200)
    answered("export", other, "buildings", tmp_path / "tileset.json")
    answer = answered("update", other, "buildings", tmp_path / "tileset.json")
    assert (answer["added"], answer["removed"]) == (0, 0)


def test_a_base_map_of_the_whole_earth_is_found_again(tmp_path):
    from rasterio import Affine

    place = Affine(10, 0, tiles.EAST - 1500, 0, -10, tiles.NORTH + 1500)
    dem = tiff(tmp_path / "dem.tif", slope(300, 300), crs=tiles.CRS, transform=place)
    world = tiles.mbtiles(tmp_path / "world.mbtiles", bounds="-180,-85,180,85")
    city = tmp_path / "town.balad"
    answered("import", city, dem)
    answered("import", city, world)
    (tmp_path / "maps").mkdir()
    world.rename(tmp_path / "maps" / "world.mbtiles")
    answered("relink-layer", city, "world", tmp_path / "maps" / "world.mbtiles")
    found = link(city, "world")
    assert (found["path"], found["state"]) == ("maps/world.mbtiles", "present")


def test_another_file_in_its_place_tells_how_that_was_moved(beside):
    city, _, _ = beside
    other = tiff(city.parent / "data" / "other.tif", slope(300, 300) + 1, crs="EPSG:20437", tiled=True, overviews=[2])
    answered("relink-layer", city, "hills", other)
    (layer,) = [one for one in answered("info", city)["layers"] if one["id"] == "hills"]
    assert layer["source"]["crs"] == "EPSG:20437" and "Ain el Abd" in layer["source"]["operation"]["name"]


def test_another_file_without_a_crs_is_read_as_the_one_before(tmp_path):
    city = tmp_path / "town.balad"
    first = tiff(tmp_path / "a.tif", slope(300, 300), crs=None, tiled=True)
    answered("import", city, first, "--crs", "EPSG:32637", "--layer", "hills")
    other = tiff(tmp_path / "b.tif", slope(300, 300) + 1, crs=None, tiled=True)
    answered("relink-layer", city, "hills", other)
    (layer,) = answered("info", city)["layers"]
    assert (layer["link"]["path"], layer["source"]["crs"]) == ("b.tif", "EPSG:32637")
