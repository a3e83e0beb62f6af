"""The window's figures: to the whole city on the screen, the language, a search; run in a process of their own.

``python -m tests.benchmarks.window CITY`` prints one JSON object of seconds; ``--bare`` prints those of a bare window.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from twin.desktop.desk import Desk
    from twin.desktop.view import View

_TIMES = 5


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    gc.disable()
    print(json.dumps(bare() if "--bare" in words else ours(Path(words[0]))), flush=True)
    return 0


def ours(city: Path) -> dict[str, float]:
    """From the process's beginning to the sample whole on the screen; then what a person waits for most.

    In the order of ``app.run``: what takes long to import comes while the splash is seen and the card is tried.
    """
    from PySide6.QtWidgets import QApplication

    from twin.core.priority import screen
    from twin.core.settings import Settings
    from twin.desktop import gpu, theme
    from twin.desktop.splash import Splash

    screen.begin()
    trial = gpu.Trial()
    application = QApplication([])
    theme.dress(application, "light")
    splash = Splash("light", city.name)
    application.processEvents()
    from twin.desktop.desk import Desk

    trial.said()
    desk = Desk(Settings(reduced_motion=True, tips_read=True))
    desk.window.resize(1600, 940)
    desk.window.show()
    splash.finish(desk.window)
    desk.opening.open(city)
    view = desk.window.view

    def until(done: Callable[[], bool]) -> float:
        while not done():
            application.processEvents()
            time.sleep(0.001)
        return _age()

    # Every building stands on its ground, whose shade may still be a sketch.
    until(lambda: view.scene is not None and view.scene.complete)
    view.repaint()
    seen = _age()
    whole = until(lambda: view.scene is not None and not view.streaming)
    desk.window.trigger("table")
    until(lambda: desk.window.table.rows.count > 0)
    languages = [_timed(lambda: _switched(desk, application)) for _ in range(_TIMES)]
    frames = [_timed(lambda: _drawn(view)) for _ in range(_TIMES)]
    session = desk.session
    finds = [_timed(lambda: session.city.find("hamra tower")) for _ in range(_TIMES)] if session else []
    desk.window.close()
    return {
        "seen": seen,
        "whole": whole,
        "language": max(languages),
        "frame": _middle(frames),
        "find": _middle(finds),
    }


def bare() -> dict[str, float]:
    """A window of Qt with one picture of VTK in it, and nothing else."""
    from PySide6.QtGui import QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QLabel

    from twin.scene import offscreen

    application = QApplication([])
    label = QLabel()
    rows = offscreen.blank((1600, 940))
    image = QImage(rows.tobytes(), 1600, 940, 3 * 1600, QImage.Format.Format_RGB888)
    label.setPixmap(QPixmap.fromImage(image))
    label.show()
    application.processEvents()
    label.repaint()
    return {"seen": _age()}


def _switched(desk: Desk, application: QApplication) -> None:
    desk.window.trigger("language")
    desk.window.repaint()
    application.processEvents()


def _drawn(view: View) -> None:
    view.draw()
    view.repaint()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _age() -> float:
    """Seconds since this process began."""
    if sys.platform.startswith("linux"):
        # psutil counts from a boot time that is told in whole seconds.
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    import psutil  # type: ignore[import-untyped]

    return time.time() - float(psutil.Process().create_time())


def _middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
