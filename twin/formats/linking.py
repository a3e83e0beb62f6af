"""Formats whose data stays in their file: what the city keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats.notes import Notes
from twin.formats.placing import Placing
from twin.formats.reader import Batch, Format, Place, Report, Survey
from twin.formats.request import Request
from twin.model.link import Levels, Link
from twin.model.patches import PointFile

_LINKED = frozenset({"imagery", "pointcloud", "tilesets"})
"""Kinds of layers that nothing else than a linked file has."""


def is_linked(chosen: Format, copied: bool = False) -> bool:
    """Whether a format says so, by ``HOLDS`` and ``linked``; one with ``copied`` is taken in where that is asked."""
    return hasattr(chosen, "HOLDS") and not (copied and hasattr(chosen, "copied"))


def in_zip(path: Path, formats: Iterable[Format]) -> Format | None:
    """The format that reads a zip where it is, without unpacking it: ``packed`` says so."""
    return next((one for one in formats if hasattr(one, "packed") and one.packed(path)), None)


def reading(chosen: Format, copied: bool) -> Callable[[Path, Place, Notes], Iterator[Batch]]:
    """What reads a file: as one to be linked, or its features where those are to be taken in."""
    found: Callable[[Path, Place, Notes], Iterator[Batch]] = getattr(
        chosen, "copied" if copied else "read", chosen.read
    )
    return found


def fits(chosen: Format, kind: str | None, path: Path, copied: bool = False) -> None:
    """Refuse a kind that the format's data can't be drawn as, and to take in what can only be linked."""
    linked = is_linked(chosen, copied)
    if copied and linked:
        raise Refused(
            mark("A {format} file stays where it is: it can’t be taken in (--copy)."), path, format=chosen.NAME
        )
    can = cast(Any, chosen).KINDS if linked else ()
    if kind is None or kind in can or (not can and kind not in _LINKED):
        return
    if can and hasattr(chosen, "copied") and kind not in _LINKED:
        words = mark("A {format} file is drawn as {known}; take its features in (--copy) to have them as {kind}.")
        raise Refused(words, path, format=chosen.NAME, known=", ".join(can), kind=kind)
    if can:
        words = mark("A {format} file is drawn as {known}, not as {kind}.")
        raise Refused(words, path, format=chosen.NAME, known=", ".join(can), kind=kind)
    raise Refused(mark("A {format} file can’t be drawn as {kind}."), path, format=chosen.NAME, kind=kind)


def level(chosen: Format, path: Path, placing: Placing, survey: Survey, request: Request) -> None:
    """Bring heights to the level of the city's, where both are known and PROJ knows a way; else it is told why not."""
    rises = getattr(chosen, "rises", None)
    if not is_linked(chosen) or not (request.kind == "terrain" or rises is None or rises(path)):
        return
    if not request.heights_crs or survey.bounds is None or request.kind == "imagery":
        return
    from twin.formats import vertical

    west, south, east, north = survey.bounds
    corners = placing.place(np.array([[x, y, 0.0] for x in (west, east) for y in (south, north)]))
    if not np.isfinite(corners).all():
        return
    (left, low), (right, high) = corners[:, :2].min(axis=0).tolist(), corners[:, :2].max(axis=0).tolist()
    levels = Levels(
        file=placing.source, city_crs=placing.crs, city=request.heights_crs, bounds=(left, low, right, high)
    )
    if not vertical.differ(levels):
        return
    known, notes = vertical.way(levels)
    placing.notes += notes
    if known:
        placing.levels, placing.heights = levels, systems.heights(systems.known(levels.city, None))
        placing.place = vertical.shifted(placing.place, vertical.Shift(levels))


def prepare(chosen: Format, path: Path, placing: Placing, request: Request, progress: Report) -> None:
    """Whatever a format must do before it is read, once it is known where the file lies."""
    if hasattr(chosen, "prepare"):
        module = cast(Any, chosen)
        told = (request.local, placing.height_unit, module.cache(), placing.levels)
        file = PointFile(str(path), placing.source, placing.crs, *told)
        module.prepare(file, progress)


def link(chosen: Format, path: Path, placing: Placing, request: Request, sha256: str) -> Link | None:
    """Of a file, where its format is one of those; its path is the file's own."""
    if not is_linked(chosen, request.copied):
        return None
    module, found = cast(Any, chosen), path.stat()
    return Link(
        path=path.as_posix(),
        holds=module.HOLDS,
        size=found.st_size,
        time=found.st_mtime_ns,
        sha256=sha256,
        local=request.local,
        height_unit=placing.height_unit,
        levels=placing.levels,
        **module.linked(path, placing.place),
    )
