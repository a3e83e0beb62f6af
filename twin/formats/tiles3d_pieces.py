"""The contents of a tileset that together show everything at its finest, and the features in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from twin.core.i18n import mark
from twin.formats.gltf_document import Broken
from twin.formats.model_pieces import Piece
from twin.formats.tiles3d_content import content, transformed
from twin.formats.tiles3d_files import Missing, Near, files
from twin.formats.tiles3d_tables import Doubles
from twin.formats.tiles3d_tree import Circle, Door, behind, first

_TILESETS, _TILES = 2000, 1_000_000
"""How many of each are followed."""


@dataclass
class Content:
    """A tile's content, and where the tile puts it."""

    near: Near
    name: str
    """Its path below the tileset."""
    transform: Doubles


@dataclass
class Walk:
    """A tileset, and what was met on the way through it."""

    path: Path
    missing: Counter[str] = field(default_factory=Counter)
    """Files that are not there."""
    damaged: dict[str, str] = field(default_factory=dict)
    """Names that were not followed, and why."""
    tilesets: int = 0
    tiles: int = 0


def contents(walk: Walk) -> Iterator[Content]:
    """Those of the finest tiles: where tiles replace those above, whatever is there below stands for them."""
    yield from _behind(first(files(walk.path)), walk)


def pieces(one: Content) -> Iterator[Piece]:
    """The features of a content, in the root's coordinates; Broken where it can't be read."""
    try:
        body = one.near.files.read(one.name)
        made = [transformed(piece, one.transform) for piece in content(body, one.near)]
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError) as why:
        raise Broken(mark("it is not built as the standard says")) from why
    yield from made


def points(path: Path) -> Doubles | None:
    """The coordinates of the first content that has any."""
    try:
        for one in contents(Walk(path)):
            for piece in pieces(one):
                found = piece.coordinates()
                if len(found):
                    return found
    except Broken:
        return None
    return None


def _behind(door: Door, walk: Walk) -> list[Content]:
    found = files(walk.path)
    tiles = behind(found, door)
    walk.tilesets += 1
    walk.tiles += len(tiles.parents)
    if walk.tilesets > _TILESETS or walk.tiles > _TILES:
        raise Circle(mark("it has more tiles than are followed, or they are no tiles"))
    walk.damaged.update(tiles.lost)
    made: list[list[Content]] = [[] for _ in tiles.parents]
    below: list[list[int]] = [[] for _ in tiles.parents]
    for number in range(len(tiles.parents) - 1, -1, -1):
        inner = [one for child in reversed(below[number]) for one in made[child]]
        if number in tiles.doors:
            inner = _beyond(tiles.doors[number], walk)
        # Where none of what should replace it is there, it stands for itself.
        if not (tiles.replaces[number] and inner):
            made[number] = _there(tiles.contents[number], tiles.transforms[number], walk)
        made[number] += inner
        for child in below[number]:
            made[child] = []
        if tiles.parents[number] >= 0:
            below[tiles.parents[number]].append(number)
    return [one for number, above in enumerate(tiles.parents) if above < 0 for one in made[number]]


def _beyond(door: Door, walk: Walk) -> list[Content]:
    try:
        return _behind(door, walk)
    except Circle:
        raise
    except Missing:
        walk.missing[door.named] += 1
    except Broken as why:
        walk.damaged[door.named] = str(why)
    return []


def _there(names: tuple[str, ...], transform: Doubles, walk: Walk) -> list[Content]:
    found = files(walk.path)
    made = []
    for name in names:
        if found.there(name):
            made.append(Content(Near(found, name), name, transform))
        else:
            walk.missing[name] += 1
    return made
