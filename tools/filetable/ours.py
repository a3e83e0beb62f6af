"""What Balad makes of a file: read by a child process, as an import does it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.core.errors import NoCrs, TwinError
from twin.core.i18n import tr, unmarked
from twin.formats.intake import take_in
from twin.formats.request import Answer, Request
from twin.work.jobs import Jobs

_CITY = "EPSG:32637"
_SAID: dict[str, dict[str, Any]] = {"simbench": {"crs": "EPSG:4326"}}
"""What is known of a file's coordinates from beside it, by a part of its path."""
_SHOWN = 6


@dataclass(frozen=True)
class Ours:
    """A file's format and features; or why it was refused."""

    format: str = ""
    layers: tuple[tuple[str, int, int, int, int], ...] = ()
    """Each layer's id, and how many were read, kept, repaired and refused."""
    amount: int | None = None
    """The points or cells of a linked file."""
    asked: bool = False
    """Whether it names no CRS, so that it was placed by hand."""
    refusal: str = ""

    @property
    def read(self) -> int:
        """All features that were read."""
        return sum(layer[1] for layer in self.layers)

    def words(self) -> str:
        """As the table has it."""
        if self.refusal:
            return f"refused: {self.refusal}"
        shown = ", ".join(f"{name} {read}" for name, read, *_ in self.layers[:_SHOWN])
        rest = len(self.layers) - _SHOWN
        listed = f"{shown} and {rest} more layers" if rest > 0 else shown
        if self.amount is not None:
            listed = f"linked: {self.amount:,}"
        kept, repaired, refused = (sum(one) for one in zip(*(layer[2:] for layer in self.layers), strict=True))
        sums = f"; {self.read} = {kept} kept + {repaired} repaired + {refused} refused" if repaired or refused else ""
        total = f" ({self.read} in all)" if len(self.layers) > 1 and not sums else ""
        return listed + total + sums + ("; names no CRS, placed by hand" if self.asked else "")


class Reader:
    """Takes files in, one after another."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def __call__(self, path: Path) -> Ours:
        """What becomes of a file; one that names no CRS is placed by hand in a city of UTM 37N."""
        said = next((told for part, told in _SAID.items() if part in path.as_posix()), {})
        try:
            return _found(self._taken(path, said))
        except NoCrs:
            hand: dict[str, Any] = {"city_crs": _CITY, "crs": "local", "local": (0.0, 0.0, 0.0, 1.0)}
            try:
                return _found(self._taken(path, hand), asked=True)
            except TwinError as beyond:
                return Ours(refusal=_words(beyond))
        except TwinError as why:
            return Ours(refusal=_words(why))

    def _taken(self, path: Path, said: dict[str, Any]) -> Answer:
        with tempfile.TemporaryDirectory() as scratch:
            request = Request.model_validate({"path": str(path), "scratch": scratch, **said})
            job = self._jobs.run(take_in, request, title=path.name, timeout=300, memory=8 << 30, path=path)
            taken: Answer = job.result()
        return taken


@contextmanager
def reader() -> Iterator[Reader]:
    """A reader with a child process of its own."""
    with Jobs() as jobs:
        yield Reader(jobs)


def _found(taken: Answer, *, asked: bool = False) -> Ours:
    reports = [one.report for one in taken.layers]
    return Ours(
        format=taken.format,
        layers=tuple((one.id, one.read, one.kept, len(one.repaired), len(one.refused)) for one in reports),
        amount=taken.link.amount if taken.link else None,
        asked=asked,
    )


def _words(why: TwinError) -> str:
    """The first sentence of a refusal, without the path."""
    told = unmarked(tr(why.message, **why.values)).replace("\n", " ").replace("|", "\\|")
    first = told.split(". ")[0]
    return (first if len(first) < 160 else first[:157] + "…").rstrip(".")
