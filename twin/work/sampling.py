"""A sample city, generated in a child process like any file that is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pyarrow as pa
from pydantic import BaseModel

from twin.core import paths
from twin.core.errors import CannotWrite
from twin.core.i18n import mark, tr
from twin.model.layer import Column, Layer, Source
from twin.model.report import ImportReport, LayerReport
from twin.model.view import Bookmark
from twin.store.adding import NewLayer
from twin.work.context import Context
from twin.work.creating import founding
from twin.work.tiling import tile

CRS = "EPSG:9357"
"""KSA-GRF17 / UTM zone 37N, the sample's own."""
_ATTRIBUTION = "Balad sample (synthetic). Coast: GSHHG 2.3.7, Wessel and Smith (LGPL-3+)"


class Sampled(BaseModel):
    """A generated layer, waiting in an Arrow file."""

    layer: Layer
    ipc: str
    count: int


def generate(
    run: str, buildings: int, seed: int, scratch: str, progress: Callable[[float, str], None]
) -> list[Sampled]:
    """Generate all layers in this process; what the child runs."""
    module, name = run.split(":")
    source = Source(
        file="sample", format="sample", licence="CC0-1.0", attribution=_ATTRIBUTION, crs=CRS, synthetic=True
    )
    made = []
    for number, part in enumerate(getattr(import_module(module), name)(buildings=buildings, seed=seed)):
        progress(min(0.95, 0.1 + 0.05 * number), part.title_en)
        table = pa.Table.from_batches([part.table]) if isinstance(part.table, pa.RecordBatch) else part.table
        file = Path(scratch) / f"{part.id}.arrows"
        with pa.ipc.new_stream(str(file), table.schema) as writer:
            writer.write_table(table)
        layer = Layer(
            id=part.id,
            kind=part.kind,
            title_en=part.title_en,
            title_ar=part.title_ar,
            position=number,
            visible=part.visible,
            columns=tuple(Column(**column) for column in part.columns),
            heights="orthometric",
            source=source,
        )
        made.append(Sampled(layer=layer, ipc=str(file), count=table.num_rows))
    return made


def found_sample(context: Context, run: str, buildings: int, seed: int) -> ImportReport:
    """Generate a sample and found its city."""
    if not context.path.absolute().parent.is_dir():
        raise CannotWrite("There is no such folder: make it first, or choose another.", context.path.absolute().parent)
    scratch = paths.scratch()
    # Reports come on another thread, whose own progress nobody hears.
    told = context.progress
    try:
        job = context.jobs.run(
            generate,
            run,
            buildings,
            seed,
            str(scratch),
            title="sample",
            timeout=1800.0,
            memory=8 << 30,
            progress=lambda fraction, words: told(0.5 * fraction, words),
        )
        made: list[Sampled] = job.result()
        context.progress(0.6, tr("Writing the city…"))
        with founding(context, CRS, synthetic=True) as city:
            new = [NewLayer(part.layer, _stream(part.ipc), _report(part)) for part in made]
            city.add(new, ("sample", {"buildings": buildings, "seed": seed}))
            city.keep_bookmarks(_bookmarks(run, buildings))
            # Kept as the catalogue names it, and translated where it is shown.
            city.set_meta("title", mark("Jeddah (sample)"))
            for number, part in enumerate(made):
                context.progress(0.7 + 0.3 * number / len(made), part.layer.title)
                tile(city, context.kinds, part.layer.id, part.layer.kind)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    notes = [tr(mark("Synthetic data: generated, not measured."))]
    return ImportReport(file="sample", format="sample", crs=CRS, layers=[_report(part) for part in made], notes=notes)


def _bookmarks(run: str, buildings: int) -> list[Bookmark]:
    """The views that the generator suggests, if it does."""
    suggest = getattr(import_module(run.split(":", maxsplit=1)[0]), "bookmarks", None)
    return [Bookmark.model_validate(found) for found in suggest(buildings)] if suggest else []


def _stream(ipc: str) -> pa.RecordBatchReader:
    return pa.ipc.open_stream(pa.memory_map(ipc))


def _report(part: Sampled) -> LayerReport:
    return LayerReport(id=part.layer.id, kind=part.layer.kind, read=part.count, kept=part.count, crs=CRS)
