"""The sample files that come with the program: listed, and copied to where a person may write."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from twin.core import paths
from twin.core.errors import CannotWrite, Refused
from twin.core.i18n import isolate, mark, named, tr
from twin.work.commands import Help
from twin.work.context import Context

_LIST = "samples.toml"


@dataclass(frozen=True)
class Sample:
    """A file, and what is to be told with it."""

    id: str
    file: str
    """Below the folder of samples."""
    title_en: str
    title_ar: str
    attribution: str
    licence: str
    """The file with its terms, below the folder of samples."""
    crs: str = ""
    """What its publisher says of its coordinates, where the file can't."""

    @property
    def title(self) -> str:
        """What it is, in the language in use."""
        return named(self.title_en, self.title_ar, self.id)

    @property
    def path(self) -> Path:
        """Where it lies; its folder may be read-only."""
        return folder() / self.file

    @property
    def said(self) -> dict[str, Any]:
        """What an import is told with it."""
        return {"attribution": self.attribution, **({"crs": self.crs} if self.crs else {})}


@dataclass(frozen=True)
class Samples:
    """All of them, and where they were copied to."""

    listed: list[Sample]
    to: Path | None = None

    def lines(self) -> Iterable[str]:
        """A line each, and where it lies."""
        for one in self.listed:
            yield f"{one.title}  ({isolate(one.attribution)})"
            yield f"  {isolate(str(self._path(one)))}"
        if self.to:
            yield tr("Copied with their licences to {folder}", folder=isolate(str(self.to)))

    def printed(self) -> object:
        """Each with its path."""
        return [{**asdict(one), "path": str(self._path(one))} for one in self.listed]

    def _path(self, one: Sample) -> Path:
        return self.to / one.file if self.to else one.path


def samples(
    _context: Context | None,
    to: Annotated[Path | None, Help("copy them with their licences into this new folder", form="FOLDER")] = None,
) -> Samples:
    """List the sample files; with ``to`` copy them there."""
    if to is not None:
        _copy(to)
    return Samples(listed(), to)


def listed() -> list[Sample]:
    """The sample files; Refused where this installation has none."""
    file = folder() / _LIST
    if not file.exists():
        raise Refused(mark("This installation has no samples: its folder sample_data is missing."))
    return [Sample(**one) for one in tomllib.loads(file.read_text(encoding="utf-8"))["samples"]]


def folder() -> Path:
    """Where they lie beside the program."""
    return paths.program() / "sample_data" / "files"


def _copy(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Refused(mark("This folder is there already and is not empty: name a new one."), to)
    try:
        shutil.copytree(folder(), to, copy_function=shutil.copyfile, dirs_exist_ok=True)
        for one in (to, *to.rglob("*")):
            # What was read-only beside the program is the person's own here.
            one.chmod(0o755 if one.is_dir() else 0o644)
    except OSError as why:
        raise CannotWrite(mark("The samples can’t be copied there: {why}."), to, why=why.strerror or str(why)) from why
