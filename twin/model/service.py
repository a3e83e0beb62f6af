"""A map service: pictures that a server gives tile by tile, and the grid that its tiles lie on."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

ServiceKind = Literal["xyz", "wms", "wmts"]
Box = tuple[float, float, float, float]
"""West, south, east, north."""


class Level(BaseModel):
    """One scale of a grid: rows of tiles from the north, columns from the west."""

    model_config = ConfigDict(frozen=True)

    name: str
    """What the server calls it."""
    cell: float
    """The side of a pixel, in the unit of the grid's CRS."""
    west: float
    north: float
    wide: int | None = None
    """Columns; None where they have no end."""
    high: int | None = None
    across: int = 256
    """Pixels of a tile."""
    down: int = 256

    def box(self, x: int, y: int) -> Box:
        """Where a tile lies."""
        wide, high = self.across * self.cell, self.down * self.cell
        west, north = self.west + x * wide, self.north - y * high
        return west, north - high, west + wide, north


class Grid(BaseModel):
    """The tiles of all scales, the coarsest first."""

    model_config = ConfigDict(frozen=True)

    crs: str
    levels: tuple[Level, ...]


class Service(BaseModel):
    """Where a layer's pictures are fetched from."""

    model_config = ConfigDict(frozen=True)

    kind: ServiceKind
    template: str
    """The address of a tile, with ``{z}``, ``{x}``, ``{y}`` or ``{-y}`` (from the south), or ``{bbox}`` or
    ``{bbox:yx}``, and ``{s}``."""
    hosts: tuple[str, ...] = ()
    """What stands for ``{s}``."""
    grid: Grid
    bounds: Box | None = None
    """Outside of it, in the grid's CRS, there are no tiles."""
