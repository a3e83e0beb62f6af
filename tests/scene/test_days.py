"""Memory stays flat however long the city is walked through, coloured and opened again: the short form of the soak."""

from __future__ import annotations

import pytest

from tests.command import answered
from tests.soak.days import apart


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("days") / "sample.balad"
    answered("sample", path, "--buildings", 3000)
    return path


def test_memory_stays_flat(sample):
    outcome = apart(sample, loads=200, recolours=400, openings=6, seed=7)
    assert outcome["faults"] == []
    assert outcome["loads"] >= 200
    assert outcome["recolours"] >= 400
    assert outcome["openings"] == 6
