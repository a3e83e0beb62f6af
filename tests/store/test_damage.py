"""Torn logs, full disks and folders that can't be written: words, and nothing lost that could be kept."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import damaged
from tests.command import answered, balad
from tests.store.conftest import new
from twin.core.errors import CannotWrite, LogTorn, TwinError
from twin.store import recovery
from twin.store.check import check
from twin.store.city import City


@pytest.fixture
def torn(tmp_path):
    path = damaged.torn(tmp_path / "c.balad")
    # Of the process that was killed.
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    return path


def test_a_block_that_is_damaged_is_told_in_words_and_has_a_way_back(tmp_path):
    path = tmp_path / "c.balad"
    with City.create(path, "EPSG:9357") as city:
        city.add([new("a")], ("import", {}))
    whole = path.read_bytes()
    told = 0
    for place in range(12_288, len(whole), 262_144):
        path.write_bytes(whole[: place + 64] + bytes(512) + whole[place + 576 :])
        try:
            City.open(path, read_only=True).close()
        except TwinError:
            told += 1
            assert [choice.id for choice in recovery.choices(path)] == ["last-good"]
    assert told


def test_a_torn_log_gives_a_choice_and_changes_nothing(torn):
    before = {file.name: file.read_bytes() for file in torn.parent.iterdir()}
    with pytest.raises(LogTorn, match="recover"):
        City.open(torn)
    assert {file.name: file.read_bytes() for file in torn.parent.iterdir()} == before
    assert [choice.id for choice in recovery.choices(torn)] == ["log", "last-good"]
    assert {file.name for file in torn.parent.iterdir()} == set(before)


@pytest.mark.parametrize("way", ["log", "last-good"])
def test_each_way_back_opens_and_keeps_the_damaged_files(torn, way):
    damaged = torn.read_bytes()
    kept = recovery.recover(torn, way)
    assert kept.read_bytes() == damaged
    with City.open(torn) as city:
        assert [layer.count for layer in city.layers()] == [100]
        assert check(city).ok
        notes = sum(line.command == "note" for line in city.audit())
    assert 0 < notes < 200 if way == "log" else notes == 0


def test_the_command_line_lists_the_ways_back(torn):
    refused = balad("info", torn)
    assert refused.returncode == 1
    assert "recover" in refused.stderr
    ways = answered("recover", torn)["choices"]
    assert [way["id"] for way in ways] == ["log", "last-good"]
    assert balad("recover", torn, "--from", "log").returncode == 0
    assert answered("check", torn)["ok"]


def test_a_damaged_file_goes_back_to_the_copy_of_the_last_close(tmp_path):
    path = tmp_path / "c.balad"
    with City.create(path, "EPSG:9357") as city:
        city.add([new("a")], ("import", {}))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    refused = balad("info", path)
    assert refused.returncode == 1 and "recover" in refused.stderr
    assert [choice.id for choice in recovery.choices(path)] == ["last-good"]
    recovery.recover(path, "last-good")
    with City.open(path) as city:
        assert len(city.layers()) == 1 and check(city).ok


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="a small disk is made as root")
def test_a_full_disk_is_words_and_the_city_stays_whole(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], check=True)
    try:
        with City.create(disk / "c.balad", "EPSG:9357") as city:
            city.add([new("small", 100)], ("import", {}))
        before = answered("check", disk / "c.balad")["content"]
        city = City.open(disk / "c.balad")
        try:
            with pytest.raises(CannotWrite, match=r"full|written"):
                city.add([new("large", 200_000)], ("import", {}))
        finally:
            city.close()
        after = answered("check", disk / "c.balad")
        assert after["ok"]
        assert after["content"] == before
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="another user is taken on as root")
def test_a_folder_that_cant_be_written_is_words(tmp_path):
    import shutil
    import tempfile
    from pathlib import Path

    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    try:
        City.create(home / "c.balad", "EPSG:9357").close()
        act = (
            "import os, sys\nfrom pathlib import Path\nfrom twin.store.city import City\n"
            "from twin.core.errors import TwinError\n"
            # Everything is imported by one use first: the other user may not be able to read this Python.
            "City.create(Path(sys.argv[3]), '').close()\nos.setuid(65534)\n"
            "for act in (lambda: City.open(Path(sys.argv[1])), lambda: City.create(Path(sys.argv[2]), '')):\n"
            "    try: act()\n    except TwinError as why: print(type(why).__name__)\n"
        )
        own = {**os.environ, "BALAD_HOME": str(tmp_path / "none")}
        words = [sys.executable, "-c", act, str(home / "c.balad"), str(home / "d.balad"), str(tmp_path / "w.balad")]
        done = subprocess.run(words, capture_output=True, text=True, env=own, check=False)
        assert done.stdout.split() == ["CannotOpen", "CannotWrite"], done.stderr
        assert sorted(path.name for path in home.iterdir()) == ["c.balad", "c.balad.last-good"]
    finally:
        shutil.rmtree(home)


def test_a_process_that_ends_without_closing_its_city_leaves_it_whole(tmp_path):
    path = tmp_path / "c.balad"
    City.create(path, "EPSG:9357").close()
    words = (
        "import sys; from pathlib import Path; from twin.store.city import City\n"
        "City.open(Path(sys.argv[1])).set_meta('title', 'kept')\nraise RuntimeError"
    )
    ended = subprocess.run([sys.executable, "-c", words, str(path)], capture_output=True, check=False)
    assert ended.returncode == 1 and b"RuntimeError" in ended.stderr
    with City.open(path) as city:
        assert city.meta("title") == "kept"
