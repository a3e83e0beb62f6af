"""A LAS, LAZ or COPC file as it is opened: its header within bounds, and what is wrong with it said in words."""

from __future__ import annotations

import errno
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import NotThisFormat, TwinError
from twin.core.i18n import mark
from twin.formats import crs as systems

NAME = "LAS"
MANY = 5_000_000
"""Points that one node may hold: it is never read in less."""
_DAMAGED = mark(
    "The {format} is damaged: a part of it is missing or was overwritten. Copy it again from where it came from, "
    "or export it anew."
)
_OTHER = mark("This is no {format}, though its name says so. Check where it came from, or export it anew.")
_LONGEST = 400_000_000_000
_HEADER, _LONG_HEADER = 227, 375
_VERTICAL, _UNITS = 4099, {9001: 1.0, 9002: 0.3048, 9003: 1200 / 3937}
"""The GeoTIFF key of the unit of heights, and EPSG's units in metres."""


@dataclass(frozen=True)
class Header:
    """What a file says about itself."""

    count: int
    version: str
    format: int
    compressed: bool
    copc: bool
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    crs: str | None
    height_unit: float | None
    """What a height is multiplied by to be metres; None where its CRS says it."""
    guessed_unit: bool
    """Whether heights were taken to be in the unit of the coordinates, since nothing says theirs."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Whatever laspy and lazrs say about a file, in our words; a panic of theirs is no exception of Python's."""
    try:
        yield
    except OSError as why:
        # A place that no file has is a number gone wrong, not a disk.
        if why.errno in (errno.EINVAL, errno.EOVERFLOW):
            raise damaged(path) from why
        raise
    except (TwinError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as why:
        raise damaged(path) from why


def damaged(path: Path) -> NotThisFormat:
    """The error for a file of which a part is missing or wrong."""
    return NotThisFormat(_DAMAGED, path, format=NAME)


def header(path: Path) -> Header:
    """Look at it; no point is read."""
    import laspy

    with path.open("rb") as file:
        start = file.read(_LONG_HEADER)
    if start[:4] != b"LASF":
        raise NotThisFormat(_OTHER, path, format=NAME)
    _sized(path, start)
    with told(path), laspy.open(path) as reader:
        found = reader.header
        count, copc = int(found.point_count), bool(found.vlrs.get("CopcInfoVlr"))
        low, high = _place(found.mins), _place(found.maxs)
        scales = (*found.scales, *found.offsets)
        crs = _crs(found)
        compressed, version = bool(found.are_points_compressed), str(found.version)
        unit = _unit(found)
    if not count:
        raise NotThisFormat(mark("It holds no points."), path)
    if not 0 < count < _LONGEST or not all(map(math.isfinite, (*low, *high, *scales))) or 0 in found.scales:
        raise damaged(path)
    if any(a > b for a, b in zip(low, high, strict=True)):
        raise damaged(path)
    unit, guessed = (unit, False) if unit is not None else _by_crs(crs)
    return Header(count, version, int(found.point_format.id), compressed, copc, low, high, crs, unit, guessed)


def _place(of: Any) -> tuple[float, float, float]:
    return float(of[0]), float(of[1]), float(of[2])


def _sized(path: Path, start: bytes) -> None:
    """Uncompressed points must lie in the file, all of them."""
    if len(start) < _HEADER:
        raise damaged(path)
    offset, records, form, length, old = struct.unpack_from("<IIBHI", start, 96)
    size = path.stat().st_size
    # Each record has a head of 54 bytes, and laspy goes through as many as it is told of.
    if offset > size or records * 54 > size or _extended(start) * 60 > size:
        raise damaged(path)
    if not form & 0xC0 and start[25] < 4 and offset + length * old > size:
        raise damaged(path)


def _extended(start: bytes) -> int:
    """How many records stand behind the points, which LAS 1.4 has."""
    return int(struct.unpack_from("<I", start, 243)[0]) if start[25] >= 4 and len(start) >= _LONG_HEADER else 0


def _crs(found: Any) -> str | None:
    """Its CRS as WKT; None where it has none that anybody knows."""
    try:
        crs = found.parse_crs()
    except Exception:  # noqa: BLE001  of its words about places nothing can be made: a person is asked
        return None
    return None if crs is None else str(crs.to_wkt())


def _unit(found: Any) -> float | None:
    for record in found.vlrs.get("GeoKeyDirectoryVlr"):
        for key in record.geo_keys:
            if key.id == _VERTICAL:
                return _UNITS.get(int(key.value_offset))
    return None


def _by_crs(text: str | None) -> tuple[float | None, bool]:
    """The unit of heights where a CRS has none for them: its own, since a scanner's three axes are alike."""
    if text is None:
        return None, False
    known = systems.known(text, None)
    if known.is_compound or len(known.axis_info) == 3 or not known.is_projected:
        return None, False
    unit = float(known.axis_info[0].unit_conversion_factor or 1.0)
    return (unit, True) if unit != 1.0 else (None, False)


def unpacked(record: Any) -> dict[str, Any]:
    """The columns of a laspy record that are drawn: x, y, z in the file's CRS, class, intensity, red, green, blue."""
    names = set(record.point_format.dimension_names)
    made = {
        "places": np.column_stack([np.asarray(record.x), np.asarray(record.y), np.asarray(record.z)]),
        "classes": np.asarray(record.classification).astype(np.uint8),
        "intensity": np.asarray(record.intensity).astype(np.uint16),
    }
    if {"red", "green", "blue"} <= names:
        made["colours"] = np.column_stack([np.asarray(record[name]) for name in ("red", "green", "blue")])
    return made


def bytes_of(colours: Any, *, wide: bool) -> Any:
    """(n, 3) bytes of colours of 16 bits; some files keep bytes in them."""
    return (colours >> 8 if wide else colours).astype(np.uint8)
