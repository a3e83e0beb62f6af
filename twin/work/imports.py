"""Taking a file in: read by a child process, written in one transaction, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa

from twin.core import paths
from twin.core.errors import NoCrs, Refused
from twin.core.i18n import mark, tr, trn
from twin.formats.intake import Answer as Taken
from twin.formats.intake import Request, TakenLayer, take_in
from twin.model import terms
from twin.model.feature import OWN
from twin.model.layer import Column, Layer, Source
from twin.model.link import Link, named
from twin.model.report import ImportReport
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.work import choosing, levels, saying
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.creating import founding
from twin.work.edits import Edit
from twin.work.tiling import PREPARING, telling, tile

SECONDS = 1800.0
"""How long a reader may take."""
MEMORY = 8 << 30
"""How many bytes of address space a reader may take."""

_READ, _WRITTEN = 0.6, 0.7
"""How far the progress is when the file is read, and when the city is written; the rest is the tiles'."""
_MANY = 200_000
"""Features from which on a child anew is a small part of the work."""
_LONGEST = 63
"""Letters of a layer's id."""
_TWICE = mark("This very file is in the city already: its layers are there twice now. Undo takes this one back.")
_UNDRAWN = mark("No plugin that is here draws the layer kind “{kind}”: what is of it is listed and not drawn.")


def import_file(
    context: Context,
    file: Annotated[Path, Help("the file to take in")],
    layer: Annotated[str | None, Help("put everything in one layer of this id", form="ID")] = None,
    kind: Annotated[str | None, Help("the layer kind, where the file doesn't tell", form="KIND")] = None,
    crs: saying.Crs = None,
    place: saying.Where = None,
    swapped: saying.Swapped = False,
    encoding: saying.Encoding = None,
    attribution: Annotated[str | None, Help("who made it and its licence, told beside pictures", form="WORDS")] = None,
    join: saying.JoinTo = None,
    copy: Annotated[bool | None, Help("take the features of a tileset in, instead of linking it")] = None,
) -> ImportReport:
    """Take a file into the city; one step of undo. The city is made if it is absent."""
    saying.check(file, crs, place, encoding)
    if kind is not None and kind not in context.kinds:
        known = ", ".join(sorted(context.kinds))
        raise Refused(mark("There is no layer kind “{kind}”. There are: {known}."), kind=kind, known=known)
    check_id(layer)
    file = paths.dataset(file)
    with scratch_folder() as scratch:
        said = saying.fields(
            context, file, scratch, crs=crs, place=place, swapped=swapped, encoding=encoding, join=join
        )
        request = asked(context, file, scratch).model_copy(
            update={**said, "layer": layer, "kind": kind, "copied": bool(copy)}
        )
        job = context.jobs.run(
            take_in, request, title=file.name, timeout=SECONDS, memory=MEMORY, progress=reading(context), path=file
        )
        try:
            taken: Taken = job.result()
        except NoCrs as why:
            why.suggested = choosing.suggested(context, request)
            raise
        if taken.link:
            context.read_on(taken.link.holds)
        make_room(context, taken)
        return written(context, taken, file.name, swapped=swapped, attribution=attribution or "")


def make_room(context: Context, taken: Taken) -> None:
    """Let the child that read many features go before they are written: both together need the most memory."""
    if sum(part.report.read for part in taken.layers) >= _MANY:
        context.jobs.rest()


def written(context: Context, taken: Taken, name: str, *, swapped: bool = False, attribution: str = "") -> ImportReport:
    """Write what was read of a file or a service, under its name; one step of undo."""
    context.progress(_READ, tr("Writing the city…"))
    with founding(context, taken.crs) as city:
        others = levels.apart(city, taken)
        _write(context, city, taken, name, swapped=swapped, attribution=attribution)
        there = {found.id: found.extent for found in city.layers()}
        twice = _twice(city, taken)
    reports = [part.report.model_copy(update={"extent": there[part.report.id]}) for part in taken.layers]
    unknown = sorted({part.report.kind for part in taken.layers} - set(context.kinds))
    notes = [*taken.notes, *others, *([tr(_TWICE)] if twice else []), *(tr(_UNDRAWN, kind=kind) for kind in unknown)]
    return ImportReport(
        file=name,
        format=taken.format,
        crs=taken.crs,
        layers=reports,
        linked=taken.link is not None,
        served=taken.link is not None and taken.link.service is not None,
        operation=taken.operation,
        astray=taken.astray,
        notes=notes,
    )


def asked(context: Context, file: Path, scratch: Path) -> Request:
    """A request about a file, with what a reader must know of the city."""
    return Request(
        path=os.path.normpath(file.absolute()),
        scratch=str(scratch),
        city_crs=city_crs(context),
        heights_crs=levels.crs(context.city) if context.path.exists() else None,
        taken=taken_ids(context),
        extent=extent(context),
        readers=context.readers,
    )


def _write(context: Context, city: City, taken: Taken, name: str, *, swapped: bool, attribution: str) -> None:
    link = taken.link
    if link and not link.service:
        link = link.model_copy(update={"path": named(Path(link.path), context.path)})
    source = Source(
        file=name,
        sha256=taken.sha256,
        format=taken.format,
        crs=taken.source_crs,
        swapped=swapped,
        operation=taken.operation,
        attribution=attribution or taken.attribution,
        time=datetime.now(UTC),
        synthetic=taken.synthetic,
    )
    words = tr(mark("Add “{title}”"), title=name)
    made: list[int] = []

    def do() -> None:
        if made:
            city.show(made[0])
            return
        if not city.crs:
            city.set_crs(taken.crs)
        with contextlib.ExitStack() as open_files:
            new = [_new(context, part, source, taken, link, open_files) for part in taken.layers]
            new = [replace(one, watch=watch) for one, watch in zip(new, _watches(context, taken), strict=True)]
            made.append(city.add(new, ("import", {"file": name, "sha256": taken.sha256})))
        try:
            _tile(context, city, taken)
        except BaseException:
            city.hide(made.pop())
            raise

    context.edits.push(Edit(words, do, lambda: city.hide(made[0])))


def _new(
    context: Context,
    part: TakenLayer,
    source: Source,
    taken: Taken,
    link: Link | None,
    open_files: contextlib.ExitStack,
) -> NewLayer:
    reader = pa.ipc.open_stream(open_files.enter_context(pa.memory_map(part.ipc)))
    kind, fields = part.report.kind, reader.schema
    known = part.columns
    columns = tuple(_told(_column(field, kind), known.get(field.name)) for field in fields if field.name not in OWN)
    layer = Layer(
        id=part.report.id,
        kind=part.report.kind,
        title_en=part.title,
        title_ar=part.title_ar,
        opacity=float(getattr(context.kinds[kind], "OPACITY", 1.0)) if kind in context.kinds else 1.0,
        columns=columns,
        heights=taken.heights,
        source=source,
        link=link,
    )
    return NewLayer(layer, reader, part.report)


def _column(field: pa.Field, kind: str) -> Column:
    """A column; its unit by the file, where that says one."""
    made = terms.column(field.name, str(field.type), kind)
    unit = (field.metadata or {}).get(b"unit", b"").decode()
    return made.model_copy(update={"unit": unit}) if unit else made


def _told(made: Column, known: Column | None) -> Column:
    """A column as its file tells of it; where that is only what it was called and typed there, as we know it too."""
    if known is None:
        return made
    if known.title_en or known.title_ar or known.unit or known.values_en or known.values_ar:
        return known.model_copy(update={"type": made.type})
    return made.model_copy(update={"source_name": known.source_name, "source_type": known.source_type})


def _twice(city: City, taken: Taken) -> bool:
    """Whether this very file was there before; one that is only linked is known by its place until it is hashed."""
    if taken.sha256 or taken.link is None:
        return sum(found.source.sha256 == taken.sha256 for found in city.layers()) > len(taken.layers)
    links = [found.link for found in city.layers() if found.link]
    if taken.link.service:
        return [one.service for one in links].count(taken.link.service) > 1
    return [one.path for one in links].count(named(Path(taken.link.path), city.path)) > 1


def check_id(layer: str | None) -> None:
    """Refuse an id that is none."""
    if layer is not None and not _is_id(layer):
        raise Refused(mark("A layer’s id is made of letters, digits, - and _; “{id}” is not."), id=layer)


def _is_id(words: str) -> bool:
    """Letters of any script with their marks, digits, - and _: what SQL, files and people can name."""
    return 0 < len(words) <= _LONGEST and all(
        one.isalnum() or one in "-_" or unicodedata.category(one) in {"Mn", "Mc"} for one in words
    )


def city_crs(context: Context) -> str | None:
    """The city's CRS, where there is a city and it has one."""
    return (context.city.crs or None) if context.path.exists() else None


def taken_ids(context: Context) -> tuple[str, ...]:
    """The ids that its layers have."""
    return tuple(layer.id for layer in context.city.layers()) if context.path.exists() else ()


def extent(context: Context) -> tuple[float, float, float, float] | None:
    """Of the largest layer: what came from elsewhere once must not make the next stray look at home."""
    there = [layer for layer in context.city.layers() if layer.extent] if context.path.exists() else []
    if not there:
        return None
    found = max(there, key=lambda layer: layer.count).extent
    return (found[0], found[1], found[3], found[4]) if found else None


def reading(context: Context) -> Callable[[float, str], None]:
    """Tells a reader's progress as the first part of the command's."""
    # The progress of this thread's command: reports come on another thread, which has none.
    progress = context.progress
    return lambda fraction, words: progress(_READ * fraction, words)


def _watches(context: Context, taken: Taken) -> list[Callable[[int], None]]:
    """For each layer, what tells how many features are written so far."""
    progress, counts = context.progress, [part.report.read - len(part.report.refused) for part in taken.layers]

    def after(before: int) -> Callable[[int], None]:
        def watch(count: int) -> None:
            words = trn("{n} feature written", "{n} features written", before + count)
            progress(_READ + (_WRITTEN - _READ) * (before + count) / max(sum(counts), 1), words)

        return watch

    return [after(sum(counts[:number])) for number in range(len(counts))]


def _tile(context: Context, city: City, taken: Taken) -> None:
    counts = [part.report.read - len(part.report.refused) for part in taken.layers]
    for number, part in enumerate(taken.layers):
        words = tr(PREPARING, title=part.title)
        watch = telling(context.progress, words, _WRITTEN, sum(counts[:number]), sum(counts))
        watch(0)
        if taken.link is None:
            tile(city, context.kinds, part.report.id, part.report.kind, watch)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for a reader's files, gone afterwards."""
    folder = paths.scratch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
