"""Features of simple vector formats: what is common to all of them, from raw Arrow batches to placed features.

A format opens its file as ``Raw`` layers; this reads them in chunks, finds ids and kinds, checks and places geometry
and types the attributes. A layer of mixed geometry becomes one layer for each of polygons, lines and points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.core.ahead import ahead
from twin.core.i18n import mark, tr, trn
from twin.formats import columns, footprints
from twin.formats.crs import Box
from twin.formats.geometry import Checked, check, decoded, encoded
from twin.formats.identity import Identity
from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch
from twin.formats.stamp import Stamp
from twin.formats.values import Reading
from twin.model.feature import GEOMETRY, UID
from twin.model.layer import Column

ROWS = 20_000
"""Features read at a time."""
_TOLD = 100_000
"""How many features that are gone are told one by one."""
_JUDGED = 5000
"""How many features say what a layer is mostly made of, however many are read at a time."""
_ROADS = re.compile(r"road|street|highway|شارع|شوارع|طريق|طرق", re.IGNORECASE)
_NAMED = {
    1: (
        ("pipes", re.compile(r"pipe|water.?main|sewer|أنابيب|أنبوب|مواسير", re.IGNORECASE)),
        ("cables", re.compile(r"cable|كابل|كوابل|كيابل", re.IGNORECASE)),
    ),
    0: (("trees", re.compile(r"\btrees?\b|أشجار|شجر", re.IGNORECASE)),),
}
"""Kinds of lines and of points that a layer's name tells."""
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
    expected: int = 0
    """How many features the file says it has, where that can be relied on: those that are gone are told."""
    title: str = ""
    """What the layer is called, where that is more than its name."""
    kind: str = ""
    """What it is, where the format knows."""
    id: str = ""
    """The column that names each feature once, where the format says which."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    """What the format tells of its columns, by their names in the file."""
    doubts: Callable[[pa.RecordBatch], Mapping[int, str]] | None = None
    """By row of a batch, what the format had to mend."""
    reasons: str = ""
    """The column that says why a feature has no geometry."""
    sound: bool = False
    """Whether its geometry is the city's own: nothing of it is judged."""

    def attributes(self) -> list[str]:
        """The columns that are neither geometry nor number."""
        return [name for name in self.schema.names if name not in (self.geometry, self.fid, self.reasons)]


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


class _Judged:
    """A batch with all that can be known of it by itself: made on a thread of its own."""

    def __init__(self, batch: pa.RecordBatch, checked: Checked, attributes: dict[str, pa.Array]) -> None:
        self.batch = batch
        self.checked = checked
        self.attributes = attributes
        self.dimensions = shapely.get_dimensions(checked.geometry)
        self.wkb = encoded(checked.geometry)
        self.measures = Measures.of(checked.geometry)


def read(raw: Raw, place: Place, notes: Notes) -> Iterator[Batch]:
    """The layer's features, placed."""
    ours = raw.stamp
    identity = Identity.of(raw)
    if not identity.named:
        notes.unnamed.append(raw.name)
    names = columns.plan(raw.schema, {raw.geometry, raw.fid, raw.reasons, identity.consumed}, notes.say)
    wanted = ours.columns if ours else {}
    parts: dict[int, _Part] = {}
    told = _told(raw.columns, names)
    reading = Reading(raw, names, notes) if ours is None else None

    def judged(batch: pa.RecordBatch) -> _Judged:
        checked = check(batch.column(raw.geometry), place, ours=ours is not None, sound=raw.sound)
        for row, why in (raw.doubts(batch) if raw.doubts else {}).items():
            checked.repaired.setdefault(row, why)
        if raw.reasons:
            reasons = batch.column(raw.reasons).to_pylist()
            checked.refused |= {row: reasons[row] for row in checked.refused if reasons[row]}
        return _Judged(batch, checked, columns.taken(batch, names, wanted))

    row = 0
    for some in _known(ahead(judged, raw.batches(None))):
        if reading:
            for one in some:
                one.attributes = reading.read(one.attributes)
        if not parts:
            main = _most(np.concatenate([one.dimensions for one in some])[:_JUDGED])
            parts[main] = _part(raw, main, list(names), later=False)
            yield replace(_empty(parts[main], some[0]), columns=told)
        for one in some:
            uids, nameless = identity.uids(one.batch, row), identity.nameless(one.batch, row)
            called = [tr("row {n}", n=row + at + 1) if nameless[at] else uids[at] for at in one.checked.refused]
            one.checked.names.update(zip(one.checked.refused, called, strict=True))
            row += one.batch.num_rows
            for dimension, rows in _split(one.dimensions, next(iter(parts)), ours is not None):
                part = parts.get(dimension) or parts.setdefault(dimension, _part(raw, dimension, list(names), True))
                _report(notes, part, one.checked, uids, rows)
                yield replace(_batch(part, one, uids, rows, notes), columns=told)
    if parts and row < raw.expected:
        _cut(notes, next(iter(parts.values())), row, raw.expected)
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


def _told(columns: Mapping[str, Column], names: Mapping[str, str]) -> dict[str, Column]:
    """What the format tells of its columns, by their names in the layer, and which of those are other ones."""
    found = {}
    for given, name in names.items():
        if given in columns or given != name:
            known = columns.get(given) or Column(name=name, type="")
            renamed = given if given != name else ""
            found[name] = known.model_copy(update={"name": name, "source_name": renamed})
    return found


def trusted(raw: Raw, bounds: Box | None, *, geographic: bool) -> Box | None:
    """The bounds that a file tells, or those of nearly all its features where a stray one spoils them."""
    reach = _REACH_DEGREES if geographic else _REACH
    if bounds is None or (np.isfinite(bounds).all() and max(bounds[2] - bounds[0], bounds[3] - bounds[1]) <= reach):
        return bounds
    boxes = []
    for batch in raw.batches(None):
        wkb = batch.column(raw.geometry).to_numpy(zero_copy_only=False)
        boxes.append(shapely.bounds(decoded(wkb)))
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


def _known(judged: Iterator[_Judged]) -> Iterator[list[_Judged]]:
    """First as many batches at once as it takes to know the layer, then one at a time."""
    first: list[_Judged] = []
    for one in judged:
        first.append(one)
        if sum(len(one.dimensions) for one in first) >= _JUDGED:
            break
    if first:
        yield first
    for one in judged:
        yield [one]


def _split(dimensions: NDArray[np.int32], main: int, ours: bool) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The rows of each dimension, in the order of their first; a refused feature goes with the layer's main part."""
    if ours:
        yield main, np.arange(len(dimensions))
        return
    dimensions = np.where(dimensions < 0, main, dimensions)
    found, firsts = np.unique(dimensions, return_index=True)
    for dimension in found[np.argsort(firsts)]:
        yield int(dimension), np.flatnonzero(dimensions == dimension)


def _most(dimensions: NDArray[np.int32]) -> int:
    known = dimensions[dimensions >= 0]
    return int(np.bincount(known).argmax()) if len(known) else 2


def _part(raw: Raw, dimension: int, names: list[str], later: bool) -> _Part:
    if raw.stamp:
        kind = raw.stamp.kind or _kind(raw.name, dimension, names)
        title = raw.stamp.title_en or raw.name
        return _Part(raw.stamp.layer or slug(raw.name) or kind, kind, title, raw.stamp.title_ar, ours=True)
    kind = (not later and raw.kind) or _kind(f"{raw.name} {raw.title}", dimension, names)
    layer = slug(raw.name) or kind
    return _Part(layer + (_SUFFIX[dimension] or "_areas") if later else layer, kind, raw.title or raw.name)


def _kind(name: str, dimension: int, names: list[str]) -> str:
    if dimension == 2:
        return "buildings" if footprints.look_like_buildings(name, names) else "areas"
    told = next((kind for kind, words in _NAMED.get(dimension, ()) if words.search(name)), "")
    if told:
        return told
    if dimension == 1:
        return "roads" if _ROADS.search(name) or _ROAD_COLUMNS & {one.lower() for one in names} else "lines"
    return "points"


def _report(notes: Notes, part: _Part, checked: Checked, uids: list[str], rows: NDArray[np.intp]) -> None:
    notes.read(part.layer, len(rows))
    chosen = {int(row) for row in rows}
    refused = sorted(row for row in checked.refused if row in chosen)
    repaired = sorted(row for row in checked.repaired if row in chosen and row not in checked.refused)
    for row in refused:
        notes.refused(part.layer, checked.names.get(row, uids[row]), checked.refused[row])
    for row in repaired:
        notes.repaired(part.layer, uids[row], checked.repaired[row])
    notes.kept(part.layer, len(rows) - len(refused) - len(repaired))


def _batch(part: _Part, judged: _Judged, uids: list[str], rows: NDArray[np.intp], notes: Notes) -> Batch:
    refused = judged.checked.refused
    keep = rows[~np.isin(rows, list(refused))] if refused else rows
    whole = len(keep) == len(uids)
    given = {UID: pa.array(uids, pa.string()), GEOMETRY: judged.wkb, **judged.attributes}
    arrays = given if whole else {name: column.take(pa.array(keep)) for name, column in given.items()}
    if part.kind == "buildings" and not part.ours:
        own = {name: arrays.pop(name) for name in (UID, GEOMETRY)}
        raised = footprints.with_heights(arrays, judged.checked.geometry[keep])
        arrays = {**own, **raised.attributes}
        part.estimated += raised.estimated
        for row, height in raised.impossible.items():
            notes.mended(part.layer, uids[keep[row]], footprints.impossible(height))
    table = pa.RecordBatch.from_pydict(arrays)
    return Batch(part.layer, part.kind, table, part.title, part.title_ar, judged.measures.take(keep))


def _cut(notes: Notes, part: _Part, read: int, expected: int) -> None:
    """Those after the last one that is there."""
    lost = range(read, min(expected, read + _TOLD))
    notes.read(part.layer, len(lost))
    for row in lost:
        notes.refused(part.layer, tr("row {n}", n=row + 1), tr("The file is cut short before it."))
    words = mark("The file is cut short: it says that it holds {expected} features, and {read} of them are in it.")
    notes.say(words, expected=expected, read=read)


def _empty(part: _Part, judged: _Judged) -> Batch:
    """None of a layer's features: the layer a file is mostly made of comes first."""
    return _batch(part, judged, [""] * len(judged.dimensions), np.empty(0, np.intp), Notes())
