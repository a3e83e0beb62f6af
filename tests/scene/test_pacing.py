"""Software GL holds no more of a frame of many points than a part of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from twin.scene import pacing

WORDS = """
import sys
from pathlib import Path
import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
from twin.model.patches import Points
from twin.scene import dots, pacing

chance = np.random.default_rng(0)
window, renderer = vtkRenderWindow(), vtkRenderer()
window.SetOffScreenRendering(1)
window.SetMultiSamples(0)
window.SetSize(800, 600)
window.AddRenderer(renderer)
paced, kept = pacing.Pacing(renderer), []
for part in range(24):
    places = (chance.random((50_000, 3)) * [100, 100, 3]).astype(np.float32)
    bare = np.zeros(len(places), np.uint8)
    points = Points((0.0, 0.0, 0.0), places, bare, bare.astype(np.uint16), np.zeros((len(places), 3), np.uint8))
    kept.append((points, dots.actor(points, points.colours, (0.0, 0.0, 0.0))))
    if sys.argv[1] == "paced":
        paced.watch(kept[-1][1], len(places))
    renderer.AddActor(kept[-1][1])
renderer.ResetCamera()
window.Render()
if not pacing.software(window):
    print("card")
    raise SystemExit
for _ in range(4):
    renderer.GetActiveCamera().Azimuth(5)
    window.Render()
window.WaitForCompletion()
lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
print(next(int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss_Anon:")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system's own files for the memory")
def test_a_frame_of_a_million_points_leaves_software_gl_little():
    plain, paced = _held("plain"), _held("paced")
    if plain is None or paced is None:
        pytest.skip("a card draws here")
    assert plain - paced > 60


def test_whoever_watches_keeps_no_renderer_alive():
    import weakref

    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

    renderer, actor = vtkRenderer(), vtkActor()
    actor.SetMapper(vtkPolyDataMapper())
    renderer.AddActor(actor)
    watching = pacing.Pacing(renderer)
    watching.watch(actor, 10)
    gone = weakref.ref(watching)
    del watching
    assert gone() is None
    actor.GetMapper().InvokeEvent("EndEvent")


def _held(how):
    """Megabytes that are the process's own; None where a card draws."""
    done = subprocess.run([sys.executable, "-c", WORDS, how], capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()[-1]
    return None if said == "card" else float(said)
