"""What lies around the city: the ground out to the horizon, and the sky above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkRenderingCore import vtkActor

from twin.model.shapes import Arrays
from twin.scene import actors
from twin.scene.ground import Sides
from twin.scene.light import Sky

_FAR = 60_000.0
"""Metres from the city's middle to where the ground has long become haze."""
_NEAR = 24_000.0
"""Metres from the eye to what it looks at, beyond which the sky is larger than usual."""
_TIMES = 6
"""Of a city's own width, where that is farther."""
_CELLS = 24
_DEEP = 12.0
"""Degrees below the horizon from which the earth is as dark as it becomes."""
_BELOW = 0.25
"""Metres that the ground lies under what stands on it."""


def plane(sides: Sides, origin: actors.Point, height: float) -> tuple[Any, Any]:
    """Level ground at a height, out to the horizon: (n, 3) points relative to the scene's origin, (m, 3) triangles."""
    xs, ys = (_steps(sides[n] - origin[n], sides[n + 2] - origin[n]) for n in (0, 1))
    x, y = np.meshgrid(xs, ys)
    points = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, height - origin[2] - _BELOW)])
    return points, _grid(len(ys), len(xs))


def relief(terrain: Sequence[Arrays], origin: actors.Point) -> tuple[Any, Any]:
    """A terrain's own triangles as the ground, as ``plane``; where they end it goes on level to the horizon."""
    firsts = np.cumsum([0, *(len(arrays.points) for arrays in terrain)])
    points = np.concatenate([arrays.points.astype(np.float64) + arrays.origin for arrays in terrain]) - origin
    triangles = np.concatenate([arrays.triangles + n for arrays, n in zip(terrain, firsts[:-1], strict=True)])
    points[:, 2] -= _BELOW
    points, triangles = _shared(points, triangles)
    rim, inner = _rim(points, triangles)
    outer = points[inner].copy()
    middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
    outer[:, :2] = middle + (outer[:, :2] - middle) * (_FAR / np.abs(outer[:, :2] - middle).max())
    new = len(points) + np.arange(len(inner), dtype=np.int64)
    turned = np.searchsorted(inner, rim)
    a, b, c, d = rim[:, 0], rim[:, 1], new[turned[:, 1]], new[turned[:, 0]]
    ring = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    return np.concatenate([points, outer]), np.concatenate([triangles, ring])


def dome(sky: Sky, *, earth: bool = False) -> vtkActor:
    """The sky, a half sphere about the eye: the gradient starts at the horizon whatever the pitch.

    With ``earth`` a whole one, for who looks through the ground.
    """
    below = [-90.0, -60.0, -40.0, -25.0, -15.0, -8.0, -3.0] if earth else [-12.0]
    rises = np.radians([*below, 0.0, 1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 23.0, 32.0, 45.0, 60.0, 90.0])
    turns = np.linspace(0, 2 * np.pi, 25)
    rise, turn = np.meshgrid(rises, turns, indexing="ij")
    directions = np.stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)], axis=-1)
    share = np.clip(rise / np.radians(45.0), 0, 1)[..., None] ** 0.6
    colours = np.array(sky.horizon) * (1 - share) + np.array(sky.zenith) * share
    depth = np.clip(-rise / np.radians(_DEEP), 0, 1)[..., None] ** 0.7 if earth else 0.0
    colours = colours * (1 - depth) + np.array(sky.earth) * depth
    data = actors.polygons(directions.reshape(-1, 3) * _FAR * 1.2, _grid(len(rises), len(turns)))
    data.GetPointData().SetScalars(numpy_to_vtk(colours.reshape(-1, 3).astype(np.uint8)))
    return actors.drawn(data)


def reach(sky: vtkActor, distance: float) -> None:
    """Put the sky behind all that is looked at from a distance, in metres."""
    sky.SetScale(max(1.0, distance / _NEAR))


def _steps(low: float, high: float) -> Any:
    # Fine cells where the city is, so that what is computed from a fragment's place stays exact in float32.
    middle, far = (low + high) / 2, max(_FAR, _TIMES * (high - low))
    return np.unique([middle - far, *np.linspace(low, high, _CELLS), middle + far])


def _grid(rows: int, columns: int) -> Any:
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    quads = np.column_stack([corner, corner + 1, corner + columns + 1, corner + columns])
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _shared(points: Any, triangles: Any) -> tuple[Any, Any]:
    """The same triangles over points that they share, to the centimetre: a fifth of the work of drawing them."""
    x, y, z = np.rint((points - points.min(axis=0)) * 100).astype(np.int64).T
    _, plan = np.unique(x << 32 | y, return_inverse=True)
    _, first, same = np.unique(plan << 32 | z, return_index=True, return_inverse=True)
    return points[first], same[triangles]


def _rim(points: Any, triangles: Any) -> tuple[Any, Any]:
    """The edges that belong to one triangle and lie on the terrain's box, as (n, 2) points, and those points sorted."""
    # Places and edges as one number each, which is sorted ten times sooner than rows.
    places = np.rint((points[:, :2] - points[:, :2].min(axis=0)) * 100).astype(np.int64)
    _, same = np.unique(places[:, 0] << 32 | places[:, 1], return_inverse=True)
    one = np.zeros(same.max() + 1, np.int64)
    one[same] = np.arange(len(same))
    edges = one[same[triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)]]
    _, place, times = np.unique(edges.min(axis=1) << 32 | edges.max(axis=1), return_index=True, return_counts=True)
    edges = edges[place[times == 1]]
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    at = points[edges][:, :, :2]
    rim = np.zeros(len(edges), bool)
    for axis in (0, 1):
        for line in (low[axis], high[axis]):
            rim |= (np.abs(at[:, :, axis] - line) < 1.0).all(axis=1)
    return edges[rim], np.unique(edges[rim])
