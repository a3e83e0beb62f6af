"""The ground as it is drawn: baked by a worker, and again when what it shows has changed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkTexture

from twin.model.shapes import Arrays
from twin.scene import actors, backdrop, ground, materials
from twin.scene.light import Sky
from twin.scene.tiles import Key

GROUND_LAYERS = frozenset({"sea", "land", "terrain"})
"""Layers that are the ground itself, and not drawn on it."""
BAKED_LAYERS = GROUND_LAYERS - {"land"}
"""Those of them that it is made of."""
_MARGIN, _LEAST = 0.35, 1200.0
"""How far beyond the city the coast is known, as a share of its size, and at least, in metres."""

Box = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Baked:
    """A raster on its way to shaders."""

    raster: ground.Raster
    texture: vtkTexture

    def coordinates(self, arrays: Arrays) -> Any:
        """Where a tile's points lie in it, 0 to 1."""
        west, south, east, north = self.raster.sides
        points = np.add(arrays.points[:, :2], (arrays.origin[0] - west, arrays.origin[1] - south), dtype=np.float64)
        return (points / (east - west, north - south)).astype(np.float32)


class Grounds:
    """Holds the ground's actor; what it shows is asked for often and baked only where it changed."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self.shade: Baked | None = None
        self._renderer = renderer
        self._actor: vtkActor | None = None
        self._coast: Baked | None = None
        self._origin = (0.0, 0.0, 0.0)
        self._asked: dict[str, Any] = {}
        self._waiting: dict[str, Future[Any]] = {}

    @property
    def laid(self) -> list[vtkActor]:
        """The ground, once it lies."""
        return [self._actor] if self._actor else []

    @property
    def shaded(self) -> bool:
        """Whether what stands on it shades it, roughly or finely."""
        return self.shade is not None

    @property
    def busy(self) -> bool:
        """Whether a worker is at it."""
        return bool(self._waiting)

    def lie(
        self, pool: Executor, extent: Box, origin: actors.Point, waters: dict[Key, Arrays], relief: dict[Key, Arrays]
    ) -> None:
        """Start on the coast and the relief, unless they are as they were."""
        sea, terrain = list(waters.values()), list(relief.values())
        # Arrays are made once for a tile: the same object is the same tile.
        lie = (extent, origin, *map(id, sea), *map(id, terrain))
        if self._asked.get("coast") != lie:
            self._asked["coast"] = lie
            self._waiting["coast"] = pool.submit(_lie, extent, origin, sea, terrain)

    def stand(self, pool: Executor, standing: dict[Key, Arrays], roads: dict[Key, Arrays], sun: Any) -> None:
        """Start on the shade of what stands on it and the light of its roads, unless they are as they were."""
        some, lit = list(standing.values()), list(roads.values())
        stand = (*sun, *map(id, some), *map(id, lit))
        if self._asked.get("shade") != stand:
            self._asked["shade"] = stand
            if self.shade is None:
                self._waiting["sketch"] = pool.submit(_stand, some, lit, sun, ground.SKETCH_PIXELS)
            self._waiting["shade"] = pool.submit(_stand, some, lit, sun, ground.SHADE_PIXELS)

    def take(self, sky: Sky) -> bool:
        """Show what is baked; True where it lies otherwise than before."""
        done = [name for name, future in self._waiting.items() if future.done()]
        for name in done:
            made = self._waiting.pop(name).result()
            if name == "shade":
                self.shade = made
            elif name == "sketch":
                self.shade = self.shade or made
            else:
                self._lay(*made)
        if done:
            self.paint(sky)
        return bool(done)

    def paint(self, sky: Sky) -> None:
        """The ground in the light of a sky."""
        if self._actor is None or self._coast is None:
            return
        actors.sample(self._actor, "coast", self._coast.texture)
        if self.shade:
            actors.sample(self._actor, "shade", self.shade.texture)
        self._actor.SetShaderProperty(
            materials.ground(
                sky, self._local(self._coast), self._coast.raster.close, self._local(self.shade) if self.shade else None
            )
        )

    def _lay(self, actor: vtkActor, coast: Baked, origin: actors.Point) -> None:
        if self._actor:
            self._renderer.RemoveActor(self._actor)
        self._actor, self._coast, self._origin = actor, coast, origin
        self._renderer.AddActor(actor)

    def _local(self, baked: Baked) -> ground.Sides:
        west, south, east, north = baked.raster.sides
        return west - self._origin[0], south - self._origin[1], east - self._origin[0], north - self._origin[1]


def _lie(
    extent: Box, origin: actors.Point, sea: Sequence[Arrays], terrain: Sequence[Arrays]
) -> tuple[vtkActor, Baked, actors.Point]:
    margin = max(_LEAST, _MARGIN * max(extent[3] - extent[0], extent[4] - extent[1]))
    sides = (extent[0] - margin, extent[1] - margin, extent[3] + margin, extent[4] + margin)
    raster = ground.coast(sea, sides) if sea else ground.dry(sides)
    actor = backdrop.relief(terrain, origin) if terrain else backdrop.plane(sides, origin, extent[2])
    return actor, Baked(raster, actors.texture(raster.picture)), origin


def _stand(standing: Sequence[Arrays], roads: Sequence[Arrays], sun: Any, pixels: int) -> Baked | None:
    raster = ground.shade(standing, sun, pixels, roads)
    return Baked(raster, actors.texture(raster.picture, mipmapped=True)) if raster else None
