"""A base map's place in the city: its border as one feature, and how large its finest pixels are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import shapely

from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.formats import tile_grid
from twin.formats.crs import Box
from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch
from twin.model.feature import GEOMETRY, UID
from twin.model.service import Grid

WIDEST = 300_000.0
"""Metres: of what spans more, the city's surroundings alone are kept."""
_TOO_WIDE = mark(
    "It spans more of the earth than a city’s coordinate system can hold: first bring a layer that says where the "
    "city is, then this as its base map."
)


class Spread(Protocol):
    """What lies somewhere: a tile set, or a service."""

    @property
    def grid(self) -> Grid:
        """Its tiles' grid."""

    @property
    def bounds(self) -> Box | None:
        """Where there are tiles, in the grid's CRS; None where nobody says."""


def part(found: Spread, place: Place, about: Box | None) -> Box | None:
    """Where it is kept, in its own CRS: all of it, or about the city where it is too wide; None where nowhere.

    ``about`` is the city with its surroundings in that CRS.
    """
    for box in (found.bounds, tile_grid.meet(found.bounds, about) if found.bounds and about else about):
        if box is not None:
            border = ring(box, place)
            if border is not None and np.ptp(border, axis=0).max() <= WIDEST:
                return box
    return None


def ring(box: Box, place: Place) -> Any:
    """(64, 2) the border of a box in the city; None where it has no place there."""
    west, south, east, north = box
    along, flat = np.linspace(0, 1, 17)[:-1], np.zeros(16)
    x, y = along * (east - west), along * (north - south)
    xs = np.concatenate([west + x, east + flat, east - x, west + flat])
    ys = np.concatenate([south + flat, south + y, north + flat, north - y])
    there = place(np.column_stack([xs, ys, np.zeros(64)]))[:, :2]
    return there if np.isfinite(there).all() else None


def cell(found: Spread, box: Box, place: Place) -> float:
    """How large a pixel of the finest level is in the middle of a box of its own CRS, in metres of the city."""
    x, y, size = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, found.grid.levels[-1].cell
    there = place(np.array([[x, y, 0.0], [x + size, y, 0.0]]))
    return math.hypot(*(there[1] - there[0])[:2])


def batch(
    path: Path | str,
    found: Spread,
    box: Box | None,
    place: Place,
    notes: Notes,
    said: Mapping[str, Any],
    named: tuple[str, str],
) -> Batch:
    """One feature: the border of ``box``, with what is ``said`` of it; ``named`` are the layer's id and title."""
    border = ring(box, place) if box else None
    if border is None or box is None:
        raise CannotRead(_TOO_WIDE, path)
    layer, title = named
    notes.read(layer)
    notes.kept(layer)
    shape = shapely.polygons(border)
    levels = found.grid.levels
    columns = {
        **said,
        "coarsest_level": levels[0].name,
        "finest_level": levels[-1].name,
        "cell_size": round(cell(found, box, place), 4),
    }
    table = pa.RecordBatch.from_pydict(
        {
            UID: pa.array([layer]),
            GEOMETRY: pa.array([shapely.to_wkb(shape)], pa.binary()),
            **{name: pa.array([value], _TYPES[type(value)]) for name, value in columns.items()},
        }
    )
    measures = Measures(np.array([[*border.min(axis=0), 0.0, *border.max(axis=0), 0.0]]), shapely.get_type_id([shape]))
    return Batch(layer, "imagery", table, title=title, measures=measures)


_TYPES = {int: pa.int64(), float: pa.float64(), str: pa.string(), type(None): pa.string()}
