"""Linked files: where they are now, found again where they were moved."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pyarrow as pa

from twin.core import paths
from twin.core.errors import NoCrs, Refused
from twin.core.i18n import mark, tr
from twin.formats import folders
from twin.formats.intake import Answer, Request, TakenLayer, take_in
from twin.formats.placing import LOCAL
from twin.model import terms
from twin.model.feature import FID, OWN
from twin.model.layer import Layer
from twin.model.link import HASHED_AT_ONCE, Link, State, named, of
from twin.store.adding import NewLayer
from twin.work import levels
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.edits import Edit
from twin.work.imports import MEMORY, SECONDS, extent


@dataclass(frozen=True)
class Linked:
    """A layer, its file, and whether that is there as it was."""

    layer: Layer
    file: Path
    state: State


def linked(layers: list[Layer], city: Path) -> list[Linked]:
    """The layers of a city that are linked to files, and how it stands with those, by size and time alone."""
    return [
        Linked(one, one.link.file(city), one.link.state(city)) for one in layers if one.link and not one.link.service
    ]


def relink(
    context: Context,
    layer: Annotated[str, Help("the layer's id")],
    file: Annotated[Path, Help("where its file is now, or another of its kind")],
) -> str:
    """Say where a linked layer's file is; one step of undo."""
    before = context.city.layer(layer)
    link = before.link
    if link is None or link.service:
        words = mark("The layer “{layer}” has no file beside the city: its features are in the city.")
        raise Refused(words, layer=layer)
    words = tr(mark("Link “{title}” to {file}"), title=before.title, file=file.name)
    taken, part, table = _read(context, before, link, file)
    found = taken.link
    if found is None or found.holds != link.holds:
        raise Refused(
            mark("This is another kind of file than the layer’s. Choose the one that was moved, or import it."), file
        )
    after = before.model_copy(update={"link": found.model_copy(update={"path": named(Path(found.path), context.path)})})
    if found.sha256 and found.sha256 == link.sha256:
        context.edits.push(Edit(words, lambda: _put(context, after), lambda: _put(context, before)))
        return words
    fid = context.city.features(layer, columns=[FID]).column(FID)[:1]
    source = before.source.model_copy(
        update={
            "file": file.name, "sha256": taken.sha256, "format": taken.format, "crs": taken.source_crs,
            "operation": taken.operation,
        }
    )  # fmt: skip
    columns = tuple(
        terms.column(field.name, str(field.type), before.kind) for field in table.schema if field.name not in OWN
    )
    new = after.model_copy(update={"source": source, "heights": taken.heights, "columns": columns})
    report = part.report.model_copy(update={"id": layer})
    made: list[int] = []

    def do() -> None:
        if made:
            context.city.show(made[0])
        else:
            row = NewLayer(new, table.append_column(FID, fid), report)
            made.append(context.city.rewrite(row, ("relink-layer", {"layer": layer, "file": file.name})))

    context.edits.push(Edit(words, do, lambda: context.city.hide(made[0])))
    return words


def fresh(context_path: Path, layer: Layer, sha256: str) -> Layer | None:
    """A layer whose file was hashed: known again where it was only touched; None where nothing new is known."""
    link = layer.link
    if link is None or (link.sha256 and link.sha256 != sha256):
        return None
    after: Link = of(link.file(context_path), link, context_path).model_copy(
        update={"sha256": sha256, "path": link.path}
    )
    return layer.model_copy(update={"link": after}) if after != link else None


def _put(context: Context, layer: Layer) -> None:
    now = context.city.layer(layer.id)
    context.city.change_layer(now.model_copy(update={"link": layer.link}))


def _moved(link: Link, file: Path) -> bool:
    """Whether it looks like the very file that was linked, so that what was said of that holds of it.

    Of a large one, whose hash takes long, its size is enough.
    """
    if not file.is_file():
        return True
    alike = file.stat().st_size == link.size
    return alike and (not link.sha256 or link.size > HASHED_AT_ONCE or folders.fingerprint(file) == link.sha256)


def _taken(context: Context, request: Request, file: Path) -> Answer:
    job = context.jobs.run(
        take_in, request, title=file.name, timeout=SECONDS, memory=MEMORY, progress=context.progress, path=file
    )
    found: Answer = job.result()
    return found


def _read(context: Context, layer: Layer, link: Link, file: Path) -> tuple[Answer, TakenLayer, pa.Table]:
    scratch, by_hand = paths.scratch(), layer.source.crs == LOCAL
    try:
        request = Request(
            path=os.path.normpath(file.absolute()),
            scratch=str(scratch),
            city_crs=context.city.crs or None,
            heights_crs=levels.crs(context.city),
            crs=(layer.source.crs or None) if by_hand or _moved(link, file) else None,
            local=link.local if by_hand else None,
            layer=layer.id,
            kind=layer.kind,
            extent=extent(context),
        )
        try:
            taken = _taken(context, request, file)
        except NoCrs:
            if request.crs or not layer.source.crs:
                raise
            # It doesn't say it any more than the one before, of which a person did.
            taken = _taken(context, request.model_copy(update={"crs": layer.source.crs}), file)
        if taken.link is None:
            raise Refused(
                mark("This is another kind of file than the layer’s. Choose the one that was moved, or import it."),
                file,
            )
        part = taken.layers[0]
        with pa.memory_map(part.ipc) as source:
            table = pa.ipc.open_stream(source).read_all()
            # Before its file goes, it is taken out of it.
            table = pa.Table.from_pydict(
                {name: table.column(name).to_pylist() for name in table.column_names}, table.schema
            )
        return taken, part, table
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(scratch, ignore_errors=True)
