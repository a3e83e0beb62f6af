"""Tiles on their way to the screen: meshed by workers, the most missed first; drawn by the window's thread."""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from twin.model.shapes import Arrays, Targets
from twin.scene import actors, datasets
from twin.scene.actors import Sent
from twin.scene.levels import Levels
from twin.scene.listing import Listing
from twin.scene.source import TileSource
from twin.scene.tiles import Key, Node
from twin.scene.tones import Tones

_log = logging.getLogger("balad")


class Made(NamedTuple):
    """A tile as its layer kind made it."""

    arrays: Arrays
    sent: Sent | None
    """As the card takes it; None where it is only part of the ground."""


class Meshing:
    """Workers that read and mesh tiles; what is ready waits for the window's thread."""

    def __init__(self, source: TileSource, listing: Listing, workers: int = 2) -> None:
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="mesh")
        self.tones: dict[str, Tones] = {}
        self.levels = Levels(source, lambda key: self.arrays(Node(key, 0)), self.pool)
        """How high the ground is."""
        self._source = source
        self._listing = listing
        self._faulty: set[str] = set()
        self._lock = threading.Lock()
        self._queue: list[tuple[float, int, Node]] = []
        self._waiting: dict[Node, Future[Made | None]] = {}
        self._baked: dict[Node, Future[Made | None]] = {}
        self._workers = workers

    def of(self, listing: Listing, changed: frozenset[str]) -> None:
        """The city has other tiles now: what is under way for ``changed`` layers is of no use any more."""
        self._listing = listing
        for layer in changed:
            self.tones.pop(layer, None)
        for futures in (self._waiting, self._baked):
            for node in [node for node in futures if node.key[0] in changed or node.key not in listing.tiles]:
                futures.pop(node).cancel()

    def ask(self, wanted: Mapping[Node, float]) -> None:
        """Mesh these and nothing else, the most urgent first; what nobody wants any more is dropped."""
        for node in [node for node in self._waiting if node not in wanted]:
            if self._waiting[node].cancel():
                del self._waiting[node]
        self._queue = [(-urgent, n, node) for n, (node, urgent) in enumerate(wanted.items())]
        self._queue = [one for one in self._queue if one[2] not in self._waiting]
        heapq.heapify(self._queue)
        self._feed()

    def bake(self, nodes: list[Node]) -> None:
        """Mesh these before all others: what the ground is made of."""
        for node in nodes:
            self._baked[node] = self.pool.submit(self._mesh, node, send=False)

    def ready(self, most: int) -> Iterator[tuple[Node, Made | None]]:
        """What is done, up to ``most`` bytes: a bound on what one frame uploads; None where nothing is to be drawn."""
        sent = 0
        for futures in (self._baked, self._waiting):
            for node, future in list(futures.items()):
                if sent >= most:
                    return
                if future.done():
                    del futures[node]
                    made = future.result()
                    sent += made.sent.nbytes if made and made.sent else 0
                    yield node, made
        self._feed()

    @property
    def baking(self) -> bool:
        """Whether what the ground is made of is under way."""
        return bool(self._baked)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._waiting or self._baked or self._queue)

    def arrays(self, node: Node) -> Arrays | None:
        """A tile meshed now, by whatever thread asks; None where there is nothing to draw."""
        tile = self._listing.tiles[node.key]
        try:
            payload = self._source.payload(*node.key)
            if not payload:
                return None
            made = self._source.kind(tile.kind).mesh(payload, node.detail)
            arrays = made if isinstance(made, Arrays) else datasets.arrays(made)
        except Exception as why:  # noqa: BLE001  a layer kind is a stranger: one tile of it must not take the view along
            if node.key[0] not in self._faulty:
                self._faulty.add(node.key[0])
                words = "tile %s of kind %s can't be drawn: %s"
                _log.error(words, node.key, tile.kind, why, exc_info=not isinstance(why, datasets.NotDrawable))
                self._source.undrawn(node.key[0], tile.kind, str(why))
            return None
        return self.levels.laid(arrays) if len(arrays.triangles) else None

    def drawn(self, node: Node) -> Arrays | None:
        """A tile as ``arrays`` gives it, without the triangles of what is kept out of the picture."""
        arrays, tones = self.arrays(node), self.tones.get(node.key[0])
        if arrays is None or tones is None:
            return arrays
        gone = tones.gone(arrays.fids, arrays.rows)
        if not gone.any():
            return arrays
        return replace(arrays, triangles=arrays.triangles[~gone[arrays.owner[arrays.triangles[:, 2]]]])

    def targets(self, key: Key) -> Targets | None:
        """What a ray may meet of a tile; None where its kind has no quicker way than to mesh it."""
        kind = self._source.kind(self._listing.tiles[key].kind)
        payload = self._source.payload(*key) if hasattr(kind, "targets") else b""
        found: Targets | None = kind.targets(payload) if payload else None
        return found

    def toned(self, layer: str) -> Tones:
        """The lookup of a layer, made by the first who asks."""
        with self._lock:
            if layer not in self.tones:
                coarse = sum(self._listing.tiles[key].count for key in self._listing.coarse if key[0] == layer)
                self.tones[layer] = Tones(self._source.fids(layer), coarse)
            return self.tones[layer]

    def close(self) -> None:
        """Stop."""
        self._queue = []
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _feed(self) -> None:
        """Give the workers no more than they can begin soon: what is urgent changes with each step of the eye."""
        while self._queue and len(self._waiting) < 4 * self._workers:
            _, _, node = heapq.heappop(self._queue)
            if node not in self._waiting:
                self._waiting[node] = self.pool.submit(self._mesh, node)

    def _mesh(self, node: Node, *, send: bool = True) -> Made | None:
        arrays = self.arrays(node)
        if arrays is None:
            return None
        if not send:
            return Made(arrays, None)
        tones = self.toned(node.key[0])
        return Made(arrays, actors.sent(arrays, tones.slots(node.key, arrays.fids, arrays.rows)))
