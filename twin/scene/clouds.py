"""Linked point clouds: the nodes of their octrees that are seen, the nearest first, within a bound on points."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from twin.core.errors import Cancelled, TwinError
from twin.core.priority import give_way
from twin.model.layer import Layer
from twin.model.patches import Octree, Points
from twin.scene import actors, dots, materials
from twin.scene.dots import Tints
from twin.scene.light import Sky
from twin.scene.pacing import Pacing
from twin.scene.source import LinkSource
from twin.scene.tree import Eye, clearness, distances, visible

MOST, KEPT = 1_200_000, 1_800_000
"""Points that are drawn, and that are kept."""
_FINE = 1.6
"""Pixels between two points below which a finer node adds nothing."""
_ASKED = 3
_log = logging.getLogger("balad")


@dataclass
class _Node:
    points: Points
    actor: vtkActor
    seen: int = 0


class _Cloud:
    def __init__(self, layer: Layer, octree: Future[Octree]) -> None:
        self.layer = layer
        self.coming: Future[Octree] | None = octree
        self.octree: Octree | None = None
        self.there: dict[int, _Node | None] = {}
        self.waiting: dict[int, Future[Points]] = {}
        self.urgent: dict[int, float] = {}
        self.broken = False


class Clouds:
    """The nodes of all clouds in a renderer."""

    def __init__(self, renderer: vtkRenderer, source: LinkSource | None) -> None:
        self._renderer, self._source = renderer, source
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="cloud", initializer=give_way)
        self._clouds: dict[str, _Cloud] = {}
        self._tints: dict[str, Tints] = {}
        self._materials: dict[bool, Any] = {}
        self._pacing = Pacing(renderer)
        self._sky: Sky | None = None
        self._sight = materials.Sight()
        self._origin = (0.0, 0.0, 0.0)
        self._turn = 0

    def of(self, layers: Sequence[Layer], origin: actors.Point) -> bool:
        """Draw these and no others; True where it changed."""
        before = dict(self._clouds)
        if origin != self._origin:
            self._origin = origin
            for name in before:
                self._clear(self._clouds.pop(name))
        source = self._source
        for layer in layers if source else ():
            found = self._clouds.get(layer.id)
            if found is not None and _same(found.layer) == _same(layer):
                found.layer = layer
                for node in found.there.values():
                    if node:
                        node.actor.GetProperty().SetOpacity(layer.opacity)
                continue
            if found is not None:
                self._clear(found)
            assert source is not None
            self._clouds[layer.id] = _Cloud(layer, self._pool.submit(source.octree, layer))
        for name in [name for name in self._clouds if name not in {layer.id for layer in layers}]:
            self._clear(self._clouds.pop(name))
        return before != self._clouds

    def tint(self, layer: str, tints: Tints | None) -> None:
        """Colour a cloud by an overlay, or by itself."""
        if tints is None:
            self._tints.pop(layer, None)
        else:
            self._tints[layer] = tints
        cloud = self._clouds.get(layer)
        for node in cloud.there.values() if cloud else ():
            if node and cloud:
                dots.colour(node.actor, self._colours(cloud, node.points))
                self._dressed(cloud, node.actor)

    def arrange(self, eye: Eye) -> bool:
        """Ask for what is seen from here, and show what is there of it; True where something changed."""
        self._turn += 1
        changed = self._choose(eye)
        self._feed()
        return changed

    def take(self, most: int, eye: Eye | None) -> bool:
        """Take what is ready, up to so many bytes; True where something changed."""
        sent, changed = 0, False
        for cloud in self._clouds.values():
            if cloud.coming is not None and cloud.coming.done():
                cloud.octree = _result(cloud, cloud.coming)
                cloud.coming, changed = None, True
            for number, future in list(cloud.waiting.items()):
                if future.done() and sent <= most:
                    del cloud.waiting[number]
                    sent += self._add(cloud, number, future)
                    changed = True
        if changed and eye is not None:
            self._choose(eye)
            self._feed()
            self._evict()
        return changed

    def nodes(self) -> list[tuple[str, Points]]:
        """What is drawn, by its layer."""
        return [
            (name, node.points)
            for name, cloud in self._clouds.items()
            for node in cloud.there.values()
            if node and node.actor.GetVisibility()
        ]

    @property
    def there(self) -> bool:
        """Whether it holds any cloud."""
        return bool(self._clouds)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return any(cloud.coming is not None or cloud.waiting for cloud in self._clouds.values())

    @property
    def shown(self) -> bool:
        """Whether anything is drawn."""
        return any(
            node and node.actor.GetVisibility() for cloud in self._clouds.values() for node in cloud.there.values()
        )

    def dress(self, sky: Sky) -> None:
        """In the light of a sky."""
        if sky != self._sky:
            self._sky, self._materials = sky, {}
            for cloud in self._clouds.values():
                for node in cloud.there.values():
                    if node:
                        self._dressed(cloud, node.actor)

    def see(self, sight: materials.Sight) -> None:
        """Take another sight."""
        self._sight = sight
        for material in self._materials.values():
            materials.see(material, sight)

    def close(self) -> None:
        """Stop; whoever waits for a child ends with it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _choose(self, eye: Eye) -> bool:
        """The nodes with the widest gaps between their points first, as many as are drawn; their parents have wider."""
        chosen: list[tuple[float, int, str, int, float]] = []
        for name, cloud in self._clouds.items():
            if cloud.octree is None:
                continue
            tree = cloud.octree
            seen, away = visible(tree.boxes, eye), np.maximum(distances(tree.boxes, eye), 1.0)
            clarity = clearness(away / eye.clear) if eye.clear else np.ones(len(away))
            gaps = tree.apart * eye.focal / away * clarity
            # What is drawn of a parent leaves gaps as wide as its own.
            gaps = np.where(tree.parents < 0, 1e9, np.where(seen, 2 * gaps, 0.0))
            for node in np.flatnonzero((gaps >= _FINE) & (tree.counts > 0)).tolist():
                chosen.append((float(gaps[node]), int(tree.counts[node]), name, node, float(away[node])))
        chosen.sort(reverse=True)
        changed, left = False, MOST
        wanted: dict[str, dict[int, float]] = {name: {} for name in self._clouds}
        for gap, count, name, node, away_ in chosen:
            left -= count
            if left < 0 and len(wanted[name]) > 0:
                break
            wanted[name][node] = gap
            found = self._clouds[name].there.get(node)
            if found:
                tree_ = self._clouds[name].octree
                assert tree_ is not None
                found.actor.GetProperty().SetPointSize(dots.size(float(tree_.apart[node]) * eye.focal / away_))
        for name, cloud in self._clouds.items():
            cloud.urgent = wanted[name]
            for number in [number for number in cloud.waiting if number not in cloud.urgent]:
                if cloud.waiting[number].cancel():
                    del cloud.waiting[number]
            for number, found in cloud.there.items():
                if found is None:
                    continue
                shows = number in cloud.urgent
                changed |= shows != bool(found.actor.GetVisibility())
                found.actor.SetVisibility(shows)
                if shows:
                    found.seen = self._turn
        return changed

    def _feed(self) -> None:
        under_way = sum(len(cloud.waiting) for cloud in self._clouds.values())
        missing = [
            (gap, name, node)
            for name, cloud in self._clouds.items()
            if not cloud.broken
            for node, gap in cloud.urgent.items()
            if node not in cloud.there and node not in cloud.waiting
        ]
        missing.sort(reverse=True)
        for _, name, node in missing[: max(0, _ASKED - under_way)]:
            cloud = self._clouds[name]
            assert self._source is not None
            cloud.waiting[node] = self._pool.submit(self._source.points, cloud.layer, node)

    def _add(self, cloud: _Cloud, number: int, future: Future[Points]) -> int:
        points: Points | None = _result(cloud, future)
        if points is None or not len(points.places):
            cloud.there[number] = None
            return 0
        actor = dots.actor(points, self._colours(cloud, points), self._origin)
        actor.GetProperty().SetOpacity(cloud.layer.opacity)
        actor.SetVisibility(False)
        self._dressed(cloud, actor)
        self._pacing.watch(actor, len(points.places))
        self._renderer.AddActor(actor)
        cloud.there[number] = _Node(points, actor, self._turn)
        return points.nbytes

    def _colours(self, cloud: _Cloud, points: Points) -> Any:
        extent = cloud.layer.extent
        return dots.colours(points, self._tints.get(cloud.layer.id), (extent[2], extent[5]) if extent else (0.0, 1.0))

    def _dressed(self, cloud: _Cloud, actor: vtkActor) -> None:
        overlaid = cloud.layer.id in self._tints
        if self._sky is None:
            return
        if overlaid not in self._materials:
            self._materials[overlaid] = materials.dotted(self._sky, overlaid=overlaid)
            materials.see(self._materials[overlaid], self._sight)
        actor.SetShaderProperty(self._materials[overlaid])

    def _evict(self) -> None:
        kept = [(node.seen, name, number) for name, cloud in self._clouds.items()
                for number, node in cloud.there.items() if node]  # fmt: skip
        count = sum(len(node.points.places) for cloud in self._clouds.values() for node in cloud.there.values() if node)
        for seen, name, number in sorted(kept):
            if count <= KEPT or seen >= self._turn:
                return
            node = self._clouds[name].there.pop(number)
            assert node is not None
            count -= len(node.points.places)
            self._drop(node)

    def _clear(self, cloud: _Cloud) -> None:
        for future in cloud.waiting.values():
            future.cancel()
        if cloud.coming is not None:
            cloud.coming.cancel()
        for node in cloud.there.values():
            if node:
                self._drop(node)

    def _drop(self, node: _Node) -> None:
        self._renderer.RemoveActor(node.actor)
        node.actor.ReleaseGraphicsResources(self._renderer.GetRenderWindow())


def _same(layer: Layer) -> tuple[Any, ...]:
    return layer.version, layer.source, layer.link


def _result(cloud: _Cloud, future: Future[Any]) -> Any:
    """What a worker made; None where it could not, which is told once."""
    try:
        return future.result()
    except Cancelled:
        pass
    except TwinError as why:
        if not cloud.broken:
            _log.warning("%s can't be drawn: %s", cloud.layer.id, why)
    cloud.broken = True
    return None
