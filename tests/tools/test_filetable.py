"""The manual's page of files says what is so: each row is made again, and the counts of both tools are the same."""

from __future__ import annotations

import pytest

from tests.real import FOLDER
from tools.filetable.__main__ import OUT
from tools.filetable.ours import reader
from tools.filetable.table import BY_FOLDER, files, groups, row, summary

PAGE = OUT.read_text(encoding="utf-8").splitlines()
NAMES = [path.relative_to(FOLDER).as_posix() for path in files(FOLDER)] if FOLDER.exists() else []


@pytest.fixture(scope="module")
def read():
    if not FOLDER.exists():
        pytest.skip("no real files are beside the project")
    with reader() as found:
        yield found


@pytest.mark.parametrize("name", NAMES)
def test_a_files_row_is_true(name, read):
    found = row(FOLDER, FOLDER / name, read)
    assert found.line() in PAGE, "`python -m tools.filetable` writes the page anew"
    assert found.agrees is not False, "Balad and the other tool count differently"
    assert found.ours.refusal or found.ours.read or found.ours.amount


@pytest.mark.parametrize("folder", BY_FOLDER)
def test_a_folders_lines_are_true(folder, read):
    lines = list(summary(folder, groups(FOLDER)[folder], read))
    place = PAGE.index(lines[0])
    assert PAGE[place : place + len(lines)] == lines


def test_every_file_of_the_page_is_there():
    if not FOLDER.exists():
        pytest.skip("no real files are beside the project")
    named = [line.split("`")[1] for line in PAGE if line.startswith("| `")]
    assert sorted(named) == sorted([*NAMES, *BY_FOLDER])
