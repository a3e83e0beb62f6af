"""Formats whose data stays in their file: what the city keeps of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats.placing import Placing
from twin.formats.reader import Format, Report, Survey
from twin.formats.request import Request
from twin.model.link import Levels, Link
from twin.model.patches import PointFile

_LINKED = frozenset({"imagery", "pointcloud"})
"""Kinds of layers that nothing else than a linked file has."""


def is_linked(chosen: Format) -> bool:
    """Whether a format says so: ``HOLDS`` and ``linked``."""
    return hasattr(chosen, "HOLDS")


def fits(chosen: Format, kind: str | None, path: Path) -> None:
    """Refuse a kind that the format's data can't be drawn as."""
    can = cast(Any, chosen).KINDS if is_linked(chosen) else ()
    if kind is None or kind in can or (not can and kind not in _LINKED):
        return
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
    if not is_linked(chosen):
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
