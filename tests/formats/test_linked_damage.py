"""Rasters and point clouds that are cut short or overwritten: words or a whole answer within a bound, and no crash."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import clouds
from tests.rasters import slope, tiff
from tests.real import data
from twin.core.errors import CannotRead, ReaderFailed, TwinError
from twin.formats import windows
from twin.formats.intake import Answer, Request, take_in
from twin.formats.pointcloud import cache
from twin.model.patches import PointFile, RasterFile, Square
from twin.work.jobs import Jobs

FILES = (
    "raster/cogeo.tif",
    "raster/elevation1.tif",
    "raster/shade.tif",
    "raster/RGB.byte.tif",
    "pointcloud/autzen_trim.laz",
    "pointcloud/simple.copc.laz",
    "pointcloud/simple.las",
)
SECONDS = 20.0
FLIPS = 40
"""For each file; all of them make 280. The long form takes 200 for each."""


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with Jobs() as made:
        yield made


def answered(jobs: Jobs, path: Path, scratch: Path) -> Any:
    """What a file is answered, and what becomes of looking at it; the words where it is refused."""
    scratch.mkdir(exist_ok=True)
    request = Request(path=str(path), scratch=str(scratch), crs="EPSG:2994" if path.suffix == ".las" else None)
    began = time.monotonic()
    try:
        taken: Answer = jobs.run(take_in, request, title=path.name, timeout=SECONDS, memory=2 << 30, path=path).result()
        assert all(layer.report.adds_up() for layer in taken.layers)
        return look(jobs, path, taken)
    except TwinError as why:
        assert not isinstance(why, ReaderFailed), str(why)
        assert "Traceback" not in str(why)
        return why
    finally:
        assert time.monotonic() - began < SECONDS
        shutil.rmtree(scratch, ignore_errors=True)


def look(jobs: Jobs, path: Path, taken: Answer) -> Answer:
    """As the scene would; what a window of a damaged file can't give is words too."""
    extent, link = taken.layers[0].report.extent, taken.link
    assert extent is not None and link is not None
    ask = {"title": path.name, "timeout": SECONDS, "memory": 1 << 30, "path": path}
    if link.holds == "raster":
        file = RasterFile(
            str(path), taken.source_crs, taken.crs, taken.layers[0].report.kind, link.local, link.height_unit
        )
        side = max(extent[3] - extent[0], extent[4] - extent[1])
        jobs.run(windows.patch, file, Square(extent[0], extent[1], side), **ask).result()
        jobs.run(windows.patch, file, Square(extent[0] + side / 4, extent[1] + side / 4, side / 16), **ask).result()
    else:
        points = PointFile(str(path), taken.source_crs, taken.crs, link.local, link.height_unit, cache())
        tree = jobs.run(windows.octree, points, **ask).result()
        jobs.run(windows.points, points, len(tree.counts) - 1, **ask).result()
    return taken


@pytest.mark.parametrize("name", FILES)
def test_a_copy_that_is_cut_short_is_refused_in_words(jobs: Jobs, tmp_path: Path, name: str) -> None:
    whole = data(f"raster_lidar_bim/{name}").read_bytes()
    path = tmp_path / Path(name).name
    for part in range(10):
        path.write_bytes(whole[: len(whole) * part // 10])
        why = answered(jobs, path, tmp_path / "scratch")
        # A COG whose last bytes are full resolution may lose its overviews' end alone; none of these files does.
        assert isinstance(why, CannotRead), (part, why)
        assert str(why).endswith(str(path))


@pytest.mark.parametrize("name", FILES)
def test_bytes_overwritten_at_random_end_in_words_or_in_a_whole_answer(jobs: Jobs, tmp_path: Path, name: str) -> None:
    overwritten(jobs, tmp_path, name, FLIPS)


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_two_hundred_flips_of_each_file(jobs: Jobs, tmp_path: Path, name: str) -> None:
    overwritten(jobs, tmp_path, name, 200)


def overwritten(jobs: Jobs, folder: Path, name: str, times: int) -> None:
    chance = random.Random(name)
    whole = data(f"raster_lidar_bim/{name}").read_bytes()
    path = folder / Path(name).name
    for number in range(times):
        damaged = bytearray(whole)
        # Half of them in the first part, where what a file says of itself stands.
        most = len(damaged) if number % 2 else min(len(damaged), 2000)
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(most)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        answered(jobs, path, folder / "scratch")


def test_a_made_copc_and_a_tiled_tiff_too(jobs: Jobs, tmp_path: Path) -> None:
    import numpy as np

    centre = np.array([517_500.0, 2_378_500.0, 20.0])
    first = clouds.copc(tmp_path / "a.copc.laz", clouds.nodes(clouds.town(20_000), 2, centre, 501.0), centre, 501.0)
    second = tiff(tmp_path / "a.tif", slope(600, 600), tiled=True, compress="deflate", overviews=[2, 4])
    chance = random.Random(3)
    for path in (first, second):
        whole = path.read_bytes()
        for _ in range(30):
            damaged = bytearray(whole)
            for _ in range(5):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            path.write_bytes(damaged)
            answered(jobs, path, tmp_path / "scratch")
        for part in range(10):
            path.write_bytes(whole[: len(whole) * part // 10])
            assert isinstance(answered(jobs, path, tmp_path / "scratch"), CannotRead), part
