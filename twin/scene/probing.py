"""What of linked files lies under a pixel: a snapshot that is asked beside the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from twin.model.patches import Points, Square
from twin.scene.camera import Point
from twin.scene.patching import Piece

_NEAR = 4.0
"""Pixels from a point within which a click means it."""


class Touched(NamedTuple):
    """What a ray meets first."""

    layers: tuple[str, ...]
    """The rasters that may lie there, the highest first; of a point its cloud alone."""
    point: Point
    """In the city's CRS."""
    dot: Points | None
    """The point of a cloud, alone."""
    away: float
    """Metres from the eye."""


@dataclass(frozen=True)
class Probe:
    """A ray, and what is drawn of linked files."""

    eye: Point
    way: Point
    pixel: float
    """Metres that a pixel is wide one metre before the eye; in a parallel view, everywhere."""
    parallel: bool
    pieces: Sequence[tuple[tuple[str, ...], Square, Piece]] = field(default=())
    nodes: Sequence[tuple[str, Points]] = field(default=())

    def nearest(self, most: float) -> Touched | None:
        """The first that the ray meets within ``most`` metres."""
        ground = self._ground(most)
        dot = self._dot(ground.away if ground else most)
        return dot or ground

    def _ground(self, most: float) -> Touched | None:
        # numba comes with the first question, and not while the window is built.
        from twin.scene.rays import first

        best, found = most, None
        for layers, square, piece in self.pieces:
            corner = (square.west, square.south, 0.0)
            start, way = np.subtract(self.eye, corner), np.array(self.way)
            owner, gone = np.zeros(len(piece.points), np.int32), np.zeros(1, np.bool_)
            which, far = first(piece.points, piece.triangles, owner, gone, start, way)
            if which >= 0 and far < best:
                best, found = float(far), layers
        return Touched(found, self._at(best), None, best) if found is not None else None

    def _dot(self, most: float) -> Touched | None:
        best, found = most, None
        for layer, points in self.nodes:
            from_eye = points.places + np.subtract(points.origin, self.eye).astype(np.float32)
            along = from_eye @ np.array(self.way, np.float32)
            wide = _NEAR * self.pixel * (1.0 if self.parallel else np.maximum(along, 0))
            square = np.einsum("ij,ij->i", from_eye, from_eye) - along**2
            near = np.flatnonzero((along > 0) & (along < best) & (square <= wide**2))
            if len(near):
                at = int(near[along[near].argmin()])
                best, found = float(along[at]), (layer, points.alone(at))
        return Touched((found[0],), found[1].origin, found[1], best) if found else None

    def _at(self, far: float) -> Point:
        east, north, up = (a + far * b for a, b in zip(self.eye, self.way, strict=True))
        return east, north, up
