"""A package installed outside the program brings a kind, a reader and a command; they are used in the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import packages

PROGRAM = Path(__file__).resolve().parents[2]
PLUGIN = "balad-tanks/tanks"
RAISING = 'raise ValueError("it is broken")'
KIND = 'KIND, VERSION, COLUMNS = "tanks", 1, ()\n'
BROKEN = {
    "survey": ("survey.py", f"def read(path):\n    {RAISING}\n"),
    "survey on import": ("survey.py", RAISING),
    "encode": ("kind.py", f"{KIND}def encode(table):\n    {RAISING}\nmesh = encode\n"),
    "kind on import": ("kind.py", RAISING),
    "mesh": ("kind.py", f"{KIND}def encode(table):\n    return b'x'\ndef mesh(payload, level):\n    {RAISING}\n"),
    "volume": ("volume.py", f"def volume(city, layer: str):\n    {RAISING}\n"),
    "volume on import": ("volume.py", RAISING),
}


def used(folder: Path, site: Path, test: str, **said: str) -> None:
    """Run some of ``outside`` in a process that has the package."""
    survey = packages.survey(folder / "survey.tanks")
    own = {**os.environ, "PYTHONPATH": f"{PROGRAM}{os.pathsep}{site}", "BALAD_TEST_SURVEY": str(survey), **said}
    command = [sys.executable, "-m", "pytest", "tests/desktop/outside.py", "-k", test]
    done = subprocess.run(command, cwd=PROGRAM, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_a_packages_kind_reader_and_command_are_used_in_the_window(tmp_path: Path) -> None:
    used(tmp_path, packages.installed(tmp_path), "its_file_is_brought or its_own_words")


@pytest.mark.parametrize("part", BROKEN)
def test_a_package_that_fails_leaves_the_window_open_with_words(tmp_path: Path, part: str) -> None:
    name, text = BROKEN[part]
    site = packages.installed(tmp_path, {f"{PLUGIN}/{name}": text})
    used(tmp_path, site, "one_that_fails", BALAD_TEST_BROKEN=part)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('id = "tanks"\napi = 99\nversion = "1"\n', "it asks for API version 99"),
        ("id = ", "Invalid value"),
        ('id = "tanks"\napi = 1\nversion = "1"\ncommands = [{ id = "a", wrong = "b" }]\n', "validation error"),
    ],
)
def test_a_package_that_is_left_out_is_told_with_its_reason(tmp_path: Path, manifest: str, reason: str) -> None:
    site = packages.installed(tmp_path, {f"{PLUGIN}/plugin.toml": manifest})
    used(tmp_path, site, "one_that_is_left_out", BALAD_TEST_REASON=json.dumps(reason))
