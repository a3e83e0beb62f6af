"""Killed at any moment, a city opens, and an addition is whole or absent."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from twin.store.check import check
from twin.store.city import City

_ADDING = """
import sys
from pathlib import Path
from tests.store.conftest import new
from twin.store.city import City
from twin.store.tiles import Encoder
with City.open(Path(sys.argv[1])) as city:
    layer = new("buildings", 60_000)
    print("adding", flush=True)
    city.add([layer], ("import", {}))
    city.write_tiles("buildings", Encoder("buildings", 1, lambda table: b"x" * table.num_rows))
    print("added", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_killed_addition_is_whole_or_absent(tmp_path):
    chance = random.Random(7)
    outcomes = set()
    for number in range(4):
        path = tmp_path / f"{number}.balad"
        City.create(path, "EPSG:9357").close()
        other = subprocess.Popen(
            [sys.executable, "-c", _ADDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout.readline() == b"adding\n"
        time.sleep(chance.uniform(0, 1.2))
        other.kill()
        assert other.wait() == -signal.SIGKILL
        other.stdin.close()
        other.stdout.close()
        with City.open(path) as city:
            counts = [layer.count for layer in city.layers()]
            assert counts in ([], [60_000])
            if counts:
                assert city.features("buildings", ["fid"]).num_rows == 60_000
            assert check(city).ok
            outcomes.add(len(counts))
    assert outcomes
