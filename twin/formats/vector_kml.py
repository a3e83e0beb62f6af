"""KML and KMZ, through GDAL's LIBKML: each folder with places in it is a layer.

A height is kept where the file says that it is one: a place that is clamped to the ground has none, and one that is
extruded from the ground has the height of a building, not of its footprint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.formats import folders, gdal, guarding
from twin.formats.geometry import decoded, encoded
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.thinning import thinned
from twin.formats.vector import Raw
from twin.model.feature import HEIGHT

NAME = "KML"
SUFFIXES = (".kml", ".kmz")
LARGEST = 512 << 20
"""GDAL holds all of it in memory."""
_DOCUMENT = "doc.kml"
_MODE, _EXTRUDE = "altitudeMode", "extrude"
_DULL: dict[str, tuple[object, ...]] = {
    "tessellate": (-1, 0, 1), _EXTRUDE: (-1, 0, 1), "visibility": (-1, 0, 1), "drawOrder": (0, -1),
}  # fmt: skip
_ABOVE_SEA = ("absolute",)
_ABOVE_GROUND = ("relativeToGround",)


def folder(path: Path) -> bool:
    """Whether it is an unpacked KMZ: its document has one name by the standard."""
    return (path / _DOCUMENT).is_file()


def survey(path: Path) -> Survey:
    """WGS 84, as the format has it, and its extent."""
    for one in _documents(path):
        guarding.look(one, NAME, "kml")
    found = gdal.survey(_opened(path), path)
    return replace(found, heights="orthometric")


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """The places of every folder; a KMZ's document may point to others in it."""
    links: list[str] = []
    documents = _documents(path)
    for one in documents:
        guarding.look(one, NAME, "kml", lambda element, _: links.append(element.rpartition(":")[2]))
    if links.count("NetworkLink") >= len(documents):
        notes.say("It points to other files or servers; what they hold was not read.")
    yield from gdal.read([replace(one, raw=_risen(one.raw)) for one in _opened(path)], place, notes)


def _documents(path: Path) -> list[Path]:
    return [one for one in folders.members(path) if one.suffix.lower() == ".kml"] if path.is_dir() else [path]


def _opened(path: Path) -> Sequence[gdal.Opened]:
    found = [layer for one in _documents(path) for layer in gdal.layers(one, NAME, "LIBKML")]
    return [one for one in found if one.raw.count] or found


def _risen(raw: Raw) -> Raw:
    """The layer with heights where they are meant, and without the columns that say how it is drawn."""
    lean = thinned(raw, _DULL)
    raised = HEIGHT not in {name.lower() for name in lean.schema.names}
    schema = lean.schema
    known = (
        any(one.column(0).to_pylist() and _extruded(one).any() for one in raw.batches([_MODE, _EXTRUDE]))
        if raised
        else False
    )
    if known:
        schema = schema.append(pa.field(HEIGHT, pa.float64()))
    kept = [raw.fid, raw.geometry, *lean.attributes()]

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        if wanted is not None:
            yield from raw.batches(wanted)
            return
        for batch in raw.batches(None):
            shapes = decoded(batch.column(raw.geometry).to_numpy(zero_copy_only=False))
            rises = _extruded(batch) & shapely.has_z(shapes)
            heights = [_top(shape) if up else None for shape, up in zip(shapes, rises, strict=True)]
            flat = ~np.isin(np.array(batch.column(_MODE).to_pylist(), dtype=object), _ABOVE_SEA)
            flat &= ~shapely.is_missing(shapes)
            shapes[flat] = shapely.force_2d(shapes[flat])
            lean_batch = batch.select([name for name in batch.schema.names if name in kept])
            wkb = _beside(batch.column(raw.geometry), shapes, flat)
            lean_batch = lean_batch.set_column(lean_batch.schema.get_field_index(raw.geometry), raw.geometry, wkb)
            yield lean_batch.append_column(HEIGHT, pa.array(heights, pa.float64())) if known else lean_batch

    return replace(raw, schema=schema, batches=batches)


def _extruded(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    modes, extruded = batch.column(_MODE).to_pylist(), batch.column(_EXTRUDE).to_pylist()
    return np.array([mode in _ABOVE_GROUND and one == 1 for mode, one in zip(modes, extruded, strict=True)], dtype=bool)


def _top(shape: Any) -> float | None:
    found = shapely.get_coordinates(shape, include_z=True)[:, 2]
    return float(found.max()) if len(found) and np.isfinite(found).all() and found.max() > 0 else None


def _beside(was: pa.Array, shapes: NDArray[np.object_], changed: NDArray[np.bool_]) -> pa.Array:
    """The file's WKB, that of changed shapes written anew: what can't be decoded stays for whoever tells why."""
    made = encoded(shapes).to_pylist()
    return pa.array(
        [new if one else old for new, old, one in zip(made, was.to_pylist(), changed, strict=True)], pa.binary()
    )
