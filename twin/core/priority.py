"""Work that gives way to the screen: where processors are short, a frame goes first."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_NICE = 10
"""Of 19: a thread that hardly gets a turn would keep what the screen waits for, Python's own lock above all."""
_TURN = 0.0005
"""Seconds; Python's own 5 ms are felt several times in a frame."""


class _Screen:
    """Whether this process draws for a person's hand; where none waits, all work goes as fast as it can."""

    there = False

    def begin(self) -> None:
        """There is a window from now on: threads started for work give way to it, and hand over soon."""
        self.there = True
        sys.setswitchinterval(_TURN)


screen = _Screen()


def give_way() -> None:
    """This thread, and those that it starts from now on, wait where the screen needs the processor; for good.

    A system that knows priorities of whole processes alone changes nothing.
    """
    if screen.there and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))


def give_way_whole() -> None:
    """All of a process that has just begun for another's screen, on any system."""
    if sys.platform == "win32":
        import psutil  # type: ignore[import-untyped]

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(max(0, _NICE - os.nice(0)))
        _idle()


def giving_way(work: Callable[[], T]) -> T:
    """Do something on a thread that gives way, as do those that it starts for itself; this one stays as it is.

    For a library's own threads, which run no Python: they are stopped at once where a frame needs the processor.
    """

    def first() -> None:
        give_way()
        if screen.there:
            _idle()

    with ThreadPoolExecutor(1, thread_name_prefix="giving-way", initializer=first) as pool:
        return pool.submit(work).result()


def _idle() -> None:
    """A thread, or a process of one, that a frame takes the place of as soon as it wakes, not at the end of a turn.

    sched(7): among all that wait, SCHED_IDLE alone never makes another wait. Only for what holds no lock that the
    screen's thread asks for: beside what else is busy in the same session it hardly gets a turn; other sessions'
    programs share with it (autogroup).
    """
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
