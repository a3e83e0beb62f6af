"""A window with an empty city, then with a linked file: run in a process of its own.

``python -m tests.benchmarks.linked_window CITY [FILE]`` prints one JSON object of seconds and megabytes: without a file
those of the window with that city; with one, of taking it in, of looking about, and of opening the city again with it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

_SETTLED = 1.0
"""Seconds without anything new after which nothing more is to come."""
_ZOOMS, _NEARER = 6, 0.4


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    print(json.dumps(measured(*map(Path, words))), flush=True)
    return 0


def measured(city: Path, file: Path | None = None) -> dict[str, float]:
    """All figures of one process."""
    from PySide6.QtWidgets import QApplication

    from twin.core.settings import Settings
    from twin.desktop import gpu, theme
    from twin.desktop.desk import Desk

    trial = gpu.Trial()
    application = QApplication([])
    theme.dress(application, "light")
    trial.said()
    desk = Desk(Settings(reduced_motion=True, tips_read=True))
    desk.window.resize(1366, 768)
    desk.window.show()
    watch = _Watch(application, desk)
    desk.opening.open(city)
    watch.until(lambda: desk.session is not None)
    watch.settle()
    found = {"empty": _held()}
    if file is not None:
        found |= _looked(desk, watch, file, city)
    desk.window.close()
    return found


def _looked(desk: Any, watch: _Watch, file: Path, city: Path) -> dict[str, float]:
    """From giving the file, and from opening the city with it, to the first picture of it; then zooming in."""
    watch.most = 0.0
    began = time.perf_counter()
    desk.take([file])
    first = watch.until(lambda: _shows(desk)) - began
    desk.window.view.repaint()
    watch.settle()
    held = _held()
    for _ in range(_ZOOMS):
        from twin.scene import camera

        view = desk.window.view
        view.look(camera.zoomed(view.scene.camera, _NEARER))
        watch.settle()
        held = max(held, _held())
    gap = watch.most
    desk.leave()
    watch.settle()
    began = time.perf_counter()
    desk.opening.open(city)
    again = watch.until(lambda: _shows(desk)) - began
    watch.settle()
    return {"first": first, "again": again, "gap": gap, "held": max(held, _held())}


class _Watch:
    """Lets the window live, and counts for how long it could not."""

    def __init__(self, application: Any, desk: Any) -> None:
        self._application, self._desk = application, desk
        self.most = 0.0
        """Seconds: the longest turn of its loop."""

    def turn(self) -> None:
        """One turn of its loop."""
        began = time.perf_counter()
        self._application.processEvents()
        self.most = max(self.most, time.perf_counter() - began)
        time.sleep(0.001)

    def until(self, done: Callable[[], bool]) -> float:
        """Until something is true; the time then."""
        ends = time.perf_counter() + 300
        while not done():
            if time.perf_counter() > ends:
                raise SystemExit(f"nothing came: {self._desk.window.messages.words}")
            self.turn()
        return time.perf_counter()

    def settle(self) -> None:
        """Until nothing more is to come."""
        view, still = self._desk.window.view, time.perf_counter()
        while time.perf_counter() - still < _SETTLED:
            self.turn()
            if view.streaming or (view.scene is not None and view.scene.busy):
                still = time.perf_counter()


def _shows(desk: Any) -> bool:
    """Whether something of a linked file is in the picture."""
    scene = desk.window.view.scene
    return scene is not None and scene._linked.shown


def _held() -> float:
    """Megabytes of this process and of its children, what they share counted once."""
    return sum(_proportional(pid) for pid in _family(os.getpid())) / 1e6


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
