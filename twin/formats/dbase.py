"""The text of a dBASE table, as bytes: what its encoding is found by; MapInfo's .dat is laid out the same way."""

from __future__ import annotations

import struct
from pathlib import Path

_RECORDS = 20_000
"""Records looked at, from all over the table."""


def words(path: Path) -> bytes:
    """The bytes of its text columns, a value a line; none where it is no such table."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(32)
            if len(head) < 32:
                return b""
            count, begins, length = struct.unpack("<IHH", head[4:12])
            places = _text(file.read(max(0, begins - 32)))
            if not length or not places:
                return b""
            count = min(count, (size - begins) // length)
            found = []
            for record in range(0, count, max(1, count // _RECORDS)):
                file.seek(begins + record * length)
                row = file.read(length)
                found += [row[start:end].rstrip(b" \0") for start, end in places]
    except OSError:
        return b""
    return b"\n".join(one for one in found if not one.isascii())


def expected(path: Path) -> int:
    """How many records it says it has, where it is shorter than they are; else 0."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            count, begins, length = struct.unpack("<IHH", file.read(12)[4:])
    except (OSError, struct.error):
        return 0
    return int(count) if size < begins + count * length else 0


def _text(fields: bytes) -> list[tuple[int, int]]:
    """Where the columns of type C stand in a record."""
    places, start = [], 1
    for at in range(0, len(fields) - 31, 32):
        if fields[at] == 0x0D:
            break
        kind, width = fields[at + 11 : at + 12], fields[at + 16]
        if kind == b"C":
            # Wider text columns keep the upper byte of their width among the decimals.
            width += fields[at + 17] << 8
            places.append((start, start + width))
        start += width
    return places
