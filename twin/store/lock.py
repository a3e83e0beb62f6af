"""Who has a city open: a lock on its file, and a small file beside it that is only believed while that is held."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import socket
import threading
from pathlib import Path
from typing import IO

from twin.core import flocks
from twin.core.errors import CityBusy
from twin.core.i18n import mark

BUSY = mark("Another process has this city open: {who}. Close it there, or work on a copy.")
"""Where ``who`` is a person and a process, as well as can be told."""


class _Held:
    """A lock file of this process, and how many of its cities stand behind it: DuckDB has one database a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.count = file, 1


_held: dict[Path, _Held] = {}
_guard = threading.Lock()


def hold(path: Path, *, shared: bool = False) -> Path | None:
    """Lock a city, alone or beside other readers; CityBusy where another process has it. ``let_go`` takes the answer.

    DuckDB's own lock is one of POSIX's record locks, which a process loses as soon as anything in it closes the file,
    whoever opened it (fcntl(2)): a file dialog that looks what a file is, say. This one (flock(2)) is of a small file
    beside the city, which nobody else opens; where none can be made or locked, DuckDB's is all there is. Windows' locks
    are of the handle anyway.
    """
    if os.name != "posix":
        return None
    place = path.resolve()
    place = place.with_name(place.name + ".lock")
    with _guard:
        if place in _held:
            _held[place].count += 1
            return place
        file = _locked(place, path, shared=shared)
        if file is None:
            return None
        _held[place] = _Held(file)
        return place


def let_go(place: Path | None) -> None:
    """Give back what ``hold`` answered, after DuckDB's connection was closed."""
    if place is None:
        return
    with _guard:
        mine = _held[place]
        mine.count -= 1
        if mine.count:
            return
        del _held[place]
        with mine.file:
            # Whoever is the last takes the file away; other readers keep theirs.
            if flocks.taken(mine.file):
                with contextlib.suppress(OSError):
                    place.unlink()


def _locked(place: Path, path: Path, *, shared: bool) -> IO[bytes] | None:
    while True:
        try:
            file = place.open("ab")
        except OSError:
            return None
        found = flocks.taken(file, shared=shared)
        with contextlib.suppress(FileNotFoundError):
            # Who had it before may have taken the file away meanwhile.
            if found and os.path.samestat(os.fstat(file.fileno()), place.stat()):
                return file
        file.close()
        if found is None:
            return None
        if not found:
            raise CityBusy(BUSY, path, who=holder(path))


def beside(path: Path) -> Path:
    """The file that says who has the city open."""
    return path.with_name(path.name + ".owner")


def announce(path: Path, address: str = "", key: str = "") -> None:
    """Say that this process has the city, and where it answers; readable by this user alone."""
    words = {
        "pid": str(os.getpid()),
        "user": getpass.getuser(),
        "host": socket.gethostname(),
        "address": address,
        "key": key,
    }
    # A folder that can't be written costs only the name of the holder.
    with contextlib.suppress(OSError):
        file = beside(path)
        file.unlink(missing_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(words, out)


def withdraw(path: Path) -> None:
    """Take the word back when the city is closed."""
    with contextlib.suppress(OSError):
        if _read(path).get("pid") == str(os.getpid()):
            beside(path).unlink()


def announced(path: Path) -> tuple[str, str] | None:
    """The address and key of the process that answers for an open city."""
    found = _read(path)
    return (found["address"], found["key"]) if found.get("address") else None


def holder(path: Path, said: str = "") -> str:
    """Who has it, as well as can be told."""
    found = _read(path)
    if found:
        return f"{found['user']}@{found['host']} (pid {found['pid']})"
    pid = re.search(r"PID (\d+)", said)
    return f"pid {pid[1]}" if pid else "?"


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(beside(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
