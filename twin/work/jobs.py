"""Jobs: work in child processes, bounded in time and memory, cancelled at will; a crash there is words here.

A child is spawned, kept warm for the next job, and replaced when it dies. It never runs the caller's ``__main__``, so
a job's function must be found by module and name.
"""

from __future__ import annotations

import itertools
import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as Timeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pebble import ProcessExpired, ProcessPool

from twin.core import scratch
from twin.core.errors import Cancelled, ReaderFailed, Refused, TooLarge, TwinError
from twin.core.i18n import mark, tongue
from twin.core.priority import screen
from twin.work import child
from twin.work.spawning import Spawning

Report = Callable[[float, str], None]
_HEARTBEAT = 0.2
_log = logging.getLogger("balad")
# Where nobody set a log up, Python would print our tracebacks to a person.
_log.addHandler(logging.NullHandler())


class Job:
    """Work under way in a child process."""

    def __init__(self, number: int, title: str, bounds: tuple[float, int], path: str | None, report: Report | None):
        self.number = number
        self.title = title
        self.timeout, self.memory = bounds
        self.path = path
        self.fraction = 0.0
        self.words = ""
        self.report = report
        self.too_large = False
        self.cancelled = False
        self.future: Any = None
        self.settled = threading.Event()
        """Set when its end has been written to the log."""

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return bool(self.future.done())

    def cancel(self) -> None:
        """Stop it; its process dies within a moment."""
        self.cancelled = True
        self.future.cancel()

    def result(self, wait: float | None = None) -> Any:
        """What the function returned; Cancelled, TooLarge, ReaderFailed or the function's own TwinError otherwise."""
        try:
            outcome: child.Outcome = self.future.result(wait)
            self.settled.wait(1)
        except CancelledError:
            raise Cancelled("“{title}” was stopped.", title=self.title) from None
        except Timeout:
            if not self.done():
                raise
            words = mark("“{title}” took longer than {seconds} s and was stopped.")
            raise TooLarge(
                words, self.path, title=self.title, seconds=self.timeout if self.timeout % 1 else int(self.timeout)
            ) from None
        except ProcessExpired as why:
            self.settled.wait(1)
            raise self._died(why) from None
        except Exception as why:  # noqa: BLE001  whatever the pool raises is a failed job, in words
            _log.exception("job %s", self.title)
            raise ReaderFailed("“{title}” failed: {why}", self.path, title=self.title, why=str(why)) from None
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def _died(self, why: ProcessExpired) -> TwinError:
        if self.cancelled:
            return Cancelled("“{title}” was stopped.", title=self.title)
        if self.too_large:
            words = mark("It needs more memory than the {limit} MB that a job may take: take a part of it.")
            return TooLarge(words, self.path, limit=self.memory >> 20)
        words = mark(
            "The process that did “{title}” died (code {code}). Nothing was changed; the file may be "
            "damaged. Copy it again from where it came from, or export it anew."
        )
        return ReaderFailed(words, self.path, title=self.title, code=str(why.exitcode))


class Jobs:
    """The child processes of a session; close it and none is left."""

    def __init__(self, workers: int = 1, preload: tuple[str, ...] = ()) -> None:
        self.workers = workers
        self.preload = preload
        self._numbers = itertools.count(1)
        self._running: dict[int, Job] = {}
        self._lock = threading.RLock()
        self._pool: ProcessPool | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._reports: Connection | None = None
        self._closed = False

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        title: str,
        timeout: float,
        memory: int,
        progress: Report | None = None,
        path: str | Path | None = None,
    ) -> Job:
        """Start ``function(*args, progress)`` in a child: ``timeout`` in seconds, ``memory`` in bytes.

        ``progress`` is called on a thread of its own, now and then also where nothing new is known; where it raises
        Cancelled, the job is stopped.
        """
        with self._lock:
            if self._closed:
                raise Refused("The program is closing: nothing new is started.")
            job = Job(next(self._numbers), title, (timeout, memory), None if path is None else str(path), progress)
            order = child.Order(job.number, function, args, memory, tongue.language, tongue.digits, job.path)
            job.future = self._schedule(order, timeout)
            self._running[job.number] = job
        job.future.add_done_callback(lambda _: self._ended(job))
        return job

    def running(self) -> list[Job]:
        """The jobs that have not ended, oldest first."""
        with self._lock:
            return list(self._running.values())

    def rest(self) -> None:
        """Let children go that have nothing to do, with the memory that they hold; the next job begins one anew."""
        with self._lock:
            if any(not job.future.done() for job in self._running.values()):
                return
            pool, self._pool = self._pool, None
        _stop(pool)

    def close(self) -> None:
        """Stop every job and every child."""
        with self._lock:
            self._closed = True
            running = self.running()
            pool, self._pool = self._pool, None
        # The pool's own threads tell of each job's end and ask for the lock: nobody who waits for them may hold it.
        for job in running:
            job.cancel()
        _stop(pool)
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _schedule(self, order: child.Order, timeout: float) -> Any:
        for _ in range(2):
            pool = self._pool or self._start()
            try:
                return pool.schedule(child.work, args=(order,), timeout=timeout)
            except (RuntimeError, BrokenProcessPool):
                # Pebble gives a whole pool up when an idle child dies; a fresh one takes its place.
                self._drop_pool()
        raise ReaderFailed("No process could be started for “{title}”.", order.path, title=order.path or "")

    def _start(self) -> ProcessPool:
        context = Spawning()
        self._folder = self._folder or TemporaryDirectory(
            dir=scratch.room(), prefix="jobs-", ignore_cleanup_errors=True
        )
        self._reports, writing = context.Pipe(duplex=False)
        arguments = (writing, self._folder.name, self.preload, screen.there)
        self._pool = ProcessPool(self.workers, initializer=child.begin, initargs=arguments, context=context)
        # The pool holds the writing end too, for children to come: the listener ends with the pool, not by end of file.
        threading.Thread(target=self._listen, args=(self._pool, self._reports), daemon=True, name="jobs").start()
        return self._pool

    def _drop_pool(self) -> None:
        pool, self._pool = self._pool, None
        _stop(pool)

    def _listen(self, pool: ProcessPool, reports: Connection) -> None:
        while self._pool is pool:
            try:
                news = reports.recv() if reports.poll(_HEARTBEAT) else None
            except (OSError, EOFError):
                return
            if news is not None and (job := self._running.get(news[0])):
                job.fraction, job.words = news[1:]
                self._tell(job)
            elif news is None:
                for job in self.running():
                    self._tell(job)
                    if sys.platform != "linux":
                        self._watch(job)
        reports.close()

    def _tell(self, job: Job) -> None:
        if job.report is None or job.done():
            return
        try:
            job.report(job.fraction, job.words)
        except Cancelled:
            job.cancel()
        except Exception:  # noqa: BLE001  a listener's fault is not the job's
            _log.exception("the progress of %s", job.title)

    def _watch(self, job: Job) -> None:
        """Where the system bounds no address space, look how much the children have."""
        import psutil  # type: ignore[import-untyped]

        for process in psutil.Process().children():
            if process.memory_info().rss > job.memory:
                job.too_large = True
                process.kill()

    def _ended(self, job: Job) -> None:
        with self._lock:
            self._running.pop(job.number, None)
        try:
            self._keep_trace(job)
        finally:
            job.settled.set()

    def _keep_trace(self, job: Job) -> None:
        if job.future.cancelled():
            return
        why = job.future.exception()
        if isinstance(why, ProcessExpired) and self._folder is not None:
            trace = Path(self._folder.name) / f"{why.pid}.log"
            _log.error("job %s: %s\n%s", job.title, why, trace.read_text("utf-8", "replace") if trace.exists() else "")
        elif why is None and (outcome := job.future.result()).trace:
            level = logging.INFO if type(outcome.error) not in (ReaderFailed, TooLarge) else logging.ERROR
            _log.log(level, "job %s\n%s", job.title, outcome.trace)


def _stop(pool: ProcessPool | None) -> None:
    if pool is not None:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
