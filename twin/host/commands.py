"""The commands that the program itself declares."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from twin.work import commands
from twin.work.commands import Command


@cache
def declared() -> dict[str, Command]:
    """Each command by its id, in menu order."""
    return commands.declared(Path(__file__).with_name("commands.toml"))
