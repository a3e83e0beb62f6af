"""Linked rasters on the ground: what is seen of them is asked for, the most missed first, and kept within bounds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from twin.core.priority import give_way
from twin.model.layer import Layer
from twin.model.patches import Square
from twin.scene import actors, materials, patching
from twin.scene.ground import Sides
from twin.scene.laying import Surface
from twin.scene.light import Sky
from twin.scene.patching import Made, Piece
from twin.scene.sheets import Sheet, Spot, Wanted, around, sheets
from twin.scene.source import LinkSource
from twin.scene.tree import Eye
from twin.scene.weaving import Weaving

KEPT = 96 << 20
"""Bytes that patches may take here; the card has as much again."""
_ASKED = 3
"""Patches under way: the child reads one, the others are painted."""
_ALWAYS = 3
"""Levels whose patches are fetched on the way to finer ones: what else is missing shows as one of them."""
_LIFT = 1e-6
"""How far a picture of level ground is brought before it, in the depth's own unit."""
_log = logging.getLogger("balad")


class _Shown(NamedTuple):
    """A piece of a patch, drawn."""

    piece: Piece
    square: Square
    actor: vtkActor


class _Laid:
    """A sheet and what is there of it."""

    def __init__(self, layers: tuple[Layer, ...], surface: Surface, source: LinkSource, kind: Any) -> None:
        self.layers = layers
        self.sheet = Sheet(layers, surface.levels(around(layers)))
        self.weaving = Weaving(self.sheet, surface, source.patch, kind)
        self.there: dict[Spot, list[_Shown]] = {}
        self.sizes: dict[Spot, int] = {}
        self.seen: dict[Spot, int] = {}
        self.waiting: dict[Spot, Future[Made | None]] = {}
        self.shown: set[Spot] = set()
        self.stale: set[Spot] = set()
        """Of those there, what is asked for again."""
        self.wanted = Wanted(frozenset(), frozenset(), {})
        self.broken = False

    def as_told(self, piece: Piece) -> Piece:
        """With the opacity that is said now, where it is that of one raster alone."""
        return replace(piece, opacity=self.layers[0].opacity) if len(self.layers) == 1 else piece


class Draping:
    """The patches of all sheets in a renderer."""

    def __init__(self, renderer: vtkRenderer, source: LinkSource | None, kind: Any) -> None:
        """``kind`` gives a layer kind by its name."""
        self._renderer, self._source, self._kind = renderer, source, kind
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="drape", initializer=give_way)
        self._laid: list[_Laid] = []
        self._material: dict[tuple[bool, float], Any] = {}
        self._shades: Sequence[Any] = ()
        self._looks: tuple[Any, ...] = ()
        self._sight = materials.Sight()
        self._veil = 1.0
        self._origin = (0.0, 0.0, 0.0)
        self._surface: Surface | None = None
        self._awaited = False
        self._turn = 0

    def of(self, layers: Sequence[Layer], origin: actors.Point, surface: Surface | None) -> bool:
        """Lay these and no others on a surface, once it is known; True where it changed."""
        moved, relaid = origin != self._origin, surface is not self._surface
        self._origin, self._surface = origin, surface
        self._awaited = bool(layers and self._source and not surface)
        wanted = sheets(layers) if surface else []
        kept: dict[Any, _Laid] = {} if moved else {_same(laid.layers): laid for laid in self._laid}
        after = [kept.get(_same(group)) or self._new(group) for group in wanted]
        if relaid:
            after = [self._again(laid) if _same(laid.layers) in kept else laid for laid in after]
        faded = [(laid, group) for laid, group in zip(after, wanted, strict=True) if _told(laid.layers) != _told(group)]
        for laid, group in faded:
            self._fade(laid, group)
        gone = [laid for laid in self._laid if laid not in after]
        changed = bool(gone or faded) or len(after) != len(self._laid)
        for laid in gone:
            self._clear(laid)
        self._laid = after
        return changed

    def _new(self, layers: tuple[Layer, ...]) -> _Laid:
        assert self._source is not None
        assert self._surface is not None
        return _Laid(layers, self._surface, self._source, self._kind)

    def _again(self, before: _Laid) -> _Laid:
        """The same on another surface: where its patches lie as they did, they stay until each is made anew."""
        after = self._new(before.layers)
        if after.sheet.square == before.sheet.square:
            after.there, after.sizes, after.seen, after.shown = before.there, before.sizes, before.seen, before.shown
            after.stale = set(after.there)
            before.there = {}
        return after

    def _fade(self, laid: _Laid, layers: tuple[Layer, ...]) -> None:
        """Take other opacities: that of one alone is its material's, of several their picture is mixed anew."""
        laid.layers = layers
        laid.sheet.told(layers)
        if len(layers) > 1:
            laid.stale = set(laid.there)
            for future in laid.waiting.values():
                future.cancel()
            laid.waiting = {}
        for spot, pieces in laid.there.items():
            laid.there[spot] = [one._replace(piece=laid.as_told(one.piece)) for one in pieces]
            for one in laid.there[spot]:
                self._put(one)

    def again(self) -> None:
        """Ask anew for what services left out; what is there stays so long."""
        for laid in self._laid:
            laid.stale |= {spot for spot in laid.there if self._lacks(laid, spot)}

    def _lacks(self, laid: _Laid, spot: Spot) -> bool:
        """Whether a service left something out of a patch."""
        square, source = laid.sheet.of(spot), self._source
        served = [one for one in laid.sheet.on(square) if one.layer.link and one.layer.link.service]
        return source is not None and any(source.lacking(one.layer.id, square) for one in served)

    def arrange(self, eye: Eye) -> bool:
        """Ask for what is seen from here, and show the best of what is there; True where something changed."""
        self._turn += 1
        changed = False
        for laid in self._laid:
            laid.wanted = laid.sheet.wanted(eye)
            for spot in [spot for spot in laid.waiting if spot not in laid.wanted.urgent]:
                if laid.waiting[spot].cancel():
                    del laid.waiting[spot]
            changed |= self._show(laid)
        self._feed()
        return changed

    def take(self, most: int) -> bool:
        """Take what is ready, up to so many bytes; True where something changed."""
        sent, changed = 0, False
        for laid in self._laid:
            for spot, future in list(laid.waiting.items()):
                if not future.done() or sent > most:
                    continue
                del laid.waiting[spot]
                sent += self._add(laid, spot, future)
                changed = True
        if changed:
            for laid in self._laid:
                self._show(laid)
            self._evict()
            self._feed()
        return changed

    def pieces(self) -> list[tuple[tuple[str, ...], Square, Piece]]:
        """What is drawn, with the layers that it may be of, the highest first."""
        return [
            (tuple(one.layer.id for one in reversed(laid.sheet.rasters)), shown.square, shown.piece)
            for laid in self._laid
            for spot in laid.shown
            for shown in laid.there.get(spot, ())
        ]

    @property
    def there(self) -> bool:
        """Whether it holds any sheet, or will."""
        return self._awaited or bool(self._laid)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._awaited or any(laid.waiting for laid in self._laid)

    @property
    def shown(self) -> bool:
        """Whether anything is drawn."""
        return any(laid.shown for laid in self._laid)

    def dress(self, sky: Sky, sides: Sequence[Sides], shades: Sequence[Any]) -> None:
        """In the light of a sky, with the pictures of the shade and where they lie."""
        looks = (sky, tuple(sides))
        if looks != self._looks:
            self._looks, self._material = looks, {}
        self._shades = shades
        for laid in self._laid:
            for pieces in laid.there.values():
                for one in pieces:
                    self._put(one)

    def fade(self, share: float) -> None:
        """Be less opaque by a share, as the ground is."""
        self._veil = share
        for laid in self._laid:
            for pieces in laid.there.values():
                for one in pieces:
                    self._put(one)

    def see(self, sight: materials.Sight) -> None:
        """Take another sight."""
        self._sight = sight
        for material in self._material.values():
            materials.see(material, sight)

    def close(self) -> None:
        """Stop; whoever waits for a child ends with it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _feed(self) -> None:
        under_way = sum(len(laid.waiting) for laid in self._laid)
        missing = [
            (by, number, spot)
            for number, laid in enumerate(self._laid)
            if not laid.broken
            for spot, by in laid.wanted.urgent.items()
            if (spot not in laid.there or spot in laid.stale) and spot not in laid.waiting
            if spot.level < _ALWAYS or spot in laid.wanted.leaves
        ]
        # What is above comes first: it covers all that is below.
        missing.sort(key=lambda one: (one[2].level > 0, -one[0], one[2].level))
        for _, number, spot in missing[: max(0, _ASKED - under_way)]:
            laid = self._laid[number]
            laid.waiting[spot] = self._pool.submit(laid.weaving.made, spot)

    def _add(self, laid: _Laid, spot: Spot, future: Future[Made | None]) -> int:
        try:
            made = future.result()
        except Exception:  # noqa: BLE001  a layer kind is a stranger
            laid.broken = True
            _log.exception("%s can't be drawn", ", ".join(one.id for one in laid.layers))
            return 0
        laid.seen[spot] = self._turn
        laid.stale.discard(spot)
        self._drop(laid.there.get(spot, []))
        laid.shown.discard(spot)
        laid.sizes.pop(spot, None)
        pieces = made.pieces if made else ()
        laid.there[spot] = [
            _Shown(laid.as_told(piece), made.square, patching.actor(piece, made.square, self._origin))
            for piece in pieces
            if made
        ]
        for one in laid.there[spot]:
            one.actor.SetVisibility(False)
            self._put(one)
            self._renderer.AddActor(one.actor)
        if made:
            laid.sizes[spot] = made.nbytes
        return laid.sizes.get(spot, 0)

    def _put(self, shown: _Shown) -> None:
        """Its material, and what that looks up."""
        found, lies, opacity = shown.actor, shown.piece.lies, shown.piece.opacity
        if self._looks:
            if (lies, opacity) not in self._material:
                sky, sides = self._looks
                self._material[lies, opacity] = materials.draped(sky, sides, _LIFT if lies else 0.0)
                materials.see(self._material[lies, opacity], self._sight)
            materials.veil(self._material[lies, opacity], opacity * self._veil)
            found.SetShaderProperty(self._material[lies, opacity])
        found.SetForceTranslucent(opacity * self._veil < 1)
        found.SetForceOpaque(opacity * self._veil >= 1)
        for n, shade in enumerate(self._shades):
            actors.sample(found, f"shade{n}", shade.texture)

    def _show(self, laid: _Laid) -> bool:
        for spot in laid.wanted.urgent.keys() & laid.there.keys():
            laid.seen[spot] = self._turn
        shown = laid.sheet.drawn(laid.wanted, laid.there)
        changed = shown != laid.shown
        for spot in shown ^ laid.shown:
            for one in laid.there.get(spot, ()):
                one.actor.SetVisibility(spot in shown)
        laid.shown = shown
        return changed

    def _evict(self) -> None:
        size = sum(sum(laid.sizes.values()) for laid in self._laid)
        old = [(laid.seen.get(spot, 0), number, spot) for number, laid in enumerate(self._laid) for spot in laid.sizes]
        for turn, number, spot in sorted(old):
            if size <= KEPT or turn >= self._turn:
                return
            laid = self._laid[number]
            size -= laid.sizes.pop(spot)
            laid.seen.pop(spot, None)
            laid.stale.discard(spot)
            self._drop(laid.there.pop(spot))
            laid.shown.discard(spot)

    def _clear(self, laid: _Laid) -> None:
        for future in laid.waiting.values():
            future.cancel()
        for pieces in laid.there.values():
            self._drop(pieces)

    def _drop(self, pieces: list[_Shown]) -> None:
        for one in pieces:
            self._renderer.RemoveActor(one.actor)
            one.actor.ReleaseGraphicsResources(self._renderer.GetRenderWindow())


def _told(layers: tuple[Layer, ...]) -> tuple[float, ...]:
    """How opaque they are."""
    return tuple(one.opacity for one in layers)


def _same(layers: tuple[Layer, ...]) -> tuple[Any, ...]:
    """What tells a sheet from another; how opaque its layers are doesn't."""
    return tuple((one.id, one.version, one.kind, one.source, one.link) for one in layers)
