"""Giving a layer out again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa

from twin.core.errors import Refused
from twin.core.i18n import mark, tr, trn
from twin.formats import registry
from twin.formats.together import Out
from twin.model.feature import GEOMETRY, OWN, UID
from twin.model.layer import Layer
from twin.work.commands import Help
from twin.work.context import Context


@dataclass(frozen=True)
class Exported:
    """What was written."""

    layer: str
    out: Path
    count: int

    def lines(self) -> Iterable[str]:
        """One line."""
        counted = trn("{n} feature", "{n} features", self.count)
        yield tr("Written: {counted}\n{out}", counted=counted, out=str(self.out))

    def printed(self) -> object:
        """The layer, the file and the number of features."""
        return {"layer": self.layer, "out": str(self.out), "count": self.count}


def export_layer(
    context: Context,
    layer: Annotated[str, Help("the layer's id")],
    out: Annotated[
        Path, Help("a .gpkg, .parquet, .geojson, .city.json, .csv, .inp, .glb or tileset.json file", form="OUT")
    ],
) -> Exported:
    """Write a layer to a file whose suffix names the format; an older file is replaced when the new one is whole.

    Where a format's file is a whole network, the layers that came with this one go out with it.
    """
    together = registry.together(out)
    write = None if together else registry.writer(out)
    found = context.city.layer(layer)
    if not out.absolute().parent.is_dir():
        raise Refused(mark("There is no such folder: make it first, or choose another."), out.absolute().parent)
    context.progress(0.1, tr("Reading the city…"))
    going = [found] if write else _imported_with(context, found)
    tables = [_table(context, one) for one in going]
    context.progress(0.5, tr("Writing the file…"))
    metas = [_meta(context, one) for one in going]
    if write:
        write(out, tables[0], context.city.crs, found.id, metas[0])
    elif together:
        parts = [Out(one.id, table, meta) for one, table, meta in zip(going, tables, metas, strict=True)]
        together(out, parts, context.city.crs)
    return Exported(layer, out, sum(table.num_rows for table in tables))


def _imported_with(context: Context, layer: Layer) -> list[Layer]:
    """The layer, and the others that came with it from the same file."""
    return [one for one in context.city.layers() if one.source == layer.source]


def _table(context: Context, layer: Layer) -> pa.Table:
    names = [UID, GEOMETRY, *(column.name for column in layer.columns if column.name not in OWN)]
    return context.city.features(layer.id, columns=list(dict.fromkeys(names)))


def _meta(context: Context, layer: Layer) -> dict[str, Any]:
    looks = layer.model_dump(include={"kind", "title_en", "title_ar", "heights"})
    came = {one.name: (one.source_name or one.name, one.source_type) for one in layer.columns}
    return {**context.city.layer_meta(layer.id), **looks, "synthetic": layer.source.synthetic, "came": came}
