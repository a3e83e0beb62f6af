"""A package installed outside the program brings a kind, a reader and a command; they are used in the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import packages

PROGRAM = Path(__file__).resolve().parents[2]
_RAISING = 'raise ValueError("it is broken")\n'
_KIND = 'KIND, VERSION, COLUMNS = "a", 1, ()\n'
BROKEN = {
    "broken/plugin.toml": """
id = "broken"
api = 1
version = "1.0"
layers = [
  { id = "encoding", run = "broken.encoding" },
  { id = "loading", run = "broken.raising" },
  { id = "meshing", run = "broken.meshing" },
]
readers = [
  { id = "broken.reading", run = "broken.reading:fail", when = ".reading" },
  { id = "broken.importing", run = "broken.raising:read", when = ".importing" },
  { id = "broken.nothing", run = "broken.reading:nothing", when = ".nothing" },
  { id = "broken.kinds", run = "broken.reading:read", when = ".encoding .loading .meshing .nobody" },
]
commands = [{ id = "broken.asking", run = "broken.reading:ask" }, { id = "broken.gone", run = "broken.raising:ask" }]
""",
    "broken/raising.py": _RAISING,
    "broken/encoding.py": f"{_KIND}def encode(table):\n    {_RAISING}mesh = encode\n",
    "broken/meshing.py": f'{_KIND}def encode(table):\n    return b"x"\ndef mesh(payload, level):\n    {_RAISING}',
    "broken/reading.py": f"""
import geopandas
from shapely import Point
def read(path):
    frame = geopandas.GeoDataFrame({{"n": [1]}}, geometry=[Point(39.149, 21.52)], crs="EPSG:4326")
    frame.attrs["kind"] = path.suffix[1:]
    return frame
def nothing(path):
    return None
def fail(path):
    {_RAISING}
def ask(city):
    {_RAISING}""",
    "newer/plugin.toml": 'id = "newer"\napi = 99\nversion = "1"\n',
    "torn/plugin.toml": "id = ",
    "odd/plugin.toml": 'id = "odd"\napi = 1\nversion = "1"\ncommands = [{ id = "a", wrong = "b" }]\n',
}


def test_a_packages_kind_reader_and_command_are_used_in_the_window(tmp_path: Path) -> None:
    site = packages.installed(tmp_path)
    survey = packages.survey(tmp_path / "survey.tanks")
    for name, text in BROKEN.items():
        (tmp_path / "named" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "named" / name).write_text(text, encoding="utf-8")
    own = {
        **os.environ,
        "PYTHONPATH": f"{PROGRAM}{os.pathsep}{site}",
        "BALAD_PLUGINS": str(tmp_path / "named"),
        "BALAD_TEST_SURVEY": str(survey),
    }
    command = [sys.executable, "-m", "pytest", "tests/desktop/outside.py"]
    done = subprocess.run(command, cwd=PROGRAM, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
