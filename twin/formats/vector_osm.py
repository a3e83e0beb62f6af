"""OpenStreetMap, PBF and XML, through GDAL: buildings, roads, networks, trees, towers and more, each a layer.

GDAL reads the file once for each of its five layers, and says nothing of what it can't draw: what the file itself
holds (``osm_whole``) is held against it, and each difference is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from twin.core import paths
from twin.core.i18n import isolate
from twin.formats import gdal, spooling, vector
from twin.formats.notes import Notes
from twin.formats.osm_whole import Whole
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.thinning import thinned
from twin.formats.vector import Raw, trusted
from twin.model.feature import UID

NAME = "OpenStreetMap"
SUFFIXES = (".osm.pbf", ".pbf", ".osm")
LARGEST = 512 << 20
_CRS = "EPSG:4326"
_LAYERS = {"points": "node", "lines": "way", "multipolygons": "relation", "multilinestrings": "relation",
           "other_relations": "relation"}  # fmt: skip
"""GDAL's layers, and what the ids in them are of."""
_WAY = "osm_way_id"
_NAMES = {"name:ar": "name_ar", "name:en": "name_en"}
_DULL: dict[str, tuple[object, ...]] = {"z_order": (0,)}
_SHOWN = 120


Tags = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class _Part:
    """A layer of ours: which of a layer of GDAL's are in it."""

    name: str
    kind: str
    of: str
    has: tuple[tuple[str, str | None], ...] = ()
    """Columns that say something, or one thing."""
    has_not: tuple[tuple[str, str | None], ...] = ()
    any_of: Tags = ()
    """Columns that say one of some things, one of them at least."""
    none_of: Tags = ()

    def rows(self, batch: pa.RecordBatch) -> pa.Array:
        """Which rows of a batch."""
        chosen = pa.array([True] * batch.num_rows)
        if self.any_of:
            chosen = _says(batch, self.any_of)
        if self.none_of:
            chosen = pc.and_(chosen, pc.invert(_says(batch, self.none_of)))
        for wanted, conditions in ((True, self.has), (False, self.has_not)):
            for column, value in conditions:
                found = pc.is_valid(batch.column(column))
                if value is not None:
                    found = pc.fill_null(pc.equal(batch.column(column), value), False)
                chosen = pc.and_(chosen, found if wanted else pc.invert(found))
        return chosen


def _says(batch: pa.RecordBatch, tags: Tags) -> pa.Array:
    """Which rows of a batch say any of these things."""
    found = pa.array([False] * batch.num_rows)
    for column, values in tags:
        found = pc.or_(found, pc.is_in(batch.column(column), value_set=pa.array(values, pa.string())))
    return found


_CAMERA: Tags = (("man_made", ("surveillance",)),)
_TREE: Tags = (("natural", ("tree",)),)
_TOWER: Tags = (
    ("power", ("tower", "pole", "portal")),
    ("man_made", ("mast", "tower", "communications_tower", "chimney", "utility_pole")),
)
_STREET: Tags = (
    ("highway", ("street_lamp", "traffic_signals", "stop", "give_way")),
    ("amenity", ("bench", "waste_basket", "recycling", "post_box", "telephone", "vending_machine")),
    ("emergency", ("fire_hydrant",)),
)
_CABLE: Tags = (("power", ("line", "minor_line", "cable")),)
_PIPE: Tags = (("man_made", ("pipeline",)),)
_PARTS = (
    _Part("buildings", "buildings", "multipolygons", has=(("building", None),)),
    _Part("building_parts", "buildings", "multipolygons", (("building:part", None),), (("building", None),)),
    _Part("areas", "areas", "multipolygons", has_not=(("building", None), ("building:part", None))),
    _Part("roads", "roads", "lines", has=(("highway", None),)),
    _Part("power_lines", "cables", "lines", has_not=(("highway", None),), any_of=_CABLE),
    _Part("pipelines", "pipes", "lines", has_not=(("highway", None),), any_of=_PIPE, none_of=_CABLE),
    _Part("lines", "lines", "lines", has_not=(("highway", None),), none_of=(*_CABLE, *_PIPE)),
    _Part("routes", "lines", "multilinestrings"),
    _Part("cameras", "furniture", "points", any_of=_CAMERA),
    _Part("towers", "towers", "points", any_of=_TOWER, none_of=_CAMERA),
    _Part("trees", "trees", "points", any_of=_TREE, none_of=(*_CAMERA, *_TOWER)),
    _Part("street_furniture", "furniture", "points", any_of=_STREET, none_of=(*_CAMERA, *_TOWER, *_TREE)),
    _Part("points", "points", "points", none_of=(*_CAMERA, *_TOWER, *_TREE, *_STREET)),
    _Part("relations", "", "other_relations"),
)


def survey(path: Path) -> Survey:
    """WGS 84, as OpenStreetMap has it, and the extent of its features."""
    there = _there(path)
    bounds = [found for found in (trusted(raw, _WORLD, geographic=True) for raw in there) if found]
    sides = list(zip(*bounds, strict=True))
    box = (min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])) if sides else None
    return Survey(crs=_CRS, bounds=box, count=sum(raw.count for raw in there))


_WORLD = (-180.0, -90.0, 180.0, 90.0)
"""Wider than any city, so that nearly all features say where it lies."""


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features, those that the file holds only a part of marked so; what nothing was made of is told."""
    whole, seen = _once(path)[1], set[str]()

    def doubts(batch: pa.RecordBatch) -> dict[int, str]:
        said = ((row, whole.doubt(uid)) for row, uid in enumerate(batch.column(UID).to_pylist()))
        return {row: words for row, words in said if words}

    for raw in _there(path):
        for batch in raw.batches([UID]):
            seen.update(batch.column(0).to_pylist())
        yield from vector.read(replace(thinned(raw, _DULL), doubts=doubts), place, notes)
    for words, ids in whole.unmade(seen):
        if ids:
            listed = ", ".join(ids[:_SHOWN]) + ("…" if len(ids) > _SHOWN else "")
            notes.said.append(f"{words} {isolate(listed)}")


def _there(path: Path) -> list[Raw]:
    """The layers of ours that have features."""
    layers = _once(path)[0]
    raws = [_raw(part, layers[part.of]) for part in _PARTS if layers.get(part.of)]
    return [raw for raw in raws if raw.count]


def _once(path: Path) -> tuple[dict[str, tuple[pa.Schema, Path]], Whole]:
    looked = path.stat()
    return _spooled(path, looked.st_mtime_ns, looked.st_size, spooling.room())


@lru_cache(maxsize=1)
def _spooled(path: Path, _time: int, _size: int, room: Path) -> tuple[dict[str, tuple[pa.Schema, Path]], Whole]:
    """GDAL's layers, read once each, and what the file itself holds."""
    gdal.ready().set_gdal_config_options({"CPL_TMPDIR": str(room)})
    options = {"CONFIG_FILE": str(paths.resources() / "osm" / "osmconf.ini")}
    whole, found = Whole.of(path, NAME), {}
    for one in gdal.layers(path, NAME, "OSM", options, counted=False):
        kept = spooling.kept(_named(one.raw))
        if kept:
            schema = next(iter(spooling.read(kept))).schema
            found[one.raw.name] = (schema, kept)
    return found, whole


def _named(raw: Raw) -> Iterator[pa.RecordBatch]:
    """Batches with a uid as people write it: ``way/123``."""
    kind = _LAYERS[raw.name]
    for batch in raw.batches(None):
        ids = batch.column("osm_id").to_pylist()
        ways = batch.column(_WAY).to_pylist() if _WAY in batch.schema.names else [None] * len(ids)
        uids = [f"{kind}/{one}" if one else f"way/{way}" for one, way in zip(ids, ways, strict=True)]
        kept = [name for name in batch.schema.names if name not in ("osm_id", _WAY, raw.fid)]
        made = batch.select(kept).append_column(UID, pa.array(uids, pa.string()))
        yield made.rename_columns([_NAMES.get(name, name) for name in made.schema.names])


def _raw(part: _Part, layer: tuple[pa.Schema, Path]) -> Raw:
    schema, file = layer

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        for batch in spooling.read(file):
            some = batch.filter(part.rows(batch))
            if some.num_rows:
                yield some if wanted is None else some.select(list(wanted))

    count = sum(one.num_rows for one in batches([UID]))
    return Raw(name=part.name, schema=schema, geometry=gdal.GEOMETRY, batches=batches, count=count, kind=part.kind)
