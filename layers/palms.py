"""Palms: a trunk and a crown of fronds in 30 triangles, 10 and 6 from afar, each turned and as high as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import palette
from twin.api import shapes

KIND = "palms"
VERSION = 1
DETAILS = (0.0, 0.35, 0.5, 5.0)
"""Metres by which each level of detail may be off: as they are, with broad fronds alone, with a crown that is one
roof, and none at all."""
COLUMNS: tuple[str, ...] = ("height",)
HEIGHT = 8.0
"""Metres to the crown's top, where a palm names none."""
_TRUNK, _WAIST, _CROWN = 0.026, 0.016, 0.88
"""Half of the trunk's width at its foot and at its top, and where the crown begins, for a palm one metre high."""
_FRONDS = ((8, 0.0, (0.24, 0.99), (0.46, 0.77), 0.060), (4, 0.3, (0.15, 1.06), (0.31, 1.04), 0.042))
"""How many fronds, the first's turn; how far out and how high is a frond's middle, its tip; half of its width."""
_BROAD, _HUNG = 2.2, 0.5
"""From afar the outer fronds cover what the inner ones did, and end so far from their middle to their tip."""
_SIDES, _REACH, _EAVES = 5, 0.40, 0.80
"""From farther a crown is a roof of so many sides over what the fronds covered: how far out and how high it ends."""


def encode(table: pa.Table) -> bytes:
    """Where each point of a feature stands, and how high."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    points, whose = shapely.get_coordinates(geometries, include_z=True, return_index=True)
    high = np.full(len(table), HEIGHT)
    if "height" in table.column_names:
        said = table.column("height").cast(pa.float64()).to_numpy(zero_copy_only=False)
        high = np.where(said > 0, said, HEIGHT)
    origin = np.array([*points[:, :2].min(axis=0), 0.0]) if len(points) else np.zeros(3)
    return shapes.pack(
        origin=origin,
        feet=(np.nan_to_num(points) - origin).astype(np.float32),
        height=high[whose].astype(np.float32),
        owner=whose.astype(np.int32),
        fids=table.column("fid").to_numpy(),
    )


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """One palm, copied to where each stands; from farthest there is nothing to see of them."""
    packed = shapes.unpack(payload)
    feet, height, owner, fids = (packed[name][: None if level < len(_PALMS) else 0] for name in _KEPT)
    points, normals, triangles, colours = _PALMS[min(level, len(_PALMS) - 1)]
    turns = ((fids[owner] * 2654435761 >> 8) % 360).astype(np.float32) * np.float32(np.pi / 180)
    count = len(points)
    corners = triangles + count * np.arange(len(feet), dtype=np.int32)[:, None, None]
    return shapes.Arrays(
        origin=tuple(float(value) for value in packed["origin"]),  # type: ignore[arg-type]
        points=(feet[:, None] + _turned(points, turns) * height[:, None, None]).reshape(-1, 3),
        triangles=corners.reshape(-1, 3).astype(np.int32),
        normals=_turned(normals, turns).reshape(-1, 3),
        owner=np.repeat(owner, count),
        fids=fids,
        base=np.tile(colours, (len(feet), 1)),
        foot=np.ones(count * len(feet), np.float32),
    )


def _turned(some: Any, turns: Any) -> Any:
    """(palms, n, 3): points turned about the upright axis, once for each palm."""
    cos, sin = np.cos(turns)[:, None], np.sin(turns)[:, None]
    level = np.broadcast_to(some[:, 2], (len(turns), len(some)))
    return np.stack([cos * some[:, 0] - sin * some[:, 1], sin * some[:, 0] + cos * some[:, 1], level], axis=-1)


def _fine() -> tuple[Any, Any, Any, Any]:
    """Points, normals, triangles and colours of a palm one metre high."""
    points, normals = _palm()
    folded = np.arange(0, len(points), 4, dtype=np.int32)[:, None, None] + np.array([[0, 1, 3], [1, 2, 3]], np.int32)
    return points, normals, folded.reshape(-1, 3), _coloured(len(points), _BARK)


def _broad() -> tuple[Any, Any, Any, Any]:
    """The same with a triangle for each of two faces of bark and of the outer fronds."""
    points, normals = _palm()
    faces = points.reshape(-1, 4, 3)
    bark = [(one[0], one[1], (one[2] + one[3]) / 2) for one in faces[:2]]
    hung = []
    for root, right, tip, left in faces[3 : 3 + _FRONDS[0][0]]:
        middle = (left + right) / 2
        end, aside = middle + _HUNG * (tip - middle), _BROAD * (left - middle)
        hung.append((root, end - aside, end + aside))
    found = np.array([*bark, *hung], np.float32).reshape(-1, 3)
    which = np.repeat([0, 1, *range(3, 3 + len(hung))], 3)
    return found, normals[4 * which], np.arange(len(found), dtype=np.int32).reshape(-1, 3), _coloured(len(found), 6)


def _roofed() -> tuple[Any, Any, Any, Any]:
    """A triangle of bark, and a roof whose sides share their corners: a vertex costs more than what it covers."""
    points, normals = _palm()
    turns = 2 * np.pi / _SIDES * np.arange(_SIDES)
    rim = np.column_stack([_REACH * np.cos(turns), _REACH * np.sin(turns), np.full(_SIDES, _EAVES)])
    fall = np.column_stack([0.45 * np.cos(turns), 0.45 * np.sin(turns), np.full(_SIDES, 0.893)])
    at = np.arange(_SIDES, dtype=np.int32)
    roof = np.column_stack([np.full(_SIDES, 3), 4 + at, 4 + (at + 1) % _SIDES])
    found = np.array([points[0], points[1], (points[2] + points[3]) / 2, (0.0, 0.0, 1.0), *rim], np.float32)
    lit = np.array([*normals[:3], (0.0, 0.0, 1.0), *fall], np.float32)
    return found, lit, np.array([[0, 1, 2], *roof], np.int32), _coloured(len(found), 3)


def _coloured(count: int, bark: int) -> Any:
    """(count, 3): the first points are the trunk's."""
    return np.array([palette.TRUNK, palette.FROND], np.uint8)[(np.arange(count) >= bark).astype(int)]


def _palm() -> tuple[Any, Any]:
    """A palm one metre high: four points and their normals for each of its three bark faces, then for each frond."""
    points: list[Any] = []
    normals: list[Any] = []
    for turn in 2 * np.pi / 3 * np.arange(3):
        for end, wide, high in ((0, _TRUNK, 0.0), (1, _TRUNK, 0.0), (1, _WAIST, _CROWN), (0, _WAIST, _CROWN)):
            at = turn + 2 * np.pi / 3 * end
            points.append((wide * np.cos(at), wide * np.sin(at), high))
        normals += [(np.cos(turn + np.pi / 3), np.sin(turn + np.pi / 3), 0.0)] * 4
    for many, first, middle, tip, wide in _FRONDS:
        for turn in 2 * np.pi / many * (first + np.arange(many)):
            out, aside = np.array([np.cos(turn), np.sin(turn), 0.0]), np.array([-np.sin(turn), np.cos(turn), 0.0])
            along = out * middle[0] + (0.0, 0.0, middle[1])
            # The root, then round by the right: the two triangles fold along the line between the sides.
            points += [
                (0.0, 0.0, _CROWN),
                along - wide * aside,
                out * tip[0] + (0.0, 0.0, tip[1]),
                along + wide * aside,
            ]
            normals += [0.45 * out + (0.0, 0.0, 0.893)] * 4
    return np.array(points, np.float32), np.array(normals, np.float32)


_BARK = 12
"""How many of its points are the trunk's."""
_PALMS = (_fine(), _broad(), _roofed())
_KEPT = ("feet", "height", "owner", "fids")

__all__ = ["COLUMNS", "KIND", "VERSION", "encode", "mesh"]
