"""Implicit tiling (3D Tiles 1.1, §8): which tiles of a quadtree or octree are there, by subtrees of bits."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_document import Broken, Fetch, inline
from twin.formats.tiles3d_files import Away, Files, Near, named
from twin.formats.tiles3d_tree import Circle, Door, Implicit, Tiles, filled

Place = tuple[int, int, int, int]
"""Level, x, y, z."""
_TILES = 1_000_000
"""Of one subtree."""


class _Subtree:
    """The bits of one subtree file."""

    def __init__(self, body: bytes, fetch: Fetch) -> None:
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
        self.json, self.fetch = found, fetch

    def buffers(self) -> list[str]:
        """The files that hold its bits."""
        buffers = self.json.get("buffers")
        some = [one.get("uri") for one in (buffers if isinstance(buffers, list) else []) if isinstance(one, dict)]
        return [uri for uri in some if isinstance(uri, str) and not uri.startswith("data:")]

    def bits(self, said: Any, count: int) -> NDArray[np.bool_]:
        """Whether each of so many is there."""
        if not isinstance(said, dict):
            return np.zeros(count, bool)
        if "constant" in said:
            return np.full(count, said["constant"] == 1)
        body = self._view(said.get("bitstream", said.get("bufferView")))
        if 8 * len(body) < count:
            raise Broken(mark("it points to bytes that are not there"))
        return np.unpackbits(np.frombuffer(body, np.uint8), count=count, bitorder="little").astype(bool)

    def _view(self, number: Any) -> bytes:
        try:
            view = self.json["bufferViews"][number]
            buffer = self.json["buffers"][view["buffer"]]
            start, size = int(view.get("byteOffset", 0)), int(view["byteLength"])
            if number < 0 or view["buffer"] < 0 or start < 0 or size < 0:
                raise IndexError
        except (LookupError, TypeError, ValueError):
            raise Broken(mark("it points to bytes that are not there")) from None
        uri = buffer.get("uri") if isinstance(buffer, dict) else None
        body = self.inner if not isinstance(uri, str) else own if (own := inline(uri)) is not None else self.fetch(uri)
        if start + size > len(body):
            raise Broken(mark("it points to bytes that are not there"))
        return body[start : start + size]


def subtree(files: Files, door: Door) -> Tiles:
    """The tiles of a subtree, and the doors of those below it; Broken where it can't be read."""
    spec = door.implicit
    assert spec is not None
    name = subtree_name(door)
    found = _Subtree(files.read(name), Near(files, name))
    ways = 8 if spec.octree else 4
    count = (ways**spec.levels - 1) // (ways - 1)
    there = found.bits(found.json.get("tileAvailability"), count)
    some = found.json.get("contentAvailability", [])
    bits = [found.bits(one, count) for one in (some if isinstance(some, list) else [some])[: len(spec.contents)]]
    numbers = np.flatnonzero(there)
    if len(numbers) > _TILES:
        raise Broken(mark("it has more tiles than are followed, or they are no tiles"))
    made, known = Tiles(), dict[int, int]()
    for index in numbers.tolist():
        level, morton = _level_of(index, ways)
        place = _place(door.place, level, morton, spec.octree)
        above = -1 if not level else known.get((index - 1) // ways)
        if above is None or place[0] >= spec.most:
            continue
        error = spec.error / 2.0 ** place[0]
        known[index] = number = made.add(above, error, door.replaces, door.transform, part(spec, place))
        names = []
        for template, one in zip(spec.contents, bits, strict=False):
            if one[index]:
                try:
                    names.append(named(filled(template, place), spec.by))
                except Away as why:
                    made.lost.append((filled(template, place), str(why)))
        made.contents[number] = tuple(names)
    if door.place[0] + spec.levels < spec.most:
        _doors(made, known, found, door, spec)
    return made


def _doors(made: Tiles, known: dict[int, int], found: _Subtree, door: Door, spec: Implicit) -> None:
    ways = 8 if spec.octree else 4
    start = (ways ** (spec.levels - 1) - 1) // (ways - 1)
    below = found.bits(found.json.get("childSubtreeAvailability"), ways**spec.levels)
    for morton in np.flatnonzero(below).tolist():
        above = known.get(start + morton // ways)
        if above is None:
            continue
        place = _place(door.place, spec.levels, morton, spec.octree)
        volume = part(spec, place)
        number = made.add(above, math.inf, door.replaces, door.transform, volume)
        made.doors[number] = Door(
            "", door.transform, door.replaces, volume, door.chain, door.level + spec.levels, spec, place
        )


def subtree_name(door: Door) -> str:
    """The file that holds a subtree."""
    spec = door.implicit
    assert spec is not None
    if door.level > 200:
        raise Circle(mark("its tilesets run in a circle"))
    return named(filled(spec.subtrees, door.place), spec.by)


def subtree_buffers(files: Files, door: Door) -> list[str]:
    """The files beside a subtree that hold its bits."""
    name = subtree_name(door)
    return [named(uri, name) for uri in _Subtree(files.read(name), Near(files, name)).buffers()]


def part(spec: Implicit, place: Place) -> Any:
    """The bounding volume of a tile: its share of the root's (§8.4)."""
    level, x, y, z = place
    said, share = spec.volume if isinstance(spec.volume, dict) else {}, 0.5**level
    try:
        if "region" in said:
            west, south, east, north, low, high = (float(value) for value in said["region"])
            wide = (east - west if east >= west else east - west + 2 * math.pi) * share
            tall, deep = (north - south) * share, (high - low) * share
            levels = [low + z * deep, low + (z + 1) * deep] if spec.octree else [low, high]
            return {
                "region": [west + x * wide, south + y * tall, west + (x + 1) * wide, south + (y + 1) * tall, *levels]
            }
        box = np.array(said["box"], np.float64).reshape(4, 3)
    except (TypeError, ValueError, KeyError):
        return None
    half = box[1:].copy()
    half[:2] *= share
    middle = box[0] + box[1] * ((2 * x + 1) * share - 1) + box[2] * ((2 * y + 1) * share - 1)
    if spec.octree:
        half[2] *= share
        middle = middle + box[3] * ((2 * z + 1) * share - 1)
    return {"box": [*middle.tolist(), *half.ravel().tolist()]}


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
