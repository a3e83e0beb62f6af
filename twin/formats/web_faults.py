"""Tiles over which a server stumbled: when each is asked for again, later each time but never too late."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from twin.formats.tile_window import At

SOONEST, LATEST = 5.0, 300.0
"""Seconds until a tile is asked for again: twice as many each time that it fails."""
_KEPT = 4096


class _Fault(NamedTuple):
    pause: float
    due: float
    """By the monotonic clock."""


class Faults:
    """The tiles of a server that failed and may come yet; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[At, _Fault] = {}

    def add(self, at: At) -> None:
        """One failed, perhaps again."""
        with self._lock:
            before = self._known.pop(at, None)
            pause = min(LATEST, before.pause * 2) if before else SOONEST
            self._known[at] = _Fault(pause, time.monotonic() + pause)
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]

    def over(self, at: At) -> None:
        """It is known what there is of one."""
        with self._lock:
            self._known.pop(at, None)

    def waits(self, at: At) -> bool:
        """Whether one is not to be asked for yet."""
        with self._lock:
            return at in self._known and time.monotonic() < self._known[at].due

    @property
    def due(self) -> bool:
        """Whether one may be asked for again, or there is none."""
        with self._lock:
            return not self._known or any(time.monotonic() >= one.due for one in self._known.values())
