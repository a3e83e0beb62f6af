"""The lips about flat roofs whose faces are known: how far each corner of a roof lies within its sides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from layers import kernels
from layers.faces import Faces

_LEVEL = 0.999
"""How far up the normal of a flat roof points."""


def lipped(faces: Faces, origins: Any) -> tuple[Faces, Any]:
    """The faces, the corners of flat roofs last; and of each of those (4,) how far it lies within the roof's sides.

    ``origins`` (f, 3) are those of the features' tiles.
    """
    flat = (faces.normals[:, 2] > _LEVEL) & ~_triangular(faces)
    roof = flat[faces.triangles[:, 0]] if len(faces.triangles) else np.empty(0, bool)
    tops = faces.triangles[roof]
    x, y = (np.ascontiguousarray(side, np.float32) for side in (faces.points - origins[faces.feature]).T[:2])
    before, following = _beside(tops, len(x))
    kept = np.flatnonzero(~flat)
    corner, rim = np.empty(3 * len(tops), np.int32), np.empty((3 * len(tops), 4), np.float32)
    nx, ny, held = *_outward(x, y, following), np.zeros(len(x), bool)
    count = kernels.lips(x, y, nx, ny, 0, before, following, tops, 0, len(tops), held, corner, rim, len(kept))
    rows = np.concatenate([kept, corner[:count]])
    moved = np.zeros(len(flat), np.int32)
    moved[kept] = np.arange(len(kept), dtype=np.int32)
    made = replace(
        faces,
        points=faces.points[rows],
        triangles=np.concatenate([moved[faces.triangles[~roof]], tops]).astype(np.int32),
        normals=faces.normals[rows],
        feature=faces.feature[rows],
        part=faces.part[rows],
    )
    return made, rim[:count]


def _triangular(faces: Faces) -> Any:
    """Vertices of polygons that are triangles: a roof made of those has sides that are no sides."""
    first = np.ones(len(faces.part), bool)
    first[1:] = (np.diff(faces.part) != 0) | (np.diff(faces.feature) != 0)
    which = np.cumsum(first) - 1
    return np.bincount(which)[which] <= 3 if len(which) else first


def _beside(triangles: Any, count: int) -> tuple[Any, Any]:
    """The corners before and after each along its polygon's outline: sides that belong to one triangle alone."""
    a, b = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    side = a.astype(np.int64) * count + b
    outer = ~np.isin(side, b.astype(np.int64) * count + a)
    before, following = np.arange(count, dtype=np.int32), np.arange(count, dtype=np.int32)
    following[a[outer]], before[b[outer]] = b[outer], a[outer]
    return before, following


def _outward(x: Any, y: Any, following: Any) -> tuple[Any, Any]:
    along, across = x[following] - x, y[following] - y
    run = np.maximum(np.hypot(along, across), np.float32(1e-9))
    return (across / run).astype(np.float32), (-along / run).astype(np.float32)
