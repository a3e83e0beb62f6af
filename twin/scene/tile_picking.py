"""What a ray meets of a tileset's tile, and the edges of what it met."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from twin.model.shapes import Arrays
from twin.model.tilesets import Dots, Lines, Tile

_PIXELS = 4.0
"""That a ray may pass beside a point or a line."""
_MOST = 20_000
"""Triangles: a feature of more is marked by its box."""


class Met(NamedTuple):
    """How far along the ray, and whose it is."""

    far: float
    owner: int


class _Beside(NamedTuple):
    """How near a ray must pass."""

    pixel: float
    parallel: float

    def at(self, far: Any) -> Any:
        """Metres, so far along the ray."""
        return _PIXELS * self.pixel * (self.parallel or far)


def met(tile: Tile, eye: Any, way: Any, pixel: float, most: float, parallel: float = 0.0) -> Met | None:
    """The first that a ray meets within so many metres; ``pixel`` is how wide one is a metre before the eye.

    In a ``parallel`` view it is as wide everywhere as so many metres before the eye.
    """
    from twin.scene.rays import first

    start, best = np.asarray(eye) - tile.origin, Met(most, -1)
    for faces in tile.faces:
        nobody = np.zeros(max(1, tile.features), np.bool_)
        which, far = first(faces.points, faces.triangles, np.maximum(faces.owner, 0), nobody, start, way)
        if which >= 0 and far < best.far:
            best = Met(float(far), int(faces.owner[faces.triangles[which, 2]]))
    for some in tile.dots:
        best = _point(some, start, way, _Beside(pixel, parallel), best)
    for lines in tile.lines:
        best = _line(lines, start, way, _Beside(pixel, parallel), best)
    return best if best.far < most else None


def edges(tile: Tile, owner: int, fid: int) -> Arrays | None:
    """The faces of a feature under a number, as what an outline is made of; its box where they are many."""
    points, triangles, start = [], [], 0
    for faces in tile.faces:
        mine = faces.triangles[faces.owner[faces.triangles[:, 0]] == owner]
        corners = faces.points[mine].reshape(-1, 3)
        points.append(corners)
        triangles.append(np.arange(len(corners), dtype=np.int32).reshape(-1, 3) + start)
        start += len(corners)
    if not start:
        return None
    where, cells = np.concatenate(points), np.concatenate(triangles)
    if len(cells) > _MOST:
        where, cells = _box(where)
    across = np.cross(where[cells[:, 1]] - where[cells[:, 0]], where[cells[:, 2]] - where[cells[:, 0]])
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    count = len(where)
    return Arrays(
        origin=tile.origin,
        points=where,
        triangles=cells,
        normals=np.repeat(across, 3, axis=0).astype(np.float32),
        owner=np.zeros(count, np.int32),
        fids=np.array([fid], np.int64),
        base=np.zeros((count, 3), np.uint8),
        foot=np.ones(count, np.float32),
    )


def _point(some: Dots, start: Any, way: Any, within: _Beside, best: Met) -> Met:
    off = some.points - start
    far = off @ way
    beside = np.maximum((off * off).sum(axis=1) - far * far, 0)
    near = (far > 0) & (far < best.far) & (beside < np.maximum(within.at(far), some.apart / 2) ** 2)
    if not near.any():
        return best
    which = int(np.flatnonzero(near)[far[near].argmin()])
    return Met(float(far[which]), int(some.owner[which]))


def _line(lines: Lines, start: Any, way: Any, within: _Beside, best: Met) -> Met:
    """Seen along the ray a segment is a line in a plane, and the ray a point of it."""
    ends = lines.points[lines.segments].astype(np.float64) - start
    along = ends @ way
    flat = ends - along[..., None] * np.asarray(way)
    run = flat[:, 1] - flat[:, 0]
    share = np.clip(-(flat[:, 0] * run).sum(axis=1) / np.maximum((run * run).sum(axis=1), 1e-12), 0, 1)
    beside = np.linalg.norm(flat[:, 0] + share[:, None] * run, axis=1)
    far = along[:, 0] + share * (along[:, 1] - along[:, 0])
    near = (far > 0) & (far < best.far) & (beside < within.at(far))
    if not near.any():
        return best
    which = int(np.flatnonzero(near)[far[near].argmin()])
    return Met(float(far[which]), int(lines.owner[lines.segments[which, 0]]))


def _box(points: Any) -> tuple[Any, Any]:
    low, high = points.min(axis=0), points.max(axis=0)
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    corners = np.array([[(low, high)[n >> axis & 1][axis] for axis in range(3)] for n in range(8)], np.float32)
    cells = [cell for a, b, c, d in sides for cell in ((a, b, c), (a, c, d))]
    where = corners[np.array(cells).ravel()]
    return where, np.arange(len(where), dtype=np.int32).reshape(-1, 3)
