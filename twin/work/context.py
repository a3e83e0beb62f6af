"""What a command runs in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from twin.store.city import City
from twin.work.edits import Edits
from twin.work.jobs import Jobs

if TYPE_CHECKING:
    from twin.formats.request import Reader


class Progress(Protocol):
    """How far a job is; it raises Cancelled where the person stopped it."""

    def __call__(self, fraction: float, words: str = "") -> None:
        """Say a fraction from 0 to 1, and what is being done."""


class Kind(Protocol):
    """A layer kind, as far as the work needs it: see ``layers/``."""

    KIND: str
    VERSION: int
    COLUMNS: tuple[str, ...]

    def encode(self, table: pa.Table) -> bytes:
        """A tile's features as its payload."""


class Context(Protocol):
    """An open city, and what can be done with it."""

    path: Path
    edits: Edits
    jobs: Jobs

    @property
    def city(self) -> City:
        """The open city; Refused where there is none yet."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The layer kinds by name."""

    @property
    def readers(self) -> tuple[Reader, ...]:
        """The readers that plugins bring."""

    def read_on(self, holds: str) -> None:
        """The child of ``jobs`` has a file open that was linked: it may go on to read what is drawn of it."""

    @property
    def progress(self) -> Progress:
        """How far the command is."""
