"""What a command answers: lines for a person, one JSON document for a program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable


@runtime_checkable
class Answer(Protocol):
    """A command's result that can be read by a person and by a program."""

    def lines(self) -> Iterable[str]:
        """As a person reads it, in the language in use."""

    def printed(self) -> object:
        """As ``--json`` prints it."""


@runtime_checkable
class Remarked(Protocol):
    """An answer with something to be said beside it, which is no part of it."""

    def remarks(self) -> Iterable[str]:
        """As a person reads them, in the language in use."""
