"""How fast a city is drawn: to its first picture and its whole one, each frame, each new colour, each click."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.bare import merged
from tests.benchmarks.lettered import Lettered, named
from tests.benchmarks.rows import Row, median, resident, row, timed

SIZE = (1280, 720)
FRAMES = 60
PIXELS = 1_000
LEVELS = 8
"""Differences of so many levels in a channel are seen."""


def cameras(size: int) -> dict[str, Any]:
    """The cameras of the committed file; the overview stands back as the city grows."""
    from twin.model.view import Camera

    said = json.loads(Path(__file__).with_name("cameras.json").read_text(encoding="utf-8"))
    return {name: Camera(**_grown(one, size)) for name, one in said.items()}


def _grown(said: dict[str, Any], size: int) -> dict[str, Any]:
    if said.pop("grows", False):
        said["distance"] *= math.sqrt(size / 20_000)
    return said


def rows(size: int, city: Path, folder: Path, frames: int = FRAMES) -> Iterator[Row]:
    """All figures of one size; ``folder`` is for what the script by hand reads."""
    from twin.host.session import Session
    from twin.scene import offscreen
    from twin.scene.listing import Listing
    from twin.scene.scene import Scene

    at = cameras(size)
    hand = by_hand(city, at["overview"], folder)
    window = offscreen.hidden()
    offscreen.draw(window, SIZE)
    began = time.perf_counter()
    session = Session.open(city)
    scene = Scene(window, session.tiles, Listing.of(session.tiles))
    try:
        scene.viewport = SIZE
        scene.look(at["overview"])
        yield from streamed(scene, window, began, hand)
        scene.wait()
        offscreen.draw(window, SIZE)
        Lettered(session.city, scene, window)()
        yield row("memory.overview", resident(), "MB", hand["memory"])
        lettered = Lettered(named(session.city), scene, window)
        for name, camera in at.items():
            yield from framed(scene, window, camera, name, hand, frames, lettered)
        yield from recoloured(scene, window, session.tiles)
        for name, camera in at.items():
            yield from picked(scene, camera, name)
            yield from selected(scene, camera, name)
        yield from refined(scene, window, session.tiles, at)
    finally:
        scene.close()
        window.Finalize()
        session.close()


def streamed(scene: Any, window: Any, began: float, hand: dict[str, float]) -> Iterator[Row]:
    """From opening to the first picture and to the whole one, as the window pumps; and the longest gap on the way."""
    from twin.scene import offscreen

    first, gaps, took, drawn, turn = 0.0, [], 0.0, began, -1
    while True:
        started = time.perf_counter()
        scene.pump()
        whole = not scene.loading
        due = time.perf_counter() - drawn > max(0.12, 1.5 * took)
        if scene.turn != turn and scene.shows_tiles and (due or whole or not first):
            turn = scene.turn
            took = timed(lambda: offscreen.draw(window, SIZE))
            drawn = time.perf_counter()
            first = first or drawn - began
        gaps.append(time.perf_counter() - started)
        if whole:
            break
        time.sleep(0.005)
    yield row("scene.first", first, "s", hand["whole"])
    yield row("scene.whole", time.perf_counter() - began, "s", hand["whole"])
    steady = median([timed(lambda: offscreen.draw(window, SIZE)) for _ in range(5)])
    yield row("gap.streaming", max(gaps), "s", max(2 * steady, 0.150))


def framed(
    scene: Any, window: Any, camera: Any, name: str, hand: dict[str, float], frames: int, ours: Callable[..., object]
) -> Iterator[Row]:
    """Frames of a turning camera with their letters, each beside the same triangles as one bare mesh a material."""
    from twin.scene import offscreen

    took, bare = [], []
    scene.look(camera)
    scene.wait()
    one = merged(scene)
    for n in range(frames):
        turned = camera.model_copy(update={"azimuth": camera.azimuth + 0.02 * n})
        # Choosing the tiles and the words is part of a frame; the bare meshes need neither.
        took.append(timed(lambda turned=turned: (scene.look(turned), ours(moving=True))))
        with one:
            bare.append(timed(lambda: offscreen.draw(window, SIZE)))
    yield row(f"frame.{name}", median(took), "s", median(bare))
    yield row(f"frame.{name}.p99", float(np.quantile(took, 0.99)), "s", float(np.quantile(bare, 0.99)))
    if name == "overview":
        yield row("frame.overview.by_hand", median(took), "s", hand["frame"])


def recoloured(scene: Any, window: Any, source: Any) -> Iterator[Row]:
    """The work beside the frame that a new colour of all buildings takes, against handing it to each vertex."""
    from twin.model.style import Colouring
    from twin.scene import offscreen
    from twin.scene.colours import overlays

    two = [overlays(source, {"buildings": Colouring(column="height", ramp=name)}) for name in ("energy", "water")]
    count = len(two[0]["buildings"].fids)
    table, which = np.zeros((count, 4), np.uint8), np.repeat(np.arange(count), 25)
    plain = median([timed(lambda: np.take(table, which, axis=0)) for _ in range(5)])
    ours = []
    for n in range(10):
        ours.append(timed(lambda n=n: scene.colour(two[n % 2])))
        offscreen.draw(window, SIZE)
    yield row("recolour", median(ours[2:]), "s", plain)
    scene.colour({})
    some = source.fids("buildings")[::2]
    filtered = [timed(lambda fids=fids: scene.hide("buildings", fids)) for fids in [some, None] * 5]
    yield row("recolour.filter", max(median(filtered[2::2]), median(filtered[3::2])), "s", plain)
    marked = [timed(lambda what=what: scene.mark(what)) for what in [{"buildings": some}, {}] * 5]
    yield row("recolour.selection", max(median(marked[2::2]), median(marked[3::2])), "s", plain)


def picked(scene: Any, camera: Any, name: str) -> Iterator[Row]:
    """A click's time where its tiles are foreseen, as they are for whoever holds still."""
    scene.look(camera)
    scene.wait()
    chance = np.random.default_rng(7)
    spots = [(chance.uniform(0, SIZE[0]), chance.uniform(SIZE[1] * 0.3, SIZE[1])) for _ in range(PIXELS)]
    scene.pick(*spots[0], *SIZE)
    took = [timed(lambda spot=spot: scene.pick(*spot, *SIZE)) for spot in spots]
    yield row(f"pick.{name}.p95", float(np.quantile(took, 0.95)), "s", 0.002)


def selected(scene: Any, camera: Any, name: str) -> Iterator[Row]:
    """A box over a ninth of the picture, against the bare projection of the corners of its buildings' footprints."""
    from twin.model.shapes import Targets
    from twin.scene import camera as cameras

    wide, tall = SIZE
    area = np.array(
        [(wide / 3, tall / 2), (wide * 2 / 3, tall / 2), (wide * 2 / 3, tall * 5 / 6), (wide / 3, tall * 5 / 6)]
    )
    found = scene.inside(area, SIZE, lambda _share: None)
    took = median([timed(lambda: scene.inside(area, SIZE, lambda _share: None)) for _ in range(3)])
    tiles = [scene._details.met(tile.key) for tile in scene._listing.leaves() if tile.key[0] == "buildings"]
    corners = [
        np.column_stack([t.x + t.origin[0], t.y + t.origin[1], 0 * t.x]) for t in tiles if isinstance(t, Targets)
    ]
    points = np.concatenate(corners)
    bare = median([timed(lambda: cameras.pixels(camera, points, *SIZE)) for _ in range(3)])
    yield {**row(f"select.{name}", took, "s", bare), "features": sum(map(len, found.values()))}


def refined(scene: Any, window: Any, source: Any, at: dict[str, Any]) -> Iterator[Row]:
    """The share of pixels that differ from a picture in full detail, against the two in a hundred that may."""
    from twin.model.style import Colouring
    from twin.scene import offscreen
    from twin.scene.colours import overlays

    coloured = overlays(source, {"buildings": Colouring(column="height")})
    for name, camera in at.items():
        for words, overlay in (("", {}), (".coloured", coloured)):
            scene.colour(overlay)
            pictures = []
            for tolerance in (scene.tolerance, 1e-9):
                before, scene.tolerance = scene.tolerance, tolerance
                scene.look(camera)
                scene.wait()
                pictures.append(offscreen.draw(window, SIZE).astype(int))
                scene.tolerance = before
            off = np.abs(pictures[0] - pictures[1]).max(axis=2) > LEVELS
            yield row(f"detail.{name}{words}", float(off.mean()), "share", 0.02)
    scene.colour({})


def by_hand(city: Path, camera: Any, folder: Path) -> dict[str, float]:
    """What the user's own script takes, in a process of its own; what it reads is written by another."""
    footprints = folder / f"{city.stem}.parquet"
    east, north = _said("tests.benchmarks.exported", str(city), str(footprints))
    place = {
        "origin": [east, north],
        "eye": [a - b for a, b in zip(camera.eye(), (east, north, 0.0), strict=True)],
        "at": [camera.east - east, camera.north - north, camera.height],
        "field": [camera.field],
        "far": [camera.distance],
    }
    found: dict[str, float] = _said("tests.benchmarks.by_hand", str(footprints), json.dumps(place))
    return found


def _said(module: str, *words: str) -> Any:
    done = subprocess.run([sys.executable, "-m", module, *words], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])
