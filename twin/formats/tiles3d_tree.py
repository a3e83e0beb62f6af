"""The tiles of a tileset: explicit, implicit and in other tilesets; the finest ones, each with its transform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_document import Broken, beside
from twin.formats.tiles3d_implicit import implicit

Doubles = NDArray[np.float64]
_TILESETS, _TILES = 2000, 1_000_000
"""How many of each are followed."""
_DEEPEST = 60
_LARGEST = 1 << 30


@dataclass
class Content:
    """A tile's content, and where the tile puts it."""

    file: Path
    name: str
    """Its path below the tileset."""
    transform: Doubles


@dataclass
class Walk:
    """What was met on the way."""

    root: Path
    """The folder that everything lies below."""
    missing: Counter[str] = field(default_factory=Counter)
    """Files that are not there, or lie outside."""
    damaged: dict[str, str] = field(default_factory=dict)
    tilesets: int = 0
    tiles: int = 0

    def lost(self, uri: str) -> None:
        """A content that is not there."""
        self.missing[uri] += 1


def tileset(path: Path) -> dict[str, Any]:
    """A tileset's JSON; NotThisFormat where it is none."""
    try:
        return parsed(path.read_bytes())
    except Broken:
        raise NotThisFormat("It is no tileset (3D Tiles): its JSON has no “asset” and “root”.", path) from None


def parsed(body: bytes) -> dict[str, Any]:
    """A tileset's JSON; Broken where it is none."""
    try:
        found = orjson.loads(body) if depth(body) < 2000 else None
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("root"), dict)
        or not isinstance(found.get("asset"), dict)
    ):
        raise Broken(mark("it is not built as the standard says"))
    return found


def contents(path: Path, walk: Walk) -> Iterator[Content]:
    """The contents that together show everything at its finest: of tiles that replace, those below stand for them."""
    yield from _tileset(tileset(path), path.parent, np.eye(4), walk, 0)


def _tileset(found: dict[str, Any], folder: Path, above: Doubles, walk: Walk, level: int) -> Iterator[Content]:
    walk.tilesets += 1
    if walk.tilesets > _TILESETS or level > _DEEPEST:
        raise Broken(mark("its tilesets run in a circle"))
    yield from _tile(found["root"], folder, above, "ADD", walk, level)


def _tile(tile: Any, folder: Path, above: Doubles, refine: str, walk: Walk, level: int) -> Iterator[Content]:
    walk.tiles += 1
    if not isinstance(tile, dict) or walk.tiles > _TILES or level > _DEEPEST:
        raise Broken(mark("it has more tiles than are followed, or they are no tiles"))
    transform = above @ matrix(tile.get("transform"))
    refine = str(tile.get("refine", refine)).upper()
    own = tile.get("implicitTiling") or (tile.get("extensions") or {}).get("3DTILES_implicit_tiling")
    if isinstance(own, dict):
        for uri in implicit(tile, own, refine == "ADD", folder, walk.lost):
            yield from _content(uri, folder, transform, walk, level)
        return
    inner = tile.get("children")
    children: list[Any] = inner if isinstance(inner, list) else []
    below = [one for child in children for one in _tile(child, folder, transform, refine, walk, level + 1)]
    # Where none of what should replace it is there, it stands for itself.
    if refine == "ADD" or not below:
        for uri in uris(tile):
            yield from _content(uri, folder, transform, walk, level)
    yield from below


def uris(tile: dict[str, Any]) -> list[str]:
    """The contents of a tile: one, several (1.1), or as 0.0 named it."""
    several = tile.get("contents") or (tile.get("extensions") or {}).get("3DTILES_multiple_contents")
    if isinstance(several, dict):
        several = several.get("contents") or several.get("content")
    some = several if isinstance(several, list) else [tile.get("content")]
    names = [one.get("uri", one.get("url")) for one in some if isinstance(one, dict)]
    return [name for name in names if isinstance(name, str) and name]


def _content(uri: str, folder: Path, transform: Doubles, walk: Walk, level: int) -> Iterator[Content]:
    file = beside(uri, walk.root) if folder == walk.root else _inside(uri, folder, walk.root)
    if file is None or not file.is_file() or file.stat().st_size > _LARGEST:
        walk.lost(uri)
        return
    name = file.relative_to(walk.root.resolve()).as_posix()
    with file.open("rb") as body:
        head = body.read(64).lstrip()
    if head[:1] == b"{" and not file.name.lower().endswith(".gltf"):
        try:
            other = parsed(file.read_bytes())
        except Broken as why:
            walk.damaged[name] = str(why)
            return
        yield from _tileset(other, file.parent, transform, walk, level + 1)
        return
    yield Content(file, name, transform)


def _inside(uri: str, folder: Path, root: Path) -> Path | None:
    """A file that a nested tileset names: anywhere below the root's folder."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(uri)
    if parts.scheme or parts.netloc or not parts.path or "\0" in uri:
        return None
    path = (folder / unquote(parts.path)).resolve()
    return path if path.is_relative_to(root.resolve()) else None


def matrix(said: Any) -> Doubles:
    """(4, 4) of a tile's transform, column by column in the file."""
    if said is None:
        return np.eye(4)
    try:
        made = np.array(said, np.float64).reshape(4, 4).T
    except (TypeError, ValueError):
        made = np.full((4, 4), np.nan)
    if not np.isfinite(made).all():
        raise Broken(mark("a tile of it is turned by no numbers"))
    return made
