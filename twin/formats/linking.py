"""Formats whose data stays in their file: what the city keeps of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from pyproj import Transformer
from pyproj.exceptions import ProjError

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats.crs import Box
from twin.formats.placing import Placing
from twin.formats.reader import Batch, Format, Report, Survey
from twin.formats.request import Request
from twin.model.link import Levels, Link
from twin.model.patches import PointFile

_AROUND = 2_000.0
"""Metres around a city that its base map is wide, at the least."""
LINKED = frozenset({"imagery", "pointcloud", "tilesets"})
"""Kinds of layers that nothing else than a linked file has."""


def is_linked(chosen: Format, copied: bool = False) -> bool:
    """Whether a format says so, by ``HOLDS`` and ``linked``; one with ``copied`` is taken in where that is asked."""
    return hasattr(chosen, "HOLDS") and not (copied and hasattr(chosen, "copied"))


def in_zip(path: Path, formats: Iterable[Format]) -> Format | None:
    """The format that reads a zip where it is, without unpacking it: ``packed`` says so."""
    return next((one for one in formats if hasattr(one, "packed") and one.packed(path)), None)


def reading(chosen: Format, copied: bool) -> Callable[..., Iterator[Batch]]:
    """What reads a file: as one to be linked, or its features where those are to be taken in."""
    found: Callable[..., Iterator[Batch]] = getattr(chosen, "copied" if copied else "read", chosen.read)
    return found


def fits(chosen: Format, kind: str | None, path: Path, copied: bool = False) -> None:
    """Refuse a kind that the format's data can't be drawn as, and to take in what can only be linked."""
    linked = is_linked(chosen, copied)
    if copied and linked:
        raise Refused(
            mark("A {format} file stays where it is: it can’t be taken in (--copy)."), path, format=chosen.NAME
        )
    can = cast(Any, chosen).KINDS if linked else ()
    if kind is None or kind in can or (not can and kind not in LINKED):
        return
    if can and hasattr(chosen, "copied") and kind not in LINKED:
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
        size=0 if path.is_dir() else found.st_size,
        time=0 if path.is_dir() else found.st_mtime_ns,
        sha256=sha256,
        local=request.local,
        height_unit=placing.height_unit,
        levels=placing.levels,
        **module.linked(path, placing.place, **about(chosen, placing, request)),
    )


def attribution(chosen: Format, path: Path) -> str:
    """Whom a file says that it is to be credited to."""
    return str(cast(Any, chosen).attribution(path)) if hasattr(chosen, "attribution") else ""


def about(chosen: Format, placing: Placing, request: Request) -> dict[str, Any]:
    """For formats that say ``ABOUT``: the city with its surroundings, in the file's CRS."""
    return {"about": surroundings(placing.source, placing.crs, request.extent)} if hasattr(chosen, "ABOUT") else {}


def surroundings(source: str, city: str, extent: Box | None) -> Box | None:
    """A city's extent and half as much again on each side, in another CRS; None where it has none or no place there."""
    if extent is None:
        return None
    more = max(_AROUND, (extent[2] - extent[0]) / 2, (extent[3] - extent[1]) / 2)
    box = (extent[0] - more, extent[1] - more, extent[2] + more, extent[3] + more)
    turn = Transformer.from_crs(
        systems.horizontal(systems.known(city, None)), systems.horizontal(systems.known(source, None)), always_xy=True
    )
    try:
        found = turn.transform_bounds(*box, densify_pts=21)
    except ProjError:
        return None
    return (found[0], found[1], found[2], found[3]) if all(map(math.isfinite, found)) else None
