"""How deep below the ground pipes and nodes near the eye lie: one place on each, and the metres over it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import camera as cameras
from twin.scene.asking import Asking
from twin.scene.camera import Point
from twin.scene.extents import BURIED

REACH, _PLAN = 400.0, 2_000.0
"""Metres from the eye within which depths are told; in a plan, from how high at the most."""
_MOST, _LEAST = 16, 0.05
"""How many are told, and metres of ground that are none."""


class Depth(NamedTuple):
    """Where one is told."""

    layer: str
    fid: int
    point: Point
    metres: float


def near(asking: Asking, camera: Camera, size: tuple[int, int]) -> list[Depth]:
    """Of the buried features that are seen in a picture of a size, the nearest to the eye first."""
    if camera.parallel and camera.distance > _PLAN:
        return []
    found = []
    for key, box in zip(*asking.details.finest, strict=True):
        layer = asking.listing.layers.get(key[0])
        if layer is None or layer.kind not in BURIED or not asking.seen(key[0]) or not _within(box, camera):
            continue
        tile = asking.details.tile(key)
        if tile is not None:
            found += _of(key[0], tile, asking, camera, size)
    return [one for _, one in sorted(found, key=lambda pair: pair[0])[:_MOST]]


def middles(tile: Arrays) -> tuple[Any, Any]:
    """The fids of a tile's features, and (n, 3) the middle of each in the city's CRS: of its line's middle piece."""
    points = tile.points.astype(np.float64) - (0.0 if tile.growth is None else tile.growth[:, :3])
    new = np.ones(len(points), bool)
    new[1:] = (np.abs(np.diff(points, axis=0)).max(axis=1, initial=0) > 1e-3) | (np.diff(tile.owner) != 0)
    kept = np.flatnonzero(new)
    points, owner = points[kept], tile.owner[kept]
    firsts = np.flatnonzero(np.diff(owner, prepend=-1))
    counts = np.diff(np.append(firsts, len(owner)))
    one = firsts + (counts - 1) // 2
    other = np.minimum(one + 1, firsts + counts - 1)
    return tile.fids[owner[firsts]], (points[one] + points[other]) / 2 + np.asarray(tile.origin)


def _of(layer: str, tile: Arrays, asking: Asking, camera: Camera, size: tuple[int, int]) -> list[tuple[float, Depth]]:
    fids, points = middles(tile)
    away = np.linalg.norm(points - np.array(camera.eye()), axis=1)
    pixels = cameras.pixels(camera, points, *size)
    with np.errstate(invalid="ignore"):
        inside = ((pixels > 0) & (pixels < np.array(size))).all(axis=1)
    rows = np.flatnonzero(inside & (camera.parallel | (away < REACH)) & ~asking.gone(layer, fids))
    rows = rows[np.argsort(away[rows], kind="stable")][: 2 * _MOST]
    ground = asking.meshing.levels.at(points[rows, 0], points[rows, 1], wait=False)
    deep = ground - points[rows, 2]
    return [
        (float(away[row]), Depth(layer, int(fids[row]), tuple(points[row].tolist()), float(metres)))
        for row, metres in zip(rows.tolist(), deep.tolist(), strict=True)
        if metres > _LEAST
    ]


def _within(box: Any, camera: Camera) -> bool:
    eye = np.array(camera.eye())
    off = np.maximum(np.maximum(box[:3] - eye, eye - box[3:]), 0.0)
    return camera.parallel or float(np.linalg.norm(off)) < REACH
