"""Folders for one job's files, and the end of those that processes which were killed have left behind.

A process has one room in the temporary folder and holds a lock on a file in it for as long as it lives. The system
lets go of the lock of a process that is gone, however it went: only such a room, and only one of this user, is swept.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import stat
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from twin.core import flocks

_PREFIX, _OWNER = "balad-", ".owner"
_lock = threading.Lock()
_rooms: dict[str, tuple[Path, IO[bytes]]] = {}
"""By the temporary folder: this process's room there, and the file that it holds."""


def folder(name: str = "job-") -> Path:
    """A new, empty folder; whoever asks for it removes it."""
    return Path(tempfile.mkdtemp(prefix=name, dir=room()))


def room() -> Path:
    """What all of this process's folders lie in; gone when it ends."""
    with _lock:
        place = tempfile.gettempdir()
        if place not in _rooms or not _rooms[place][0].is_dir():
            _rooms[place] = _made()
            sweep_aside()
        return _rooms[place][0]


def sweep() -> None:
    """Remove the rooms of this user's processes that are gone."""
    for place in sorted(Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")):
        with contextlib.suppress(OSError):
            if _mine(place.lstat(), stat.S_ISDIR) and _mine((place / _OWNER).lstat(), stat.S_ISREG):
                _swept(place)


def sweep_aside() -> None:
    """The same, and nobody waits for it."""
    threading.Thread(target=sweep, name="sweep", daemon=True).start()


def _made() -> tuple[Path, IO[bytes]]:
    made = Path(tempfile.mkdtemp(prefix=_PREFIX))
    draft = made / f"{_OWNER}~"
    held = draft.open("wb")
    _held(held)
    # It has its name once it is held: nobody finds it free before.
    if os.name == "posix":
        draft.rename(made / _OWNER)
    else:
        held.close()
        draft.unlink()
        held = (made / _OWNER).open("wb")
    atexit.register(_gone, made, held)
    return made, held


def _gone(made: Path, held: IO[bytes]) -> None:
    held.close()
    shutil.rmtree(made, ignore_errors=True)


def _held(file: IO[bytes]) -> bool:
    """Whether this process could take the lock."""
    return os.name != "posix" or flocks.taken(file) is True


def _mine(found: os.stat_result, kind: Any) -> bool:
    return bool(kind(found.st_mode)) and (os.name != "posix" or found.st_uid == os.getuid())


def _swept(place: Path) -> None:
    """Take a room away, the owner's file last: who is stopped meanwhile leaves what is found again."""
    owner = place / _OWNER
    with owner.open("rb") as file:
        if os.name == "posix" and not _held(file):
            return
        if os.name != "posix":
            file.close()
            # What is open can't be renamed there.
            place.joinpath(f"{_OWNER}~").unlink(missing_ok=True)
            owner.rename(place / f"{_OWNER}~").rename(owner)
        for one in place.iterdir():
            if one != owner:
                shutil.rmtree(one, ignore_errors=True) if one.is_dir() and not one.is_symlink() else one.unlink()
    if [one.name for one in place.iterdir()] == [_OWNER]:
        owner.unlink()
        place.rmdir()
