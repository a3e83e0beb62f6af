"""Linked rasters on the ground: what is seen of them is asked for, the most missed first, and kept within bounds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from twin.core.errors import TwinError
from twin.core.priority import give_way
from twin.model.layer import Layer
from twin.scene import actors, materials, patching
from twin.scene.ground import Sides
from twin.scene.light import Sky
from twin.scene.patching import Made
from twin.scene.sheets import Sheet, Spot, Wanted, sheets
from twin.scene.source import LinkSource
from twin.scene.tree import Eye

KEPT = 96 << 20
"""Bytes that patches may take here; the card has as much again."""
_ASKED = 3
"""Patches under way: the child reads one, the others are painted."""
_ALWAYS = 3
"""Levels whose patches are fetched on the way to finer ones: what else is missing shows as one of them."""
_LIFT = 1e-6
"""How far a picture of level ground is brought before it, in the depth's own unit."""
_log = logging.getLogger("balad")


class _Laid:
    """A sheet and what is there of it."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self.layers = layers
        self.sheet = Sheet(layers)
        self.there: dict[Spot, vtkActor | None] = {}
        self.sizes: dict[Spot, int] = {}
        self.seen: dict[Spot, int] = {}
        self.waiting: dict[Spot, Future[Made | None]] = {}
        self.shown: set[Spot] = set()
        self.stale: set[Spot] = set()
        """Of those there, what is asked for again."""
        self.wanted = Wanted(frozenset(), frozenset(), {})
        self.broken = False


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
        self._origin = (0.0, 0.0, 0.0)
        self._base = 0.0
        self._turn = 0

    def of(self, layers: Sequence[Layer], origin: actors.Point, base: float) -> bool:
        """Lay these and no others, level ground at a height; True where it changed."""
        moved = (origin, base) != (self._origin, self._base)
        self._origin, self._base = origin, base
        wanted = sheets(layers) if self._source else []
        kept: dict[Any, _Laid] = {} if moved else {_same(laid.layers): laid for laid in self._laid}
        after = [kept[_same(group)] if _same(group) in kept else _Laid(group) for group in wanted]
        gone = [laid for laid in self._laid if laid not in after]
        changed = bool(gone) or len(after) != len(self._laid)
        for laid in gone:
            self._clear(laid)
        self._laid = after
        return changed

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
            laid.wanted = laid.sheet.wanted(eye, self._base)
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

    @property
    def there(self) -> bool:
        """Whether it holds any sheet."""
        return bool(self._laid)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return any(laid.waiting for laid in self._laid)

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
            for found in laid.there.values():
                if found:
                    self._put(laid, found)

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
            laid.waiting[spot] = self._pool.submit(self._made, laid.sheet, spot, self._base)

    def _made(self, sheet: Sheet, spot: Spot, base: float) -> Made | None:
        """On a worker: read, painted, and as triangles."""
        assert self._source is not None
        square = sheet.of(spot)
        heights, pictures = None, []
        for raster in sheet.on(square):
            patch = self._source.patch(raster.layer, square)
            if patch is None:
                continue
            heights = patching.over(heights, patch.heights)
            picture = patching.painted(self._kind(raster.layer.kind), patch, square.apart)
            first = raster is sheet.rasters[0]
            pictures.append((picture, 1.0 if first else raster.layer.opacity))
        return patching.made(square, heights, pictures, base) if pictures else None

    def _add(self, laid: _Laid, spot: Spot, future: Future[Made | None]) -> int:
        try:
            made = future.result()
        except TwinError as why:
            if not laid.broken:
                laid.broken = True
                _log.warning("%s can't be drawn: %s", ", ".join(one.id for one in laid.layers), why)
            return 0
        except Exception:  # noqa: BLE001  a layer kind is a stranger
            laid.broken = True
            _log.exception("%s can't be drawn", ", ".join(one.id for one in laid.layers))
            return 0
        laid.seen[spot] = self._turn
        laid.stale.discard(spot)
        self._drop(laid.there.get(spot))
        laid.shown.discard(spot)
        laid.sizes.pop(spot, None)
        laid.there[spot] = None
        if made is None:
            return 0
        found = laid.there[spot] = patching.actor(made, self._origin)
        laid.sizes[spot] = made.nbytes
        found.SetVisibility(False)
        self._put(laid, found)
        self._renderer.AddActor(found)
        return made.nbytes

    def _put(self, laid: _Laid, found: vtkActor) -> None:
        """Its material, and what that looks up."""
        relief, opacity = bool(laid.sheet.relief), laid.sheet.rasters[0].layer.opacity
        if self._looks:
            if (relief, opacity) not in self._material:
                sky, sides = self._looks
                self._material[relief, opacity] = materials.draped(sky, sides, 0.0 if relief else _LIFT, opacity)
                materials.see(self._material[relief, opacity], self._sight)
            found.SetShaderProperty(self._material[relief, opacity])
        found.SetForceTranslucent(opacity < 1)
        found.SetForceOpaque(opacity >= 1)
        for n, shade in enumerate(self._shades):
            actors.sample(found, f"shade{n}", shade.texture)

    def _show(self, laid: _Laid) -> bool:
        for spot in laid.wanted.urgent:
            laid.seen[spot] = self._turn
        shown = laid.sheet.drawn(laid.wanted, laid.there)
        changed = shown != laid.shown
        for spot in shown ^ laid.shown:
            found = laid.there.get(spot)
            if found:
                found.SetVisibility(spot in shown)
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
            self._drop(laid.there.pop(spot))
            laid.shown.discard(spot)

    def _clear(self, laid: _Laid) -> None:
        for future in laid.waiting.values():
            future.cancel()
        for found in laid.there.values():
            self._drop(found)

    def _drop(self, found: vtkActor | None) -> None:
        if found:
            self._renderer.RemoveActor(found)
            found.ReleaseGraphicsResources(self._renderer.GetRenderWindow())


def _same(layers: tuple[Layer, ...]) -> tuple[Any, ...]:
    """What tells a sheet from another."""
    return tuple((one.id, one.version, one.kind, one.source, one.link, one.opacity) for one in layers)
