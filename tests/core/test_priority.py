"""What is done beside the screen gives way to it, and nothing else does."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from twin.core import priority

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only here has each thread its own")


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority.screen, "there", True)


def nice() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def started() -> int:
    """As a thread has it that this one starts."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(nice()))
    thread.start()
    thread.join()
    return found[0]


def test_a_thread_gives_way_with_those_it_starts_and_the_one_that_asked_does_not() -> None:
    before, given = nice(), max(10, nice())
    assert priority.giving_way(lambda: (nice(), started())) == (given, given)
    assert (nice(), started()) == (before, before)


def test_giving_way_twice_is_giving_way() -> None:
    assert priority.giving_way(lambda: (priority.give_way(), nice())[1]) == max(10, nice())


def test_what_goes_wrong_there_is_heard_here() -> None:
    with pytest.raises(ZeroDivisionError):
        priority.giving_way(lambda: 1 / 0)


def test_where_there_is_no_screen_work_goes_as_fast_as_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority.screen, "there", False)
    assert priority.giving_way(lambda: (nice(), started())) == (nice(), nice())


def test_beside_a_window_threads_hand_over_soon() -> None:
    before = sys.getswitchinterval()
    try:
        priority.screen.begin()
        assert sys.getswitchinterval() < before
    finally:
        sys.setswitchinterval(before)
