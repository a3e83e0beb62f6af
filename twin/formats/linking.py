"""Formats whose data stays in their file: what the city keeps of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, cast

from pyproj import Transformer
from pyproj.exceptions import ProjError

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats.crs import Box
from twin.formats.placing import Placing
from twin.formats.reader import Format, Report
from twin.formats.request import Request
from twin.model.link import Link
from twin.model.patches import PointFile

_AROUND = 2_000.0
"""Metres around a city that its base map is wide, at the least."""
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


def prepare(chosen: Format, path: Path, placing: Placing, request: Request, progress: Report) -> None:
    """Whatever a format must do before it is read, once it is known where the file lies."""
    if hasattr(chosen, "prepare"):
        module = cast(Any, chosen)
        file = PointFile(str(path), placing.source, placing.crs, request.local, placing.height_unit, module.cache())
        module.prepare(file, progress)


def link(chosen: Format, path: Path, placing: Placing, request: Request, sha256: str) -> Link | None:
    """Of a file, where its format is one of those; its path is the file's own."""
    if not is_linked(chosen):
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
