"""What of linked files is drawn at a time: patches of rasters on the ground, and nodes of point clouds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.link import Levels

SIDE = 257
"""Places along a patch's side that have a colour; its first and last lie on its border."""
STEP = 8
"""Of those, each how-manieth is a corner of its triangles."""


@dataclass(frozen=True)
class Square:
    """A patch of the ground in the city's CRS, in metres."""

    west: float
    south: float
    side: float

    @property
    def apart(self) -> float:
        """Metres between two of its places."""
        return self.side / (SIDE - 1)


@dataclass(frozen=True)
class RasterFile:
    """A linked raster as whoever reads it must know it."""

    path: str
    crs: str
    """Its own, ``EPSG:n``, WKT or ``local``."""
    city_crs: str
    kind: str
    """``terrain`` for heights, else a picture."""
    local: tuple[float, float, float, float] | None = None
    height_unit: float = 1.0
    levels: Levels | None = None
    rows_from_south: bool = False
    """Of a folder of tiles."""


@dataclass(frozen=True)
class Patch:
    """What a raster holds of a square, the first row in the south."""

    heights: NDArray[np.float32] | None = None
    """(SIDE + 2, SIDE + 2) metres, one place beyond the border on each side; NaN where there is none."""
    picture: NDArray[np.uint8] | None = None
    """(SIDE, SIDE, 4) red, green, blue and how much is there."""
    whole: bool = True
    """Whether all that belongs to it could be reached; what isn't whole may be asked for again."""


@dataclass(frozen=True)
class Seen:
    """A square of a map service, and how it stands with its server."""

    patch: Patch | None
    offline: bool = False
    words: str = ""
    """Why it is offline, or what the server refuses."""


@dataclass(frozen=True)
class Band:
    """What one band of a raster holds at a place, in full resolution."""

    number: int
    """From 1."""
    name: str
    """Its own description; empty where it has none."""
    meaning: str
    """``red``, ``green``, ``blue``, ``alpha``, ``palette``, ``gray`` or something else, as the file says."""
    unit: str
    value: float | None
    """As the file has it, by its scale and offset; None where it is missing."""


@dataclass(frozen=True)
class Cell:
    """What a raster holds at a place."""

    column: int
    row: int
    """From 0, the first in the north-west of a raster that points north."""
    bands: tuple[Band, ...]
    height: float | None = None
    """Of an elevation model, in the city's metres."""


@dataclass(frozen=True)
class PointFile:
    """A linked point cloud as whoever reads it must know it."""

    path: str
    crs: str
    city_crs: str
    local: tuple[float, float, float, float] | None = None
    height_unit: float = 1.0
    cache: str = ""
    """The folder where an octree of a file that has none is kept."""
    levels: Levels | None = None


@dataclass(frozen=True)
class Octree:
    """The nodes of a point cloud, parents first; each adds points to those of its parent."""

    keys: NDArray[np.int32]
    """(n, 4) level, x, y, z."""
    counts: NDArray[np.int64]
    parents: NDArray[np.int64]
    """(n,) −1 of a root."""
    boxes: NDArray[np.float64]
    """(n, 6) in the city's CRS, in metres."""
    apart: NDArray[np.float64]
    """(n,) metres between neighbours."""
    coloured: bool
    """Whether its points have colours of their own."""


@dataclass(frozen=True)
class Points:
    """Some points of a cloud."""

    origin: tuple[float, float, float]
    """In the city's CRS, in metres."""
    places: NDArray[np.float32]
    """(n, 3) from there."""
    classes: NDArray[np.uint8]
    """(n,) ASPRS standard classes."""
    intensity: NDArray[np.uint16]
    colours: NDArray[np.uint8] | None = None
    """(n, 3) where the file has some."""

    def values(self, column: str) -> Any:
        """(n,) what a column says of each: ``elevation`` in metres, ``classification`` codes, ``intensity``."""
        if column == "elevation":
            return self.places[:, 2].astype(np.float64) + self.origin[2]
        return self.classes if column == "classification" else self.intensity.astype(np.float64)

    def alone(self, at: int) -> Points:
        """One of them; its place is the origin."""
        east, north, up = (self.places[at].astype(np.float64) + self.origin).tolist()
        return Points(
            origin=(east, north, up),
            places=np.zeros((1, 3), np.float32),
            classes=self.classes[at : at + 1],
            intensity=self.intensity[at : at + 1],
            colours=None if self.colours is None else self.colours[at : at + 1],
        )

    @property
    def nbytes(self) -> int:
        """What they take in memory."""
        kept = (self.places, self.classes, self.intensity, self.colours)
        return sum(one.nbytes for one in kept if one is not None)
