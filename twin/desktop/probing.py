"""A click on linked pictures and point clouds: what they hold there is read beside the window's thread."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twin.core.errors import TwinError
from twin.host import probing
from twin.host.probing import Found

if TYPE_CHECKING:
    from twin.desktop.desk import Desk
    from twin.host.session import Session
    from twin.scene.details import Hit
    from twin.scene.probing import Probe, Touched


class Probing:
    """The last place that was asked about; a desk has one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.found: list[Found] = []
        self._turn = 0

    def clear(self) -> None:
        """Nothing was asked, and what is under way is of no use any more."""
        self.found = []
        self._turn += 1

    def ask(self, probe: Probe, hit: Hit | None) -> None:
        """Show what lies under a pixel, be it of a linked file or a feature, whichever is nearer."""
        desk, session = self._desk, self._desk.session
        if session is None:
            return
        self.clear()
        turn, most = self._turn, math.dist(probe.eye, hit.point) if hit else math.inf

        def there(found: list[Found] | None) -> None:
            if turn == self._turn:
                desk.select(None if found or hit is None else hit[:2])
                self.found = found or []
                if found:
                    self.show(shown=True)

        def refused(why: TwinError) -> None:
            if turn == self._turn:
                desk.select(hit[:2] if hit else None)
                desk.window.messages.say(why.shown(), tone="critical")

        desk.read(lambda: _found(session, probe, most), there, refused)

    def show(self, *, shown: bool = False) -> bool:
        """The card again, in the language in use; False where there is none."""
        desk = self._desk
        card = probing.card(desk.known.layers, self.found) if desk.known and self.found else None
        if card is None:
            return False
        desk.window.identify.fill(card)
        if shown:
            desk.window.show_card()
        return True


def _found(session: Session, probe: Probe, most: float) -> list[Found]:
    touched = probe.nearest(most)
    return _held(session, touched) if touched else []


def _held(session: Session, touched: Touched) -> list[Found]:
    east, north, _ = touched.point
    if touched.dot is not None:
        return [Found(touched.layers[0], east, north, dot=touched.dot)]
    layers = [session.city.layer(name) for name in touched.layers]
    found = probing.at(session.tiles.links, layers, east, north, 0.0)
    # What is masked there is not what was clicked; where all is, its card says so.
    told = [one for one in found if one.cell and any(band.value is not None for band in one.cell.bands)]
    return told or found[:1]
