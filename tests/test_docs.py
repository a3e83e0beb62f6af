"""What the documents say is there, and what is there is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.host.commands import declared

PROGRAM = Path(__file__).resolve().parents[1]
MANUAL = (PROGRAM / "docs" / "manual.md").read_text(encoding="utf-8")
DOCUMENTS = [PROGRAM / "README.md", PROGRAM / "ARCHITECTURE.md", *sorted((PROGRAM / "docs").glob("*.md"))]


@pytest.mark.parametrize("command", [one.id for one in declared().values() if one.terminal])
def test_the_manual_names_every_command_of_the_terminal(command):
    assert re.search(rf"`(balad )?{re.escape(command)}\b", MANUAL)


@pytest.mark.parametrize("key", sorted({one.key for one in declared().values() if one.key}))
def test_the_manual_names_every_key(key):
    assert re.search(rf"(?<![\w+]){re.escape(key)}(?![\w+])", MANUAL)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_link_and_picture_of_a_document_is_there(file):
    for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def test_every_room_has_its_line():
    table = (PROGRAM / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [f"twin/{one.name}" for one in (PROGRAM / "twin").iterdir() if (one / "__init__.py").exists()]
    for room in [*rooms, "layers", "plugins", "sample_data", "resources", "tools", "tests"]:
        assert f"`{room}`" in table, room


def test_no_two_commands_share_a_key():
    keys = [one.key for one in declared().values() if one.key]
    assert len(keys) == len(set(keys))
