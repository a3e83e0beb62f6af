"""Flying from one camera to another: eased, with an arc up, and stopped by any hand."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from twin.model.view import Camera
from twin.scene import camera

_SHORTEST, _LONGEST, _FAR = 0.9, 2.4, 8_000.0
"""Seconds of a short flight and of one over so many metres (ART)."""
_STEP = 15


class Flight(QObject):
    """At most one at a time."""

    def __init__(self, parent: QObject, step: Callable[[Camera], None]) -> None:
        super().__init__(parent)
        self._step = step
        self._way: tuple[Camera, Camera] | None = None
        self._began = self._lasts = 0.0
        self._timer = QTimer(self, interval=_STEP)
        self._timer.timeout.connect(self._tick)

    @property
    def under_way(self) -> bool:
        """Whether it flies."""
        return self._way is not None

    def begin(self, start: Camera, end: Camera) -> None:
        """Fly from one camera to another."""
        apart = math.dist((start.east, start.north, start.distance), (end.east, end.north, end.distance))
        self._lasts = _SHORTEST + (_LONGEST - _SHORTEST) * min(1.0, apart / _FAR)
        self._way, self._began = (start, end), time.monotonic()
        self._timer.start()

    def stop(self) -> None:
        """Stay where it is."""
        self._way = None
        self._timer.stop()

    def _tick(self) -> None:
        if self._way is None:
            return
        start, end = self._way
        share = min(1.0, (time.monotonic() - self._began) / self._lasts)
        if share >= 1:
            self.stop()
        self._step(end if share >= 1 else camera.between(start, end, _eased(share)))


def _eased(share: float) -> float:
    """Cubic, in and out."""
    return 4 * share**3 if share < 0.5 else 1 - (-2 * share + 2) ** 3 / 2
