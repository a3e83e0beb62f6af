"""The tiles of a tileset, file by file: those of one tileset.json, and the doors behind which other files hold more."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_document import Broken
from twin.formats.tiles3d_files import LARGEST_JSON, Away, Files, named

Doubles = NDArray[np.float64]
_TILES, _DEEPEST = 1_000_000, 200
"""Of one file; and how deep tiles may lie in each other, in all files together."""
_SHOWN = (".b3dm", ".i3dm", ".pnts", ".cmpt", ".glb", ".gltf")
_UNBUILT = mark("it is not built as the standard says")


class Circle(Broken):
    """Tilesets that lead to themselves."""


@dataclass(frozen=True)
class Implicit:
    """What an implicit tiling's tiles have in common (3D Tiles 1.1, §8)."""

    octree: bool
    levels: int
    """Of one subtree."""
    most: int
    """Of all."""
    subtrees: str
    """The template of their names."""
    contents: tuple[str, ...]
    """The templates of theirs."""
    by: str
    """The file that names them."""
    volume: Any
    error: float


@dataclass(frozen=True)
class Door:
    """A file that holds more tiles, and what it must know of those above it."""

    name: str
    transform: Doubles
    replaces: bool
    volume: Any = None
    chain: tuple[str, ...] = ()
    """The tilesets on the way."""
    level: int = 0
    implicit: Implicit | None = None
    place: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Of a subtree: its root's level, x, y and z."""

    @property
    def named(self) -> str:
        """What a person is told it is called."""
        if self.implicit is None:
            return self.name
        return filled(self.implicit.subtrees, self.place)


@dataclass
class Tiles:
    """Those of one file, parents first and the children of a tile side by side."""

    parents: list[int] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    replaces: list[bool] = field(default_factory=list)
    transforms: list[Doubles] = field(default_factory=list)
    volumes: list[Any] = field(default_factory=list)
    contents: list[tuple[str, ...]] = field(default_factory=list)
    """Files."""
    doors: dict[int, Door] = field(default_factory=dict)
    viewers: dict[int, tuple[Any, Doubles]] = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)
    """Names that lead nowhere, and why."""
    up: str = "Y"
    """The axis that points up in its glTF."""
    version: str = ""

    def add(self, parent: int, error: float, replaces: bool, transform: Doubles, volume: Any) -> int:
        """The number of one more."""
        self.parents.append(parent)
        self.errors.append(error)
        self.replaces.append(replaces)
        self.transforms.append(transform)
        self.volumes.append(volume)
        self.contents.append(())
        return len(self.parents) - 1


@dataclass(frozen=True)
class _Waiting:
    """A tile, or a door, that its parent has and nobody has looked at yet."""

    said: Any
    parent: int
    transform: Doubles
    replaces: bool
    level: int
    door: Door | None = None


def first(files: Files) -> Door:
    """What leads to all of a tileset."""
    return Door(files.start, np.eye(4), replaces=False)


def behind(files: Files, door: Door) -> Tiles:
    """The tiles behind a door; Broken where they can't be read."""
    if door.implicit is None:
        return explicit(files, door)
    from twin.formats.tiles3d_implicit import subtree

    return subtree(files, door)


def explicit(files: Files, door: Door) -> Tiles:
    """The tiles of a tileset.json; Broken where it is none."""
    if door.name in door.chain:
        raise Circle(mark("its tilesets run in a circle"))
    found = parsed(files.read(door.name, LARGEST_JSON))
    asset = found["asset"]
    made = Tiles(up=str(asset.get("gltfUpAxis", "Y")).upper(), version=str(asset.get("version", "")))
    waiting = deque([_Waiting(found["root"], -1, door.transform, door.replaces, door.level)])
    while waiting:
        one = waiting.popleft()
        if len(made.parents) >= _TILES or one.level > _DEEPEST:
            raise Broken(mark("it has more tiles than are followed, or they are no tiles"))
        if one.door is not None:
            number = made.add(one.parent, math.inf, one.replaces, one.transform, None)
            made.doors[number] = one.door
            continue
        waiting.extend(_tile(made, one, files, door))
    return made


def _tile(made: Tiles, one: _Waiting, files: Files, door: Door) -> list[_Waiting]:
    """Add a tile; what lies below it."""
    said = one.said
    if not isinstance(said, dict):
        raise Broken(mark("it has more tiles than are followed, or they are no tiles"))
    transform = one.transform
    if said.get("transform") is not None:
        transform = transform @ matrix(said["transform"])
    replaces = one.replaces
    if isinstance(said.get("refine"), str):
        replaces = said["refine"].upper() == "REPLACE"
    volume = said.get("boundingVolume")
    if not isinstance(volume, dict):
        volume = door.volume if one.parent < 0 else None
    number = made.add(one.parent, error(said.get("geometricError")), replaces, transform, volume)
    if isinstance(said.get("viewerRequestVolume"), dict):
        made.viewers[number] = (said["viewerRequestVolume"], transform)
    inner = said.get("children")
    below = [
        _Waiting(child, number, transform, replaces, one.level + 1)
        for child in (inner if isinstance(inner, list) else [])
    ]
    tiling = said.get("implicitTiling") or (_dict(said.get("extensions"))).get("3DTILES_implicit_tiling")
    if isinstance(tiling, dict):
        doors = [_subtrees(said, tiling, volume, transform, replaces, one.level, door)]
        made.errors[number] = math.inf
    else:
        own, doors = _contents(made, said, number, one.level, files, door)
        made.contents[number] = tuple(own)
        if doors:
            # What another tileset holds is what this tile shows: it is followed whenever the tile is seen.
            made.errors[number] = math.inf
            made.replaces[number] = replaces and not own
    return below + [_Waiting(None, number, transform, replaces, one.level + 1, found) for found in doors]


def _contents(
    made: Tiles, said: dict[str, Any], number: int, level: int, files: Files, door: Door
) -> tuple[list[str], list[Door]]:
    """The files that a tile shows, and the tilesets that it leads to."""
    own, doors = [], []
    for uri in uris(said):
        try:
            name = named(uri, door.name)
        except Away as why:
            made.lost.append((uri, str(why)))
            continue
        if _leads(files, name):
            chain = (*door.chain, door.name)
            doors.append(
                Door(name, made.transforms[number], made.replaces[number], made.volumes[number], chain, level + 2)
            )
        else:
            own.append(name)
    return own, doors


def _leads(files: Files, name: str) -> bool:
    """Whether a file is another tileset: by its ending, and where that is none of a content's, by its first letter."""
    lower = name.lower()
    if lower.endswith(".json") or lower.endswith(_SHOWN):
        return lower.endswith(".json")
    try:
        return files.head(name).lstrip()[:1] == b"{"
    except Broken:
        return False


def _subtrees(
    said: dict[str, Any],
    tiling: dict[str, Any],
    volume: Any,
    transform: Doubles,
    replaces: bool,
    level: int,
    door: Door,
) -> Door:
    levels = tiling.get("subtreeLevels")
    most = tiling.get("availableLevels")
    if most is None and isinstance(tiling.get("maximumLevel"), int):
        most = tiling["maximumLevel"] + 1
    template = _dict(tiling.get("subtrees")).get("uri")
    if not isinstance(levels, int) or not 0 < levels <= 10 or not isinstance(template, str):
        raise Broken(_UNBUILT)
    spec = Implicit(
        octree=str(tiling.get("subdivisionScheme", "QUADTREE")).upper() == "OCTREE",
        levels=levels,
        most=most if isinstance(most, int) else 64,
        subtrees=template,
        contents=tuple(uris(said)),
        by=door.name,
        volume=volume,
        error=error(said.get("geometricError")),
    )
    return Door("", transform, replaces, volume, (*door.chain, door.name), level + 1, spec)


def parsed(body: bytes) -> dict[str, Any]:
    """A tileset's JSON; Broken where it is none."""
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf")) if depth(body) < 2000 else None
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("root"), dict)
        or not isinstance(found.get("asset"), dict)
    ):
        raise Broken(_UNBUILT)
    return found


def uris(tile: dict[str, Any]) -> list[str]:
    """The contents of a tile: one, several (1.1), or as 0.0 named it."""
    several = tile.get("contents") or _dict(tile.get("extensions")).get("3DTILES_multiple_contents")
    if isinstance(several, dict):
        several = several.get("contents") or several.get("content")
    some = several if isinstance(several, list) else [tile.get("content")]
    names = [one.get("uri", one.get("url")) for one in some if isinstance(one, dict)]
    return [name for name in names if isinstance(name, str) and name]


def error(said: Any) -> float:
    """A geometric error in metres; 0 where none is said."""
    known = isinstance(said, int | float) and not isinstance(said, bool) and math.isfinite(said)
    return max(0.0, float(said)) if known else 0.0


def matrix(said: Any) -> Doubles:
    """(4, 4) of a tile's transform, column by column in the file."""
    try:
        made = np.array(said, np.float64).reshape(4, 4).T
    except (TypeError, ValueError):
        made = np.full((4, 4), np.nan)
    if not np.isfinite(made).all():
        raise Broken(mark("a tile of it is turned by no numbers"))
    return made


def filled(template: str, place: tuple[int, int, int, int]) -> str:
    """The name that a template has for a tile."""
    for name, value in zip(("level", "x", "y", "z"), place, strict=True):
        template = template.replace(f"{{{name}}}", str(value))
    return template


def _dict(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
