"""Taking a file in, in a child process: which format, which CRS, then every layer as an Arrow stream in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import shapely

from twin.core.errors import CannotRead, NotThisFormat, Refused
from twin.core.i18n import mark, tr, trn
from twin.formats import at_hand, axes, folders, footprints, joining, linking, registry, siting
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Format, Report
from twin.formats.request import Answer, Request, TakenLayer
from twin.formats.streams import Streams
from twin.model.feature import GEOMETRY, HEIGHT_ESTIMATED, UID
from twin.model.link import HASHED_AT_ONCE

__all__ = ["Answer", "Request", "TakenLayer", "take_in"]


def take_in(request: Request, progress: Report = lambda *_: None) -> Answer:
    """Read a file whole; a TwinError says why not."""
    path = Path(request.path)
    registry.bring(request.readers)
    progress(0.0, tr("Looking at the file…"))
    with at_hand.opened(request) as place:
        return _taken_in(request, path, place, progress)


def _taken_in(request: Request, file: Path, place: Path, progress: Report) -> Answer:
    """What a file holds, where it lies: itself, or the folder it was unpacked to."""
    whole = linking.in_zip(place, registry.formats())
    chosen, path = (whole, place) if whole else registry.found(place)
    if linking.is_linked(chosen, request.copied) and place != file:
        words = mark("What it holds stays in its file and is read from there: unpack the zip, and bring what it holds.")
        raise CannotRead(words, file)
    linking.fits(chosen, request.kind, path, request.copied)
    if request.swapped and linking.is_linked(chosen, request.copied):
        raise Refused(mark("What a {format} file holds can’t be turned about its axes."), path, format=chosen.NAME)
    notes = Notes()
    survey, placing, read = joining.looked(chosen, path, request, notes) or _looked(chosen, path, request, notes)
    linking.level(chosen, path, placing, survey, request)
    streams = Streams(request)
    with ThreadPoolExecutor(1) as pool:
        fingerprint = pool.submit(_fingerprint, path if place == file else file, chosen, request.copied)
        linking.prepare(chosen, path, placing, request, progress)
        batches = _as_kind(read(), request.kind, notes)
        for batch in _telling(batches, notes, survey.count, progress):
            streams.write(batch)
    notes.settle()
    # Unmoved coordinates are still in the file's own CRS, heights and all: EPSG:7415 in a city of EPSG:28992.
    taken = streams.finish(notes, placing.source if placing.same else placing.crs)
    _any(taken, path)
    if request.identified and notes.unnamed:
        words = mark("Its features don’t have an id each: give them a column “uid”, as an export of the layer has it.")
        raise CannotRead(words, path)
    return Answer(
        crs=placing.crs,
        source_crs=placing.source,
        heights=survey.heights if survey.heights != "unknown" and not placing.levels else placing.heights,
        format=chosen.NAME,
        sha256=fingerprint.result(),
        operation=placing.operation,
        astray=streams.astray or tr(axes.SWAPPED) in notes.said,
        layers=taken,
        synthetic=survey.synthetic,
        notes=[*placing.notes, *notes.said],
        attribution=linking.attribution(chosen, path),
        link=linking.link(chosen, path, placing, request, fingerprint.result()),
    )


def _looked(chosen: Format, path: Path, request: Request, notes: Notes) -> joining.Looked:
    """Where a file lies by what it says or a person says of it."""
    survey = chosen.survey(path)
    placing = siting.placing(path, survey, request)
    if request.local is None and not request.swapped and axes.swapped(placing, survey.bounds, request.extent):
        notes.say(axes.SWAPPED)
    read, about = linking.reading(chosen, request.copied), linking.about(chosen, placing, request)
    return survey, placing, lambda: read(path, placing.place, notes, **about)


def _any(taken: list[TakenLayer], path: Path) -> None:
    if any(layer.report.kept or layer.report.repaired for layer in taken):
        return
    refused = [verdict for layer in taken for verdict in layer.report.refused]
    if not refused:
        raise NotThisFormat("It holds no features. Check what was chosen when it was exported.", path)
    words = mark("None of its {count} features can be taken in. The first, {id}: {reason}")
    raise CannotRead(words, path, count=len(refused), id=refused[0].id, reason=refused[0].reason)


def _as_kind(batches: Iterator[Batch], kind: str | None, notes: Notes) -> Iterator[Batch]:
    """The layers as the kind that a person says they are; areas that are buildings get heights."""
    estimated = 0
    for batch in batches:
        table = batch.table
        if kind == "buildings" and batch.kind == "areas" and HEIGHT_ESTIMATED not in table.schema.names:
            attributes = {name: table.column(name) for name in table.schema.names if name not in (UID, GEOMETRY)}
            geometry = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
            raised = footprints.with_heights(attributes, geometry)
            estimated += raised.estimated
            for row, height in raised.impossible.items():
                notes.mended(batch.layer, table.column(UID)[row].as_py(), footprints.impossible(height))
            own = {UID: table.column(UID), GEOMETRY: table.column(GEOMETRY)}
            table = pa.RecordBatch.from_pydict({**own, **raised.attributes})
        yield replace(batch, kind=kind or batch.kind, table=table)
    if estimated:
        notes.say(footprints.estimated(estimated))


def _telling(batches: Iterator[Batch], notes: Notes, count: int, progress: Report) -> Iterator[Batch]:
    for batch in batches:
        read = sum(report.read for report in notes.layers.values())
        part = read / max(count, read) if count else 1 - 1 / (1 + read / 20_000)
        progress(0.02 + 0.98 * part, trn("{n} feature read", "{n} features read", read))
        yield batch


def _fingerprint(path: Path, chosen: Format, copied: bool) -> str:
    """Of a large file that stays where it is, nothing yet: it would take as long as reading all of it."""
    if linking.is_linked(chosen, copied) and (path.is_dir() or path.stat().st_size > HASHED_AT_ONCE):
        return ""
    return folders.fingerprint(path)
