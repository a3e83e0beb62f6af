"""A sample city, generated in a child process like any file that is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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
from twin.store.filling import Watch
from twin.work.context import Context
from twin.work.creating import founding
from twin.work.tiling import PREPARING, telling, tile

CRS = "EPSG:9357"
"""KSA-GRF17 / UTM zone 37N, the sample's own."""
_GENERATED, _WRITTEN = 0.5, 0.7
"""How far the progress is when all is generated, and when the city is written; the rest is the tiles'."""
_GROWN = 0.8
"""How much of the generator's time the growing takes, about."""
_MAKING = mark("Making the sample city…")
_ATTRIBUTION = "Balad sample (synthetic). Coast: GSHHG 2.3.7, Wessel and Smith (LGPL-3+)"


class Sampled(BaseModel):
    """A generated layer, waiting in an Arrow file."""

    layer: Layer
    ipc: str
    count: int


def generate(
    run: str, buildings: int, seed: int, scratch: str, progress: Callable[[float, str], None]
) -> list[Sampled]:
    """Generate all layers in this process; what the child runs.

    A generator lays aside in the scratch folder what it would not hold in memory, and tells which share has grown.
    """
    module, name = run.split(":")
    growing = tr(_MAKING)
    layers = getattr(import_module(module), name)(
        buildings=buildings,
        seed=seed,
        folder=Path(scratch),
        told=lambda share: progress(_GROWN * share, growing),
    )
    source = Source(
        file="sample", format="sample", licence="CC0-1.0", attribution=_ATTRIBUTION, crs=CRS, synthetic=True
    )
    made: list[Sampled] = []
    done = 0
    for number, part in enumerate(layers):
        file = Path(scratch) / f"{part.id}.arrows"
        count = 0
        with pa.ipc.new_stream(str(file), part.table.schema) as writer:
            for batch in _batches(part.table):
                writer.write_batch(batch)
                count += len(batch)
                # Buildings and their parcels are nearly all that there is.
                progress(_GROWN + (1 - _GROWN) * min(1.0, (done + count) / (2.2 * buildings)), growing)
        done += count
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
        made.append(Sampled(layer=layer, ipc=str(file), count=count))
    return made


def _batches(rows: pa.Table | pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    yield from rows if isinstance(rows, pa.RecordBatchReader) else rows.to_batches()


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
            progress=lambda fraction, words: told(_GENERATED * fraction, words),
        )
        made: list[Sampled] = job.result()
        with founding(context, CRS, synthetic=True) as city:
            new = [NewLayer(part.layer, _stream(part.ipc), _report(part), _watch(context, made, part)) for part in made]
            city.add(new, ("sample", {"buildings": buildings, "seed": seed}))
            city.keep_bookmarks(_bookmarks(run, buildings))
            # Kept as the catalogue names it, and translated where it is shown.
            city.set_meta("title", mark("Jeddah (sample)"))
            whole = sum(part.count for part in made)
            for number, part in enumerate(made):
                before = sum(earlier.count for earlier in made[:number])
                watch = telling(context.progress, tr(PREPARING, title=part.layer.title), _WRITTEN, before, whole)
                watch(0)
                tile(city, context.kinds, part.layer.id, part.layer.kind, watch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    notes = [tr(mark("Synthetic data: generated, not measured."))]
    return ImportReport(file="sample", format="sample", crs=CRS, layers=[_report(part) for part in made], notes=notes)


def _bookmarks(run: str, buildings: int) -> list[Bookmark]:
    """The views that the generator suggests, if it does."""
    suggest = getattr(import_module(run.split(":", maxsplit=1)[0]), "bookmarks", None)
    return [Bookmark.model_validate(found) for found in suggest(buildings)] if suggest else []


def _stream(ipc: str) -> pa.RecordBatchReader:
    """Mapped as long as somebody holds its rows: one layer at a time."""
    with pa.OSFile(ipc) as file:
        schema = pa.ipc.open_stream(file).schema
    return pa.RecordBatchReader.from_batches(schema, _mapped(ipc))


def _mapped(ipc: str) -> Iterator[pa.RecordBatch]:
    yield from pa.ipc.open_stream(pa.memory_map(ipc))


def _watch(context: Context, made: list[Sampled], part: Sampled) -> Watch:
    """Tell how far the writing of all layers is, once for each batch that is handed over."""
    words, first = tr("Writing the city…"), made.index(part)

    def watch(count: int) -> None:
        context.progress(_GENERATED + (_WRITTEN - _GENERATED) * _share(made, first, count), words)

    return watch


def _share(made: list[Sampled], number: int, more: int = 0) -> float:
    """Which share of all rows lies before a layer, and so many of its own."""
    return (sum(part.count for part in made[:number]) + more) / max(1, sum(part.count for part in made))


def _report(part: Sampled) -> LayerReport:
    return LayerReport(id=part.layer.id, kind=part.layer.kind, read=part.count, kept=part.count, crs=CRS)
