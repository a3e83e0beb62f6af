"""A superblock cut up: blocks between streets, and parcels in two rows back to back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data.jeddah.frame import half_width, quad


@dataclass(frozen=True)
class Manner:
    """How a superblock is cut up and built over; metres and storeys."""

    depth: float
    front: float
    """A parcel's sides."""
    length: float
    """A block's, about."""
    street: float
    setback: tuple[float, float, float]
    """At the front, at the sides, at the back."""
    levels: int
    edge: int
    """Storeys on a main road."""
    outlines: tuple[str, ...]


MANNERS = {
    "villas": Manner(30, 25, 180, 14, (5.0, 2.6, 3.2), 2, 4, ("villa", "porch", "ell", "stepped", "villa", "tee")),
    "small": Manner(25, 20, 150, 12, (3.0, 1.8, 2.2), 3, 5, ("block", "porch", "stepped", "ell", "villa")),
    "flats": Manner(28, 26, 150, 14, (2.6, 1.9, 2.2), 4, 6, ("wells", "stepped", "block", "you", "wells")),
    "centre": Manner(32, 30, 140, 16, (2.6, 2.2, 2.4), 5, 8, ("wells", "stepped", "you", "court", "porch", "ell")),
}


@dataclass(frozen=True)
class Frame:
    """A superblock's own metres: p across its blocks, q along them."""

    corners: NDArray[np.float64]
    size: tuple[float, float]
    """Its mean sides, inland and along the shore."""
    turned: bool
    """Whether its blocks run inland rather than along the shore."""

    def placed(self, pq: Any) -> NDArray[np.float64]:
        """In the city's CRS, to the centimetre; (…, 2)."""
        u, v = (pq[..., 1], pq[..., 0]) if self.turned else (pq[..., 0], pq[..., 1])
        s, t = (u / self.size[0])[..., None], (v / self.size[1])[..., None]
        a, b, c, d = self.corners
        return np.round((a * (1 - s) + b * s) * (1 - t) + (d * (1 - s) + c * s) * t, 2)  # type: ignore[no-any-return]

    def boxes(self, boxes: Any) -> Any:
        """(n, 4) of low and high sides as polygons."""
        if not len(boxes):
            return np.empty(0, object)
        a, b, c, d = boxes.T
        ring = np.stack([np.stack(pair, -1) for pair in ((a, b), (c, b), (c, d), (a, d))], axis=1)
        return shapely.orient_polygons(shapely.polygons(self.placed(ring)))


@dataclass(frozen=True)
class Cut:
    """Blocks, streets and the room between main roads, in the frame's metres."""

    frame: Frame
    room: NDArray[np.float64]
    blocks: NDArray[np.float64]
    """(n, 4) low and high sides."""
    streets: NDArray[np.float64]
    """(m, 2, 2) middle lines."""
    widths: NDArray[np.float64]
    """(m,) what each takes."""


def cut(column: int, row: int, how: Manner) -> Cut:
    """The blocks of a superblock; which way they run goes by where it lies."""
    corners = quad(column, row)
    frame = Frame(corners, _size(corners), turned=(column * 5 + row * 3) % 7 in {1, 4})
    west, east = half_width(0, column), frame.size[0] - half_width(0, column + 1)
    south, north = half_width(1, row), frame.size[1] - half_width(1, row + 1)
    room = np.array([south, west, north, east] if frame.turned else [west, south, east, north])
    across, gaps_p = _runs(room[0], room[2], 2 * how.depth, how.street)
    along, gaps_q = _runs(room[1], room[3], how.length, how.street)
    p, q = (side.ravel() for side in np.meshgrid(np.arange(len(across)), np.arange(len(along)), indexing="ij"))
    blocks = np.column_stack([across[p, 0], along[q, 0], across[p, 1], along[q, 1]])
    ends = (0.0, frame.size[0]) if frame.turned else (0.0, frame.size[1])
    sides = (0.0, frame.size[1]) if frame.turned else (0.0, frame.size[0])
    lines = [[[at, ends[0]], [at, ends[1]]] for at, _ in gaps_p]
    lines += [[[sides[0], at], [sides[1], at]] for at, _ in gaps_q]
    widths = [width for _, width in [*gaps_p, *gaps_q]]
    return Cut(frame, room, blocks, np.array(lines).reshape(-1, 2, 2), np.array(widths))


def parcels(blocks: Any, how: Manner) -> tuple[Any, Any, Any]:
    """Parcels as (n, 4) boxes, which side each one's front is on (−1 or +1), and each one's block."""
    left, low, right, high = blocks.T
    counts = np.maximum(1, np.rint((high - low) / how.front)).astype(np.int64)
    owner = np.repeat(np.arange(len(blocks)), 2 * counts)
    count = counts[owner]
    place = np.arange(len(owner)) - np.repeat(np.cumsum(2 * counts) - 2 * counts, 2 * counts)
    front = np.where(place < count, -1, 1)
    middle = (left + right)[owner] / 2
    begin, end = ((low[owner] + (high - low)[owner] * (place % count + n) / count) for n in (0, 1))
    a, b = np.where(front < 0, left[owner], middle), np.where(front < 0, middle, right[owner])
    return np.column_stack([a, begin, b, end]), front, owner


def inside(boxes: Any, fronts: Any, setback: tuple[float, float, float]) -> Any:
    """The plots within their setbacks; what is small keeps a fifth free at most."""
    deep, wide = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    front, side, back = (np.minimum(setback[0], deep * 0.2), np.minimum(setback[1], wide * 0.2), setback[2])
    low = np.where(fronts < 0, front, back)
    high = np.where(fronts < 0, back, front)
    return np.column_stack([boxes[:, 0] + low, boxes[:, 1] + side, boxes[:, 2] - high, boxes[:, 3] - side])


def _size(corners: Any) -> tuple[float, float]:
    edges = np.sqrt(((np.roll(corners, -1, axis=0) - corners) ** 2).sum(axis=1))
    return round((edges[0] + edges[2]) / 2, 2), round((edges[1] + edges[3]) / 2, 2)


def _runs(low: float, high: float, size: float, street: float) -> tuple[Any, list[tuple[float, float]]]:
    """Blocks along one side, and the gaps between them (middle, width); the middle one is a collector."""
    count = max(1, int((high - low + street) / (size + street)))
    wide = [street + (8.0 if n == count // 2 - 1 and count > 3 else 0.0) for n in range(count - 1)]
    size = (high - low - sum(wide)) / count
    runs, gaps, at = [], [], low
    for n in range(count):
        runs.append((at, at + size))
        if n < count - 1:
            gaps.append((at + size + wide[n] / 2, wide[n]))
            at += size + wide[n]
    return np.array(runs), gaps
