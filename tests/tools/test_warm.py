"""Set-up compiles whatever a first look at a city needs: nobody waits for a compiler with a window open."""

from __future__ import annotations

import json
import subprocess
import sys

from tools.environment import variables
from twin.host.session import Session

_RUN = """
import json, sys
from importlib import import_module
from pathlib import Path
from tools.warm import KERNELS
from twin.core.kernels import numba
from twin.host.session import Session
from twin.model.style import Colouring
from twin.scene import camera, offscreen
from twin.scene.colours import overlays
from twin.scene.listing import Listing
from twin.scene.scene import Scene

def kernels():
    return {
        (module, name): set(found.signatures)
        for module, held in list(sys.modules.items())
        if module.startswith(("twin.", "layers."))
        for name, found in vars(held).items()
        if isinstance(found, numba.core.dispatcher.Dispatcher) and found.py_func.__module__ == module
    }

for name in KERNELS:
    getattr(import_module(name), "warm", lambda: None)()
before = kernels()
window = offscreen.hidden()
with Session.open(Path(sys.argv[1])) as session:
    scene = Scene(window, session.tiles, Listing.of(session.tiles))
    scene.viewport = (640, 360)
    scene.look(camera.fitting(scene.extent()))
    scene.wait()
    offscreen.draw(window, scene.viewport)
    hits = [scene.pick(x, y, 640, 360) for x in range(100, 540, 40) for y in range(120, 340, 40)]
    near = next(hit for hit in hits if hit).point
    scene.look(scene.camera.model_copy(update=dict(east=near[0], north=near[1], distance=300.0)))
    scene.wait()
    scene.colour(overlays(session.tiles, {"buildings": Colouring(column="height")}))
    scene.hide("buildings", session.tiles.fids("buildings")[::2])
    offscreen.draw(window, scene.viewport)
    scene.close()
window.Finalize()
late = {f"{module}.{name}" for (module, name), known in kernels().items() if known - before.get((module, name), set())}
print(json.dumps(sorted(late)))
"""


def test_a_first_look_at_a_city_compiles_nothing(tmp_path):
    city = tmp_path / "sample.balad"
    with Session(city) as session:
        session.run("sample", buildings=300)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(city)],
        check=False,
        env=variables(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []
