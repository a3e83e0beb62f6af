"""Tile sets on a disk as base maps: where they lie, at which scale they are read, and what is refused."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import pytest
from pmtiles.tile import TileType

from tests import tiles
from tests.formats.taking import table, take
from twin.core.errors import CannotRead, NotThisFormat, ReaderFailed, TwinError
from twin.formats import mbtiles, windows
from twin.formats.intake import Request, take_in
from twin.model.patches import SIDE, Patch, RasterFile, Square
from twin.work.jobs import Jobs

MAKERS = {
    "MBTiles of PNG": lambda path: tiles.mbtiles(path / "jeddah.mbtiles"),
    "MBTiles of JPEG": lambda path: tiles.mbtiles(path / "jeddah.mbtiles", "JPEG"),
    "MBTiles of WebP": lambda path: tiles.mbtiles(path / "jeddah.mbtiles", "WEBP"),
    "PMTiles": lambda path: tiles.pmtiles(path / "jeddah.pmtiles"),
    "XYZ folder": lambda path: tiles.folder(path / "jeddah"),
}
FILES = [name for name in MAKERS if name != "XYZ folder"]


def seen(path: Path, answer: Any, square: Square) -> Patch | None:
    link = answer.link
    file = RasterFile(
        str(path), answer.source_crs, answer.crs, "imagery", link.local, link.height_unit,
        rows_from_south=link.rows_from_south,
    )  # fmt: skip
    return windows.patch(file, square, lambda *_: None)


def lies(found: Patch | None, square: Square, level: int, within: int = 3) -> None:
    """Every place of a patch is coloured as where it lies, out of a level."""
    assert found is not None and found.picture is not None
    along = np.linspace(0, square.side, SIDE)
    x, y = np.meshgrid(square.west + along, square.south + along)
    wanted = tiles.colour(*tiles.TO_MERCATOR.transform(x, y), level).astype(int)
    assert (found.picture[..., 3] == 255).all()
    assert np.abs(found.picture.astype(int) - wanted)[..., :3].max() <= within


@pytest.mark.parametrize("name", MAKERS)
def test_a_tile_set_lies_where_it_is_at_the_scale_that_is_looked_at(tmp_path: Path, name: str) -> None:
    path = MAKERS[name](tmp_path)
    answer = take(path, city_crs=tiles.CRS)
    (taken,) = answer.layers
    assert (taken.report.read, taken.report.kept, taken.report.kind) == (1, 1, "imagery")
    west, south, _, east, north, _ = taken.report.extent
    assert west < tiles.EAST < east and south < tiles.NORTH < north
    # A pixel of level 16 is 2.39 m at the equator, and so much less here.
    assert answer.link.cell == pytest.approx(2.3886 * np.cos(np.radians(21.5)), rel=0.01)
    for side, level in ((2000.0, 14), (1200.0, 15), (300.0, 16), (60.0, 16)):
        square = Square(tiles.EAST - side / 2 + 20, tiles.NORTH - side / 2 - 30, side)
        lies(seen(path, answer, square), square, level, 8 if "JPEG" in name else 3)


def test_outside_of_it_is_nothing(tmp_path: Path) -> None:
    path = tiles.mbtiles(tmp_path / "a.mbtiles")
    answer = take(path, city_crs=tiles.CRS)
    assert seen(path, answer, Square(tiles.EAST + 50_000, tiles.NORTH, 500.0)) is None
    beside = seen(path, answer, Square(tiles.EAST + 1_800, tiles.NORTH, 4_000.0))
    assert beside is not None and beside.picture[SIDE // 4, 0, 3] == 255 and beside.picture[SIDE // 4, -1, 3] == 0


def test_what_it_says_of_itself_is_kept(tmp_path: Path) -> None:
    answer = take(tiles.mbtiles(tmp_path / "a.mbtiles"))
    assert answer.attribution == "© Surveyors" and answer.layers[0].title == "Jeddah from above"
    assert answer.crs == "EPSG:32637"
    (row,) = table(answer.layers[0]).to_pylist()
    count = len(list(tiles.covered()))
    assert (row["tile_format"], row["tiles"], row["coarsest_level"], row["finest_level"]) == ("png", count, "13", "16")
    answer = take(tiles.pmtiles(tmp_path / "a.pmtiles"))
    assert answer.attribution == "© Surveyors" and table(answer.layers[0]).to_pylist()[0]["tiles"] == count


def test_rows_from_the_south_are_turned_where_it_says_so(tmp_path: Path) -> None:
    square = Square(tiles.EAST - 150, tiles.NORTH - 150, 300.0)
    path = tiles.folder(tmp_path / "tms", tms=True)
    (path / "tilemapresource.xml").write_text(
        '<TileMap version="1.0.0"><Title>Air</Title><SRS>EPSG:3857</SRS><TileSets profile="mercator"/></TileMap>'
    )
    answer = take(path, city_crs=tiles.CRS)
    assert answer.link.rows_from_south and answer.layers[0].title == "Air"
    lies(seen(path, answer, square), square, 16)
    assert take(path / "tilemapresource.xml", city_crs=tiles.CRS).link.path == path.as_posix()
    path = tiles.folder(tmp_path / "json", tms=True)
    (path / "metadata.json").write_text(json.dumps({"scheme": "tms", "attribution": "© Flyers"}))
    answer = take(path, city_crs=tiles.CRS)
    assert answer.attribution == "© Flyers"
    lies(seen(path, answer, square), square, 16)


def test_rows_of_a_folder_that_says_nothing_are_told_and_held_against_the_city(tmp_path: Path) -> None:
    square = Square(tiles.EAST - 150, tiles.NORTH - 150, 300.0)
    city = (tiles.EAST - 500, tiles.NORTH - 500, tiles.EAST + 500, tiles.NORTH + 500)
    path = tiles.folder(tmp_path / "xyz")
    assert any("from the north" in note for note in take(path, city_crs=tiles.CRS, extent=city).notes)
    path = tiles.folder(tmp_path / "tms", tms=True)
    answer = take(path, city_crs=tiles.CRS, extent=city)
    assert any("from the south" in note for note in answer.notes)
    lies(seen(path, answer, square), square, 16)


def test_tiles_of_the_geodetic_profile_lie_in_degrees(tmp_path: Path) -> None:
    import io

    from PIL import Image

    west, south, _, _ = tiles.degrees()
    size = 180 / 2**11
    column, row = int((west + 180) / size), int((south + 90) / size)
    out = io.BytesIO()
    Image.new("RGB", (256, 256), (200, 30, 40)).save(out, "PNG")
    file = tmp_path / "geo" / "11" / str(column) / f"{row}.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(out.getvalue())
    (tmp_path / "geo" / "tilemapresource.xml").write_text(
        '<TileMap><SRS>EPSG:4326</SRS><TileSets profile="geodetic"/></TileMap>'
    )
    answer = take(tmp_path / "geo", city_crs=tiles.CRS)
    from pyproj import Transformer

    box = (column * size - 180, row * size - 90, (column + 1) * size - 180, (row + 1) * size - 90)
    there = Transformer.from_crs("EPSG:4326", tiles.CRS, always_xy=True).transform_bounds(*box)
    extent = answer.layers[0].report.extent
    assert np.allclose([extent[0], extent[1], extent[3], extent[4]], there, atol=2)
    found = seen(tmp_path / "geo", answer, Square(there[0] + 2000, there[1] + 2000, 900.0))
    assert tuple(found.picture[9, 9]) == (200, 30, 40, 255)


def test_a_tile_that_is_not_there_is_filled_from_the_level_above(tmp_path: Path) -> None:
    path = tiles.folder(tmp_path / "a")
    shutil.rmtree(path / "16" / next((path / "16").iterdir()).name)
    for file in (path / "16").rglob("*.png"):
        if int(file.stem) % 2:
            file.unlink()
    answer = take(path, city_crs=tiles.CRS)
    square = Square(tiles.EAST - 300, tiles.NORTH - 150, 300.0)
    found = seen(path, answer, square)
    assert (found.picture[..., 3] == 255).all() and set(np.unique(found.picture[..., 2])) >= {150, 160}


def test_a_map_of_the_whole_earth_is_kept_about_the_city_alone(tmp_path: Path) -> None:
    path = tiles.mbtiles(tmp_path / "a.mbtiles", bounds="-180,-85.05,180,85.05")
    city = (tiles.EAST - 1500, tiles.NORTH - 1500, tiles.EAST + 1500, tiles.NORTH + 1500)
    extent = take(path, city_crs=tiles.CRS, extent=city).layers[0].report.extent
    assert 6_000 < extent[3] - extent[0] < 9_000 and extent[0] < city[0]
    with pytest.raises(CannotRead, match="where the city is"):
        take(path)


def test_vector_tiles_are_refused_with_what_to_bring_instead(tmp_path: Path) -> None:
    path = tiles.mbtiles(tmp_path / "a.mbtiles", format="pbf")
    with pytest.raises(CannotRead, match=r"vector tiles.*GeoPackage"):
        take(path)
    base = sqlite3.connect(path)
    base.execute("DELETE FROM metadata WHERE name = 'format'")
    base.execute("UPDATE tiles SET tile_data = ?", (tiles.vector_tile(),))
    base.commit()
    base.close()
    with pytest.raises(CannotRead, match="vector tiles"):
        take(path)
    with pytest.raises(CannotRead, match="vector tiles"):
        take(tiles.pmtiles(tmp_path / "a.pmtiles", kind=TileType.MVT))
    (tmp_path / "v" / "3" / "4").mkdir(parents=True)
    (tmp_path / "v" / "3" / "4" / "2.pbf").write_bytes(tiles.vector_tile())
    with pytest.raises(CannotRead, match="vector tiles"):
        take(tmp_path / "v")


def test_what_is_none_of_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.mbtiles").write_bytes(b"no")
    (tmp_path / "a.pmtiles").write_bytes(b"no")
    sqlite3.connect(tmp_path / "b.mbtiles").executescript("CREATE TABLE other (a)").close()
    old = bytearray(tiles.pmtiles(tmp_path / "old.pmtiles").read_bytes())
    old[7] = 2
    (tmp_path / "old.pmtiles").write_bytes(old)
    for name, words in {"a.mbtiles": "no MBTiles", "a.pmtiles": "no PMTiles", "b.mbtiles": "SQLite",
                        "old.pmtiles": "version 2"}.items():  # fmt: skip
        with pytest.raises(NotThisFormat, match=words) as why:
            take(tmp_path / name)
        assert str(why.value).endswith(name)


def test_a_view_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twin.formats import mbtiles

    monkeypatch.setattr(mbtiles, "_SECONDS", 0.5)
    base = sqlite3.connect(tmp_path / "a.mbtiles")
    base.execute("CREATE TABLE metadata (name, value)")
    base.execute(
        "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS zoom_level, 1 AS tile_column, 1 AS tile_row, 'x' AS tile_data FROM n"
    )
    base.close()
    with pytest.raises(CannotRead, match="too long"):
        take(tmp_path / "a.mbtiles")


def test_what_another_program_has_not_yet_written_into_the_file_is_told_and_not_missed(tmp_path: Path) -> None:
    path = tiles.mbtiles(tmp_path / "a.mbtiles")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("PRAGMA wal_autocheckpoint=0")
    assert take(path, city_crs=tiles.CRS).layers[0].title == "Jeddah from above"
    other.execute("UPDATE metadata SET value='Today' WHERE name='name'")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    with pytest.raises(CannotRead, match=r"in a\.mbtiles-wal\. Close it in the program"):
        take(path, city_crs=tiles.CRS)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before, "nothing is written beside it"
    other.execute("PRAGMA wal_checkpoint(FULL)")
    assert (tmp_path / "a.mbtiles-wal").stat().st_size, "all of it is in the file now too"
    assert take(path, city_crs=tiles.CRS).layers[0].title == "Today"
    other.execute("BEGIN")
    other.execute("UPDATE metadata SET value='Tomorrow' WHERE name='name'")
    assert take(path, city_crs=tiles.CRS).layers[0].title == "Today"
    other.close()


@pytest.fixture(scope="module")
def jobs():
    with Jobs() as made:
        yield made


def answered(jobs: Jobs, path: Path, scratch: Path) -> Any:
    scratch.mkdir(exist_ok=True)
    ask = {"title": path.name, "timeout": 20.0, "memory": 2 << 30, "path": path}
    try:
        taken = jobs.run(take_in, Request(path=str(path), scratch=str(scratch), city_crs=tiles.CRS), **ask).result()
        assert all(layer.report.adds_up() for layer in taken.layers)
        file = RasterFile(str(path), taken.source_crs, taken.crs, "imagery")
        for side in (3000.0, 300.0):
            jobs.run(windows.patch, file, Square(tiles.EAST - 100, tiles.NORTH - 100, side), **ask).result()
    except TwinError as why:
        assert not isinstance(why, ReaderFailed), str(why)
        return why
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return taken


@pytest.mark.parametrize("name", FILES)
def test_damage_ends_in_words_or_in_a_whole_answer(jobs: Jobs, tmp_path: Path, name: str) -> None:
    path = MAKERS[name](tmp_path)
    whole = path.read_bytes()
    for part in range(10):
        path.write_bytes(whole[: len(whole) * part // 10])
        assert isinstance(answered(jobs, path, tmp_path / "scratch"), CannotRead), part
    chance = random.Random(name)
    for number in range(40):
        damaged = bytearray(whole)
        most = len(damaged) if number % 2 else 4000
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(most)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        answered(jobs, path, tmp_path / "scratch")


def test_what_is_said_beside_a_folder_counts_when_it_is_brought_again(tmp_path: Path) -> None:
    path = tiles.folder(tmp_path / "jeddah")
    assert take(path, city_crs=tiles.CRS).attribution == ""
    for words in ("© Surveyors", "© Others"):
        (path / "metadata.json").write_text(json.dumps({"attribution": words, "name": words * 2}), encoding="utf-8")
        answer = take(path, city_crs=tiles.CRS)
        assert (answer.attribution, answer.layers[0].title) == (words, words * 2)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/maps/جدة 1.mbtiles"), "file:///maps/%D8%AC%D8%AF%D8%A9%201.mbtiles"),
        (PureWindowsPath(r"C:\maps\a#b.mbtiles"), "file:///C%3A/maps/a%23b.mbtiles"),
        (PureWindowsPath(r"\\server\maps\a.mbtiles"), "file:////server/maps/a.mbtiles"),
    ],
)
def test_a_file_on_a_share_of_a_network_has_an_address_that_sqlite_knows(path: PurePath, uri: str) -> None:
    assert mbtiles.uri(path) == uri
