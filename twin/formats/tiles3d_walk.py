"""All files of a tileset: those that hold tiles, those that its tiles show, and those that these name in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from twin.formats.gltf_document import Broken, Gltf
from twin.formats.tiles3d_content import opened
from twin.formats.tiles3d_files import Files, Near, files, named
from twin.formats.tiles3d_implicit import subtree_buffers, subtree_name
from twin.formats.tiles3d_tree import Door, Tiles, behind, first


def walked(path: Path, *, once: bool = False) -> Iterator[tuple[Door, Tiles | Broken]]:
    """Each file of tiles, what leads to others first; where one can't be read, why. ``once`` reads no file again."""
    known: set[tuple[str, ...]] = set()
    waiting = [first(files(path))]
    while waiting:
        following: list[Door] = []
        for door in waiting:
            if once and (*door.chain[-1:], door.named) in known:
                continue
            known.add((*door.chain[-1:], door.named))
            try:
                found = behind(files(path), door)
            except Broken as why:
                yield door, why
                continue
            yield door, found
            following += found.doors.values()
        waiting = following


def members(path: Path) -> list[str]:
    """Every file of it that is there, by its path below the tileset's folder: what a copy of it needs."""
    found, made = files(path), dict[str, None]()
    for door, tiles in walked(path, once=True):
        if isinstance(tiles, Broken):
            continue
        names = [door.name] if door.implicit is None else [subtree_name(door), *subtree_buffers(found, door)]
        for content in (name for names_ in tiles.contents for name in names_):
            if content not in made:
                names += [content, *_named(found, content)]
        made.update(dict.fromkeys(name for name in names if found.there(name)))
    return list(made)


def _named(found: Files, name: str) -> list[str]:
    """The files that a content names: buffers, pictures, and models of instances."""
    made: list[str] = []
    if name.lower().endswith(".pnts"):
        return made
    try:
        for one in opened(found.read(name), Near(found, name)):
            if one.near is not None:
                made += [one.near.name, *_beside(Gltf(one.model), one.near.name)]
    except (Broken, TypeError, ValueError, AttributeError, LookupError):
        return made
    return made


def _beside(gltf: Gltf, name: str) -> Iterator[str]:
    """The files that a model names."""
    for member in ("buffers", "images"):
        said = gltf.json.get(member)
        for one in said if isinstance(said, list) else []:
            uri = one.get("uri") if isinstance(one, dict) else None
            if isinstance(uri, str) and not uri.startswith("data:"):
                with suppress(Broken):
                    yield named(uri, name)
