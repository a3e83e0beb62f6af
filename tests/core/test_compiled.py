"""A bundle's compiled kernels: among the person's files, and never older than their source."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.command import PROGRAM
from twin.core.compiled import InBundle

KERNEL = "import numba\n\n@numba.njit(cache=True)\ndef grown(x):\n    return x * 2\n"


def grown(folder, where):
    own = {
        **os.environ,
        "PYTHONPATH": f"{PROGRAM}{os.pathsep}{folder}",
        "BALAD_HOME": str(folder / "home"),
        "NUMBA_CACHE_LOCATOR_CLASSES": "twin.core.compiled.InBundle",
    }
    ask = [sys.executable, "-c", "import kernel; print(kernel.grown(10))"]
    return int(subprocess.run(ask, cwd=where, env=own, capture_output=True, text=True, check=True).stdout)


def test_a_kernel_is_kept_once_and_compiled_anew_when_its_plugin_is_edited(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "kernel.py").write_text(KERNEL)
    kept = tmp_path / "home" / "cache" / "numba"
    assert grown(tmp_path, tmp_path) == 20
    once = {file: file.stat().st_mtime_ns for file in kept.rglob("*.nb?")}
    assert once and grown(tmp_path, tmp_path / "elsewhere") == 20
    assert {file: file.stat().st_mtime_ns for file in kept.rglob("*.nb?")} == once
    (tmp_path / "kernel.py").write_text(KERNEL.replace("* 2", "* 3"))
    assert grown(tmp_path, tmp_path) == 30


def test_the_programs_kernels_lie_in_one_place_wherever_it_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("BALAD_HOME", str(tmp_path / "home"))
    places = set()
    for where in (tmp_path, PROGRAM):
        monkeypatch.chdir(where)
        # In a bundle, a module of the program says its file so.
        places.add(InBundle(grown, "layers/kernels.py").get_cache_path())
    assert len(places) == 1 and places.pop().startswith(str(tmp_path / "home" / "cache"))


def test_what_a_bundle_brings_compiled_is_taken_over(tmp_path, monkeypatch):
    monkeypatch.setenv("BALAD_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("twin.core.paths.program", lambda: tmp_path)
    (tmp_path / "kernels" / "layers").mkdir(parents=True)
    (tmp_path / "kernels" / "layers" / "kernels.prisms-1.py311.nbi").write_text("x")
    place = InBundle(grown, "layers/kernels.py").get_cache_path()
    assert [file.name for file in Path(place).iterdir()] == ["kernels.prisms-1.py311.nbi"]
