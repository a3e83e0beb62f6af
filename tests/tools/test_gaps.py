"""The benchmark of gaps feels what is done beside the frames, and says what went wrong there."""

from __future__ import annotations

import threading
import time

import pytest

from tests.benchmarks import gaps


class Still:
    """A scene with nothing under way."""

    def wait(self):
        pass


def test_frames_that_wait_for_the_work_are_told_from_calm_ones():
    working, drawn = threading.Event(), [0]

    def work():
        working.set()
        ends = drawn[0] + 4
        waits = time.monotonic() + 0.2
        while drawn[0] < ends and time.monotonic() < waits:
            time.sleep(0.001)

    def draw():
        drawn[0] += 1
        time.sleep(0.0005)
        return 3.0 if working.is_set() and drawn[0] % 2 else 1.0

    # The calm frames after the work must be calm again: what is felt is over with it.
    def calm_again():
        working.clear()

    still = Still()
    still.wait = calm_again
    p99, longest = gaps.felt("working", still, draw, work)
    assert (p99["name"], longest["name"]) == ("gap.working.p99", "gap.working.longest")
    assert longest["ratio"] == 3.0
    assert longest["calm"] == p99["calm"] == 1.0
    assert longest["frames"] >= 100


def test_work_that_fails_beside_the_frames_is_not_passed_over():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(gaps.felt("failing", Still(), lambda: 1.0, fail))
