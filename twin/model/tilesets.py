"""What of a linked tileset crosses to the scene: its tiles, branch by branch, and what one of them shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

EVERYWHERE = 1e9
"""Metres: a box of a tile that has no place in a plane reaches so far."""


class TileKey(NamedTuple):
    """A tile of a tileset: the doors that lead to its branch, and its number there."""

    path: tuple[int, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class TilesetFile:
    """A linked tileset as whoever reads it must know it."""

    path: str
    """Of its tileset.json, or of the zip that holds it."""
    crs: str
    """Its own, ``EPSG:4979`` where it lies on the earth."""
    city_crs: str
    local: tuple[float, float, float, float] | None = None
    height_unit: float = 1.0


@dataclass(frozen=True)
class Branch:
    """The tiles of one tileset.json or of one subtree, parents first and the children of a tile side by side."""

    parents: NDArray[np.int64]
    """(n,) rising; −1 of the roots."""
    boxes: NDArray[np.float64]
    """(n, 6) in the city's CRS, in metres."""
    errors: NDArray[np.float64]
    """(n,) metres that it is off where what lies below it isn't drawn; endless where it must be followed."""
    replaces: NDArray[np.bool_]
    """(n,) whether what lies below stands in its place; else it is added."""
    filled: NDArray[np.bool_]
    """(n,) whether it has something to show."""
    doors: NDArray[np.bool_]
    """(n,) whether another branch hangs below it."""
    viewers: dict[int, NDArray[np.float64]]
    """The volumes that the eye must be in for a tile to be seen, (13,): middle, three half axes, radius or NaN."""


@dataclass(frozen=True)
class Faces:
    """Some of a tile's triangles that look alike."""

    points: NDArray[np.float32]
    """(n, 3) from the tile's origin."""
    triangles: NDArray[np.int32]
    owner: NDArray[np.int32]
    """(n,) which of the tile's features a vertex belongs to; −1 where none."""
    colours: NDArray[np.uint8]
    """(n, 4) sRGB and how opaque."""
    normals: NDArray[np.float32] | None = None
    """(n, 3); None where it isn't lit."""
    along: NDArray[np.float32] | None = None
    """(n, 2) where in the picture a vertex is."""
    picture: NDArray[np.uint8] | None = None
    """(rows, columns, 4), the first row where the second coordinate is 0."""
    cutoff: float = 0.0
    """What is less opaque isn't drawn."""
    blended: bool = False
    """Whether it is seen through."""
    repeats: bool = True
    """Whether the picture goes on beyond its sides."""

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        kept = (self.points, self.triangles, self.owner, self.colours, self.normals, self.along, self.picture)
        return sum(one.nbytes for one in kept if one is not None)


@dataclass(frozen=True)
class Lines:
    """A tile's lines."""

    points: NDArray[np.float32]
    """(n, 3) from the tile's origin."""
    segments: NDArray[np.int32]
    """(m, 2)"""
    owner: NDArray[np.int32]
    colours: NDArray[np.uint8]
    """(n, 3)"""

    @property
    def nbytes(self) -> int:
        """What they take in memory."""
        return self.points.nbytes + self.segments.nbytes + self.owner.nbytes + self.colours.nbytes


@dataclass(frozen=True)
class Dots:
    """A tile's points."""

    points: NDArray[np.float32]
    """(n, 3) from the tile's origin."""
    owner: NDArray[np.int32]
    apart: float
    """Metres between neighbours."""
    colours: NDArray[np.uint8] | None = None
    """(n, 3) where the file has some."""

    @property
    def nbytes(self) -> int:
        """What they take in memory."""
        return self.points.nbytes + self.owner.nbytes + (0 if self.colours is None else self.colours.nbytes)


@dataclass(frozen=True)
class Tile:
    """What a tile shows."""

    origin: tuple[float, float, float]
    """In the city's CRS, in metres."""
    faces: tuple[Faces, ...] = ()
    lines: tuple[Lines, ...] = ()
    dots: tuple[Dots, ...] = ()
    features: int = 0
    """How many its owners count."""
    lost: tuple[str, ...] = ()
    """What of it can't be read, each with why."""

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        kept: list[Faces | Lines | Dots] = [*self.faces, *self.lines, *self.dots]
        return sum(one.nbytes for one in kept)


@dataclass(frozen=True)
class TileFeature:
    """A feature of a tile."""

    key: str
    """Its number in the tile, or its node's name."""
    tile: str
    """The content's file, below the tileset."""
    attributes: dict[str, Any]
