"""Features as triangles, lines and points in space, for formats that draw: footprints with a height become prisms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.model.feature import GEOMETRY, GROUND, HEIGHT

Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass
class Part:
    """Vertices of one kind, not shared between faces."""

    points: Doubles = field(default_factory=lambda: np.empty((0, 3)))
    """(n, 3) in the table's CRS."""
    cells: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    """Indices of points: three for a triangle, two for a piece of a line, none for points."""
    owner: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    """(n,) which row of the table a vertex belongs to."""


@dataclass
class Solids:
    """What rows of a table look like."""

    faces: Part
    lines: Part
    points: Part

    def box(self) -> Doubles:
        """(2, 3) around all of it; NaN where there is nothing."""
        some = [part.points for part in (self.faces, self.lines, self.points) if len(part.points)]
        if not some:
            return np.full((2, 3), np.nan)
        whole = np.concatenate(some)
        return np.array([whole.min(axis=0), whole.max(axis=0)])


def solids(table: pa.Table) -> Solids:
    """Every feature of a table; what has no height lies on its ground, at 0 where that is unknown."""
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    ground, height = (_numbers(table, name) for name in (GROUND, HEIGHT))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    # Parts of a collection may be collections again.
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    kind = shapely.get_type_id(parts)
    base = np.nan_to_num(ground)
    raised = (kind == 3) & ~shapely.has_z(parts) & (height[owner] > 0)
    flat = (kind == 3) & ~raised
    prisms = _prisms(parts[raised], owner[raised], base, height)
    faces = _join([prisms, _polygons(parts[flat], owner[flat], base)])
    lines = np.isin(kind, (1, 2))
    return Solids(faces, _lines(parts[lines], owner[lines], base), _points(parts[kind == 0], owner[kind == 0], base))


def normals(part: Part) -> Doubles:
    """(n, 3) of each vertex of faces: that of its triangle."""
    corners = part.points[part.cells.reshape(-1, 3)]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    found = np.zeros((len(part.points), 3))
    for corner in range(3):
        np.add.at(found, part.cells.reshape(-1, 3)[:, corner], across)
    length = np.linalg.norm(found, axis=1)
    found[length == 0] = (0.0, 0.0, 1.0)
    return found / np.where(length == 0, 1.0, length)[:, None]


def _numbers(table: pa.Table, name: str) -> Doubles:
    if name not in table.column_names:
        return np.full(len(table), np.nan)
    column = table.column(name)
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        return np.full(len(table), np.nan)
    return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)


def _polygons(polygons: Any, owner: Numbers, base: Doubles) -> Part:
    """Each polygon in its own plane."""
    made = []
    for polygon, row in zip(polygons, owner.tolist(), strict=True):
        points, ends = _rings(polygon, base[row])
        if len(points) > 2:
            made.append(_cut(points, ends, row))
    return _join(made)


def _prisms(polygons: Any, owner: Numbers, base: Doubles, height: Doubles) -> Part:
    """A roof, a floor and walls."""
    made = []
    for polygon, row in zip(shapely.orient_polygons(polygons), owner.tolist(), strict=True):
        low, high = base[row], base[row] + height[row]
        points, ends = _rings(polygon, high)
        if len(points) < 3:
            continue
        roof = _cut(points, ends, row)
        floor = Part(roof.points - [0.0, 0.0, high - low], roof.cells.reshape(-1, 3)[:, ::-1].ravel(), roof.owner)
        made += [roof, floor]
        begin = 0
        for end in ends.tolist():
            ring = points[begin:end]
            begin = end
            after = np.roll(ring, -1, axis=0)
            walls = np.stack([ring, after, after, ring], axis=1)
            walls[:, :2, 2] = low
            quads = 4 * np.arange(len(ring), dtype=np.int64)[:, None] + np.array([0, 1, 2, 0, 2, 3])
            made.append(Part(walls.reshape(-1, 3), quads.ravel(), np.full(4 * len(ring), row, np.int64)))
    return _join(made)


def _rings(polygon: Any, base: float) -> tuple[Doubles, NDArray[np.uint32]]:
    """The open rings of a polygon one after the other, and where each ends."""
    rings = [shapely.get_coordinates(ring, include_z=True)[:-1] for ring in shapely.get_rings(polygon)]
    points = np.concatenate([np.empty((0, 3)), *rings])
    points[np.isnan(points[:, 2]), 2] = base
    return points, np.cumsum([len(ring) for ring in rings]).astype(np.uint32)


def _cut(points: Doubles, ends: NDArray[np.uint32], row: int) -> Part:
    """A polygon as triangles, in the plane that it lies in, looking where it looks (Newell's normal)."""
    import mapbox_earcut

    outer = points[: ends[0]] - points[0]
    after = np.roll(outer, -1, axis=0)
    normal = np.cross(outer, after).sum(axis=0)
    axis = int(np.argmax(np.abs(normal)))
    flat = np.delete(points - points[0], axis, axis=1)
    cells = mapbox_earcut.triangulate_float64(np.ascontiguousarray(flat), ends).reshape(-1, 3).astype(np.int64)
    if len(cells):
        corners = points[cells]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(axis=0)
        if across @ normal < 0:
            cells = cells[:, ::-1]
    return Part(points, cells.ravel(), np.full(len(points), row, np.int64))


def _lines(lines: Any, owner: Numbers, base: Doubles) -> Part:
    points, whose = shapely.get_coordinates(lines, include_z=True, return_index=True)
    row = owner[whose] if len(whose) else np.empty(0, np.int64)
    points = _based(points, row, base)
    first = np.flatnonzero(whose[1:] == whose[:-1]) if len(whose) else np.empty(0, np.int64)
    return Part(points, np.column_stack([first, first + 1]).ravel(), row)


def _points(some: Any, owner: Numbers, base: Doubles) -> Part:
    points, whose = shapely.get_coordinates(some, include_z=True, return_index=True)
    row = owner[whose] if len(whose) else np.empty(0, np.int64)
    return Part(_based(points, row, base), np.empty(0, np.int64), row)


def _based(points: Doubles, row: Numbers, base: Doubles) -> Doubles:
    missing = np.isnan(points[:, 2])
    points[missing, 2] = base[row[missing]]
    return points


def _join(some: list[Part]) -> Part:
    if not some:
        return Part()
    firsts = np.cumsum([0, *(len(one.points) for one in some)])
    return Part(
        np.concatenate([one.points for one in some]),
        np.concatenate([one.cells + first for one, first in zip(some, firsts[:-1], strict=True)]),
        np.concatenate([one.owner for one in some]),
    )
