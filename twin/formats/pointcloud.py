"""LAS, LAZ and COPC point clouds: linked, and read by nodes of an octree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.core import arrow, paths
from twin.core.errors import CannotRead
from twin.core.i18n import mark
from twin.formats import cloud_header as headers
from twin.formats import crs as systems
from twin.formats.cloud_file import cloud
from twin.formats.cloud_octree import MOST, Cached
from twin.formats.copc import Copc, placed_boxes
from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Report, Survey
from twin.model.feature import GEOMETRY, UID
from twin.model.patches import PointFile

NAME = headers.NAME
SUFFIXES = (".las", ".laz")
HOLDS = "points"
KINDS = ("pointcloud",)
LARGEST = 1 << 50
"""What is linked isn't copied; points are read by nodes."""
CLOUDS = "clouds"
_LOOKED = 0.8
"""Seconds that nodes of a COPC are read for, to see whether they can be."""
_prepared: dict[str, Any] = {}


def survey(path: Path) -> Survey:
    """What its header says."""
    found = headers.header(path)
    known = systems.known(found.crs, path) if found.crs else None
    return Survey(
        crs=found.crs,
        bounds=(*found.low[:2], *found.high[:2]),
        heights=systems.heights(known) if known is not None else "unknown",
        count=found.count,
        height_unit=found.height_unit,
    )


def prepare(file: PointFile, progress: Report) -> None:
    """Make it ready to be drawn, once it is known where it lies: all points of a LAS or LAZ are read."""
    _prepared.clear()
    _prepared[file.path] = cloud(file, progress)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its outline as one feature; the points stay where they are."""
    header, made = headers.header(path), _prepared[str(path)]
    layer = path.name.split(".")[0] or path.stem
    box = placed_boxes(np.array([header.low]), np.array([header.high]), place)[0]
    by_class: dict[str, int] = {}
    if isinstance(made, Copc):
        made.verify(_LOOKED)
        if made.count != header.count:
            raise headers.damaged(path)
    elif isinstance(made, Cached):
        box, by_class = np.array([*made.low, *made.high]), made.classes
        if header.count > MOST:
            notes.say("It has more points than are drawn of a LAS or LAZ; make it a COPC to see all of them.")
    if not np.isfinite(box).all():
        words = mark(
            "Its points have no place in the city’s coordinate system. Say which CRS they are in (--crs EPSG:n)."
        )
        raise CannotRead(words, path)
    if header.guessed_unit:
        notes.say("Its CRS names no unit of heights: they were taken to be in that of its coordinates.")
    notes.read(layer, header.count)
    notes.kept(layer, header.count)
    outline = shapely.box(box[0], box[1], box[3], box[4])
    some = made.sample()
    codes, counts = np.unique(some.classes, return_counts=True)
    table = pa.RecordBatch.from_pydict(
        {
            UID: arrow.words([layer]),
            GEOMETRY: arrow.blobs([shapely.to_wkb(outline)]),
            "points": arrow.integers([header.count]),
            "point_format": arrow.words([f"LAS {header.version}, {header.format}"]),
            "lowest": arrow.floats([round(float(box[2]), 3)]),
            "highest": arrow.floats([round(float(box[5]), 3)]),
            "elevation": arrow.floats([round(float(np.median(some.values("elevation"))), 3)]),
            "classification": arrow.words([str(codes[counts.argmax()])]),
            "intensity": arrow.floats([float(np.median(some.intensity))]),
        }
    )
    measures = Measures(box[None], shapely.get_type_id([outline]))
    yield Batch(layer, "pointcloud", table, title=layer, measures=measures, by_type=by_class)


def linked(path: Path, _place: Place) -> dict[str, Any]:
    """What the city keeps of it beside where it is."""
    return {"amount": headers.header(path).count}


def cache() -> str:
    """The folder where octrees are kept of files that have none."""
    return str(paths.cache() / CLOUDS)
