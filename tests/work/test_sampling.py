"""A sample: told as it grows, stopped at will, and nothing left behind."""

from __future__ import annotations

import os
import tempfile
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from twin.core.errors import Cancelled
from twin.store.city import City
from twin.work.jobs import Jobs
from twin.work.sampling import found_sample

RUN = "sample_data.jeddah.generate:generate"


@pytest.fixture
def context(tmp_path, monkeypatch):
    """What a command runs in, with no layer kinds: no tiles are made."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    told: list[float] = []
    with Jobs() as jobs:
        yield SimpleNamespace(
            path=tmp_path / "j.balad",
            jobs=jobs,
            kinds={},
            told=told,
            scratch=scratch,
            progress=lambda fraction, _words="": told.append(fraction),
        )


def left(context: Any) -> list[str]:
    rooms = [one for one in context.scratch.iterdir() if (one / ".owner").exists()]
    there = [one for room in rooms for one in room.iterdir() if one.name != ".owner"]
    there += [one for one in context.scratch.iterdir() if one not in rooms]
    return [one.name for one in there if not one.name.startswith("jobs-")]


def test_it_is_told_all_the_way(context):
    report = found_sample(context, RUN, 6_000, 1)
    with City.open(context.path, read_only=True) as city:
        assert city.layer("buildings").count == 6_000
    counts = {layer.id: layer.kept for layer in report.layers}
    assert counts["buildings"] == 6_000 and counts["parcels"] > 6_000
    assert context.told == sorted(context.told)
    # While it grows, while its layers are written down, while the city is filled.
    for low, high in ((0.05, 0.15), (0.15, 0.25), (0.25, 0.35), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7)):
        assert any(low < fraction <= high for fraction in context.told), (low, high)
    assert not left(context)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor builds alone")
def test_stopped_while_it_grows_it_leaves_no_process_and_no_file(context):
    builders: list[psutil.Process] = []

    def stop(fraction: float, _words: str = "") -> None:
        if fraction > 0.02:
            family = psutil.Process().children(recursive=True)
            builders.extend(one for one in family if "sample_data.jeddah.crew" in one.cmdline())
            raise Cancelled("Stopped.")

    context.progress = stop
    with pytest.raises(Cancelled):
        found_sample(context, RUN, 100_000, 1)
    assert len(builders) >= 2
    assert not psutil.wait_procs(builders, timeout=20)[1]
    assert not context.path.exists()
    assert not list(context.path.parent.glob(".*.part*"))
    assert not left(context)
