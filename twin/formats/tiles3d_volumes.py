"""Bounding volumes of 3D Tiles (region, box, sphere) as boxes in the city, and where their tileset lies by them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.earth import from_degrees, to_degrees
from twin.formats.gltf_document import Broken
from twin.model.tilesets import EVERYWHERE

Doubles = NDArray[np.float64]
Placed = Callable[[Doubles], Doubles]
"""(n, 3) of a tileset's coordinates in the city."""
_SIGNS = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T.astype(np.float64)
_EARTH = 6_371_000.0
_UNBUILT = mark("it is not built as the standard says")


def placed(place: Placed, earthly: bool) -> Placed:
    """What brings a tileset's coordinates to the city, through degrees where it lies on the earth."""
    return (lambda xyz: place(to_degrees(xyz))) if earthly else place


def boxes(volumes: Sequence[Any], transforms: Sequence[Doubles], place: Placed, earthly: bool) -> Doubles:
    """(n, 6) in the city; NaN for a volume that is none, everywhere for one that has no place there."""
    found = np.full((len(volumes), 6), np.nan)
    points: dict[str, list[Doubles]] = {"region": [], "box": [], "sphere": []}
    rows: dict[str, list[int]] = {"region": [], "box": [], "sphere": []}
    radii: list[float] = []
    for row, (said, transform) in enumerate(zip(volumes, transforms, strict=True)):
        kind = _kind(said)
        if kind is None:
            continue
        rows[kind].append(row)
        if kind == "sphere":
            ball = _numbers(said[kind], 4)
            points[kind].append(_moved(ball[None, :3], transform))
            radii.append(abs(ball[3]) * _stretch(transform))
        else:
            points[kind].append(_degrees(said[kind]) if kind == "region" else _moved(_corners(said[kind]), transform))
    for kind, some in points.items():
        if not some:
            continue
        flat, many = np.concatenate(some), len(some[0])
        xyz = (place if kind == "region" and earthly else placed(place, earthly))(flat).reshape(-1, many, 3)
        low, high = xyz.min(axis=1), xyz.max(axis=1)
        if kind == "sphere":
            low, high = low - np.array(radii)[:, None], high + np.array(radii)[:, None]
        # Between its corners the earth bends.
        bend = ((high - low) ** 2).sum(axis=1, keepdims=True) / (8 * _EARTH) if earthly else 0.0
        found[rows[kind]] = np.hstack([low - bend, high + bend])
    there = [row for some in rows.values() for row in some]
    lost = np.zeros(len(volumes), bool)
    lost[there] = ~(np.abs(found[there]) < EVERYWHERE).all(axis=1)
    found[lost] = [-EVERYWHERE] * 3 + [EVERYWHERE] * 3
    return found


def viewer(said: Any, transform: Doubles, place: Placed, earthly: bool) -> Doubles | None:
    """(13,) a volume that the eye must be in: its middle, three half axes and its radius in the city; None of none."""
    kind = _kind(said)
    if kind is None:
        return None
    made = np.full(13, np.nan)
    if kind == "sphere":
        ball = _numbers(said[kind], 4)
        made[:3] = placed(place, earthly)(_moved(ball[None, :3], transform))[0]
        made[12] = abs(ball[3]) * _stretch(transform)
        return made
    if kind == "region":
        west, south, east, north, low, high = _region(said[kind])
        x, y, z = (west + east) / 2, (south + north) / 2, (low + high) / 2
        ends = np.array([[x, y, z], [east, y, z], [x, north, z], [x, y, high]])
        ends[:, :2] = np.degrees(ends[:, :2])
        xyz = (place if earthly else placed(place, earthly))(ends)
    else:
        box = _numbers(said[kind], 12).reshape(4, 3)
        ends = np.vstack([box[:1], box[0] + box[1:]])
        xyz = placed(place, earthly)(_moved(ends, transform))
    made[:3], made[3:12] = xyz[0], (xyz[1:] - xyz[0]).ravel()
    return made


def corners(tile: dict[str, Any], transform: Doubles) -> Doubles | None:
    """(n, 3) points about a tile in its tileset's coordinates, geocentric of a region; None where it has no volume."""
    said = tile.get("boundingVolume")
    kind = _kind(said)
    if kind is None:
        return None
    assert isinstance(said, dict)
    if kind == "region":
        return from_degrees(_degrees(said[kind]))
    if kind == "box":
        return _moved(_corners(said[kind]), transform)
    ball = _numbers(said[kind], 4)
    return _moved(ball[:3] + ball[3] * np.vstack([np.eye(3), -np.eye(3)]), transform)


def _kind(said: Any) -> str | None:
    """Which a volume is; None of another."""
    if not isinstance(said, dict):
        return None
    return next((name for name in ("box", "region", "sphere") if name in said), None)


def _numbers(said: Any, count: int) -> Doubles:
    try:
        made = np.array(said, np.float64).reshape(count)
    except (TypeError, ValueError):
        made = np.full(count, np.nan)
    if not np.isfinite(made).all():
        raise Broken(_UNBUILT)
    return made


def _region(said: Any) -> tuple[float, ...]:
    west, south, east, north, low, high = _numbers(said, 6).tolist()
    return west, south, east if east >= west else east + 2 * math.pi, north, low, high


def _degrees(said: Any) -> Doubles:
    """(18, 3) longitude, latitude and height of places all over a region."""
    west, south, east, north, low, high = _region(said)
    x, y, z = np.meshgrid(np.linspace(west, east, 3), np.linspace(south, north, 3), [low, high])
    return np.column_stack([np.degrees(x.ravel()), np.degrees(y.ravel()), z.ravel()])


def _corners(said: Any) -> Doubles:
    box = _numbers(said, 12).reshape(4, 3)
    return np.asarray(box[0] + _SIGNS @ box[1:], np.float64)


def _moved(points: Doubles, transform: Doubles) -> Doubles:
    return np.asarray(points @ transform[:3, :3].T + transform[:3, 3], np.float64)


def _stretch(transform: Doubles) -> float:
    return float(np.linalg.norm(transform[:3, :3], axis=0).max())
