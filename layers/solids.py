"""Small solids that glyphs are put together from: drums, blocks and balls, each face with its own normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.api import shapes


@dataclass(frozen=True)
class Solid:
    """Triangles in one unit."""

    points: Any
    """(n, 3)"""
    normals: Any
    triangles: Any
    """(m, 3)"""
    colours: Any
    """(n, 3) bytes; 0, 0, 0 takes the feature's own."""


OWN = (0, 0, 0)
"""The colour of what a feature is, which a solid's other parts don't take."""


def joined(*parts: Solid) -> Solid:
    """Several as one."""
    firsts = np.cumsum([0, *(len(one.points) for one in parts)])[:-1]
    return Solid(
        np.concatenate([one.points for one in parts]),
        np.concatenate([one.normals for one in parts]),
        np.concatenate([one.triangles + first for one, first in zip(parts, firsts, strict=True)]),
        np.concatenate([one.colours for one in parts]),
    )


def drum(
    low: float,
    high: float,
    z: tuple[float, float],
    colour: shapes.Colour = OWN,
    *,
    at: tuple[float, float] = (0.0, 0.0),
    sides: int = 8,
) -> Solid:
    """An upright cylinder or cone: its radius below and above, from where to where."""
    turns = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    ring = np.column_stack([np.cos(turns), np.sin(turns)])
    after = np.roll(ring, -1, axis=0)
    corners = [
        np.column_stack([low * ring, np.full(sides, z[0])]),
        np.column_stack([low * after, np.full(sides, z[0])]),
        np.column_stack([high * after, np.full(sides, z[1])]),
        np.column_stack([high * ring, np.full(sides, z[1])]),
    ]
    faces = np.stack(corners, axis=1)
    out = np.column_stack([ring + after, np.full(sides, 2 * (low - high) / max(z[1] - z[0], 1e-6))])
    parts = [_faces(faces, out, colour)]
    if high > 0:
        parts.append(_fan(corners[3], 1.0, colour))
    if low > 0:
        parts.append(_fan(corners[0][::-1], -1.0, colour))
    made = joined(*parts)
    return moved(made, (*at, 0.0))


def block(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], colour: shapes.Colour = OWN) -> Solid:
    """A box."""
    low, high = np.array([x[0], y[0], z[0]]), np.array([x[1], y[1], z[1]])
    faces, normals = [], []
    for axis in range(3):
        for up in (0, 1):
            one, other = (axis + 1) % 3, (axis + 2) % 3
            face = np.tile(low, (4, 1))
            face[:, axis] = high[axis] if up else low[axis]
            face[[1, 2], one], face[[2, 3], other] = high[one], high[other]
            faces.append(face if up else face[::-1])
            normals.append(np.eye(3)[axis] * (1 if up else -1))
    return _faces(np.array(faces), np.array(normals), colour)


def ball(radius: float, z: float = 0.0, colour: shapes.Colour = OWN, *, around: int = 8, rows: int = 4) -> Solid:
    """A sphere about a height; with four around and two rows an octahedron."""
    turns, rises = 2 * np.pi * np.arange(around) / around, np.pi * (np.arange(1, rows) / rows - 0.5)
    rings = [np.column_stack([np.cos(r) * np.cos(turns), np.cos(r) * np.sin(turns), np.full(around, np.sin(r))])
             for r in rises]  # fmt: skip
    out = np.concatenate([*rings, [[0, 0, -1], [0, 0, 1]]])
    a, b = np.arange(around), (np.arange(around) + 1) % around
    foot, top, last = len(out) - 2, len(out) - 1, (rows - 2) * around
    found = [
        np.column_stack([np.full(around, foot), b, a]),
        np.column_stack([np.full(around, top), last + a, last + b]),
    ]
    for n in range(rows - 2):
        low, high = n * around, (n + 1) * around
        found += [np.column_stack([low + a, low + b, high + b]), np.column_stack([low + a, high + b, high + a])]
    return Solid(
        radius * out + [0, 0, z], out, np.concatenate(found), np.tile(np.array(colour, np.uint8), (len(out), 1))
    )


def turned(one: Solid, axis: str) -> Solid:
    """An upright solid laid down along ``x`` or ``y``."""
    order = [2, 0, 1] if axis == "x" else [1, 2, 0]
    return Solid(one.points[:, order], one.normals[:, order], one.triangles, one.colours)


def moved(one: Solid, by: Sequence[float]) -> Solid:
    """A solid elsewhere."""
    return Solid(one.points + np.asarray(by), one.normals, one.triangles, one.colours)


def _faces(corners: Any, normals: Any, colour: shapes.Colour) -> Solid:
    """(n, 4, 3) corners, counter-clockwise, and (n, 3) ways out."""
    count = len(corners)
    out = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    first = 4 * np.arange(count)[:, None, None]
    triangles = (first + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    colours = np.tile(np.array(colour, np.uint8), (4 * count, 1))
    return Solid(corners.reshape(-1, 3), np.repeat(out, 4, axis=0), triangles, colours)


def _fan(ring: Any, up: float, colour: shapes.Colour) -> Solid:
    count = len(ring)
    after = np.arange(1, count - 1)
    triangles = np.column_stack([np.zeros(count - 2, int), after, after + 1])
    normals = np.tile([0.0, 0.0, up], (count, 1))
    return Solid(ring, normals, triangles, np.tile(np.array(colour, np.uint8), (count, 1)))
