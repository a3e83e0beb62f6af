"""Zips and folders: what they hold decides; nothing leaves its folder, and a bomb is told before it goes off."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest

from tests.formats.making import written, zipped
from tests.formats.taking import take
from twin.core.errors import CannotRead, NotThisFormat, TooLarge
from twin.formats import archives


def test_a_zipped_shapefile_is_read_as_it_is(tmp_path: Path) -> None:
    plain = written(tmp_path / "parcels.shp")
    file = zipped(tmp_path / "انتقال.zip", plain)
    answer = take(file)
    (layer,) = answer.layers
    assert (answer.format, layer.report.id, layer.report.kept) == ("Shapefile", "parcels", 36)
    assert answer.sha256 != take(plain).sha256


def test_a_zip_of_several_shapefiles_is_several_layers(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{name}.shp") for name in ("parcels", "buildings")]
    file = zipped(tmp_path / "city.zip", *files)
    found = {layer.report.id: (layer.report.kind, layer.report.read) for layer in take(file).layers}
    assert found == {"parcels": ("areas", 36), "buildings": ("buildings", 36)}
    assert [one.report.id for one in take(file, layer="buildings").layers] == ["buildings"]


@pytest.mark.parametrize("other", ["a.fgb", "b.fgb"])
def test_a_zip_of_different_data_sets_names_them(tmp_path: Path, other: str) -> None:
    first, second = written(tmp_path / "a.gpkg"), written(tmp_path / other)
    # Whoever zips one file takes along all that are named so.
    file = zipped(tmp_path / "both.zip", first, *([second] if second.stem != first.stem else []))
    with pytest.raises(CannotRead, match="2 data sets") as why:
        take(file)
    assert str(why.value).endswith(str(file)) and "a.gpkg" in str(why.value) and other in str(why.value)


def test_what_says_something_about_a_data_set_of_its_name_is_none_itself(tmp_path: Path) -> None:
    areas = written(tmp_path / "a.gpkg")
    for name in ("a.csv", "a.json", "a.xml"):
        (tmp_path / name).write_text("{}")
    assert [layer.report.read for layer in take(zipped(tmp_path / "a.zip", areas)).layers] == [36]


@pytest.mark.parametrize("bare", [False, True])
def test_a_zipped_geodatabase_is_read(tmp_path: Path, bare: bool) -> None:
    gdb = written(tmp_path / "amana.gdb")
    file = tmp_path / "amana.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for one in gdb.iterdir():
            archive.write(one, one.name if bare else f"sub/amana.gdb/{one.name}")
        archive.writestr("sub/readme.md", "x")
    answer = take(file)
    assert (answer.format, answer.layers[0].report.kept) == ("File Geodatabase", 36)


def test_a_folder_of_one_data_set_is_that(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    (folder / "gis").mkdir(parents=True)
    written(folder / "gis" / "parcels.shp")
    (folder / "gis" / "parcels.shp.xml").write_text("<metadata/>")
    assert take(folder).layers[0].report.kept == 36
    (folder / "plan.dwg").write_bytes(b"AC1032")
    assert take(folder).layers[0].report.kept == 36


def test_a_folder_or_zip_of_nothing_is_words(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(NotThisFormat, match="nothing that can be read"):
        take(folder)
    (folder / "plan.dwg").write_bytes(b"AC1032")
    with pytest.raises(NotThisFormat, match="Save As"):
        take(folder)
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.writestr("inner.zip", b"PK")
    with pytest.raises(NotThisFormat, match="packed files again"):
        take(tmp_path / "outer.zip")


@pytest.mark.parametrize("name", ["../../evil.geojson", "/etc/evil.geojson", "a/../../evil.geojson", "..\\evil.geojson",
                                  "C:\\evil.geojson", "C:evil.geojson"])  # fmt: skip
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "slip.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("good.geojson", "{}")
        archive.writestr(zipfile.ZipInfo(name), "{}")
    with pytest.raises(NotThisFormat, match="outside its folder"):
        take(file)
    assert [one.name for one in tmp_path.iterdir()] == ["slip.zip"]


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "link.zip"
    info = zipfile.ZipInfo("a.geojson")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(NotThisFormat, match="a link"):
        take(file)


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.geojson", "w", force_zip64=True) as big,
    ):
        for _ in range(300):
            big.write(bytes(1 << 20))
    started = time.monotonic()
    with pytest.raises(TooLarge, match="times its size"):
        take(file)
    assert time.monotonic() - started < 2


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    file = tmp_path / "liar.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", bytes(200 << 20))
    raw = bytearray(file.read_bytes())
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 1000)
    raw[22:26] = struct.pack("<I", 1000)
    file.write_bytes(raw)
    with pytest.raises(NotThisFormat, match="damaged"):
        take(file)


def test_bounds_on_members_and_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBERS", 5)
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for n in range(9):
            archive.writestr(f"{n}.txt", "")
    with pytest.raises(TooLarge, match="9 files"):
        take(tmp_path / "many.zip")
    with zipfile.ZipFile(tmp_path / "deep.zip", "w") as archive:
        archive.writestr("/".join("a" * 1 for _ in range(40)) + "/x.txt", "")
    with pytest.raises(TooLarge, match="deep"):
        take(tmp_path / "deep.zip")


def test_an_encrypted_zip_is_words(tmp_path: Path) -> None:
    file = zipped(tmp_path / "secret.zip", written(tmp_path / "a.fgb"))
    raw = bytearray(file.read_bytes())
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(raw)
    with pytest.raises(NotThisFormat, match="encrypted"):
        take(file)


def test_what_is_no_zip_is_words(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    for raw in (b"x" * 100, b"", io.BytesIO().getvalue(), b"PK\x05\x06" + bytes(18)):
        file.write_bytes(raw)
        with pytest.raises(CannotRead) as why:
            take(file)
        assert str(why.value).endswith(str(file))


def test_names_in_an_old_encoding_are_read(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.fgb")
    file = tmp_path / "old.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("XXXXX.fgb", plain.read_bytes())
    file.write_bytes(file.read_bytes().replace(b"XXXXX", "مخطط ".encode("windows-1256")))
    assert take(file).layers[0].title.strip() in ("مخطط", "a")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    from twin.formats.intake import Request, take_in

    answer = take_in(Request(path=str(zipped(tmp_path / "a.zip", written(tmp_path / "a.shp"))), scratch=str(scratch)))
    assert sorted(one.name for one in scratch.iterdir()) == sorted(Path(layer.ipc).name for layer in answer.layers)
