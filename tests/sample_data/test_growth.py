"""How the sample grows: in steady memory, by several processes, told as it goes."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pyarrow as pa
import pytest

from sample_data.jeddah import crew, growth
from sample_data.jeddah.generate import generate
from sample_data.jeddah.superblock import build
from twin.core import paths

CELLS = [(column, row) for column in range(4) for row in range(4)]


def rows(table):
    return table if isinstance(table, pa.Table) else table.read_all()


def processes():
    return [one for one in psutil.Process().children() if "sample_data.jeddah.crew" in one.cmdline()]


def test_several_processes_build_what_one_does(monkeypatch):
    alone = [build(*cell, 3) for cell in CELLS]
    monkeypatch.setattr(crew, "_ALONE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    together = list(crew.superblocks(CELLS, 3, 10_000))
    assert any(found is not None for found in alone)
    for one, other in zip(alone, together, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert one.buildings.equals(other.buildings)
            assert one.parcels.equals(other.parcels)
            assert one.streets[0] == other.streets[0]
    assert not processes()


def test_its_processes_end_when_there_is_enough(monkeypatch):
    monkeypatch.setattr(crew, "_ALONE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    some = crew.superblocks(CELLS, 3, 10_000)
    next(some)
    assert len(processes()) == 2
    some.close()
    assert not processes()


def test_its_processes_end_with_whoever_started_them(tmp_path):
    code = (
        "import os, time\n"
        "from sample_data.jeddah import crew\n"
        "os.cpu_count, crew._ALONE = lambda: 2, 0\n"
        "some = crew.superblocks([(n, n) for n in range(90)], 1, 10_000)\n"
        "next(some)\n"
        "print('begun', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=paths.program())
    assert parent.stdout is not None and parent.stdout.readline().strip() == b"begun"
    builders = psutil.Process(parent.pid).children()
    assert len(builders) == 2
    parent.kill()
    parent.communicate()
    assert not psutil.wait_procs(builders, timeout=20)[1]


def test_what_is_held_does_not_grow_with_the_city(tmp_path):
    """A building's and its parcel's geometries take some 3 kB in memory: none of them may stay there."""
    code = (
        "import pathlib, psutil, sys\n"
        "from sample_data.jeddah import growth\n"
        "seen = []\n"
        "def told(share):\n"
        "    seen.append((share, psutil.Process().memory_info().rss))\n"
        "growth.grow(40_000, 1, pathlib.Path(sys.argv[1]), told)\n"
        "assert [share for share, _ in seen] == sorted(share for share, _ in seen) and seen[-1][0] == 1\n"
        "print(seen[-1][1] - next(held for share, held in seen if share > 0.3))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, cwd=paths.program(), check=True)
    assert int(done.stdout) < 28_000 * 500
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) > 10_000_000


def test_many_rows_come_batch_by_batch(tmp_path):
    for layer in generate(60, 1, tmp_path):
        if layer.id in {"parcels", "buildings"}:
            assert isinstance(layer.table, pa.RecordBatchReader)
        assert len(rows(layer.table))
    assert not list(tmp_path.iterdir())


def test_land_that_is_full_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(growth, "_order", lambda _wanted: CELLS)
    with pytest.raises(ValueError, match="the land holds only"):
        growth.grow(100_000, 1, tmp_path, lambda _share: None)
