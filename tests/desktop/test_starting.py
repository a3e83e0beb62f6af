"""A start: something is seen at once, and nothing is loaded that the first picture doesn't need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools.environment import variables
from twin.host.session import Session

LOADED = {
    "PySide6", "annotated_types", "duckdb", "llvmlite", "mapbox_earcut", "numba", "numpy", "pebble", "platformdirs",
    "psygnal", "pyarrow", "pydantic", "pydantic_core", "shapely", "shiboken6", "typing_extensions",
    "typing_inspection", "vtkmodules", "layers", "twin",
}  # fmt: skip
"""Packages that are there when the city is first seen. Before one is added here, measure what it costs a start."""

_RUN = """
import json, sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication, QSplashScreen
from twin.desktop import app, splash

seen = {}
shown = splash.Splash.show

def show(self):
    shown(self)
    seen["splash"] = [self.isVisible(), "twin.desktop.desk" in sys.modules, "duckdb" in sys.modules]

def until(self=None):
    application = QApplication.instance()
    window = next(one for one in application.topLevelWidgets() if one.isVisible() and hasattr(one, "view"))
    ends = time.monotonic() + 60
    while not (window.view.scene is not None and window.view.scene.shows_tiles) and time.monotonic() < ends:
        application.processEvents()
    seen["drawn"] = window.view.scene.shows_tiles
    seen["left"] = [one for one in application.topLevelWidgets() if isinstance(one, QSplashScreen) and one.isVisible()]
    seen["modules"] = sorted(sys.modules)
    seen["turn"] = sys.getswitchinterval()
    window.close()
    return 0

splash.Splash.show = show
QApplication.exec = until
app.run(Path(sys.argv[1]))
print(json.dumps(seen))
"""


@pytest.mark.parametrize("words", ["numbers with a gap", "names"])
def test_a_splash_is_seen_before_the_window_is_read_and_little_is_loaded_for_the_first_picture(city, tmp_path, words):
    # Words over features are read before the first picture as well.
    if words == "names":
        city = tmp_path / "sample.balad"
        with Session(city) as session:
            session.run("sample", buildings=300)
    with Session.open(city) as session:
        session.run("label-layer", layer="buildings", column="name" if words == "names" else "year")
    command = [sys.executable, "-c", _RUN, str(city)]
    done = subprocess.run(command, check=False, env=variables(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["splash"] == [True, False, False]
    assert seen["drawn"]
    assert seen["left"] == []
    assert seen["turn"] <= 0.001, "who draws waits for the turns of other threads"
    tops = {name.partition(".")[0] for name in seen["modules"]} - sys.stdlib_module_names
    own = {name for name in tops if not name.startswith("_") and "mypyc" not in name}
    assert own - _INNER <= LOADED, "these are loaded before the first picture, and weren't before"
    assert own >= LOADED, "these are not loaded any more: take them from the list"
    assert not [name for name in seen["modules"] if name.startswith(("twin.formats", "twin.feeds"))]


_INNER = {
    "shibokensupport",
    "signature_bootstrap",
    "cython_runtime",
    "mypy_extensions",
    "sitecustomize",
    "usercustomize",
}
"""What some of them bring along under names of their own."""
