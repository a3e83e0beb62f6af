"""What the screen feels of the work beside it: the 99th of a hundred frames and the longest, against calm ones."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.drawing import SIZE, cameras
from tests.benchmarks.footprints import CRS, written
from tests.benchmarks.rows import Row, median, row, timed
from twin.core.priority import give_way, screen

_CALM, _BUSY = 50, 100
"""Frames before and after the work, and at least while it is done."""
_TAKEN_IN = 100_000
"""Footprints of an import."""
_WITHIN = (513_500.0, 2_376_000.0)
"""Where an import's footprints begin: in the city, as most of what comes to one. Beyond its edge, once it is in, two
frames are longer, in which another ground and its shade go to the card."""
_PAUSE = 0.3
"""Seconds between two pieces of work, as a hand makes them."""


def rows(size: int, city: Path) -> Iterator[Row]:
    """While sorting, while importing, and while all buildings change their colours with each frame.

    The work is done as beside a window, on a thread that gives way to it.
    """
    from twin.host.session import Session
    from twin.scene import offscreen
    from twin.scene.listing import Listing
    from twin.scene.scene import Scene

    screen.begin()
    with tempfile.TemporaryDirectory() as folder, Session.open(_copied(city, folder)) as session:
        file = written(_TAKEN_IN, Path(folder), "parquet", CRS, _WITHIN)
        window = offscreen.hidden()
        scene = Scene(window, session.tiles)
        try:
            scene.viewport = SIZE
            scene.look(cameras(size)["overview"])

            def draw() -> float:
                return timed(lambda: offscreen.draw(window, SIZE))

            listings: list[Listing] = []
            # What has come is taken and not drawn, so that each frame has its like; drawing it is streaming.
            scene.show(frozenset(layer.id for layer in session.city.layers() if layer.visible))

            def taken_in() -> None:
                session.run("import", file=file)
                # Asked for beside the window's thread, as the window does.
                listings.append(Listing.of(session.tiles))

            def drawn_in() -> float:
                """A frame with what has come into the city, as the window takes it."""
                began = time.perf_counter()
                if listings:
                    scene.reload(listings.pop())
                scene.pump()
                draw()
                return time.perf_counter() - began

            yield from felt("sorting", scene, draw, lambda: _sorted(session))
            yield from felt("importing", scene, drawn_in, taken_in)
            yield from recoloured(scene, session.tiles, draw)
        finally:
            scene.close()
            window.Finalize()


def felt(name: str, scene: Any, draw: Callable[[], float], work: Callable[[], Any]) -> Iterator[Row]:
    """Frames while another thread does a piece of work again and again, beside those before and after it."""
    calm = _calm(scene, draw)
    with beside(work) as done:
        busy = [draw() for _ in range(_BUSY)]
        while not done.is_set():
            busy.append(draw())
    yield from _two(name, busy, calm + _calm(scene, draw))


def recoloured(scene: Any, source: Any, draw: Callable[[], float]) -> Iterator[Row]:
    """Frames with another colour of each building, each beside one that keeps it."""
    from twin.model.style import Colouring
    from twin.scene.colours import overlays

    two = [overlays(source, {"buildings": Colouring(column="height", ramp=name)}) for name in ("energy", "water")]
    scene.colour(two[0])
    scene.wait()
    draw()
    calm, busy = [], []
    for n in range(_BUSY):
        calm.append(draw())
        busy.append(timed(lambda n=n: scene.colour(two[(n + 1) % 2])) + draw())
    yield from _two("recolouring", busy, calm)


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[threading.Event]:
    """Do a piece of work again and again on another thread; gives what is set when it was done once."""
    over, done, failed = threading.Event(), threading.Event(), list[Exception]()

    def again() -> None:
        give_way()
        try:
            while not over.is_set():
                work()
                done.set()
                over.wait(_PAUSE)
        except Exception as why:  # noqa: BLE001  raised again where the frames are drawn
            failed.append(why)
            done.set()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]


def _calm(scene: Any, draw: Callable[[], float]) -> list[float]:
    scene.wait()
    draw()
    return [draw() for _ in range(_CALM)]


def _two(name: str, busy: list[float], calm: list[float]) -> Iterator[Row]:
    """``calm`` says how far calm frames were off by themselves: what others do on this machine is felt as well."""
    steady = median(calm)
    for words, share in (("p99", 0.99), ("longest", 1.0)):
        value, alone = (float(np.quantile(frames, share)) for frames in (busy, calm))
        found = row(f"gap.{name}.{words}", value, "s", steady)
        yield {**found, "frames": len(busy), "calm": round(alone / steady, 3)}


def _copied(city: Path, folder: str) -> Path:
    return Path(shutil.copy(city, folder))


def _sorted(session: Any) -> None:
    from twin.store.finding import Query

    session.city.ordered("buildings", Query(order="parcel"))
