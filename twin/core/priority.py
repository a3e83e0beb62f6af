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


def giving_way(work: Callable[[], T]) -> T:
    """Do something on a thread that gives way, as do those that it starts; this one stays as it is."""
    with ThreadPoolExecutor(1, thread_name_prefix="giving-way", initializer=give_way) as pool:
        return pool.submit(work).result()
