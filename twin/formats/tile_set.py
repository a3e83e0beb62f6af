"""Tiles on a disk as a format: what a tile set says of itself, and its pictures."""

from __future__ import annotations

import html
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark
from twin.formats import tile_grid, tile_outline, tile_picture
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.tile_window import At, Got
from twin.model.service import Box, Grid

_KEPT = 48
"""Decoded tiles that are kept for the squares beside."""
_LONGEST = 300
"""Letters of an attribution."""
VECTOR = mark(
    "Its tiles are vector tiles: features cut into pieces for drawing, which can’t be made whole again. Bring the data "
    "that they were made from (GeoPackage, GeoJSON), or tiles that are pictures."
)
_NO_PICTURE = mark("Its tiles are no pictures that can be read (PNG, JPEG or WebP). Export it anew with one of these.")
_DAMAGED = mark("Its tiles are damaged: copy it again from where it came from, or export it anew.")
NO_LEVELS = mark("It doesn’t say which levels of tiles it has, or they are none: export it anew.")


@dataclass
class TileSet:
    """What is known of a tile set."""

    grid: Grid
    bounds: Box
    """In the grid's CRS."""
    read: Callable[[At], bytes | None]
    """A tile's bytes; None where there is none."""
    samples: tuple[At, ...]
    """Some tiles that are there."""
    title: str = ""
    attribution: str = ""
    count: int = 0
    """Tiles; 0 where nobody counted them."""
    _pictures: OrderedDict[At, Any] = field(default_factory=OrderedDict)

    def get(self, wanted: Collection[At]) -> Got:
        """Some tiles; what can't be read isn't there."""
        return Got({at: found for at in wanted if (found := self._picture(at)) is not None})

    def _picture(self, at: At) -> Any:
        kept = self._pictures
        if at not in kept:
            data = self.read(at)
            kept[at] = tile_picture.rgba(data) if data else None
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        kept.move_to_end(at)
        return kept[at]


def survey(found: TileSet) -> Survey:
    """Where it lies."""
    return Survey(crs=found.grid.crs, bounds=found.bounds, count=1)


def check(path: Path, found: TileSet) -> str:
    """Refuse a set whose tiles are no pictures; what they are, otherwise."""
    kinds: list[str] = []
    for at in found.samples:
        data = found.read(at)
        if data is None:
            continue
        kinds.append(tile_picture.kind(data))
        if kinds[-1] == "vector":
            raise CannotRead(VECTOR, path)
        if tile_picture.rgba(data) is None:
            raise NotThisFormat(_NO_PICTURE if kinds[-1] == "other" else _DAMAGED, path)
    if not kinds:
        raise NotThisFormat(mark("It holds no tiles."), path)
    return kinds[0]


def read(path: Path, found: TileSet, place: Place, notes: Notes, about: Box | None) -> Iterator[Batch]:
    """Its outline as one feature; the tiles stay where they are."""
    said = {"tile_format": check(path, found), "tiles": found.count or None, "attribution": found.attribution or None}
    layer = re.sub(r"[^\w-]+", "_", path.stem if path.is_file() else path.name) or "tiles"
    box = tile_outline.part(found, place, about)
    yield tile_outline.batch(path, found, box, place, notes, said, (layer, found.title or layer))


def linked(found: TileSet, place: Place, about: Box | None) -> dict[str, Any]:
    """What the city keeps of it beside where it is."""
    box = tile_outline.part(found, place, about)
    return {"amount": found.count, "cell": tile_outline.cell(found, box, place) if box else 0.0}


def plain(words: object) -> str:
    """An attribution or a title without markup, on one line."""
    if not isinstance(words, str):
        return ""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", "", words)).split())[:_LONGEST]


def box_of(said: object) -> Box | None:
    """Four degrees, west, south, east, north: as text with commas or as a list; None where it is no box."""
    parts = said.split(",") if isinstance(said, str) else said if isinstance(said, list | tuple) else []
    try:
        west, south, east, north = (float(one) for one in parts)
    except (TypeError, ValueError):
        return None
    sure = all(map(math.isfinite, (west, south, east, north)))
    return (west, south, east, north) if sure and -181 <= west < east <= 181 and -90 <= south < north <= 90 else None


def levels_of(said: Mapping[str, object]) -> tuple[int, int] | None:
    """The coarsest and finest level by ``minzoom`` and ``maxzoom``; None where they are no levels."""
    try:
        low, high = int(str(said.get("minzoom", 0))), int(str(said["maxzoom"]))
    except (KeyError, ValueError):
        return None
    return (low, high) if 0 <= low <= high <= tile_grid.DEEPEST else None
