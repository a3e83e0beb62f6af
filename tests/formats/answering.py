"""What a file is answered, as a person has it: the request, the child and the bounds are an import's own.

``Reader`` asks the child alone; ``tests.formats.importing.Desk`` brings the file into a city.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from twin.core.errors import ReaderFailed, TwinError
from twin.formats import windows
from twin.formats.intake import Answer, Request, take_in
from twin.formats.pointcloud import cache
from twin.model.patches import PointFile, RasterFile, Square
from twin.model.report import LayerReport
from twin.model.tilesets import TileKey, TilesetFile
from twin.work.imports import MEMORY
from twin.work.jobs import Jobs

SECONDS = 30.0
"""How long a damaged copy may be thought about; an import may take far longer."""
SLOW = 8.0
RESIDENT = 2 << 30
"""Bytes that a damaged copy of a small file may take."""
UNSAID = re.compile(
    r"Traceback|\b\w*(?<!\bAn )(Error|Exception|Warning)\b|errno|0x[0-9a-f]{2}|\bGDAL\b|\bOGR\b|sqlite|\bdriver\b"
    r"|NoneType|<class|object at|\.(py|cpp|c|h|rs)\b|\bstd::|\barrow\b|\bUTF-8 sequence|numpy|\bfloat\(|\bint\(|codec"
    r"|subscript|attribute ['‘]|not iterable|to unpack \(|unpack requires|/tmp/balad|\bassert",
)
"""What a person need not read: the words of libraries and of Python."""

Verdict = Literal["taken", "losses", "refused", "fault"]


@dataclass(frozen=True)
class Said:
    """An answer."""

    verdict: Verdict
    words: str = ""
    """Of a refusal or a fault, the path aside."""
    message: str = ""
    """The refusal's catalogue message."""
    seconds: float = 0.0
    peak: int = 0
    """Bytes that the child had at most."""
    format: str = ""
    kept: int = 0
    """Features taken as they were."""
    reasons: tuple[str, ...] = ()


def weighed(run: Callable[..., Any], out: str, *arguments: Any) -> Any:
    """What a function answers in the child; the most memory it had is written beside."""
    Path("/proc/self/clear_refs").write_text("5")
    try:
        return run(*arguments)
    finally:
        status = Path("/proc/self/status").read_text()
        Path(out).write_text(status.partition("VmHWM:")[2].split()[0])


class Reader:
    """The child that reads files, one after the other; a new one after each that died."""

    def __init__(self, room: Path) -> None:
        self._room = room
        self._jobs = Jobs()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_why: object) -> None:
        self._jobs.close()

    def ask(self, path: Path, whole: Said | None = None, **said: Any) -> Said:
        """Take a file in; ``whole`` is what the undamaged one was answered.

        What took long is asked again: on a machine that is shared, a slow answer may be another's doing.
        """
        found = self._ask(path, whole, **said)
        return (
            found if found.seconds < SLOW else min(found, self._ask(path, whole, **said), key=lambda one: one.seconds)
        )

    def _ask(self, path: Path, whole: Said | None, **said: Any) -> Said:
        self._room.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=self._room))
        weight = self._room / "weight"
        weight.unlink(missing_ok=True)
        began = time.monotonic()

        def run(function: Callable[..., Any], *arguments: Any) -> Any:
            job = self._jobs.run(
                weighed, function, str(weight), *arguments, title=path.name, timeout=SECONDS, memory=MEMORY, path=path
            )
            return job.result()

        try:
            taken: Answer = run(take_in, Request(path=str(path), scratch=str(scratch), **said))
            seconds = time.monotonic() - began
            peak = int(weight.read_text()) << 10
            found = _answered(taken, seconds, peak, whole)
            if taken.link is not None and found.verdict != "fault":
                found = _looked(run, path, taken, found)
        except TwinError as why:
            peak = int(weight.read_text()) << 10 if weight.exists() else 0
            found = refused(why, path, time.monotonic() - began, peak)
        left = [one.name for one in scratch.iterdir() if not one.is_file()]
        shutil.rmtree(scratch)
        if left:
            return Said("fault", f"left behind: {left}", seconds=found.seconds)
        if found.peak > RESIDENT:
            return Said("fault", f"took {found.peak >> 20} MB: {found.words}", seconds=found.seconds, peak=found.peak)
        return found


def refused(why: TwinError, path: Path, seconds: float, peak: int = 0) -> Said:
    """A refusal, or a fault where its words are no answer."""
    words = str(why)
    plain = words.replace(str(path), "").strip()
    fault = (
        isinstance(why, ReaderFailed)
        or not words.splitlines()[-1].startswith(str(path))
        or bad(plain)
        or seconds >= SECONDS
    )
    return Said("fault" if fault else "refused", plain, why.message, seconds, peak)


def bad(words: str) -> bool:
    """Whether a person would read a library's words, or too many."""
    return bool(UNSAID.search(words)) or len(words) > 700


def added_up(reports: Iterable[LayerReport]) -> list[str]:
    """What is wrong with the layers' reports."""
    wrong = [f"{report.id} does not add up" for report in reports if not report.adds_up()]
    verdicts = [verdict for report in reports for verdict in (*report.refused, *report.repaired)]
    return wrong + [f"{verdict.id[:40]}: {verdict.reason}" for verdict in verdicts if bad(verdict.reason)]


def _answered(taken: Answer, seconds: float, peak: int, whole: Said | None) -> Said:
    reports = [layer.report for layer in taken.layers]
    wrong = added_up(reports) + [note for note in taken.notes if UNSAID.search(note)]
    for layer in taken.layers:
        with pa.memory_map(layer.ipc) as source:
            rows = sum(batch.num_rows for batch in pa.ipc.open_stream(source))
        if taken.link is None and rows != layer.report.kept + len(layer.report.repaired):
            wrong.append(f"{layer.report.id} has {rows} rows")
    lost = sum(len(report.refused) for report in reports)
    kept = sum(report.kept for report in reports)
    less = bool(lost) or (whole is not None and kept != whole.kept)
    if wrong or seconds >= SECONDS:
        return Said("fault", "; ".join(wrong)[:600] or "it took too long", "", seconds, peak, taken.format, kept)
    reasons = tuple(one.reason for report in reports for one in (*report.refused, *report.repaired)[:20])
    return Said("losses" if less else "taken", "", "", seconds, peak, taken.format, kept, (*reasons, *taken.notes))


def _looked(run: Callable[..., Any], path: Path, taken: Answer, found: Said) -> Said:
    """As the scene would; what a window of a damaged file can't give is words too."""
    link, report = taken.link, taken.layers[0].report
    assert link is not None and report.extent is not None
    west, south, east, north = report.extent[0], report.extent[1], report.extent[3], report.extent[4]
    began = time.monotonic()
    try:
        if link.holds == "raster":
            file = RasterFile(str(path), taken.source_crs, taken.crs, report.kind, link.local, link.height_unit)
            side = max(east - west, north - south)
            run(windows.patch, file, Square(west, south, side))
            run(windows.patch, file, Square(west + side / 4, south + side / 4, side / 16))
        elif link.holds == "tileset":
            tiles = TilesetFile(link.path, taken.source_crs, taken.crs, link.local, link.height_unit)
            branch = run(windows.branch, tiles, ())
            for number in np.flatnonzero(branch.filled)[:2].tolist():
                run(windows.tile, tiles, TileKey((), number))
        else:
            points = PointFile(str(path), taken.source_crs, taken.crs, link.local, link.height_unit, cache())
            tree = run(windows.octree, points)
            run(windows.points, points, len(tree.counts) - 1)
    except TwinError as why:
        said = refused(why, path, time.monotonic() - began)
        verdict: Verdict = "fault" if said.verdict == "fault" else "losses"
        return Said(verdict, said.words, said.message, said.seconds, found.peak, found.format, found.kept)
    return found
