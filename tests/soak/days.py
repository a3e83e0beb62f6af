"""Days of use in a hurry: tiles come and go, colours change, cities are opened; memory must not grow with any of it."""

from __future__ import annotations

import ctypes
import gc
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools.environment import variables

ROOM = 160
"""MB that memory may grow by: allocators, and a card that is software, take room in steps of 64 and keep it."""
_LOOKS = 24
"""How often memory is looked at. The least of a third counts: while a shade is baked there are two of it."""
_WARM = 60
"""Steps until shaders, pictures of the shade and allocators have what they need."""
_SIZE = (640, 360)
_TILES = 2 << 20
"""Bytes of tiles that are kept while tiles come and go: few, so that they do."""


@dataclass
class Outcome:
    """What was done, and MB of resident memory in the first third of it and in the last."""

    loads: int = 0
    recolours: int = 0
    openings: int = 0
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def watch(self, name: str, times: int, once: Callable[[], int]) -> int:
        """Do it until it was done so many times, each saying how many it was."""
        done, seen = 0, []
        while done < times:
            done += once()
            if done >= len(seen) * times / _LOOKS:
                seen.append(resident())
        first, last = min(seen[: len(seen) // 3 + 1]), min(seen[-(len(seen) // 3 + 1) :])
        self.memory[name] = (round(first, 1), round(last, 1))
        if last > first + ROOM:
            self.faults.append(f"{name}: from {first:.0f} MB to {last:.0f} MB")
        return done


def live(city: Path, loads: int, recolours: int, openings: int, seed: int) -> Outcome:
    """So many tiles that come (and as many that go), new colours of all buildings, and openings of the city."""
    from twin.host.session import Session
    from twin.scene import offscreen
    from twin.scene.scene import Scene

    outcome, chance = Outcome(), random.Random(seed)
    window = offscreen.hidden()
    with Session.open(city) as session:
        scene = Scene(window, session.tiles, cache=_TILES)
        try:
            for n in range(_WARM):
                _walked(scene, window, chance, 5_000 if n % 6 == 0 else 0)
            outcome.loads = outcome.watch("loads", loads, lambda: _walked(scene, window, chance))
            two = _overlays(session.tiles)
            outcome.recolours = outcome.watch("recolours", recolours, lambda: _recoloured(scene, window, two))
        finally:
            scene.close()

    def opened() -> int:
        with Session.open(city) as session:
            scene = Scene(window, session.tiles)
            try:
                scene.wait()
                offscreen.draw(window, _SIZE)
            finally:
                scene.close()
        return 1

    outcome.openings = outcome.watch("openings", openings, opened)
    window.Finalize()
    return outcome


def apart(city: Path, loads: int, recolours: int, openings: int, seed: int) -> dict[str, Any]:
    """The same in a process of its own, whose threads share one arena: each of their own would hide what grows."""
    command = [sys.executable, "-m", "tests.soak.days", str(city), *map(str, (loads, recolours, openings, seed))]
    own = {**variables(), "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, env=own, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def resident() -> float:
    """MB, without what the allocator holds back for later."""
    import psutil  # type: ignore[import-untyped]

    gc.collect()
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).malloc_trim(0)
    return float(psutil.Process().memory_info().rss) / 1e6


def _walked(scene: Any, window: Any, chance: random.Random, away: float = 0) -> int:
    """A step to somewhere else, ``away`` metres from it; how many tiles came."""
    from twin.model.view import Camera
    from twin.scene import offscreen

    west, south, _, east, north, _ = scene.extent("buildings")
    before = set(scene._stage.there)
    at = {"east": chance.uniform(west, east), "north": chance.uniform(south, north)}
    scene.look(Camera(**at, distance=away or chance.choice((250, 900)), azimuth=chance.uniform(0, 360), pitch=-35))
    scene.wait()
    offscreen.draw(window, _SIZE)
    return len(set(scene._stage.there) - before)


def _overlays(source: Any) -> list[Any]:
    from twin.model.style import Colouring
    from twin.scene.colours import overlays

    return [overlays(source, {"buildings": Colouring(column="height", ramp=name)}) for name in ("energy", "water")]


def _recoloured(scene: Any, window: Any, two: list[Any]) -> int:
    from twin.scene import offscreen

    for n in range(20):
        scene.colour(two[n % 2])
    offscreen.draw(window, _SIZE)
    return 20


if __name__ == "__main__":
    print(json.dumps(asdict(live(Path(sys.argv[1]), *map(int, sys.argv[2:])))))  # type: ignore[arg-type]
