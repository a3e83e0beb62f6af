"""GeoTIFF and Cloud Optimized GeoTIFF: heights become terrain, pictures imagery; linked, never taken in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.core import arrow
from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats import raster_file
from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.raster_facts import DEEPEST, Facts, facts, ring
from twin.formats.reader import Batch, Survey
from twin.model.feature import GEOMETRY, UID

NAME = raster_file.NAME
SUFFIXES = (".tif", ".tiff", ".gtiff")
HOLDS = "raster"
KINDS = ("terrain", "imagery")
"""What a person may say that it is."""
LARGEST = 1 << 50
"""What is linked isn't copied, so only its windows are bounded."""
_MANY = 64_000_000
"""Cells without overviews from which on a picture from afar is slow."""
_WIDEST = 3_000_000.0
"""Metres that a raster may span in a city's plane."""


def survey(path: Path) -> Survey:
    """What it says, and that it can be read."""
    found = facts(path)
    raster_file.check(path, raster_file.opened(path))
    known = systems.known(found.crs, path) if found.crs else None
    return Survey(
        crs=found.crs,
        bounds=found.bounds,
        heights=systems.heights(known) if known is not None and found.elevation else "unknown",
        count=1,
        height_unit=found.unit if found.elevation else None,
    )


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its outline as one feature; the cells stay where they are."""
    found = facts(path)
    if not math.isfinite(found.low):
        raise CannotRead(
            mark(
                "It holds no value: all of its cells are missing. Copy it again from where it came from, or "
                "export it anew."
            ),
            path,
        )
    border = placed(found, place)
    if border is None:
        words = mark(
            "It spans more of the earth than a city’s coordinate system can hold: bring the part that you need."
        )
        raise CannotRead(words, path)
    layer = path.stem.replace(".", "_")
    notes.read(layer)
    notes.kept(layer)
    if found.elevation:
        notes.say("Its one band was taken for heights; where it is a picture, say so (--kind imagery).")
        if found.unit is None:
            notes.say("It names no unit of heights: they were taken as metres.")
        if found.low < DEEPEST:
            notes.say("Values below −11,500 are no heights: they were taken as missing.")
    if not found.overviews and found.width * found.height > _MANY:
        notes.say("It has no overviews, so that it is slow to be seen from afar: make it a COG.")
    low, high = (max(found.low, DEEPEST), found.high) if found.elevation else (0.0, 0.0)
    heights = _heights(found, place, low, high) if found.elevation else np.zeros(2)
    box = np.array([[*border.min(axis=0), heights.min(), *border.max(axis=0), heights.max()]])
    outline = shapely.polygons(border)
    table = pa.RecordBatch.from_pydict(
        {
            UID: arrow.words([layer]),
            GEOMETRY: arrow.blobs([shapely.to_wkb(outline)]),
            "cells_across": arrow.integers([found.width]),
            "cells_down": arrow.integers([found.height]),
            "cell_size": arrow.floats([round(cell(found, border), 4)]),
            "bands": arrow.integers([found.bands]),
            "data_type": arrow.words([found.type]),
            "lowest": arrow.floats([heights[0] if found.elevation else math.nan]),
            "highest": arrow.floats([heights[1] if found.elevation else math.nan]),
        }
    )
    kind = "terrain" if found.elevation else "imagery"
    yield Batch(layer, kind, table, title=layer, measures=Measures(box, shapely.get_type_id([outline])))


def _heights(found: Facts, place: Place, low: float, high: float) -> Any:
    """(2,) the lowest and the highest in the city, all along the border: two levels are not everywhere as far apart."""
    flat = ring(found)
    lows, highs = (place(np.column_stack([flat, np.full(len(flat), one)]))[:, 2] for one in (low, high))
    return np.array([min(lows.min(), highs.min()), max(lows.max(), highs.max())])


def rises(path: Path) -> bool:
    """Whether it looks like heights."""
    return facts(path).elevation


def linked(path: Path, place: Place) -> dict[str, Any]:
    """What the city keeps of it beside where it is."""
    found = facts(path)
    border = placed(found, place)
    size = cell(found, border) if border is not None else 0.0
    return {"amount": found.width * found.height, "cell": size}


def placed(found: Facts, place: Place) -> Any:
    """(n, 2) its border in the city; None where it has no place there."""
    flat = ring(found)
    there = place(np.column_stack([flat, np.zeros(len(flat))]))[:, :2]
    if not np.isfinite(there).all() or np.ptp(there, axis=0).max() > _WIDEST:
        return None
    return there


def cell(found: Facts, border: Any) -> float:
    """How large a cell is in the city, in metres."""
    return math.sqrt(float(shapely.area(shapely.polygons(border))) / (found.width * found.height))
