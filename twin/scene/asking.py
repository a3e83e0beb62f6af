"""What is asked of a scene: what lies under a pixel, what hides a point, which edges a feature has."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import camera as cameras
from twin.scene import highlight, levels
from twin.scene.camera import Point
from twin.scene.details import Details, Hit
from twin.scene.dressing import COVERING
from twin.scene.extents import BURIED
from twin.scene.growing import Aim
from twin.scene.linked import Linked
from twin.scene.listing import Listing
from twin.scene.meshing import Meshing
from twin.scene.tiles import Node

_COVER = 0.3
"""Metres of ground over a thing that hide it."""


@dataclass(frozen=True)
class Asking:
    """A scene at one moment."""

    camera: Camera
    metre: float
    """Metres that a pixel is wide one metre before the eye; in a parallel view, everywhere."""
    details: Details
    meshing: Meshing
    listing: Listing
    linked: Linked
    seen: Callable[[str], bool]
    """Whether a layer is drawn."""
    gone: Callable[[str, Any], Any]
    solid: bool
    """Whether nobody sees through the ground."""
    shown: Collection[Node]
    """The tiles that are drawn."""

    def pick(self, x: float, y: float, width: int, height: int) -> Hit | None:
        """The feature under a pixel; None where the ground hides it."""
        eye, way = cameras.ray(self.camera, x, y, width, height)
        details = {node.key: node.detail for node in self.shown}
        aim = Aim(self.camera, self.metre, (x, y), (width, height), details)
        hit = None if self.solid else self.details.nearest(eye, way, self._under, self.gone, aim=aim)
        hit = hit or self.details.nearest(eye, way, self.seen, self.gone, aim=aim)
        return self.linked.nearest(eye, way, None if hit and self.covered(hit.point, hit.layer) else hit)

    def _under(self, layer: str) -> bool:
        """Whether a layer is drawn, and no ground that one looks through."""
        return self.seen(layer) and self.listing.layers[layer].kind not in COVERING

    def hides(self, point: Point, of: tuple[str, int] | None) -> bool:
        """Whether something stands between the eye and a point, other than the feature it is a point ``of``."""
        if of and self.covered(point, of[0]):
            return True
        eye = cameras.source(self.camera, point)
        way = np.subtract(point, eye)
        far = float(np.linalg.norm(way))
        east, north, up = (float(part) / max(far, 1e-9) for part in way)
        met = self.details.nearest(eye, (east, north, up), self.seen, self.gone, far - 0.5)
        met = self.linked.nearest(eye, (east, north, up), met, far - 0.5)
        return met is not None and (met.layer, met.fid) != of

    def covered(self, point: Point, layer: str) -> bool:
        """Whether a point of a layer that may be buried lies under ground that nobody sees through."""
        found = self.listing.layers.get(layer)
        if not self.solid or found is None or found.kind not in BURIED:
            return False
        deep = levels.below(self.meshing.levels, point)
        return deep is not None and deep > _COVER

    def deep(self, hit: Hit) -> float | None:
        """Metres that what was hit lies below the ground; None where it doesn't, or can't."""
        found = self.listing.layers.get(hit.layer)
        return levels.below(self.meshing.levels, hit.point) if found and found.kind in BURIED else None

    def edges(self, layer: str, fid: int) -> Any:
        """The edges of a drawn feature that face the eye, (n, 2, 3) in the city's CRS; empty where it isn't drawn."""
        found = self.holding(layer, fid)
        if found is None:
            return np.empty((0, 2, 3))
        east, north, height = (a - b for a, b in zip(self.camera.eye(), found.origin, strict=True))
        points, lines = highlight.edges(found, fid, (east, north, height))
        return points[lines] + np.asarray(found.origin)

    def holding(self, layer: str, fid: int) -> Arrays | None:
        """The full detail of the tile that has a feature, where it is drawn."""
        if fid < 0:
            return self.linked.holding(layer, fid)
        if layer not in self.listing.layers or not self.seen(layer) or layer not in self.meshing.tones:
            return None
        if self.gone(layer, np.array([fid]))[0]:
            return None
        row = int(self.meshing.tones[layer].rows(np.array([fid]))[0])
        key = self.listing.holding(layer, row) if row >= 0 else None
        found = self.details.tile(key) if key else None
        return found if found is not None and fid in found.fids else None
