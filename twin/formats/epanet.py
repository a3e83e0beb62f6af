"""EPANET 2 input files: a water network as layers of nodes and links; all else that it says is kept beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats import epanet_writer
from twin.formats.epanet_kept import KEY as KEPT
from twin.formats.epanet_kept import kept, stamp
from twin.formats.epanet_network import Network, network
from twin.formats.epanet_parts import DESCRIPTION, JUNCTIONS, NODE1, NODE2, PARTS, Field, Part, metres, unit
from twin.formats.epanet_sections import split
from twin.formats.geometry import check, encoded
from twin.formats.lifting import lifted
from twin.formats.measuring import Measures
from twin.formats.node_terms import NODE_TYPE, node_type
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey
from twin.formats.text import decoded
from twin.formats.together import Out
from twin.model.feature import GEOMETRY, UID
from twin.model.layer import Column

NAME = "EPANET"
SUFFIXES = (".inp",)
LARGEST = 512 << 20


def survey(path: Path) -> Survey:
    """Where its nodes lie; only a file of ours names a CRS."""
    found = _opened(path)
    places = np.array(list(found.places.values()))
    if not len(places):
        words = mark(
            "None of its nodes has a place: the section [COORDINATES] is empty. Draw the network in EPANET first."
        )
        raise NotThisFormat(words, path)
    low, high = places.min(axis=0), places.max(axis=0)
    crs, ours = stamp(found.sections.before)
    count = sum(len(things) for things in found.parts.values())
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Survey(crs, bounds, count=count, synthetic=ours.synthetic)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its nodes and links, a layer for each kind that is there."""
    found = _opened(path)
    if not found.sections.ended:
        notes.say("The file doesn’t end with [END]: it may have been cut short.")
    if found.strays:
        notes.say(
            "Coordinates of nodes or links that are not in the network were left out: {count}.", count=found.strays
        )
    heights = _heights(found)
    if heights:
        notes.say("Nodes lie at their elevations, reservoirs at their heads, and links between them.")
    for part in PARTS:
        # Junctions carry what belongs to no part, so they are a layer even where there are none.
        if found.parts[part.name] or part is JUNCTIONS:
            yield _batch(found, part, place, notes, heights)


def write_together(out: Path, parts: Sequence[Out], crs: str) -> None:
    """Write the layers of a network as one file."""
    epanet_writer.write(out, parts, crs)


def _opened(path: Path) -> Network:
    looked = path.stat()
    return _network(path, looked.st_mtime_ns, looked.st_size)


@lru_cache(maxsize=1)
def _network(path: Path, _time: int, _size: int) -> Network:
    return network(split(_text(path), path))


def _text(path: Path) -> str:
    raw = path.read_bytes()
    if b"\0" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotThisFormat(
            mark("It is no EPANET network: it is no text. Export it from EPANET as a network (.inp)."), path
        )
    return decoded(raw)


def _heights(found: Network) -> dict[str, float]:
    """Metres of each node that says how high it lies."""
    told = ((uid, thing.values.get("elevation", thing.values.get("head")))
            for part in PARTS if part.node for uid, thing in found.parts[part.name].items())  # fmt: skip
    return {uid: metres(value, found.flow) for uid, value in told if isinstance(value, float)}


def _batch(found: Network, part: Part, place: Place, notes: Notes, heights: dict[str, float]) -> Batch:
    things = list(found.parts[part.name].values())
    shapes = np.array([_shape(found, part, thing.uid, thing.ends) for thing in things], dtype=object)
    # A link between two nodes at one place is as good as any: nothing is judged but whether it has a place.
    checked = check(pa.array(shapely.to_wkb(shapes), pa.binary()), place, ours=True)
    ends = zip(*((thing.uid, thing.uid) if part.node else thing.ends for thing in things), strict=True)
    first, last = ([heights.get(uid, np.nan) for uid in some] for some in ends) if things else ([], [])
    geometry = lifted(checked.geometry, first, last)
    notes.read(part.name, len(things))
    lost = [row for row, shape in enumerate(checked.geometry) if shape is None]
    for row in lost:
        why = checked.refused.get(row, tr("It has no coordinates in the file: it is in the table, not on the map."))
        notes.repaired(part.name, things[row].uid, why)
    notes.kept(part.name, len(things) - len(lost))
    values = {UID: pa.array([thing.uid for thing in things], pa.string()), GEOMETRY: encoded(geometry)}
    columns: dict[str, Column] = {}
    if part.kind == "nodes":
        values[NODE_TYPE] = pa.array([part.what] * len(things), pa.string())
        columns[NODE_TYPE] = node_type()
    for one, told in _columns(found, part):
        values[one.name] = pa.array(told, pa.string() if one.quantity == "text" else pa.float64())
        symbol = unit(one.quantity, found.flow, found.headloss)
        columns[one.name] = Column(name=one.name, type="", unit=symbol, title_en=one.title, title_ar=one.title_ar)
    table = pa.RecordBatch.from_pydict(values).replace_schema_metadata({KEPT: kept(found, part, place)})
    measures = Measures.of(geometry)
    return Batch(part.name, part.kind, table, part.title, part.title_ar, measures, columns)


def _columns(found: Network, part: Part) -> Iterator[tuple[Field, list[object]]]:
    things = found.parts[part.name].values()
    if not part.node:
        yield NODE1, [thing.ends[0] for thing in things]
        yield NODE2, [thing.ends[1] for thing in things]
    for one in part.fields:
        yield one, [thing.values[one.name] for thing in things]
    yield DESCRIPTION, [thing.description or None for thing in things]


def _shape(found: Network, part: Part, uid: str, ends: tuple[str, str]) -> shapely.Geometry | None:
    if part.node:
        place = found.places.get(uid)
        return None if place is None else shapely.Point(place)
    first, last = found.places.get(ends[0]), found.places.get(ends[1])
    if first is None or last is None:
        return None
    return shapely.LineString([first, *found.vertices.get(uid, []), last])
