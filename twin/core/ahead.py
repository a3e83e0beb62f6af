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
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="ahead")
    waiting: deque[Future[Made]] = deque()
    try:
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > _WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Whoever stops half-way waits for what is begun, and for nothing else.
        pool.shutdown(cancel_futures=True)
