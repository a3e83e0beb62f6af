"""Bringing a layer's features up to date from a file: changed, new and gone, in one step of undo."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.core import paths
from twin.core.errors import NoCrs, Refused
from twin.core.i18n import mark, tr, trn
from twin.formats.intake import TakenLayer, take_in
from twin.model import terms
from twin.model.feature import CITYJSON, FID, GEOMETRY, OWN, SURFACES, UID
from twin.model.layer import Layer
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.work import choosing, imports, saying
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.edits import Edit
from twin.work.tiling import PREPARING, telling, tile

_READ = 0.7
"""How far the progress is when the file is read; the rest is the tiles'."""
_OF_GEOMETRY = (SURFACES, CITYJSON)
"""Columns that say more about a geometry: a feature keeps them as long as it keeps that geometry."""


@dataclass(frozen=True)
class Updated:
    """What became of a layer."""

    layer: str
    changed: int
    """Features that were there before and are there now, whether or not they differ."""
    added: int
    removed: int
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterable[str]:
        """A line, and the notes."""
        yield tr("“{layer}” is up to date.", layer=self.layer)
        if self.changed:
            yield tr("Written: {counted}", counted=trn("{n} feature", "{n} features", self.changed))
        if self.added:
            yield tr("Added: {counted}", counted=trn("{n} feature", "{n} features", self.added))
        if self.removed:
            yield tr("Removed: {counted}", counted=trn("{n} feature", "{n} features", self.removed))
        yield from self.notes

    def printed(self) -> object:
        """The layer and the counts."""
        return {"layer": self.layer, "changed": self.changed, "added": self.added, "removed": self.removed}


def update(
    context: Context,
    layer: Annotated[str, Help("the layer's id")],
    file: Annotated[Path, Help("its features as they shall be, each with its uid")],
    crs: saying.Crs = None,
    place: saying.Where = None,
    swapped: saying.Swapped = False,
    encoding: saying.Encoding = None,
    join: saying.JoinTo = None,
) -> Updated:
    """Write a layer's features anew: a known uid keeps its number, what the file hasn't is taken out."""
    city, found = context.city, context.city.layer(layer)
    if found.link:
        words = mark("The data of “{layer}” is in a file beside the city: say which it is now (relink-layer).")
        raise Refused(words, layer=layer)
    saying.check(file, crs, place, encoding)
    file = paths.dataset(file)
    with imports.scratch_folder() as scratch:
        said = saying.fields(
            context, file, scratch, crs=crs, place=place, swapped=swapped, encoding=encoding, join=join
        )
        # Its own id is the layer's, not one more beside it.
        own = {"layer": layer, "kind": found.kind, "taken": (), "identified": True, "copied": True}
        request = imports.asked(context, file, scratch).model_copy(update={**said, **own})
        told = context.progress

        def reading(fraction: float, words: str) -> None:
            told(_READ * fraction, words)

        job = context.jobs.run(
            take_in,
            request,
            title=file.name,
            timeout=imports.SECONDS,
            memory=imports.MEMORY,
            progress=reading,
            path=file,
        )
        try:
            taken = job.result()
        except NoCrs as why:
            why.suggested = choosing.suggested(context, request)
            raise
        imports.make_room(context, taken)
        part = _whole(taken.layers, file)
        with pa.memory_map(part.ipc) as source:
            table = pa.ipc.open_stream(source).read_all()
        before = city.features(layer, columns=[FID, UID])
        made = _rewritten(city, found, _matched(table, before, file))
        report = part.report.model_copy(update={"id": layer})
        _push(context, NewLayer(made[0], made[1], report), file)
    kept = len(table) - made[1].column(FID).null_count
    return Updated(layer, kept, len(table) - kept, len(before) - kept, tuple(taken.notes))


def _push(context: Context, new: NewLayer, file: Path) -> None:
    city, made = context.city, list[int]()

    def do() -> None:
        if made:
            city.show(made[0])
        else:
            made.append(city.rewrite(new, ("update", {"layer": new.layer.id, "file": file.name})))
            title = tr(PREPARING, title=new.layer.title)
            try:
                watch = telling(context.progress, title, _READ, 0, city.layer(new.layer.id).count)
                tile(city, context.kinds, new.layer.id, new.layer.kind, watch)
            except BaseException:
                city.hide(made.pop())
                raise

    words = tr(mark("Update “{title}”"), title=new.layer.title)
    context.edits.push(Edit(words, do, lambda: city.hide(made[0])))


def _whole(layers: list[TakenLayer], file: Path) -> TakenLayer:
    """The file's one layer; Refused where there are several, or where a feature would be lost."""
    if len(layers) != 1:
        raise Refused(mark("A layer is brought up to date from a file of one layer; this one has several."), file)
    refused = layers[0].report.refused
    if refused:
        words = mark("Nothing was changed: {count} features can't be taken in. The first, {id}: {reason}")
        raise Refused(words, file, count=len(refused), id=refused[0].id, reason=refused[0].reason)
    return layers[0]


def _matched(table: pa.Table, before: pa.Table, file: Path) -> pa.Table:
    """With the number of each feature that the city knows; null where it is new."""
    known = before.column(UID)
    if pc.count_distinct(known).as_py() != len(known):
        raise Refused(mark("The layer's features don't have an id each: they can't be told apart."), file)
    place = pc.index_in(table.column(UID), value_set=known.combine_chunks())
    return table.append_column(FID, before.column(FID).combine_chunks().take(place))


def _rewritten(city: City, layer: Layer, table: pa.Table) -> tuple[Layer, pa.Table]:
    """The table in the layer's own types where its values fit, with what belongs to a geometry that is unchanged."""
    known = {column.name: column for column in layer.columns}
    old = city.features(layer.id, columns=[FID, GEOMETRY, *known])
    for place, name in enumerate(table.column_names):
        if name in known and table.schema.field(name).type != old.schema.field(name).type:
            with contextlib.suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
                table = table.set_column(place, name, table.column(name).cast(old.schema.field(name).type))
    for name in _OF_GEOMETRY:
        if name in known and name not in table.column_names:
            table = table.append_column(name, _kept(table, old, name))
    meta = city.layer_meta(layer.id)
    columns = tuple(
        known.get(field.name) or terms.column(field.name, str(field.type), layer.kind)
        for field in table.schema
        if field.name not in OWN
    )
    return layer.model_copy(update={"columns": columns}), table.replace_schema_metadata(meta or None)


def _kept(table: pa.Table, old: pa.Table, name: str) -> pa.Array:
    import shapely

    place = pc.index_in(table.column(FID), value_set=old.column(FID).combine_chunks())
    rows = np.asarray(place.fill_null(0).to_numpy(), np.int64)
    now, was = (shapely.from_wkb(one.column(GEOMETRY).to_numpy()) for one in (table, old))
    same: Any = shapely.equals_identical(now, was[rows]) & ~np.asarray(place.is_null())
    value = old.column(name).combine_chunks().take(pa.array(rows))
    return pc.if_else(pa.array(same), value, pa.nulls(len(value), value.type))
