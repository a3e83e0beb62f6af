"""How it stands with the services of the open city: told in the layer tree, and asked again without a word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from twin.core.priority import give_way

if TYPE_CHECKING:
    from twin.desktop.desk import Desk
    from twin.host.session import Session

_EVERY = 10_000
"""Milliseconds between two looks at a server that was silent."""


class Reach:
    """Hears of services that go offline and come back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._session: Session | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reach", initializer=give_way)
        self._asking = False
        self._timer = QTimer(desk.window, interval=_EVERY)
        self._timer.timeout.connect(self.look)

    def begin(self, session: Session) -> None:
        """Another city is open."""
        self._session = session
        session.tiles.links.services.stood.connect(self._heard)
        self._timer.start()
        self.tell()

    def end(self) -> None:
        """The city is going."""
        if self._session:
            self._session.tiles.links.services.stood.disconnect(self._heard, missing_ok=True)
        self._session = None
        self._timer.stop()

    def close(self) -> None:
        """The window is going."""
        self.end()
        # The city has left: its children are gone, and whoever waited for one is done within a moment.
        self._pool.shutdown(wait=True, cancel_futures=True)

    def tell(self) -> None:
        """Say in the layer tree how it stands."""
        standing = self._session.tiles.links.services.standing() if self._session else {}
        self._desk.window.layers.tell({layer: how for layer, how in standing.items() if how[0] != "online"})

    def look(self) -> None:
        """Ask the servers again that left something out; where one answers, what is lacking is fetched."""
        session, known = self._session, self._desk.known
        if session is None or known is None or self._asking:
            return
        served = [layer for layer in known.layers if layer.visible and layer.link and layer.link.service]
        if not served:
            return
        self._asking = True

        def ask() -> None:
            try:
                reached = session.tiles.links.services.retry(served)
            finally:
                self._asking = False
            if reached:
                self._desk.bridge.post(lambda: self._again(session))

        self._pool.submit(ask)

    def _again(self, session: Session) -> None:
        if session is self._session and self._desk.known:
            self._desk.window.view.reload(self._desk.known.listing)

    def _heard(self) -> None:
        """On a worker's thread."""
        self._desk.bridge.post(self.tell)
