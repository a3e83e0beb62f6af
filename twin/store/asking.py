"""A question to the store that a newer one may overtake."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import duckdb

from twin.core.errors import Cancelled
from twin.core.i18n import mark

CLOSING = mark("The city is being closed.")
_OVERTAKEN = mark("Another question has overtaken this one.")


class Asking:
    """Asked on one thread, overtaken from any other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._over = False

    def overtake(self) -> None:
        """Nobody waits for the answer any more: what DuckDB is at for it ends now, and Cancelled is raised there."""
        with self._lock:
            self._over = True
            if self._connection is not None:
                self._connection.interrupt()

    @contextlib.contextmanager
    def on(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Hold the connection while it is asked; Cancelled where the question was overtaken, before or meanwhile."""
        with self._lock:
            if self._over:
                raise Cancelled(_OVERTAKEN)
            self._connection = connection
        try:
            yield
        except duckdb.InterruptException:
            raise Cancelled(_OVERTAKEN) from None
        finally:
            with self._lock:
                self._connection = None
