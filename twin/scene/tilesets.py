"""Linked tilesets: the tiles that are seen are asked for, the most missed first, and kept within bounds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer

from twin.core.errors import Cancelled, TwinError
from twin.core.priority import give_way
from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.model.tilesets import Branch, Tile
from twin.scene import actors, dots, materials, tile_actors, tile_picking
from twin.scene.branches import MOST, PIXELS, Branches, Wanted
from twin.scene.light import Sky, sun
from twin.scene.source import LinkSource
from twin.scene.tile_actors import Looks, Shown
from twin.scene.tree import Eye, distances

KEPT = 256 << 20
"""Bytes that tiles may take, here and on the card."""
_ASKED = 3
_EASED, _TIGHTER, _MOST_EASED = 1.15, 1.05, 64.0
"""Where what is seen would take more room than there is, coarser tiles are seen; and finer ones where it takes less."""
_log = logging.getLogger("balad")


class Hit(NamedTuple):
    """A feature of a tile that a ray meets."""

    layer: str
    fid: int
    """Below 0: it has no number in the city."""
    far: float


class _Set:
    """A tileset and what is there of it."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.branches = Branches()
        self.there: dict[int, Shown | None] = {}
        self.waiting: dict[int, Future[Tile]] = {}
        self.opening: dict[int | None, Future[Branch]] = {}
        self.shown: set[int] = set()
        self.wanted = Wanted()
        self.named: dict[int, tuple[int, int]] = {}
        """By the number that a feature goes by, the tile and its number there."""
        self.lost = 0
        self.begun = False


class Tilesets:
    """The tiles of all tilesets in a renderer."""

    def __init__(self, renderer: vtkRenderer, source: LinkSource | None) -> None:
        self._renderer, self._source = renderer, source
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="tileset", initializer=give_way)
        self._sets: dict[str, _Set] = {}
        self._materials: dict[Looks, Any] = {}
        self._sky: Sky | None = None
        self._sight = materials.Sight()
        self._origin = (0.0, 0.0, 0.0)
        self._turn = 0
        self._eye: Eye | None = None
        self._eased = 1.0
        self._over = False
        """Whether what is seen takes more room than there is, so that coarser tiles must do."""

    def of(self, layers: Sequence[Layer], origin: actors.Point) -> bool:
        """Draw these and no others; True where it changed."""
        before = dict(self._sets)
        if origin != self._origin:
            self._origin = origin
            for name in before:
                self._clear(self._sets.pop(name))
        for layer in layers if self._source else ():
            found = self._sets.get(layer.id)
            if found is not None and _same(found.layer) == _same(layer):
                if found.layer.opacity != layer.opacity:
                    for one in found.there.values():
                        if one:
                            tile_actors.fade(one, layer.opacity)
                found.layer = layer
                continue
            if found is not None:
                self._clear(found)
            self._sets[layer.id] = _Set(layer)
        for name in self._sets.keys() - {layer.id for layer in layers}:
            self._clear(self._sets.pop(name))
        return before != self._sets

    def arrange(self, eye: Eye) -> bool:
        """Ask for what is seen from here, and show the best of what is there; True where something changed."""
        self._turn += 1
        moved, self._eye = self._eye is None or self._eye.at != eye.at, eye
        changed = False
        for one in self._sets.values():
            one.wanted = one.branches.wanted(eye, PIXELS * self._eased)
            for at in [at for at in one.waiting if at not in one.wanted.tiles]:
                if one.waiting[at].cancel():
                    del one.waiting[at]
            changed |= self._show(one)
        self._ease(moved)
        self._evict()
        self._feed()
        return changed

    def take(self, most: int) -> bool:
        """Take what is ready, up to so many bytes; True where something changed."""
        sent, changed, grown = 0, False, False
        for one in self._sets.values():
            for door, future in list(one.opening.items()):
                if future.done():
                    del one.opening[door]
                    self._hang(one, door, future)
                    grown = changed = True
            for at, coming in list(one.waiting.items()):
                if coming.done() and sent <= most:
                    del one.waiting[at]
                    sent += self._add(one, at, coming)
                    changed = True
        if (changed or self._over) and self._eye:
            if grown or self._over:
                self.arrange(self._eye)
            else:
                for one in self._sets.values():
                    self._show(one)
                self._evict()
                self._feed()
        return changed

    @property
    def there(self) -> bool:
        """Whether it holds any tileset."""
        return bool(self._sets)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._over or any(one.waiting or one.opening for one in self._sets.values())

    @property
    def shown(self) -> bool:
        """Whether anything is drawn."""
        return any(one.shown for one in self._sets.values())

    @property
    def nbytes(self) -> int:
        """What the tiles take, here and on the card."""
        return sum(tile.nbytes for one in self._sets.values() for tile in one.there.values() if tile)

    def dress(self, sky: Sky) -> None:
        """In the light of a sky."""
        if sky != self._sky:
            self._sky, self._materials = sky, {}
            for one in self._sets.values():
                for tile in one.there.values():
                    self._dressed(tile)

    def see(self, sight: materials.Sight) -> None:
        """Take another sight."""
        self._sight = sight
        for material in self._materials.values():
            materials.see(material, sight)

    def nearest(self, eye: Any, way: Any, most: float = np.inf) -> Hit | None:
        """The first feature that a ray meets within ``most`` metres, among the tiles that are drawn."""
        from twin.scene.rays import meets

        found: tuple[_Set, int, int] | None = None
        pixel, parallel = (1 / self._eye.focal, self._eye.parallel) if self._eye else (0.001, 0.0)
        for one in self._sets.values():
            drawn = sorted(at for at in one.shown if one.there.get(at))
            # Its own word on where it lies may be a little short of it.
            boxes = one.branches.boxes[drawn] + np.array([-1.0] * 3 + [1.0] * 3)
            near = meets(boxes, np.asarray(eye), np.asarray(way)) if drawn else np.empty(0)
            for n in np.argsort(near, kind="stable"):
                if near[n] >= most:
                    break
                tile = one.there[drawn[n]]
                met = tile_picking.met(tile.tile, eye, way, pixel, most, parallel) if tile else None
                if met:
                    most, found = met.far, (one, drawn[n], met.owner)
        if found is None or self._source is None:
            return None
        one, at, owner = found
        fid = self._source.named(one.layer.id, one.branches.key(at), owner)
        one.named[fid] = (at, owner)
        return Hit(one.layer.id, fid, most)

    def holding(self, layer: str, fid: int) -> Arrays | None:
        """The faces of a feature that was met, where they are still there."""
        one = self._sets.get(layer)
        at, owner = one.named.get(fid, (-1, -1)) if one else (-1, -1)
        found = one.there.get(at) if one else None
        return tile_picking.edges(found.tile, owner, fid) if found else None

    def close(self) -> None:
        """Stop; whoever waits for a child ends with it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _feed(self) -> None:
        source = self._source
        assert source is not None or not self._sets
        missing: list[tuple[float, str, int, bool]] = []
        under_way, room = 0, self.nbytes < KEPT
        for name, one in self._sets.items():
            under_way += len(one.waiting) + len(one.opening)
            if not one.begun and source:
                one.begun = True
                one.opening[None] = self._pool.submit(source.branch, one.layer, ())
            # What is there and seen stays; more comes when coarser tiles have made room.
            missing += [(by, name, at, False) for at, by in one.wanted.tiles.items()
                        if room and at not in one.there and at not in one.waiting]  # fmt: skip
            if len(one.branches) < MOST:
                missing += [(by, name, at, True) for at, by in one.wanted.doors.items() if at not in one.opening]
        missing.sort(key=lambda each: (-each[0], each[1], each[2]))
        for _, name, at, door in missing[: max(0, _ASKED - under_way)]:
            one, key = self._sets[name], self._sets[name].branches.key(at)
            assert source is not None
            if door:
                one.opening[at] = self._pool.submit(source.branch, one.layer, (*key.path, key.number))
            else:
                one.waiting[at] = self._pool.submit(source.tile, one.layer, key)

    def _hang(self, one: _Set, door: int | None, future: Future[Branch]) -> None:
        branch = self._result(one, future)
        if branch is None:
            if door is not None:
                one.branches.lose(door)
            return
        key = one.branches.key(door) if door is not None else None
        one.branches.hang(door, (*key.path, key.number) if key else (), branch)
        if len(one.branches) >= MOST:
            _log.warning("%s has more tiles than are followed: its finest are not drawn", one.layer.id)

    def _add(self, one: _Set, at: int, future: Future[Tile]) -> int:
        tile: Tile | None = self._result(one, future)
        if tile is None or (tile.lost and not tile.nbytes):
            one.branches.lose(at)
        for why in tile.lost if tile else ():
            self._tell(one, why)
        one.there[at] = None
        if tile is None or not tile.nbytes:
            return 0
        extent = one.layer.extent
        heights = (extent[2], extent[5]) if extent else (0.0, 1.0)
        made = one.there[at] = tile_actors.shown(tile, self._origin, one.layer.opacity, heights)
        made.seen = self._turn
        self._dressed(made)
        for actor, _ in made.actors:
            self._renderer.AddActor(actor)
        return tile.nbytes

    def _result(self, one: _Set, future: Future[Any]) -> Any:
        """What a worker made; None where it could not, which is told."""
        try:
            return future.result()
        except (CancelledError, Cancelled):
            return None
        except TwinError as why:
            self._tell(one, str(why))
        return None

    def _tell(self, one: _Set, why: str) -> None:
        """The first of a tileset's lost tiles with its reason, and now and then how many they are."""
        one.lost += 1
        if one.lost & (one.lost - 1) == 0:
            _log.warning("%s: %d of its tiles can't be drawn; the last: %s", one.layer.id, one.lost, why)

    def _dressed(self, tile: Shown | None) -> None:
        if self._sky is None or tile is None:
            return
        for actor, looks in tile.actors:
            if looks not in self._materials:
                lit, pictured, cutoff, flat = looks
                self._materials[looks] = (
                    materials.dotted(self._sky, overlaid=False)
                    if flat
                    else materials.modelled(self._sky, sun(), lit=lit, pictured=pictured, cutoff=cutoff)
                )
                materials.see(self._materials[looks], self._sight)
            actor.SetShaderProperty(self._materials[looks])

    def _show(self, one: _Set) -> bool:
        for at in one.wanted.tiles:
            tile = one.there.get(at)
            if tile:
                tile.seen = self._turn
        shown = set(one.branches.drawn(one.there)) if len(one.branches) else set()
        changed = shown != one.shown
        for at in shown ^ one.shown:
            tile = one.there.get(at)
            for actor, _ in tile.actors if tile else ():
                actor.SetVisibility(at in shown)
        for at in shown:
            tile = one.there.get(at)
            if tile and tile.apart and self._eye:
                away = max(1.0, float(distances(one.branches.boxes[at : at + 1], self._eye)[0]))
                tile.seen = self._turn
                for actor, apart in tile.apart:
                    actor.GetProperty().SetPointSize(dots.size(apart * self._eye.focal / away))
        one.shown = shown
        return changed

    def _ease(self, moved: bool) -> None:
        """Keep what is seen at once within the room there is."""
        size = sum(tile.nbytes for one in self._sets.values() for at in one.wanted.tiles if (tile := one.there.get(at)))
        self._over = size > KEPT and self._eased < _MOST_EASED
        if self._over:
            self._eased *= _EASED
        elif moved and self._eased > 1 and size < KEPT / 2:
            self._eased = max(1.0, self._eased / _TIGHTER)

    def _evict(self) -> None:
        size = self.nbytes
        if size <= KEPT:
            return
        old = [(tile.seen, name, at) for name, one in self._sets.items() for at, tile in one.there.items() if tile]
        for seen, name, at in sorted(old):
            if size <= KEPT or seen >= self._turn:
                return
            one = self._sets[name]
            tile = one.there.pop(at)
            assert tile is not None
            one.shown.discard(at)
            size -= tile.nbytes
            self._drop(tile)

    def _clear(self, one: _Set) -> None:
        for coming in one.waiting.values():
            coming.cancel()
        for opening in one.opening.values():
            opening.cancel()
        for tile in one.there.values():
            if tile:
                self._drop(tile)

    def _drop(self, tile: Shown) -> None:
        for actor, _ in tile.actors:
            self._renderer.RemoveActor(actor)
            actor.ReleaseGraphicsResources(self._renderer.GetRenderWindow())


def _same(layer: Layer) -> tuple[Any, ...]:
    return layer.version, layer.source, layer.link
