"""A linked point cloud as its reader holds it: COPC by its own octree, LAS and LAZ by one in the cache."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from twin.formats import cloud_header as headers
from twin.formats import vertical
from twin.formats.cloud_octree import cached
from twin.formats.copc import Copc
from twin.formats.placing import LOCAL, decide
from twin.formats.reader import Report
from twin.model.patches import Octree, PointFile, Points


class Cloud(Protocol):
    """An octree of points."""

    def octree(self) -> Octree:
        """Its nodes in the city."""

    def points(self, node: int) -> Points:
        """One node's."""

    def sample(self) -> Points:
        """Some thousand of all of them."""


def cloud(file: PointFile, progress: Report) -> Cloud:
    """A file, open; kept so, since whoever reads one node reads another."""
    looked = Path(file.path).stat()
    key = (file, looked.st_size, looked.st_mtime_ns)
    found = _open.get(key)
    if found is None:
        found = _opened(file, progress)
        while len(_open) >= _MOST:
            _open.pop(next(iter(_open)))
        _open[key] = found
    return found


_MOST = 6
_open: dict[tuple[PointFile, int, int], Cloud] = {}


def _opened(file: PointFile, progress: Report) -> Cloud:
    path = Path(file.path)
    header = headers.header(path)
    by_hand = file.crs == LOCAL
    placing = decide(
        path,
        None if by_hand else file.crs,
        (*header.low[:2], *header.high[:2]),
        city=file.city_crs,
        said=LOCAL if by_hand else None,
        local=file.local,
        height_unit=None if by_hand else file.height_unit,
    )
    place = vertical.shifted(placing.place, vertical.Shift(file.levels)) if file.levels else placing.place
    return Copc(path, place) if header.copc else cached(file, header, place, progress)


__all__ = ["Cloud", "cloud"]
