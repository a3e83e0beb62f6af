"""A file's outlines in its own coordinates: what is drawn while nobody has said yet where the file lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.formats.crs import Box
from twin.formats.geometry import decoded
from twin.formats.notes import Notes
from twin.formats.reader import Format
from twin.model.feature import GEOMETRY

Plane = NDArray[np.float64]
_FEATURES, _POINTS = 3_000, 30_000
"""What is drawn at most: more says no more about where it lies."""


@dataclass(frozen=True)
class Outlines:
    """Lines of points; a point alone is a line of one."""

    points: Plane
    """(n, 2) in the file's own coordinates."""
    starts: NDArray[np.int64]
    """(m,) where each line begins among the points."""
    bounds: Box

    def lines(self, points: Plane) -> list[Plane]:
        """Each line's part of ``points``, (n, 2), which are these or where these come to lie."""
        return np.split(points, self.starts[1:]) if len(self.starts) else []

    @property
    def middles(self) -> Plane:
        """(m, 2) a point of each line."""
        ends = np.append(self.starts[1:], len(self.points))
        return np.asarray(self.points[(self.starts + ends) // 2])


def of(chosen: Format, path: Path) -> Outlines:
    """The outlines of a file's first features; CannotRead where nothing of it has a place."""
    found, count, lines = 0, 0, list[Plane]()
    for batch in chosen.read(path, lambda xyz: xyz, Notes()):
        shapes = decoded(batch.table.column(GEOMETRY).to_numpy(zero_copy_only=False))
        for shape in shapes[: _FEATURES - found]:
            parts = _lines(shape)
            lines += parts
            count += sum(map(len, parts))
        found += len(shapes)
        if found >= _FEATURES or count >= _POINTS:
            break
    if not lines:
        raise CannotRead(mark("The file holds no feature with a place."), path)
    points = np.concatenate(lines)
    starts = np.cumsum([0, *map(len, lines[:-1])], dtype=np.int64)
    low, high = points.min(axis=0), points.max(axis=0)
    return Outlines(points, starts, (float(low[0]), float(low[1]), float(high[0]), float(high[1])))


def _lines(shape: Any) -> list[Plane]:
    if shape is None or shape.is_empty:
        return []
    parts = []
    for part in shapely.get_parts(shape):
        edge = part.boundary if part.geom_type == "Polygon" else part
        parts += [shapely.get_coordinates(one) for one in shapely.get_parts(edge)]
    return [one for one in parts if len(one) and all(map(math.isfinite, one.ravel()))]
