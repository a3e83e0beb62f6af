"""3D Tiles 1.0 and 1.1: linked, or taken in as features where that is asked for; and written from a layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from twin.formats import tiles3d_copied, tiles3d_files, tiles3d_linked, tiles3d_survey, tiles3d_writer
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey

NAME = "3D Tiles"
SUFFIXES = ("tileset.json", ".json", ".3tz")
LEADS = "tileset.json"
"""A folder that holds one is a tileset: its other files are tiles, and tilesets within it."""
HOLDS = "tileset"
KINDS = ("tilesets",)
LARGEST = 1 << 50
"""What is linked isn't copied, and each of its files has a bound of its own."""


def packed(path: Path) -> bool:
    """Whether a zip holds one, which is then read where it is."""
    return tiles3d_files.packed(path)


def survey(path: Path) -> Survey:
    """Where its root lies."""
    return tiles3d_survey.survey(path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its outline as one feature; the tiles stay where they are."""
    return tiles3d_linked.read(path, place, notes)


def linked(path: Path, _place: Place) -> dict[str, Any]:
    """What the city keeps of it beside where it is."""
    return tiles3d_linked.linked(path)


def copied(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features instead, those of the finest tiles."""
    return tiles3d_copied.copied(path, place, notes)


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer as a tileset: tileset.json, and a folder of tiles beside it."""
    tiles3d_writer.write(out, table, crs, layer, meta)
