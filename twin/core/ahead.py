"""Work on the next pieces while the last one is written down: geometry's C libraries leave Python free."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_THREADS = min(4, os.cpu_count() or 1)
_WAITING = _THREADS + 1
"""Pieces held in memory at once."""

Piece = TypeVar("Piece")
Made = TypeVar("Made")


def ahead(work: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
    """``map`` on a few threads, in order; what ``work`` raises is raised in its turn."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="ahead") as pool:
        waiting: deque[Future[Made]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > _WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
