"""Linked files on their way to the scene: children that stay read them, and nobody waits for one on the screen."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from twin.core import paths
from twin.core.errors import Cancelled, CannotRead, TwinError
from twin.core.i18n import mark
from twin.host.services import Services
from twin.model.layer import Layer
from twin.model.patches import Cell, Octree, Patch, PointFile, Points, RasterFile, Square
from twin.model.tilesets import Branch, Tile, TileFeature, TileKey, TilesetFile
from twin.store.asking import CLOSING
from twin.store.city import City
from twin.work.jobs import Jobs

SECONDS, MEMORY = 60.0, 1 << 30
"""How long one window may take, and how much room beside what the child has."""
_BUILDING = 1800.0
"""Seconds that making a point cloud's octree may take."""
CLOUDS = "clouds"
_READERS = ("twin.formats.windows",)
"""What a child that reads linked files begins with."""


class Links:
    """The linked files of an open city; every call may come from any thread and waits for its answer."""

    def __init__(self, path: Path, city: City) -> None:
        """``path`` is the city's own, whatever copy of it is read."""
        self._path = path
        self._city = city
        self._lock = threading.Lock()
        self._jobs: dict[str, Jobs] = {}
        self._closed = False
        self.services = Services(city)
        self._named: dict[tuple[str, TileKey, int], int] = {}
        self._whose: dict[int, tuple[str, TileKey, int]] = {}

    def patch(self, layer: Layer, square: Square) -> Patch | None:
        """What a linked raster holds of a square of the city. Raises CannotRead where it is missing or damaged."""
        if layer.link and layer.link.service:
            return self.services.patch(layer, layer.link.service, square)
        found: Patch | None = self._ask("raster", "patch", SECONDS, layer, self._raster(layer), square)
        return found

    def cell(self, layer: Layer, east: float, north: float) -> Cell | None:
        """What a linked raster holds at a place of the city; None beyond it, and of a map service."""
        if layer.link and layer.link.service:
            return None
        found: Cell | None = self._ask("raster", "cell", SECONDS, layer, self._raster(layer), east, north)
        return found

    def lacking(self, layer: str, square: Square) -> bool:
        """Whether a square was answered without all that belongs to it: it may be asked for again."""
        return self.services.lacking(layer, square)

    def octree(self, layer: Layer) -> Octree:
        """The nodes of a linked point cloud."""
        found: Octree = self._ask("points", "octree", _BUILDING, layer, self._points(layer))
        return found

    def points(self, layer: Layer, node: int) -> Points:
        """The points of one of its nodes."""
        found: Points = self._ask("points", "points", SECONDS, layer, self._points(layer), node)
        return found

    def nearest(self, layer: Layer, east: float, north: float, within: float) -> Points | None:
        """The point that lies nearest to a place in plan, within so many metres; None where there is none."""
        found: Points | None = self._ask(
            "points", "nearest", _BUILDING, layer, self._points(layer), east, north, within
        )
        return found

    def sample(self, layer: Layer) -> Points:
        """Some thousand of its points."""
        found: Points = self._ask("points", "sample", _BUILDING, layer, self._points(layer))
        return found

    def branch(self, layer: Layer, path: tuple[int, ...]) -> Branch:
        """The tiles of a linked tileset behind some doors."""
        found: Branch = self._ask("tileset", "branch", SECONDS, layer, self._tileset(layer), path)
        return found

    def tile(self, layer: Layer, key: TileKey) -> Tile:
        """What one of its tiles shows."""
        found: Tile = self._ask("tileset", "tile", SECONDS, layer, self._tileset(layer), key)
        return found

    def feature(self, layer: Layer, key: TileKey, number: int) -> TileFeature:
        """What a feature of one of its tiles says."""
        found: TileFeature = self._ask("tileset", "feature", SECONDS, layer, self._tileset(layer), key, number)
        return found

    def named(self, layer: str, key: TileKey, number: int) -> int:
        """The number, below 0, that a feature of a tile goes by from now on: it has none in the city."""
        with self._lock:
            known = self._named.setdefault((layer, key, number), -1 - len(self._named))
            self._whose[known] = (layer, key, number)
            return known

    def told(self, layer: Layer, fid: int) -> TileFeature | None:
        """What a feature with such a number says; None where nobody gave it."""
        found = self._whose.get(fid)
        return self.feature(layer, *found[1:]) if found and found[0] == layer.id else None

    def adopt(self, holds: str, jobs: Jobs) -> bool:
        """Read what links hold of a kind in the child of ``jobs`` from now on; False where another does already."""
        with self._lock:
            if self._closed or holds in self._jobs:
                return False
            jobs.preload = _READERS
            self._jobs[holds] = jobs
            return True

    def close(self) -> None:
        """End the children; whoever waits for one is told so."""
        with self._lock:
            self._closed = True
            jobs = list(self._jobs.values())
        for one in jobs:
            one.close()
        self.services.close()

    def _ask(self, pool: str, what: str, seconds: float, layer: Layer, *asked: Any) -> Any:
        from twin.formats import windows

        with self._lock:
            if self._closed:
                raise Cancelled(CLOSING)
            jobs = self._jobs.setdefault(pool, Jobs(1, _READERS))
        run = getattr(windows, what)
        file = asked[0].path
        try:
            return jobs.run(run, *asked, title=layer.title, timeout=seconds, memory=MEMORY, path=file).result()
        except TwinError:
            if self._closed:
                raise Cancelled(CLOSING) from None
            raise

    def _raster(self, layer: Layer) -> RasterFile:
        link = layer.link
        assert link is not None
        named = (layer.source.crs, self._city.crs, layer.kind, link.local, link.height_unit, link.levels)
        return RasterFile(self._there(layer), *named, rows_from_south=link.rows_from_south)

    def _points(self, layer: Layer) -> PointFile:
        link = layer.link
        assert link is not None
        return PointFile(
            self._there(layer),
            layer.source.crs,
            self._city.crs,
            link.local,
            link.height_unit,
            str(paths.cache() / CLOUDS),
            link.levels,
        )

    def _tileset(self, layer: Layer) -> TilesetFile:
        link = layer.link
        assert link is not None
        return TilesetFile(self._there(layer), layer.source.crs, self._city.crs, link.local, link.height_unit)

    def _there(self, layer: Layer) -> str:
        assert layer.link is not None
        file = layer.link.file(self._path)
        if not file.exists():
            raise CannotRead(mark("The file of “{layer}” is missing: find it again."), file, layer=layer.title)
        return str(file)
