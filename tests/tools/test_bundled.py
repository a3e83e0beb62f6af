"""What a bundle holds; ``main.py soak bundle`` makes one and uses it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.command import PROGRAM
from tools import bundled
from twin.formats import registry
from twin.host.commands import declared


@pytest.fixture(scope="module")
def modules():
    return set(bundled.modules())


def named_late():
    """What is imported by a name that stands in a file."""
    for command in declared().values():
        if command.run:
            yield command.run
    for manifest in PROGRAM.glob("*/plugin.toml"):
        for entries in tomllib.loads(manifest.read_text(encoding="utf-8")).values():
            if isinstance(entries, list):
                yield from (entry["run"] for entry in entries)
    for one in registry.formats():
        yield one.__name__


def test_all_that_is_imported_late_by_its_name_is_there(modules):
    named = {run.split(":")[0] for run in named_late()}
    assert len(named) > 20 and not named - modules


@pytest.mark.parametrize(
    "name", ["xml.dom.minidom", "sqlite3", "_sqlite3", "colorsys", "shapely.ops", "numba.typed", "vtkmodules.vtkIOXML"]
)
def test_what_a_plugin_may_import_is_there(modules, name):
    assert name in modules


def test_nothing_of_the_tests_is_there(modules):
    first = {name.split(".")[0] for name in modules}
    assert not first & {"tests", "tools", "tkinter", "matplotlib", *bundled.development()}
    assert {"pytest", "hypothesis", "mypy", "babel"} <= set(bundled.development())


def test_every_file_that_is_opened_lies_where_it_is_looked_for():
    placed = {str(Path(place, Path(file).name)) for file, place in bundled.data()}
    wanted = """twin/host/commands.toml twin/store/migrations/0001_city.sql layers/plugin.toml sample_data/plugin.toml
    sample_data/jeddah/coast.json resources/locale/ar/LC_MESSAGES/balad.mo resources/themes/window.qss LICENSE"""
    assert set(wanted.split()) <= placed
    assert any(name.startswith("licences/vtk/") for name in placed)


def test_the_beginning_of_a_bundle_is_a_child_too():
    """It is the interpreter of what the program starts with ``-m``."""
    begins = [sys.executable, "-m", "twin.frozen"]
    for words in (["--version"], ["-m", "twin.cli", "--version"]):
        done = subprocess.run([*begins, *words], cwd=PROGRAM, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("balad ")
    assert subprocess.run([*begins, "-m", "twin.scene.trial"], cwd=PROGRAM, check=False).returncode == 0
