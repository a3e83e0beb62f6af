"""All files of a tileset: those that hold tiles, those that its tiles show, and those that these name in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twin.formats.gltf_document import Broken, Gltf
from twin.formats.tiles3d_content import opened
from twin.formats.tiles3d_files import Files, Near, files, named
from twin.formats.tiles3d_implicit import subtree_buffers, subtree_name
from twin.formats.tiles3d_tree import Door, Tiles, behind, first


def walked(path: Path) -> Iterator[tuple[Door, Tiles | Broken]]:
    """Each file of tiles, what leads to others first; where one can't be read, why."""
    waiting = [first(files(path))]
    while waiting:
        following: list[Door] = []
        for door in waiting:
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
    for door, tiles in walked(path):
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
    if name.lower().endswith((".pnts",)):
        return []
    near, made = Near(found, name), list[str]()
    try:
        for one in opened(found.read(name), near):
            if one.near is None:
                continue
            made.append(one.near.name)
            gltf = Gltf(one.model)
            for member in ("buffers", "images"):
                said = gltf.json.get(member)
                for each in said if isinstance(said, list) else []:
                    uri = each.get("uri") if isinstance(each, dict) else None
                    if isinstance(uri, str) and not uri.startswith("data:"):
                        made.append(named(uri, one.near.name))
    except (Broken, TypeError, ValueError, AttributeError, LookupError):
        return made
    return made
