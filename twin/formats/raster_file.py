"""A GeoTIFF as it is opened: only as a GeoTIFF, within bounds, and what is wrong with it said in words."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import CannotRead, NotThisFormat, TooLarge
from twin.core.i18n import mark
from twin.formats.raster_drivers import ready

NAME = "GeoTIFF"
_LARGEST_BLOCK = 256 << 20
"""Bytes that one of its blocks may take: it is never read in less."""
_LOOKED, _READ, _SECONDS = 20_000, 96 << 20, 6.0
"""Blocks whose place in the file is looked at; bytes of them that are read, and for how long at most."""
_DIRECTORIES = 64
"""Of a TIFF that are looked at: a picture, its mask, its overviews."""
_DAMAGED = mark(
    "The {format} is damaged: a part of it is missing or was overwritten. Copy it again from where it came from, "
    "or export it anew."
)
_OTHER = mark("This is no {format}, though its name says so. Check where it came from, or export it anew.")


def opened(path: Path) -> Any:
    """A rasterio dataset; kept open, since whoever reads one window reads another."""
    found = path.stat()
    return _opened(str(path.absolute()), found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=12)
def _opened(path: str, _time: int, _size: int) -> Any:
    rasterio = ready()
    with told(Path(path)):
        dataset = rasterio.open(path, driver="GTiff", sharing=False)
    _bounded(Path(path), dataset)
    return dataset


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Whatever rasterio says about a file, in our words."""
    from rasterio.errors import CRSError, RasterioError

    try:
        yield
    except (RasterioError, CRSError, ValueError, OverflowError, UnicodeError) as why:
        said = str(why)
        words = _OTHER if "not recognized" in said else _DAMAGED
        raise NotThisFormat(words, path, format=NAME) from why


def check(path: Path, dataset: Any) -> None:
    """Refuse a file whose blocks don't lie in it or can't be read: all of a small one, samples of a large one."""
    import time

    _chained(path)
    size, began, read = path.stat().st_size, time.monotonic(), 0
    down, across = dataset.block_shapes[0]
    rows, columns = math.ceil(dataset.height / down), math.ceil(dataset.width / across)
    chosen = np.unique(np.linspace(0, rows * columns - 1, min(rows * columns, _LOOKED)).astype(np.int64))
    bands = dataset.indexes if dataset.profile.get("interleave") == "band" else dataset.indexes[:1]
    for band in bands:
        for place in chosen.tolist():
            _inside(path, dataset, band, place % columns, place // columns, size)
    for level, share in enumerate(dataset.overviews(1)):
        last = (math.ceil(rows / share) - 1, math.ceil(columns / share) - 1)
        _inside(path, dataset, 1, 0, 0, size, level)
        _inside(path, dataset, 1, last[1], last[0], size, level)
    # From both ends and the middle on, so that a short look sees each part.
    spread = chosen[np.argsort(_bit_reversed(len(chosen)), kind="stable")]
    from rasterio.windows import Window

    cost = down * across * sum(np.dtype(kind).itemsize for kind in dataset.dtypes)
    for place in spread.tolist():
        if read > _READ or time.monotonic() - began > _SECONDS:
            return
        row, column = place // columns * down, place % columns * across
        window = Window(column, row, min(across, dataset.width - column), min(down, dataset.height - row))
        with told(path):
            dataset.read(window=window)
        read += cost


def _bit_reversed(count: int) -> Any:
    """(count,) an order that halves what is left each time."""
    bits = max(1, (count - 1).bit_length())
    numbers, turned = np.arange(count, dtype=np.int64), np.zeros(count, np.int64)
    for bit in range(bits):
        turned |= (numbers >> bit & 1) << (bits - 1 - bit)
    return np.argsort(turned, kind="stable")


def _inside(path: Path, dataset: Any, band: int, column: int, row: int, size: int, level: int | None = None) -> None:
    asked = {"bidx": band} if level is None else {"bidx": band, "ovr": level}
    at = dataset.get_tag_item(f"BLOCK_OFFSET_{column}_{row}", "TIFF", **asked)
    # A block that was never written has none: all of it is missing, and nothing is wrong.
    if at is not None:
        long = dataset.get_tag_item(f"BLOCK_SIZE_{column}_{row}", "TIFF", **asked) or 0
        if int(at) + int(long) > size:
            raise NotThisFormat(_DAMAGED, path, format=NAME)


def _chained(path: Path) -> None:
    """Each directory of a TIFF names the next: GDAL passes over one that lies beyond the end, with its overviews."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(16)
        order = "<" if start[:2] == b"II" else ">"
        big = struct.unpack_from(f"{order}H", start, 2)[0] == 43
        count, entry, pointer = ("Q", 20, "Q") if big else ("H", 12, "I")
        following = struct.unpack_from(order + pointer, start, 8 if big else 4)[0]
        for _ in range(_DIRECTORIES):
            if not following:
                return
            file.seek(following)
            head = file.read(struct.calcsize(count))
            if following + len(head) > size or len(head) < struct.calcsize(count):
                raise NotThisFormat(_DAMAGED, path, format=NAME)
            entries = struct.unpack(order + count, head)[0]
            end = following + len(head) + entries * entry
            if end + struct.calcsize(pointer) > size:
                raise NotThisFormat(_DAMAGED, path, format=NAME)
            file.seek(end)
            following = struct.unpack(order + pointer, file.read(struct.calcsize(pointer)))[0]


def _bounded(path: Path, dataset: Any) -> None:
    if dataset.count < 1 or dataset.width < 1 or dataset.height < 1:
        raise NotThisFormat(mark("It holds no picture."), path)
    if any("complex" in kind for kind in dataset.dtypes):
        raise CannotRead(mark("Its values are complex numbers, which are no picture and no heights."), path)
    for (down, across), kind in zip(dataset.block_shapes, dataset.dtypes, strict=True):
        if down * across * np.dtype(kind).itemsize > _LARGEST_BLOCK:
            words = mark(
                "Its blocks are too large to be read one by one: make it anew with tiles, for example "
                "“gdal_translate -of COG”."
            )
            raise TooLarge(words, path)
