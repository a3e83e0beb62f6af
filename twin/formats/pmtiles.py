"""PMTiles 3: one file of tiles behind directories that name their places."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from pmtiles import tile as pm

from twin.core.errors import CannotRead, NotThisFormat, TooLarge
from twin.core.i18n import mark
from twin.formats import tile_file, tile_grid, tile_picture, tile_set
from twin.formats.tile_file import TileFile
from twin.formats.tile_set import TileSet
from twin.formats.tile_window import At

NAME = "PMTiles"
SUFFIXES = (".pmtiles",)
HOLDS = "raster"
KINDS = ("imagery",)
ABOUT = True
LARGEST = tile_file.LARGEST
_HEAD = 127
_DIRECTORY, _METADATA = 32 << 20, 16 << 20
"""Bytes unpacked."""
_DEPTH = 4
_VECTOR = (pm.TileType.MVT, pm.TileType.MLT)
_DAMAGED = tile_file.DAMAGED
_OTHER = mark("This is no {format}, though its name says so. Check where it came from, or export it anew.")


def opened(path: Path) -> TileSet:
    """Its tiles; its directories are kept as they are asked for."""
    found = path.stat()
    return _opened(str(path.absolute()), found.st_mtime_ns, found.st_size)


_file = TileFile(opened)
survey, read, linked, attribution = _file.survey, _file.read, _file.linked, _file.attribution


@lru_cache(maxsize=4)
def _opened(name: str, _time: int, size: int) -> TileSet:
    path = Path(name)
    head = _header(path)
    _inside(path, head, size)
    if head["tile_type"] in _VECTOR:
        raise CannotRead(tile_set.VECTOR, path)
    levels = tile_set.levels_of({"minzoom": head["min_zoom"], "maxzoom": head["max_zoom"]})
    if levels is None:
        raise NotThisFormat(tile_set.NO_LEVELS, path)
    degrees = tile_set.box_of([head[f"{way}_e7"] / 1e7 for way in ("min_lon", "min_lat", "max_lon", "max_lat")])
    if degrees is None:
        raise NotThisFormat(_DAMAGED, path, format=NAME)
    said = _metadata(path, head)
    entries = _directory(path, head, head["root_offset"], head["root_length"])

    def tile(at: At) -> bytes | None:
        level = levels[0] + at[0]
        if not (0 <= at[1] < 2**level and 0 <= at[2] < 2**level):
            return None
        return _tile(path, head, entries, pm.zxy_to_tileid(level, at[1], at[2]))

    samples = tuple(_samples(path, head, entries, levels))
    picture = next((one for at in samples if (one := tile_picture.rgba(tile(at) or b"")) is not None), None)
    return TileSet(
        tile_grid.mercator(levels[1], levels[0], 256 if picture is None else picture.shape[1]),
        tile_grid.from_degrees(degrees),
        tile,
        samples,
        tile_set.plain(said.get("name")),
        tile_set.plain(said.get("attribution")),
        int(head["addressed_tiles_count"]),
    )


def _header(path: Path) -> Any:
    head = _bytes(path, 0, _HEAD)
    if head[:7] != b"PMTiles":
        raise NotThisFormat(_OTHER, path, format=NAME)
    if head[7] != 3:
        words = mark("It is PMTiles version {version}; version 3 can be read. Make it anew with “pmtiles convert”.")
        raise NotThisFormat(words, path, version=head[7])
    try:
        return pm.deserialize_header(head)
    except (ValueError, IndexError) as why:
        raise NotThisFormat(_DAMAGED, path, format=NAME) from why


def _inside(path: Path, head: Any, size: int) -> None:
    """Each of its parts lies in it."""
    for part in ("root", "metadata", "leaf_directory", "tile_data"):
        if head[f"{part}_offset"] + head[f"{part}_length"] > size:
            raise NotThisFormat(_DAMAGED, path, format=NAME)


def _bytes(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _unpacked(path: Path, data: bytes, way: pm.Compression, most: int) -> bytes:
    if way in (pm.Compression.NONE, pm.Compression.UNKNOWN):
        return data
    if way is not pm.Compression.GZIP:
        words = mark("It is packed by {way}, which can’t be read. Make it anew with gzip.")
        raise CannotRead(words, path, way=way.name.lower())
    try:
        unpacking = zlib.decompressobj(31)
        found = unpacking.decompress(data, most)
    except zlib.error as why:
        raise NotThisFormat(_DAMAGED, path, format=NAME) from why
    if unpacking.unconsumed_tail:
        raise TooLarge(mark("A part of it unpacks to more than {most} MB: it was not read."), path, most=most >> 20)
    return found


def _metadata(path: Path, head: Any) -> dict[str, Any]:
    data = _bytes(path, head["metadata_offset"], min(head["metadata_length"], _METADATA))
    try:
        found = json.loads(_unpacked(path, data, head["internal_compression"], _METADATA))
    except (ValueError, RecursionError) as why:
        raise NotThisFormat(_DAMAGED, path, format=NAME) from why
    return found if isinstance(found, dict) else {}


def _directory(path: Path, head: Any, offset: int, length: int) -> list[pm.Entry]:
    """A directory's entries: numbers of tiles, of repeats, of bytes, and places, each in a row of its own."""
    data = _unpacked(path, _bytes(path, offset, min(length, _DIRECTORY)), head["internal_compression"], _DIRECTORY)
    numbers = BytesIO(data)
    try:
        count = pm.read_varint(numbers)
        if count > len(data):
            raise NotThisFormat(_DAMAGED, path, format=NAME)
        entries, last = [], 0
        for _ in range(count):
            last += pm.read_varint(numbers)
            entries.append(pm.Entry(last, 0, 0, 0))
        for entry in entries:
            entry.run_length = pm.read_varint(numbers)
        for entry in entries:
            entry.length = pm.read_varint(numbers)
        after = 0
        for entry in entries:
            said = pm.read_varint(numbers)
            entry.offset = said - 1 if said else after
            after = entry.offset + entry.length
    except EOFError as why:
        raise NotThisFormat(_DAMAGED, path, format=NAME) from why
    return entries


@lru_cache(maxsize=16)
def _leaf(path: Path, _size: int, offset: int, length: int) -> list[pm.Entry]:
    return _directory(path, _header(path), offset, length)


def _found(path: Path, head: Any, entries: list[pm.Entry], wanted: Callable[[list[pm.Entry]], Any]) -> Any:
    """What a directory, or those below it, answers."""
    for _ in range(_DEPTH):
        entry = wanted(entries)
        if entry is None or entry.run_length:
            return entry
        size = head["tile_data_offset"] + head["tile_data_length"]
        entries = _leaf(path, size, head["leaf_directory_offset"] + entry.offset, entry.length)
    return None


def _tile(path: Path, head: Any, entries: list[pm.Entry], number: int) -> bytes | None:
    entry = _found(path, head, entries, lambda here: pm.find_tile(here, number))
    if entry is None or not 0 < entry.length <= tile_picture.BYTES:
        return None
    data = _bytes(path, head["tile_data_offset"] + entry.offset, entry.length)
    return _unpacked(path, data, head["tile_compression"], tile_picture.BYTES)


def _samples(path: Path, head: Any, entries: list[pm.Entry], levels: tuple[int, int]) -> Iterator[At]:
    for pick in (lambda here: here[0], lambda here: here[len(here) // 2], lambda here: here[-1]):
        entry = _found(path, head, entries, lambda here, pick=pick: pick(here) if here else None)  # type: ignore[misc]
        if entry is None:
            continue
        try:
            level, x, y = pm.tileid_to_zxy(entry.tile_id)
        except OverflowError as why:
            raise NotThisFormat(_DAMAGED, path, format=NAME) from why
        if levels[0] <= level <= levels[1]:
            yield level - levels[0], x, y
