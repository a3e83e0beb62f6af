"""Superblocks built by several processes: each is told where, and answers with what is kept of it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

from sample_data.jeddah.superblock import Superblock, build
from twin.api import TwinError, mark

Cell = tuple[int, int]
_ALONE = 40_000
"""Buildings up to which more processes cost more than they bring."""
_MOST = 4
_AHEAD = 3
"""Superblocks that are under way or wait for their turn, for each process."""


def superblocks(cells: Iterable[Cell], seed: int, wanted: int) -> Generator[Superblock | None]:
    """What is built in each cell, in their order; close it when there is enough."""
    count = min(_MOST, os.cpu_count() or 1)
    if count == 1 or wanted <= _ALONE:
        yield from (build(*cell, seed) for cell in cells)
        return
    with ExitStack() as stack:
        idle: SimpleQueue[_Builder] = SimpleQueue()
        for _ in range(count):
            idle.put(stack.enter_context(closing(_Builder())))
        pool = ThreadPoolExecutor(count, thread_name_prefix="crew")
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from _ahead(pool, cells, seed, idle, count * _AHEAD)


def _ahead(
    pool: ThreadPoolExecutor, cells: Iterable[Cell], seed: int, idle: SimpleQueue[_Builder], most: int
) -> Iterator[Superblock | None]:
    def ask(cell: Cell) -> Superblock | None:
        builder = idle.get()
        try:
            return builder.build(cell, seed)
        finally:
            idle.put(builder)

    waiting: deque[Future[Superblock | None]] = deque()
    for cell in cells:
        waiting.append(pool.submit(ask, cell))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class _Builder:
    """One process; it ends when nobody holds the other end of its pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def build(self, cell: Cell, seed: int) -> Superblock | None:
        """Ask for a superblock and wait for it."""
        process: Any = self._process
        try:
            pickle.dump((*cell, seed), process.stdin)
            process.stdin.flush()
            return cast("Superblock | None", pickle.load(process.stdout))  # noqa: S301  our own process
        except (EOFError, OSError) as why:
            words = mark("A process that builds the sample ended, perhaps for want of memory: try fewer buildings.")
            raise TwinError(words) from why

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def _answer() -> None:
    # What is printed by accident must not mix with the answers.
    sys.stdout = sys.stderr
    with suppress(EOFError, BrokenPipeError), open(0, "rb") as asked, open(1, "wb") as answers:
        while True:
            found = build(*pickle.load(asked))  # noqa: S301  from the process that started this one
            pickle.dump(found, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    _answer()
