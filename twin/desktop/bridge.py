"""The one thread crossing: what workers and the store say is heard on the window's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from twin.core.errors import Cancelled, TwinError
from twin.core.priority import give_way

_log = logging.getLogger("balad")


class Bridge(QObject):
    """Carries calls from any thread to the window's."""

    _call = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._call.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have something done on the window's thread, soon."""
        self._call.emit(call)


class Running:
    """A command under way; it is the command's progress."""

    def __init__(self, title: str, tell: Callable[[float, str], None]) -> None:
        self.title = title
        self.cancelled = False
        self._tell = tell

    def __call__(self, fraction: float, words: str = "") -> None:
        """Say how far it is; Cancelled where the person stopped it."""
        if self.cancelled:
            raise Cancelled("“{title}” was stopped.", title=self.title)
        self._tell(fraction, words)


class Worker:
    """Runs commands one after another, off the window's thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="command", initializer=give_way)
        self.running: Running | None = None
        self.waiting = 0
        """How many have been asked for and not ended."""

    def run(
        self,
        title: str,
        work: Callable[[Running], Any],
        done: Callable[[Any], None],
        failed: Callable[[TwinError], None],
        told: Callable[[float, str], None],
    ) -> None:
        """Do the work; ``done`` or ``failed`` is called on the window's thread."""
        running = Running(title, lambda fraction, words: self._bridge.post(lambda: told(fraction, words)))
        self.running = running
        self.waiting += 1

        def ended(then: Callable[[], None]) -> None:
            def last() -> None:
                self.waiting -= 1
                then()

            self._bridge.post(last)

        def act() -> None:
            try:
                answer = work(running)
            except TwinError as why:
                error = why
                ended(lambda: failed(error))
            except Exception as why:  # noqa: BLE001  whatever it is, a person gets words and the log the rest
                _log.exception("%s", title)
                unforeseen = TwinError(
                    "Something went wrong that was not foreseen: {why}. The log has more.", why=str(why)
                )
                ended(lambda: failed(unforeseen))
            else:
                ended(lambda: done(answer))

        self._pool.submit(act)

    def cancel(self) -> None:
        """Stop what is under way."""
        if self.running:
            self.running.cancelled = True

    def wait(self) -> None:
        """Return when all that was asked for is done."""
        self._pool.submit(lambda: None).result()

    def close(self) -> None:
        """Wait for the last one."""
        self.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
