"""Cities damaged as power cuts and half copies damage them."""

from __future__ import annotations

import subprocess
import sys

from tests.store.conftest import new
from twin.store.city import City

_CHANGING = """
import os, sys
from pathlib import Path
from twin.store.city import City
city = City.open(Path(sys.argv[1]))
for number in range(200):
    city.record("note", {"number": number, "padding": "x" * 300})
print("written", flush=True)
os.kill(os.getpid(), 9)
"""


def torn(path):
    """A city that was closed once with a layer, then written to, killed, and its log torn in the middle."""
    with City.create(path, "EPSG:9357") as city:
        city.add([new("buildings", 100)], ("import", {}))
    done = subprocess.run([sys.executable, "-c", _CHANGING, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == -9 and "written" in done.stdout
    log = path.with_name(path.name + ".wal")
    body = bytearray(log.read_bytes())
    assert len(body) > 50_000
    middle = len(body) // 2
    body[middle : middle + 64] = bytes(64)
    log.write_bytes(body)
    return path
