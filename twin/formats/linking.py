"""Formats whose data stays in their file: what the city keeps of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from twin.formats.placing import Placing
from twin.formats.reader import Format, Report
from twin.formats.request import Request
from twin.model.link import Link
from twin.model.patches import PointFile


def is_linked(chosen: Format) -> bool:
    """Whether a format says so: ``HOLDS`` and ``linked``."""
    return hasattr(chosen, "HOLDS")


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
        size=found.st_size,
        time=found.st_mtime_ns,
        sha256=sha256,
        local=request.local,
        height_unit=placing.height_unit,
        **module.linked(path, placing.place),
    )
