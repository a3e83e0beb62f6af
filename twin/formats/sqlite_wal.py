"""What another program wrote to a SQLite file's ``-wal`` and not yet to the file (SQLite file format, section 4)."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_MAGIC = (0x377F0682, 0x377F0683)
_HEAD, _FRAME = 32, 24
"""Bytes of the heads of the file and of each page in it."""


def beside(path: Path) -> Path:
    """Where it is."""
    return path.with_name(f"{path.name}-wal")


def pending(path: Path) -> bool:
    """Whether what was committed there differs from what the file holds; nothing is written, nothing is locked."""
    try:
        with beside(path).open("rb") as log, path.open("rb") as file:
            return _differs(log, file)
    except FileNotFoundError:
        return False
    except OSError:
        # A log that can't be read may hold anything.
        return True


def _differs(log: BinaryIO, file: BinaryIO) -> bool:
    head = log.read(_HEAD)
    page = int.from_bytes(head[8:12], "big")
    if len(head) < _HEAD or int.from_bytes(head[:4], "big") not in _MAGIC or page not in (1 << n for n in range(9, 17)):
        return False
    for number, place in _committed(log, head[16:24], page).items():
        log.seek(place)
        file.seek((number - 1) * page)
        if log.read(page) != file.read(page):
            return True
    return False


def _committed(log: BinaryIO, salt: bytes, page: int) -> dict[int, int]:
    """Where the last state of each page stands, by its number; what is older than the log's head isn't of it."""
    found: dict[int, int] = {}
    waiting: dict[int, int] = {}
    place = _HEAD
    while True:
        log.seek(place)
        head = log.read(_FRAME)
        if len(head) < _FRAME or head[8:16] != salt:
            return found
        waiting[int.from_bytes(head[:4], "big") or 1] = place + _FRAME
        if any(head[4:8]):
            found |= waiting
            waiting = {}
        place += _FRAME + page
