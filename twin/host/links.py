"""Linked files on their way to the scene: children that stay read them, and nobody waits for one on the screen."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from twin.core import paths
from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.host.services import Services
from twin.model.layer import Layer
from twin.model.patches import Octree, Patch, PointFile, Points, RasterFile, Square
from twin.store.city import City
from twin.work.jobs import Jobs

SECONDS, MEMORY = 60.0, 1 << 30
"""How long one window may take, and how much room beside what the child has."""
_BUILDING = 1800.0
"""Seconds that making a point cloud's octree may take."""
CLOUDS = "clouds"


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

    def patch(self, layer: Layer, square: Square) -> Patch | None:
        """What a linked raster holds of a square of the city. Raises CannotRead where it is missing or damaged."""
        link = layer.link
        assert link is not None
        if link.service:
            return self.services.patch(layer, link.service, square)
        file = RasterFile(
            self._there(layer),
            layer.source.crs,
            self._city.crs,
            layer.kind,
            link.local,
            link.height_unit,
            link.rows_from_south,
        )
        found: Patch | None = self._ask("raster", "patch", SECONDS, layer, file, square)
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

    def sample(self, layer: Layer) -> Points:
        """Some thousand of its points."""
        found: Points = self._ask("points", "sample", _BUILDING, layer, self._points(layer))
        return found

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
                raise CannotRead(mark("The city is being closed."), self._path)
            jobs = self._jobs.setdefault(pool, Jobs(1, ("twin.formats.windows",)))
        run = getattr(windows, what)
        file = asked[0].path
        return jobs.run(run, *asked, title=layer.title, timeout=seconds, memory=MEMORY, path=file).result()

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
        )

    def _there(self, layer: Layer) -> str:
        assert layer.link is not None
        file = layer.link.file(self._path)
        if not file.exists():
            raise CannotRead(mark("The file of “{layer}” is missing: find it again."), file, layer=layer.title)
        return str(file)
