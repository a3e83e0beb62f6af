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


def give_way() -> None:
    """This thread, and those that it starts from now on, wait where another needs the processor; for good.

    A system that knows priorities of whole processes alone changes nothing.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))


def give_way_whole() -> None:
    """The same for a whole process that has just begun, on any system."""
    if sys.platform == "win32":
        import psutil  # type: ignore[import-untyped]

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(max(0, _NICE - os.nice(0)))


def giving_way(work: Callable[[], T]) -> T:
    """Do something on a thread that gives way, as do those that it starts; this one stays as it is."""
    with ThreadPoolExecutor(1, thread_name_prefix="giving-way", initializer=give_way) as pool:
        return pool.submit(work).result()


def take_turns() -> None:
    """Have Python's threads hand over soon: who draws needs a turn several times in each frame."""
    sys.setswitchinterval(_TURN)
