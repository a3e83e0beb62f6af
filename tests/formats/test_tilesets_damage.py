"""Tilesets whose files are cut short or overwritten: words or an answer that tells what was left out, and no crash."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import tilesets as made
from tests.real import data
from twin.core.errors import CannotRead, ReaderFailed, TwinError
from twin.formats import windows
from twin.formats.intake import Answer, Request, take_in
from twin.model.tilesets import Tile, TileKey, TilesetFile
from twin.work.jobs import Jobs

VOLUME = "tiles3d/1.0/TilesetWithRequestVolume"
FILES = ("tileset.json", "city/tileset.json", "building.b3dm", "points.pnts", "city/ll.b3dm")
SECONDS = 30.0
FLIPS = 15
"""For each file; the long form takes 200."""


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with Jobs() as found:
        yield found


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "tiles"
    shutil.copytree(data(VOLUME), folder)
    for one in [folder, *folder.rglob("*")]:
        one.chmod(0o700)
    return folder


def light(folder: Path, name: str) -> None:
    """Small tiles in the place of the large ones that are not meant."""
    small = made.packed(b"b3dm", {"BATCH_LENGTH": 0}, b"", {}, made.glb(*made.field(-1, -1, 2, 1)[:2]))
    for large in ("building.b3dm", "points.pnts"):
        if large != name:
            (folder / large).write_bytes(small)


def answered(jobs: Jobs, folder: Path, scratch: Path, name: str) -> Any:
    """What a tileset is answered, and what becomes of drawing all of it; the words where it is refused."""
    scratch.mkdir(exist_ok=True)
    began = time.monotonic()
    try:
        return drawn(jobs, folder / "tileset.json", scratch)
    except TwinError as why:
        assert not isinstance(why, ReaderFailed), str(why)
        assert "Traceback" not in str(why)
        return why
    finally:
        assert time.monotonic() - began < 2 * SECONDS
        shutil.rmtree(scratch, ignore_errors=True)


def drawn(jobs: Jobs, path: Path, scratch: Path) -> list[str]:
    """What a person is told of it, once all of it was read."""
    ask: dict[str, Any] = {"title": path.name, "timeout": SECONDS, "memory": 1 << 30, "path": path}
    taken: Answer = jobs.run(take_in, Request(path=str(path), scratch=str(scratch)), **ask).result()
    assert all(layer.report.adds_up() for layer in taken.layers)
    told = list(taken.notes)
    file = TilesetFile(str(path), taken.source_crs, taken.crs)
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        door = waiting.pop()
        try:
            branch = jobs.run(windows.branch, file, door, **ask).result()
        except CannotRead as why:
            told.append(str(why))
            continue
        assert np.isfinite(branch.boxes).all() and (branch.errors >= 0).all()
        waiting += [(*door, int(one)) for one in np.flatnonzero(branch.doors)]
        for number in np.flatnonzero(branch.filled).tolist():
            tile: Tile = jobs.run(windows.tile, file, TileKey(door, number), **ask).result()
            told += tile.lost
            for faces in tile.faces:
                count = len(faces.points)
                assert np.isfinite(faces.points).all() and len(faces.colours) == count
                assert ((faces.triangles >= 0) & (faces.triangles < count)).all()
                assert faces.owner.max(initial=-1) < tile.features
    return told


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_short_is_refused_or_told(jobs: Jobs, copied: Path, tmp_path: Path, name: str) -> None:
    light(copied, name)
    whole = (copied / name).read_bytes()
    for part in range(10):
        (copied / name).write_bytes(whole[: len(whole) * part // 10])
        why = answered(jobs, copied, tmp_path / "scratch", name)
        if name == "tileset.json":
            assert isinstance(why, CannotRead) and str(why).endswith("tileset.json")
        else:
            assert any(name in one for one in why), (part, why)


@pytest.mark.parametrize("name", FILES)
def test_bytes_overwritten_at_random_end_in_words_or_an_answer(
    jobs: Jobs, copied: Path, tmp_path: Path, name: str
) -> None:
    light(copied, name)
    overwritten(jobs, copied, tmp_path, name, FLIPS)


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_two_hundred_flips_of_each_file(jobs: Jobs, copied: Path, tmp_path: Path, name: str) -> None:
    light(copied, name)
    overwritten(jobs, copied, tmp_path, name, 200)


def test_flips_of_made_tiles_too(jobs: Jobs, tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    made.quadtree(folder, levels=2)
    points, cells, along = made.field(0, 0, 50, 3)
    body = made.glb(points, cells, along=along, image=made.picture([(255, 0, 0)] * 4))
    (folder / "1-0-0.glb").write_bytes(body)
    for name in ("tileset.json", "1-0-0.glb"):
        overwritten(jobs, folder, tmp_path, name, 60)


def overwritten(jobs: Jobs, folder: Path, room: Path, name: str, times: int) -> None:
    chance = random.Random(name)
    whole = (folder / name).read_bytes()
    for number in range(times):
        damaged = bytearray(whole)
        # Half of them in the first part, where what a file says of itself stands.
        most = len(damaged) if number % 2 else min(len(damaged), 2000)
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(most)] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(damaged)
        answered(jobs, folder, room / "scratch", name)
    (folder / name).write_bytes(whole)
