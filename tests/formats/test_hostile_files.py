"""Files that are damaged, wrong or meant to harm end in words, within a bound, and the next file is read."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from tests.formats.taking import take
from tests.real import FOLDER, data
from twin.core.errors import CannotRead, NotThisFormat, ReaderFailed, TooLarge, TwinError
from twin.formats import gdal, registry
from twin.formats.intake import Answer, Request, take_in
from twin.work.jobs import Jobs

HOSTILE = FOLDER / "hostile"
SECONDS = 10.0
BUBENEC = "raster_lidar_bim/vector/bubenec.gpkg"


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with Jobs() as made:
        yield made


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def in_child(jobs: Jobs, path: Path, scratch: Path, **said: Any) -> Answer:
    request = Request(path=str(path), scratch=str(scratch), **said)
    taken = jobs.run(take_in, request, title=path.name, timeout=SECONDS, memory=2 << 30, path=path).result()
    assert isinstance(taken, Answer)
    return taken


def hostile_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((HOSTILE / folder).rglob("*")) if path.is_file()]


@pytest.mark.parametrize("folder", ["json", "xml", "raster", "water"])
def test_every_hostile_file_ends_in_words(jobs: Jobs, scratch: Path, folder: str) -> None:
    data(f"hostile/{folder}")
    files = hostile_files(folder)
    assert files
    for path in files:
        started = time.monotonic()
        with pytest.raises(CannotRead) as why:
            in_child(jobs, path, scratch)
        assert time.monotonic() - started < SECONDS
        assert not isinstance(why.value, ReaderFailed), path
        words = str(why.value)
        assert words.endswith(str(path))
        assert "Traceback" not in words


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".parquet"])
def test_hostile_files_under_a_name_that_is_read(jobs: Jobs, scratch: Path, tmp_path: Path, suffix: str) -> None:
    data("hostile")
    for path in hostile_files("json", "xml", "raster")[:: 1 if suffix == ".geojson" else 12]:
        disguised = tmp_path / f"a{suffix}"
        shutil.copyfile(path, disguised)
        disguised.chmod(0o600)
        with pytest.raises(CannotRead) as why:
            in_child(jobs, disguised, scratch)
        assert not isinstance(why.value, ReaderFailed), path


def test_an_unknown_kind_of_file_names_what_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_text("0")
    with pytest.raises(NotThisFormat, match=r"GeoPackage \(\.gpkg\).*GeoParquet"):
        take(file)


def test_a_network_of_layers_behind_another_name_is_not_followed(tmp_path: Path) -> None:
    vrt = (
        "<OGRVRTDataSource><OGRVRTLayer name='a'>"
        "<SrcDataSource>/vsicurl/http://127.0.0.1:9/a.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    for suffix in (".gpkg", ".geojson", ".shp", ".json"):
        file = tmp_path / f"a{suffix}"
        file.write_text(vrt)
        with pytest.raises(NotThisFormat):
            take(file)
    assert set(gdal.ready().list_drivers()) == set(gdal.DRIVERS)
    assert gdal.ready().get_gdal_config_option("CPL_VSIL_CURL_ALLOWED_EXTENSIONS") == "{noop}"


@pytest.mark.parametrize("keep", [20, 1000, 50_000, 0.5, 0.9])
def test_a_geopackage_cut_short_is_words(jobs: Jobs, scratch: Path, tmp_path: Path, keep: float) -> None:
    whole = data(BUBENEC).read_bytes()
    file = tmp_path / "cut.gpkg"
    file.write_bytes(whole[: int(keep if keep > 1 else keep * len(whole))])
    with pytest.raises(CannotRead):
        in_child(jobs, file, scratch)


@pytest.mark.parametrize("suffix", [".shp", ".geojson", ".parquet"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.95])
def test_other_files_cut_short_are_words(jobs: Jobs, scratch: Path, tmp_path: Path, suffix: str, keep: float) -> None:
    square = shapely.to_wkb(shapely.box(500_000, 2_300_000, 500_010, 2_300_010))
    sent = pa.table({"uid": [str(n) for n in range(500)], "geometry": pa.array([square] * 500, pa.binary())})
    file = tmp_path / f"cut{suffix}"
    if suffix == ".shp":
        gdal.ready().write_arrow(
            sent, file, driver="ESRI Shapefile", geometry_name="geometry", geometry_type="Polygon", crs="EPSG:9357"
        )
    else:
        registry.writer(file)(file, sent, "EPSG:9357", "cut", None)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * keep)])
    with pytest.raises(CannotRead):
        answer = in_child(jobs, file, scratch)
        # A Shapefile's index says where each feature begins: those that are gone are told one by one.
        assert answer.layers[0].report.refused
        raise CannotRead("told")


def test_a_sparse_giant_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    for name in ("giant.geojson", "giant.gpkg", "giant.json", "giant.parquet"):
        file = tmp_path / name
        with file.open("wb") as sparse:
            sparse.write(b'{"type":"FeatureCollection"')
            sparse.truncate(10 << 30)
        started = time.monotonic()
        with pytest.raises(TooLarge, match="MB") as why:
            take(file)
        assert str(why.value).endswith(str(file))
        assert time.monotonic() - started < 1


def test_a_folder_nothing_and_an_empty_file_are_words(tmp_path: Path) -> None:
    (tmp_path / "folder.gpkg").mkdir()
    (tmp_path / "empty.gpkg").touch()
    for name, words in (("folder.gpkg", "folder"), ("none.gpkg", "no such file"), ("empty.gpkg", "empty")):
        with pytest.raises(CannotRead, match=words):
            take(tmp_path / name)


def test_a_file_that_may_not_be_read_is_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.gpkg"
    file.write_bytes(b"SQLite format 3\0")

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CannotRead, match="Permission denied"):
        take(file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gpkg")
    with pytest.raises(CannotRead, match="This is no file"):
        take(tmp_path / "pipe.gpkg")


def test_names_in_any_script_and_with_tricks_are_read(jobs: Jobs, scratch: Path, tmp_path: Path) -> None:
    for name in ("حيّ البلد ٢.gpkg", "a b'c\"d;e.gpkg", "zip!a.zip!b.gpkg", "%s{0}.gpkg", "-o.gpkg"):
        file = tmp_path / name
        shutil.copyfile(data(BUBENEC), file)
        assert len(in_child(jobs, file, scratch).layers) == 4


def test_a_name_with_braces_is_told_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "{x}.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    with pytest.raises(CannotRead, match="no feature") as why:
        take(file)
    assert str(why.value).endswith("{x}.geojson")


def test_features_that_are_all_refused_are_a_refusal(tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    feature = {"type": "Feature", "geometry": None, "properties": {"id": "x"}}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature] * 3}))
    with pytest.raises(CannotRead, match="3"):
        take(file, city_crs="EPSG:9357")


def segfaulting(request: Request, progress: Any) -> Answer:
    ctypes.string_at(0)
    return take_in(request, progress)


def greedy(request: Request, progress: Any) -> Answer:
    eaten = [bytearray(1 << 26) for _ in range(1000)]
    return take_in(request, progress) if eaten else take_in(request)


@pytest.mark.parametrize(("reader", "error"), [(segfaulting, ReaderFailed), (greedy, TooLarge)])
def test_a_reader_that_crashes_or_eats_memory_is_a_failed_job(
    jobs: Jobs, scratch: Path, reader: Any, error: type[TwinError]
) -> None:
    if sys.platform != "linux" and error is TooLarge:
        pytest.skip("the address space is bounded on Linux")
    file = data(BUBENEC)
    request = Request(path=str(file), scratch=str(scratch))
    started = time.monotonic()
    with pytest.raises(error):
        jobs.run(reader, request, title=file.name, timeout=SECONDS, memory=1 << 30, path=file).result()
    assert time.monotonic() - started < SECONDS
    assert len(in_child(jobs, file, scratch).layers) == 4
