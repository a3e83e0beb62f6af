"""Implicit tiling (3D Tiles 1.1, §8): which tiles of a quadtree or octree are there, by subtrees of bits."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_document import Broken, beside, fetched

Place = tuple[int, int, int, int]
"""Level, x, y, z."""
_SUBTREES = 100_000
_LEVELS = 10
"""Of one subtree: an octree of ten levels has 153 million tiles."""


class _Subtree:
    """The bits of one subtree file."""

    def __init__(self, body: bytes, folder: Path) -> None:
        if body[:4] == b"subt":
            if len(body) < 24:
                raise Broken(mark("it ends before its time"))
            size, rest = struct.unpack_from("<QQ", body, 8)
            if 24 + size + rest > len(body):
                raise Broken(mark("it ends before its time"))
            words, self.inner = body[24 : 24 + size], body[24 + size : 24 + size + rest]
        else:
            words, self.inner = body, b""
        try:
            found = orjson.loads(words.rstrip(b" \0")) if depth(words) < 100 else None
        except (orjson.JSONDecodeError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Broken(mark("it is not built as the standard says"))
        self.json, self.folder = found, folder

    def bits(self, said: Any, count: int) -> NDArray[np.bool_]:
        """Whether each of so many is there."""
        if not isinstance(said, dict):
            return np.zeros(count, bool)
        if "constant" in said:
            return np.full(count, said["constant"] == 1)
        body = self._view(said.get("bitstream", said.get("bufferView")))
        found = np.unpackbits(np.frombuffer(body, np.uint8), bitorder="little")
        if len(found) < count:
            raise Broken(mark("it points to bytes that are not there"))
        return found[:count].astype(bool)

    def _view(self, number: Any) -> bytes:
        try:
            view = self.json["bufferViews"][number]
            buffer = self.json["buffers"][view["buffer"]]
            start, size = int(view.get("byteOffset", 0)), int(view["byteLength"])
            if number < 0 or view["buffer"] < 0 or start < 0 or size < 0:
                raise IndexError
        except (LookupError, TypeError, ValueError):
            raise Broken(mark("it points to bytes that are not there")) from None
        body = fetched(buffer["uri"], self.folder) if isinstance(buffer.get("uri"), str) else self.inner
        if start + size > len(body):
            raise Broken(mark("it points to bytes that are not there"))
        return body[start : start + size]


def implicit(
    tile: dict[str, Any], said: dict[str, Any], every: bool, folder: Path, lost: Callable[[str], None]
) -> Iterator[str]:
    """The URIs of the tiles that are there; unless ``every`` one is wanted, those without one below them."""
    octree = str(said.get("subdivisionScheme", "QUADTREE")).upper() == "OCTREE"
    levels, most = said.get("subtreeLevels"), said.get("availableLevels", said.get("maximumLevel"))
    template = (said.get("subtrees") or {}).get("uri") if isinstance(said.get("subtrees"), dict) else None
    several = tile.get("contents")
    own: list[Any] = several if isinstance(several, list) else [tile.get("content")]
    names = [one["uri"] for one in own if isinstance(one, dict) and isinstance(one.get("uri"), str)]
    if not isinstance(levels, int) or not 0 < levels <= _LEVELS or not isinstance(template, str):
        raise Broken(mark("it is not built as the standard says"))
    seen: list[tuple[Place, list[str]]] = []
    queue: list[Place] = [(0, 0, 0, 0)]
    followed = 0
    while queue:
        root, followed = queue.pop(), followed + 1
        if followed > _SUBTREES:
            raise Broken(mark("it has more tiles than are followed, or they are no tiles"))
        uri = _filled(template, root)
        path = beside(uri, folder)
        if path is None or not path.is_file():
            lost(uri)
            continue
        subtree = _Subtree(path.read_bytes(), path.parent)
        seen += list(_tiles(subtree, root, levels, octree, names))
        if not isinstance(most, int) or root[0] + levels < most:
            queue += list(_below(subtree, root, levels, octree))
    parents = set() if every else {above for place, _ in seen for above in _above(place)}
    for place, uris in sorted(seen):
        if place not in parents:
            yield from uris


def _tiles(
    subtree: _Subtree, root: Place, levels: int, octree: bool, names: list[str]
) -> Iterator[tuple[Place, list[str]]]:
    """Its tiles with content, each with the URIs of that."""
    ways = 8 if octree else 4
    count = (ways**levels - 1) // (ways - 1)
    said = subtree.json.get("contentAvailability", [])
    some = said if isinstance(said, list) else [said]
    bits = [subtree.bits(one, count) for one in some[: len(names)]]
    there = subtree.bits(subtree.json.get("tileAvailability"), count)
    if not bits:
        return
    for index in np.flatnonzero(there & np.any(bits, axis=0)).tolist():
        level, morton = _level_of(index, ways)
        place = _place(root, level, morton, octree)
        yield place, [_filled(name, place) for name, one in zip(names, bits, strict=False) if one[index]]


def _below(subtree: _Subtree, root: Place, levels: int, octree: bool) -> Iterator[Place]:
    ways = 8 if octree else 4
    for morton in np.flatnonzero(subtree.bits(subtree.json.get("childSubtreeAvailability"), ways**levels)).tolist():
        yield _place(root, levels, morton, octree)


def _level_of(index: int, ways: int) -> tuple[int, int]:
    """The level of a tile in its subtree, and its Morton number there."""
    level, first = 0, 0
    while index >= first + ways**level:
        first += ways**level
        level += 1
    return level, index - first


def _place(root: Place, level: int, morton: int, octree: bool) -> Place:
    step = 3 if octree else 2
    x, y, z = (sum((morton >> (step * bit + axis) & 1) << bit for bit in range(level)) for axis in range(3))
    return root[0] + level, (root[1] << level) + x, (root[2] << level) + y, ((root[3] << level) + z) if octree else 0


def _above(place: Place) -> Iterator[Place]:
    level, x, y, z = place
    while level:
        level, x, y, z = level - 1, x >> 1, y >> 1, z >> 1
        yield level, x, y, z


def _filled(template: str, place: Place) -> str:
    for name, value in zip(("level", "x", "y", "z"), place, strict=True):
        template = template.replace(f"{{{name}}}", str(value))
    return template
