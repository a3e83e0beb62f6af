"""Tiles in one file as a format: what MBTiles and PMTiles have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.core.i18n import mark
from twin.formats import tile_set
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.tile_set import TileSet
from twin.model.service import Box

LARGEST = 1 << 50
"""Bytes: what is linked isn't copied, so only its parts are bounded."""
DAMAGED = mark(
    "The {format} is damaged: a part of it is missing or was overwritten. Copy it again from where it came from, "
    "or export it anew."
)


@dataclass(frozen=True)
class TileFile:
    """The functions of such a format, by the one that opens a file."""

    opened: Callable[[Path], TileSet]

    def survey(self, path: Path) -> Survey:
        """Where it lies."""
        return tile_set.survey(self.opened(path))

    def read(self, path: Path, place: Place, notes: Notes, about: Box | None = None) -> Iterator[Batch]:
        """Its outline; the tiles stay where they are."""
        yield from tile_set.read(path, self.opened(path), place, notes, about)

    def linked(self, path: Path, place: Place, about: Box | None = None) -> dict[str, Any]:
        """What the city keeps of it."""
        return tile_set.linked(self.opened(path), place, about)

    def attribution(self, path: Path) -> str:
        """Whom it is to be credited to."""
        return self.opened(path).attribution
