"""Who has a city open: a small file beside it, which is only believed while DuckDB's own lock is held."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import socket
from pathlib import Path


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
