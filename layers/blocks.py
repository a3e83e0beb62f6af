"""Buildings seen from afar: a box for each, and one box for the four that lie next to each other, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers import coarse, palette, wkb
from twin.api import shapes

TOGETHER = 4
"""Boxes that become one in the next coarser tile."""
_RISES = 0.4
"""A box that is higher than others by this share of the space between them stays alone: it would be missed."""

_WALL, _ROOF = (np.rint(tints.mean(axis=0)).astype(np.uint8) for tints in (palette.STONE, palette.ROOF))


def coarsen(parts: Sequence[tuple[int, bytes]]) -> tuple[bytes, int]:
    """A coarser tile of finer ones, each with its first row in the layer's order; and how many boxes it has.

    Features lie in Hilbert order, so that neighbours in it are neighbours on the ground. A tower stays alone: it is
    seen from where a district is a single box.
    """
    unpacked = [(first, shapes.unpack(blob)) for first, blob in parts]
    origin = np.min([packed["origin"] for _, packed in unpacked], axis=0)
    found = [_placed(first, packed, packed["origin"] - origin) for first, packed in unpacked]
    boxes, rows = (np.concatenate([one[n] for one in found]) for n in (0, 1))
    order = np.argsort(rows[:, 0], kind="stable")
    boxes, rows = boxes[order], rows[order]
    starts = _runs(boxes)
    made = np.empty((len(starts) - 1, 8), np.float32)
    coarse.merged(boxes, starts, made)
    runs = np.column_stack([rows[starts[:-1], 0], rows[starts[1:] - 1, 1]])
    return shapes.pack(origin=origin, boxes=made, rows=runs.astype(np.int64)), len(made)


def _runs(boxes: Any) -> Any:
    """Where each run of boxes that become one begins, and where the last ends."""
    if not len(boxes):
        return np.zeros(1, np.int64)
    spread = np.prod(np.ptp(boxes[:, :2], axis=0) + 1.0) / max(1, len(boxes) // TOGETHER)
    area = boxes[:, coarse.WIDE] * boxes[:, coarse.DEEP]
    usual = float((area * boxes[:, coarse.HEIGHT]).sum() / max(float(area.sum()), 1e-6))
    alone = boxes[:, coarse.HEIGHT] - usual > _RISES * np.sqrt(spread)
    begins = np.zeros(len(boxes) + 1, bool)
    begins[:-1][alone] = begins[1:][alone] = begins[0] = begins[-1] = True
    # Between towers every fourth begins one.
    first = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
    begins |= (np.arange(len(begins)) - first) % TOGETHER == 0
    return np.flatnonzero(begins).astype(np.int64)


def heights(payload: bytes) -> tuple[float, float]:
    """From the lowest foot to the highest roof of a finer tile."""
    packed = shapes.unpack(payload)
    solid = [packed[name][:, 2] for name in ("court_points", "face_points")]
    low, high = (np.concatenate([prisms, *solid]) for prisms in (packed["ground"], packed["ground"] + packed["height"]))
    return (float(low.min()), float(high.max())) if len(low) else (0.0, 0.0)


def is_coarse(packed: shapes.Packed) -> bool:
    """Whether a payload is of a coarser tile."""
    return "boxes" in packed.arrays


def mesh(packed: shapes.Packed) -> shapes.Arrays:
    """A coarser tile, or a finer one with a box for each feature."""
    if is_coarse(packed):
        boxes, fids, rows = packed["boxes"], np.empty(0, np.int64), packed["rows"]
        wall, roof = np.tile(_WALL, (len(boxes), 1)), np.tile(_ROOF, (len(boxes), 1))
    else:
        boxes, whose = _boxes(packed)
        fids, rows = _fids(packed)[whose], None
        tint = palette.stone(fids)
        wall, roof = palette.STONE[tint], palette.ROOF[tint]
    count = len(boxes)
    points, normals = np.empty((8 * count, 3), np.float32), np.empty((8 * count, 3), np.float32)
    foot, owner = np.empty(8 * count, np.float32), np.empty(8 * count, np.int32)
    triangles = np.empty((10 * count, 3), np.int32)
    coarse.drawn(boxes, points, normals, foot, owner, triangles)
    return shapes.Arrays(
        origin=tuple(float(value) for value in packed["origin"]),  # type: ignore[arg-type]
        points=points,
        triangles=triangles,
        normals=normals,
        owner=owner,
        fids=fids,
        base=np.repeat(np.stack([wall, roof], axis=1).reshape(-1, 3), 4, axis=0),
        foot=foot,
        rows=rows,
    )


def _placed(first: int, packed: shapes.Packed, by: Any) -> tuple[Any, Any]:
    """The boxes of a tile from another origin, and the rows in the layer that each stands for."""
    if is_coarse(packed):
        boxes, rows = packed["boxes"].copy(), packed["rows"]
    else:
        boxes, whose = _boxes(packed)
        of = first + packed["row"].astype(np.int64)[whose]
        rows = np.column_stack([of, of + 1])
    boxes[:, coarse.X] += by[0]
    boxes[:, coarse.Y] += by[1]
    boxes[:, coarse.GROUND] += by[2]
    return boxes, rows


def _fids(packed: shapes.Packed) -> Any:
    return np.concatenate([packed[name] for name in ("fids", "court_fids", "face_fids")])


def _boxes(packed: shapes.Packed) -> tuple[Any, Any]:
    """The boxes of a finer tile's features, and which of its fids each belongs to: a building with a tower has two."""
    xy = packed["xy"].astype(np.float32) * np.float32(packed["side"][0] / wkb.STEPS)
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    rings = np.empty((len(packed["fids"]), 8), np.float32)
    coarse.boxed(x, y, packed["starts"], packed["ground"], packed["height"], rings)
    solid = np.concatenate([_solid(packed, "court"), _solid(packed, "face")])
    towers = np.flatnonzero(solid[:, 1, coarse.HEIGHT] > 0)
    whose = np.concatenate([np.arange(len(rings) + len(solid)), len(rings) + towers])
    return np.concatenate([rings, solid[:, 0], solid[towers, 1]]), whose


def _solid(packed: shapes.Packed, name: str) -> Any:
    found = np.empty((len(packed[f"{name}_fids"]), 2, 8), np.float32)
    points, triangles, normals, owner = (
        packed[f"{name}_{what}"] for what in ("points", "triangles", "normals", "owner")
    )
    coarse.around(points, triangles, normals, owner, found)
    return found
