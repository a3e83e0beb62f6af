"""Benchmarks in small: every figure has a baseline, and what got worse is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.rows import row as made
from tools import bench

DRAWN = {
    "scene.first", "scene.whole", "gap.streaming", "memory.overview", "frame.overview", "frame.2km", "frame.street",
    "frame.overview.by_hand", "recolour", "pick.overview.p95", "detail.overview", "detail.street.coloured",
}  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="the display of its own is Xvfb")
def test_a_small_city_has_every_figure(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "twin.cli", "bench", "--size", "400", "--frames", "2", "--only", "drawing"]
    own = {**os.environ, "BALAD_HOME": str(tmp_path)}
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["name"] for row in rows} >= DRAWN
    assert all(row["baseline"] > 0 and row["unit"] and row["size"] == 400 for row in rows)
    of = {row["name"]: row["value"] for row in rows}
    assert 0 < of["scene.first"] <= of["scene.whole"], "a picture comes before the whole picture"
    assert of["detail.overview"] <= 0.05, "the level of detail looks like the whole"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_small_linked_files_have_every_figure(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "twin.cli", "bench", "--size", "60000", "--only", "linked"]
    own = {**os.environ, "BALAD_HOME": str(tmp_path)}
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows.keys() == {
        f"linked.{file}.{what}" for file in ("cog", "copc") for what in ("first", "again", "memory", "gap")
    }
    assert all(row["value"] > 0 and row["baseline"] > 0 for row in rows.values())


def test_what_got_worse_is_said(tmp_path: Path) -> None:
    row = {"name": "frame.street", "size": 100_000, "value": 0.1, "unit": "s", "baseline": 0.1, "ratio": 1.0}
    bench.accept([row], tmp_path / "a.json")
    before = bench.accepted(tmp_path / "a.json")
    assert not bench.worsened([{**row, "ratio": 1.2}], before)
    assert not bench.worsened([{**row, "name": "new", "ratio": 9.0}], before)
    (words,) = bench.worsened([{**row, "ratio": 2.0}], before)
    assert "frame.street 100,000" in words
    assert "2.00×" in words


def test_where_nothing_may_be_wrong_one_is_worse(tmp_path: Path) -> None:
    right = {**made("pick.street.plain.wrong", 0, "pixels", 1.0), "size": 400}
    bench.accept([right], tmp_path / "a.json")
    before = bench.accepted(tmp_path / "a.json")
    assert not bench.worsened([right], before)
    assert bench.worsened([{**made("pick.street.plain.wrong", 1, "pixels", 1.0), "size": 400}], before)
