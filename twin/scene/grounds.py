"""The ground as it is drawn: baked by a worker, and again when what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkTexture

from twin.core.priority import give_way
from twin.model.shapes import Arrays
from twin.scene import actors, backdrop, ground, materials, shores
from twin.scene.laying import Mesh
from twin.scene.light import Sky
from twin.scene.tiles import Key

GROUND_LAYERS = frozenset({"sea", "land", "terrain"})
"""Layers that are the ground itself, and not drawn on it."""
BAKED_LAYERS = GROUND_LAYERS - {"land"}
"""Those of them that it is made of."""
_MARGIN, _LEAST = 0.35, 1200.0
"""How far beyond the city the coast is known, as a share of its size, and at least, in metres."""

Box = tuple[float, float, float, float, float, float]


FAR, NEAR = "far", "near"
"""Pictures of the shade: of all the city, and where it is too coarse a finer one about what is looked at."""


@dataclass(frozen=True)
class Baked:
    """A raster on its way to shaders."""

    raster: ground.Raster
    texture: vtkTexture


@dataclass(frozen=True)
class Shade:
    """A picture of the shade that is wanted."""

    made_of: object
    """What tells it from another."""
    sides: ground.Sides
    pixel: float
    standing: Callable[[], Iterable[Arrays]]
    roads: Callable[[], Iterable[Arrays]]


class Grounds:
    """Holds the ground's actors; what they show is asked for often and baked only where it changed."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self.shades: list[Baked] = []
        """The coarsest first."""
        self._renderer = renderer
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ground", initializer=give_way)
        self._actors: dict[int, vtkActor] = {}
        """Of the land, the shore and the sea (see ``shores.parts``)."""
        self.mesh: Mesh | None = None
        """Its triangles, once it lies."""
        self._coast: Baked | None = None
        self._origin = (0.0, 0.0, 0.0)
        self._asked: dict[str, Any] = {}
        self._waiting: dict[str, Future[Any]] = {}
        self._baked: dict[str, Baked] = {}
        self._stopped = False
        self.opacity = 1.0

    @property
    def laid(self) -> list[vtkActor]:
        """The ground, once it lies."""
        return list(self._actors.values())

    @property
    def shaded(self) -> bool:
        """Whether what stands on it shades it, roughly or finely."""
        return bool(self._baked)

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
            # What lies there already may wait, and gives way to the screen.
            at_once = self._pool if self._actors else pool
            self._waiting["coast"] = at_once.submit(_lie, extent, origin, sea, terrain)

    def stand(self, name: str, wanted: Shade, sun: Any) -> None:
        """Start on a picture of the shade, unless it is as it was."""
        asked = (wanted.made_of, wanted.sides, wanted.pixel, *sun)
        if self._asked.get(name) != asked:
            self._asked[name] = asked
            if name in self._waiting:
                self._waiting[name].cancel()
            self._waiting[name] = self._pool.submit(self._stand, wanted, sun)

    def drop(self, name: str) -> bool:
        """A picture of the shade is not wanted any more; True where there was one."""
        self._asked.pop(name, None)
        if name in self._waiting:
            self._waiting.pop(name).cancel()
        return self._baked.pop(name, None) is not None

    def clear(self) -> bool:
        """Nothing stands there; True where something did."""
        return bool([name for name in (FAR, NEAR) if self.drop(name)])

    def take(self, sky: Sky) -> bool:
        """Show what is baked; True where it lies otherwise than before."""
        done = [name for name, future in self._waiting.items() if future.done()]
        for name in done:
            made = self._waiting.pop(name).result()
            if name == "coast":
                self._lay(*made)
            elif made is not None:
                self._baked[name] = made
        if done:
            self.paint(sky)
        return bool(done)

    def paint(self, sky: Sky) -> None:
        """The ground in the light of a sky."""
        self.shades = [self._baked[name] for name in (FAR, NEAR) if name in self._baked]
        if self._coast is None:
            return
        coast, close = self._local(self._coast), self._coast.raster.close
        for part, actor in self._actors.items():
            if part == shores.SHORE:
                actors.sample(actor, "coast", self._coast.texture)
            for n, shade in enumerate(self.shades):
                actors.sample(actor, f"shade{n}", shade.texture)
            plain = sky.deep if part == shores.SEA else sky.ground
            near = coast if part == shores.SHORE else None
            actor.SetShaderProperty(materials.ground(sky, self.sides(), near, close, plain, self.opacity))
            actor.GetProperty().SetOpacity(self.opacity)

    def fade(self, opacity: float, sky: Sky) -> None:
        """Be so opaque from now on."""
        opaque, self.opacity = self.opacity >= 1, opacity
        if opaque != (opacity >= 1):
            self.paint(sky)
        for actor in self.laid:
            actor.GetProperty().SetOpacity(opacity)
            materials.veil(actor.GetShaderProperty(), opacity)

    def last(self) -> None:
        """Draw the ground after all that stands on it: what is hidden of it is then never painted."""
        if self._actors and self._renderer.GetActors().GetLastActor() is not self.laid[-1]:
            for actor in self.laid:
                self._renderer.RemoveActor(actor)
                self._renderer.AddActor(actor)

    def sides(self) -> list[ground.Sides]:
        """Of the pictures of the shade, from the scene's origin."""
        return [self._local(shade) for shade in self.shades]

    def close(self) -> None:
        """Stop."""
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _lay(self, laid: dict[int, vtkActor], coast: Baked, origin: actors.Point, mesh: Mesh) -> None:
        for actor in self.laid:
            self._renderer.RemoveActor(actor)
        self._actors, self._coast, self._origin, self.mesh = laid, coast, origin, mesh
        for actor in self.laid:
            self._renderer.AddActor(actor)

    def _local(self, baked: Baked) -> ground.Sides:
        west, south, east, north = baked.raster.sides
        return west - self._origin[0], south - self._origin[1], east - self._origin[0], north - self._origin[1]

    def _stand(self, wanted: Shade, sun: Any) -> Baked | None:
        standing, roads = self._unless_stopped(wanted.standing()), self._unless_stopped(wanted.roads())
        raster = ground.shade(wanted.sides, wanted.pixel, standing, roads, sun)
        return None if self._stopped else Baked(raster, actors.texture(raster.picture, mipmapped=True))

    def _unless_stopped(self, tiles: Iterable[Arrays]) -> Iterator[Arrays]:
        for one in tiles:
            if self._stopped:
                return
            yield one


def _lie(
    extent: Box, origin: actors.Point, sea: Sequence[Arrays], terrain: Sequence[Arrays]
) -> tuple[dict[int, vtkActor], Baked, actors.Point, Mesh]:
    margin = max(_LEAST, _MARGIN * max(extent[3] - extent[0], extent[4] - extent[1]))
    sides = (extent[0] - margin, extent[1] - margin, extent[3] + margin, extent[4] + margin)
    raster = ground.coast(sea, sides) if sea else ground.dry(sides)
    points, triangles = backdrop.relief(terrain, origin) if terrain else backdrop.plane(sides, origin, extent[2])
    parts = shores.parts(raster, points[:, :2] + origin[:2], triangles)
    laid = {part: actors.drawn(actors.polygons(*_used(points, some))) for part, some in parts.items()}
    return laid, Baked(raster, actors.texture(raster.picture)), origin, Mesh(points + origin, triangles)


def _used(points: Any, triangles: Any) -> tuple[Any, Any]:
    """The triangles with the points that are theirs alone."""
    used, corners = np.unique(triangles, return_inverse=True)
    return points[used], corners.reshape(-1, 3)
