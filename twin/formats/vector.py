"""Features of simple vector formats: what is common to all of them, from raw Arrow batches to placed features.

A format opens its file as ``Raw`` layers; this reads them in chunks, finds ids and kinds, checks and places geometry
and types the attributes. A layer of mixed geometry becomes one layer for each of polygons, lines and points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.core.i18n import trn
from twin.formats import columns, footprints
from twin.formats.crs import Box
from twin.formats.geometry import Checked, check, encoded
from twin.formats.identity import Identity
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch
from twin.formats.stamp import Stamp
from twin.model.feature import GEOMETRY, UID

ROWS = 5000
"""Features held in memory at once."""
_ROADS = re.compile(r"road|street|highway|شارع|شوارع|طريق|طرق", re.IGNORECASE)
_ROAD_COLUMNS = {"highway", "fclass", "road_class", "roadclass"}
_REACH = 300_000.0
"""Wider than a city and its land: one stray feature would move the middle that a CRS is chosen by."""
_REACH_DEGREES = 3.0
_SUFFIX = {2: "", 1: "_lines", 0: "_points"}


@dataclass
class Raw:
    """A layer as its format opens it."""

    name: str
    schema: pa.Schema
    geometry: str
    """The column that holds WKB."""
    batches: Callable[[Sequence[str] | None], Iterator[pa.RecordBatch]]
    """Batches of the named columns, of all for None."""
    fid: str = ""
    """The column that holds the file's own number of a feature; rows are counted where there is none."""
    stamp: Stamp | None = None
    count: int = 0

    def attributes(self) -> list[str]:
        """The columns that are neither geometry nor number."""
        return [name for name in self.schema.names if name not in (self.geometry, self.fid)]


@dataclass
class _Part:
    """One layer that a raw layer becomes."""

    layer: str
    kind: str
    title: str
    title_ar: str = ""
    ours: bool = False
    """Given out by a city: it has what it had, and nothing is added."""
    estimated: int = 0


def read(raw: Raw, place: Place, notes: Notes) -> Iterator[Batch]:
    """The layer's features, placed."""
    ours = raw.stamp
    identity = Identity.of(raw)
    if not identity.column:
        notes.unnamed.append(raw.name)
    names = columns.plan(raw.schema, {raw.geometry, raw.fid, identity.consumed}, notes.say)
    wanted = ours.columns if ours else {}
    parts: dict[int, _Part] = {}
    row = 0
    for batch in raw.batches(None):
        uids = identity.uids(batch, row)
        row += batch.num_rows
        checked = check(batch.column(raw.geometry), place, ours=ours is not None)
        attributes = columns.taken(batch, names, wanted)
        for dimension, rows in _split(checked, parts, ours is not None):
            part = parts.setdefault(dimension, _part(raw, dimension, list(names), bool(parts)))
            _report(notes, part, checked, uids, rows)
            yield from _batch(part, checked, uids, attributes, rows, notes)
    if identity.repeated:
        notes.unnamed.append(raw.name)
        notes.say(
            trn(
                "{n} id stood for more than one feature and got a number.",
                "{n} ids stood for more than one feature and got a number.",
                identity.repeated,
            )
        )
    for part in parts.values():
        if part.estimated:
            notes.say(f"{part.title}: {footprints.estimated(part.estimated)}")


def trusted(raw: Raw, bounds: Box | None, *, geographic: bool) -> Box | None:
    """The bounds that a file tells, or those of nearly all its features where a stray one spoils them."""
    reach = _REACH_DEGREES if geographic else _REACH
    if bounds is None or (np.isfinite(bounds).all() and max(bounds[2] - bounds[0], bounds[3] - bounds[1]) <= reach):
        return bounds
    boxes = []
    for batch in raw.batches(None):
        wkb = batch.column(raw.geometry).to_numpy(zero_copy_only=False)
        boxes.append(shapely.bounds(shapely.from_wkb(wkb, on_invalid="ignore")))
    found = np.concatenate(boxes) if boxes else np.empty((0, 4))
    found = found[(np.isfinite(found) & (np.abs(found) < 1e9)).all(axis=1)]
    if not len(found):
        return None
    west, south = np.quantile(found[:, :2], 0.05, axis=0)
    east, north = np.quantile(found[:, 2:], 0.95, axis=0)
    return float(west), float(south), float(east), float(north)


def slug(name: str) -> str:
    """A layer id from a name: ``[a-z0-9_]``; empty where nothing of it is left."""
    found = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return f"l_{found}" if found[:1].isdigit() else found


def _split(checked: Checked, parts: dict[int, _Part], ours: bool) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The rows of each dimension; a refused feature goes with the layer's main part."""
    dimensions = shapely.get_dimensions(checked.geometry)
    if ours:
        yield next(iter(parts), _most(dimensions)), np.arange(len(dimensions))
        return
    main = next(iter(parts), _most(dimensions))
    dimensions = np.where(dimensions < 0, main, dimensions)
    found = [main, *sorted({int(one) for one in dimensions} - {main}, reverse=True)]
    for dimension in found:
        rows = np.flatnonzero(dimensions == dimension)
        if len(rows):
            yield dimension, rows


def _most(dimensions: NDArray[np.int32]) -> int:
    known = dimensions[dimensions >= 0]
    return int(np.bincount(known).argmax()) if len(known) else 2


def _part(raw: Raw, dimension: int, names: list[str], later: bool) -> _Part:
    if raw.stamp:
        kind = raw.stamp.kind or _kind(raw.name, dimension, names)
        title = raw.stamp.title_en or raw.name
        return _Part(raw.stamp.layer or slug(raw.name) or kind, kind, title, raw.stamp.title_ar, ours=True)
    kind = _kind(raw.name, dimension, names)
    layer = slug(raw.name) or kind
    return _Part(layer + (_SUFFIX[dimension] or "_areas") if later else layer, kind, raw.name)


def _kind(name: str, dimension: int, names: list[str]) -> str:
    if dimension == 2:
        return "buildings" if footprints.look_like_buildings(name, names) else "areas"
    if dimension == 1:
        return "roads" if _ROADS.search(name) or _ROAD_COLUMNS & {one.lower() for one in names} else "lines"
    return "points"


def _report(notes: Notes, part: _Part, checked: Checked, uids: list[str], rows: NDArray[np.intp]) -> None:
    notes.read(part.layer, len(rows))
    chosen = {int(row) for row in rows}
    refused = [(row, why) for row, why in checked.refused.items() if row in chosen]
    repaired = [(row, why) for row, why in checked.repaired.items() if row in chosen and row not in checked.refused]
    for row, why in refused:
        notes.refused(part.layer, uids[row], why)
    for row, why in repaired:
        notes.repaired(part.layer, uids[row], why)
    notes.kept(part.layer, len(rows) - len(refused) - len(repaired))


def _batch(
    part: _Part,
    checked: Checked,
    uids: list[str],
    attributes: dict[str, pa.Array],
    rows: NDArray[np.intp],
    notes: Notes,
) -> Iterator[Batch]:
    keep = np.array([row for row in rows if int(row) not in checked.refused], dtype=np.int64)
    geometry = checked.geometry[keep]
    chosen: dict[str, Any] = {name: column.take(pa.array(keep)) for name, column in attributes.items()}
    if part.kind == "buildings" and not part.ours:
        raised = footprints.with_heights(chosen, geometry)
        chosen = raised.attributes
        part.estimated += raised.estimated
        for row, height in raised.impossible.items():
            notes.mended(part.layer, uids[keep[row]], footprints.impossible(height))
    arrays = {UID: pa.array([uids[row] for row in keep], pa.string()), GEOMETRY: encoded(geometry), **chosen}
    yield Batch(part.layer, part.kind, pa.RecordBatch.from_pydict(arrays), part.title, part.title_ar)
