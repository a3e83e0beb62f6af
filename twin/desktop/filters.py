"""What of each layer is in the city alone, because it passes the table's filter: asked beside the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.model.layer import Layer
from twin.store.asking import Asking
from twin.store.city import City
from twin.store.finding import Query

if TYPE_CHECKING:
    from twin.desktop.desk import Desk


@dataclass
class Filter:
    """A layer's, as the table last understood it; it is how the city is looked at, and no edit of it."""

    words: str = ""
    alone: bool = False
    """Whether what doesn't pass is kept out of the city."""
    hidden: int = 0
    """How many features that are."""
    of: object = None
    """What tells whether the layer's features are still the same."""
    asking: Asking = field(default_factory=Asking)

    @property
    def bites(self) -> bool:
        """Whether anything is to be kept out."""
        return self.alone and bool(self.words.strip())


class Filters:
    """By layer, as long as the city is open; a desk has one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[str, Filter] = {}
        desk.window.table.filtered.connect(self._filtered)
        desk.window.table.switched.connect(self._switched)

    def of(self, layer: str) -> Filter:
        """A layer's; it passes everything until somebody says otherwise."""
        return self._kept.setdefault(layer, Filter())

    def clear(self) -> None:
        """Another city."""
        for one in self._kept.values():
            one.asking.overtake()
        self._kept = {}
        self._say()

    def show_all(self, layer: str) -> None:
        """All of a layer in the city; its filter stays in the table."""
        self._desk.window.table.switch(layer, on=False)
        self._switched(layer, False)

    def keep(self, layers: Iterable[Layer]) -> None:
        """The city's layers now: where other features are in one of them than before, it is asked anew."""
        for layer in layers:
            kept = self._kept.get(layer.id)
            if kept and kept.bites and kept.of != _features(layer):
                self._apply(layer.id)

    def hides(self, layer: str | None) -> bool:
        """Whether any of a layer's features is kept out."""
        return layer in self._kept and self._kept[layer].hidden > 0

    def _filtered(self, layer: str, words: str, passing: Any) -> None:
        kept = self.of(layer)
        if words != kept.words:
            kept.words = words
            if kept.alone:
                self._apply(layer, passing)

    def _switched(self, layer: str, on: bool) -> None:
        kept = self.of(layer)
        if kept.alone != on:
            kept.alone = on
            self._apply(layer)

    def _apply(self, layer: str, passing: Any = None) -> None:
        """Hide what doesn't pass; ``passing`` are those that do, where somebody has asked already."""
        kept = self.of(layer)
        kept.asking.overtake()
        asking = kept.asking = Asking()
        kept.of = next((_features(one) for one in self._layers() if one.id == layer), None)
        if not kept.bites:
            self._hide(layer, None)
            return

        # Where it is refused the table says why, and the city stays as it is.
        def there(hidden: Any) -> None:
            if asking is kept.asking and hidden is not None:
                self._hide(layer, hidden)

        def ask(city: City) -> Any:
            fids = city.ordered(layer, Query(kept.words), asking) if passing is None else passing
            return np.setdiff1d(city.fids(layer), fids, assume_unique=True)

        self._desk.ask(ask, there)

    def _hide(self, layer: str, hidden: Any) -> None:
        self.of(layer).hidden = 0 if hidden is None else len(hidden)
        self._desk.window.view.veil(layer, hidden)
        if hidden is not None:
            self._desk.selection.without(layer, hidden)
        if self._desk.selected and self._desk.selected[0] == layer:
            # What is chosen and not drawn any more is marked on the ground.
            self._desk.card()
        self._say()

    def _say(self) -> None:
        self._desk.window.layers.filter({layer: kept.hidden for layer, kept in self._kept.items() if kept.hidden})
        self._desk.enable()

    def _layers(self) -> list[Layer]:
        return self._desk.known.layers if self._desk.known else []


def _features(layer: Layer) -> object:
    return layer.source, layer.version, layer.count
