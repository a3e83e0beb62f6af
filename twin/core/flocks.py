"""Locks that a process has on a file until it closes it or is gone, however it went: flock(2), on POSIX systems."""

from __future__ import annotations

from typing import IO


def taken(file: IO[bytes], *, shared: bool = False) -> bool | None:
    """Try at once to lock a file, alone or beside others; False where another has it, None where none can be locked."""
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
