"""Who has a city open: a lock on its file, and a small file beside it that is only believed while that is held."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import socket
from pathlib import Path
from typing import IO

from twin.core.errors import CityBusy
from twin.core.i18n import mark

BUSY = mark("Another process has this city open: {who}. Close it there, or work on a copy.")
"""Where ``who`` is a person and a process, as well as can be told."""


def hold(path: Path, *, shared: bool = False) -> IO[bytes] | None:
    """Lock a city's file until what is answered is closed, alone or beside other readers; CityBusy if another has it.

    DuckDB's own lock is one of POSIX's record locks, which a process loses as soon as anything in it closes the file,
    whoever opened it (fcntl(2)): a file dialog that looks what a file is, say. This one (flock(2)) is lost with its
    handle alone; it must be closed after DuckDB's connection. Windows' locks are of the handle anyway.
    """
    if os.name != "posix":
        return None
    import fcntl

    try:
        file = path.open("rb")
    except OSError:
        return None
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        # Within a process DuckDB has one database a file, however often it is opened.
        if _read(path).get("pid") != str(os.getpid()):
            raise CityBusy(BUSY, path, who=holder(path)) from None
        return None
    except OSError:
        # A file system without such locks has DuckDB's alone.
        file.close()
        return None
    return file


def let_go(held: IO[bytes] | None) -> None:
    """Give back what ``hold`` answered."""
    if held is not None:
        held.close()


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
