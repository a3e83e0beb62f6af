"""Map services on their way to the scene: asked by a child that stays, and how it stands with each."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, Literal

from psygnal import Signal

from twin.core.errors import Cancelled, TwinError
from twin.model.layer import Layer
from twin.model.patches import Patch, Seen, Square
from twin.model.service import Service
from twin.store.asking import CLOSING
from twin.store.city import City
from twin.work.jobs import Jobs

Standing = Literal["online", "offline", "refused"]
SECONDS, MEMORY = 60.0, 1 << 30
"""How long one square may take, and how much room beside what the child has."""


class Services:
    """The services of an open city; every call may come from any thread and waits for its answer."""

    stood = Signal()
    """One went offline, refuses something, or came back."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._lock = threading.Lock()
        self._jobs: Jobs | None = None
        self._closed = False
        self._standing: dict[str, tuple[Standing, str]] = {}
        self._lacking: set[tuple[str, Square]] = set()

    def standing(self) -> dict[str, tuple[Standing, str]]:
        """How it stands with each layer's service that was asked, and why."""
        with self._lock:
            return dict(self._standing)

    def lacking(self, layer: str, square: Square) -> bool:
        """Whether a square was answered without all that belongs to it."""
        with self._lock:
            return (layer, square) in self._lacking

    def patch(self, layer: Layer, service: Service, square: Square) -> Patch | None:
        """What there is of a square: what was seen before where the server doesn't answer."""
        try:
            seen: Seen = self._ask("seen", layer, service, self._city.crs, square)
        except Cancelled:
            raise
        except TwinError as why:
            # The child died or took too long: what is asked next finds another.
            seen = Seen(Patch(whole=False), offline=True, words=why.shown())
        standing: Standing = "offline" if seen.offline else "refused" if seen.words else "online"
        whole = seen.patch is None or seen.patch.whole
        with self._lock:
            (self._lacking.discard if whole else self._lacking.add)((layer.id, square))
            before = self._standing.get(layer.id, ("online", ""))[0]
            self._standing[layer.id] = (standing, seen.words)
            closed = self._closed
        if before != standing and not closed:
            self.stood.emit()
        return seen.patch

    def retry(self, layers: Iterable[Layer]) -> bool:
        """Whether any of these that left something out is worth asking again."""
        with self._lock:
            short = {layer for layer, _ in self._lacking}
        return any(self._reached(layer) for layer in layers if layer.id in short)

    def close(self) -> None:
        """End the child; whoever waits for it is told so."""
        with self._lock:
            self._closed, jobs = True, self._jobs
        if jobs:
            jobs.close()

    def _reached(self, layer: Layer) -> bool:
        if layer.link is None or layer.link.service is None:
            return False
        try:
            return bool(self._ask("reach", layer, layer.link.service))
        except TwinError:
            return False

    def _ask(self, what: str, layer: Layer, *asked: Any) -> Any:
        from twin.formats import windows

        with self._lock:
            if self._closed:
                raise Cancelled(CLOSING)
            if self._jobs is None:
                self._jobs = Jobs(1, ("twin.formats.windows",))
            jobs = self._jobs
        path = layer.link.path if layer.link else None
        run = getattr(windows, what)
        try:
            return jobs.run(run, *asked, title=layer.title, timeout=SECONDS, memory=MEMORY, path=path).result()
        except TwinError:
            if self._closed:
                raise Cancelled(CLOSING) from None
            raise
