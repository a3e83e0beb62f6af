"""Giving a layer out again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from twin.core.errors import Refused
from twin.core.i18n import mark, tr, trn
from twin.formats import registry
from twin.model.feature import OWN, UID
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
    out: Annotated[Path, Help("a .gpkg, .parquet, .geojson, .city.json, .glb or tileset.json file", form="OUT")],
) -> Exported:
    """Write a layer to a file whose suffix names the format; an older file is replaced when the new one is whole."""
    write = registry.writer(out)
    found = context.city.layer(layer)
    if not out.absolute().parent.is_dir():
        raise Refused(mark("There is no such folder: make it first, or choose another."), out.absolute().parent)
    context.progress(0.1, tr("Reading the city…"))
    names = [UID, "geometry", *(column.name for column in found.columns if column.name not in OWN)]
    table = context.city.features(layer, columns=list(dict.fromkeys(names)))
    context.progress(0.5, tr("Writing the file…"))
    looks = found.model_dump(include={"kind", "title_en", "title_ar", "heights"})
    meta = {**context.city.layer_meta(layer), **looks, "synthetic": found.source.synthetic}
    write(out, table, context.city.crs, found.id, meta)
    return Exported(layer, out, table.num_rows)
