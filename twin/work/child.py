"""What runs in the child process: one job at a time, in bounded memory, its end told in words."""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from twin.core.errors import ReaderFailed, TooLarge, TwinError
from twin.core.i18n import Digits, Language, mark, tongue
from twin.core.priority import give_way_whole

_EVERY = 0.05
"""Seconds between two reports of progress."""
_WORDS = 500
"""A report stays below the size that a pipe writes in one piece, so that it needs no lock a killed child could keep."""


@dataclass(frozen=True)
class Order:
    """A job as it crosses to the child."""

    number: int
    run: Callable[..., Any]
    arguments: tuple[Any, ...]
    memory: int
    language: Language
    digits: Digits
    path: str | None


@dataclass(frozen=True)
class Outcome:
    """A job's end as it crosses back."""

    value: Any = None
    error: TwinError | None = None
    trace: str = ""
    """For the log, never for a person."""


_reports: list[Connection] = []


def begin(reports: Connection, folder: str, preload: tuple[str, ...] = (), screen: bool = False) -> None:
    """Prepare a fresh child: what it or a crash prints goes to a file, and it ends with its parent.

    It gives way where its parent has a ``screen``.
    """
    _reports.append(reports)
    if screen:
        give_way_whole()
    log = os.open(Path(folder) / f"{os.getpid()}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    sys.stdout = sys.stderr = open(log, "w", encoding="utf-8", errors="replace", buffering=1)  # noqa: SIM115, PTH123
    faulthandler.enable(sys.stderr)
    os.environ["PROJ_NETWORK"] = "OFF"
    # A thread's stack and a numeric library's pool count as address space, which is what is bounded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    for module in preload:
        importlib.import_module(module)


def work(order: Order) -> Outcome:
    """Do one job; whatever goes wrong comes back as an outcome."""
    if (tongue.language, tongue.digits) != (order.language, order.digits):
        tongue.set(order.language, order.digits)
    try:
        with _bounded(order.memory):
            value = order.run(*order.arguments, _Progress(order.number))
            _give_back()
            return Outcome(value)
    except TwinError as error:
        return Outcome(error=error, trace=traceback.format_exc())
    except MemoryError:
        words = mark("It needs more memory than the {limit} MB that a job may take: take a part of it.")
        return Outcome(error=TooLarge(words, order.path, limit=order.memory >> 20), trace=traceback.format_exc())
    except Exception:  # noqa: BLE001  a reader meets hostile files: any failure is an answer
        trace = traceback.format_exc()
        return Outcome(
            error=ReaderFailed(
                "The file could not be read: something in it was not foreseen. Copy it again from where it came "
                "from, or export it anew; the log has more.",
                order.path,
            ),
            trace=trace,
        )


class _Progress:
    """Reports to the parent, not more often than a person can see."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._last = 0.0

    def __call__(self, fraction: float, words: str = "") -> None:
        now = time.monotonic()
        if now - self._last >= _EVERY or fraction >= 1:
            self._last = now
            with suppress(OSError):
                _reports[-1].send((self.number, float(fraction), words[:_WORDS]))


def _give_back() -> None:
    """Let the system have what a job is done with: a warm child waits beside what the parent does next."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def _bounded(memory: int) -> Iterator[None]:
    """Bound the address space on top of what the child already has; elsewhere than on Linux the parent watches."""
    if sys.platform != "linux":
        yield
        return
    import resource

    had = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = had + memory if hard == resource.RLIM_INFINITY else min(had + memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _end_with_parent(folder: str) -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        # A parent that was killed left this behind.
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)
