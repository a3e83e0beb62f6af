"""An open city with all that can be done with it, and no window."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from psygnal import Signal

from twin.core import paths
from twin.core.errors import Refused, TwinError
from twin.core.i18n import mark
from twin.host.commands import declared
from twin.host.discovery import Kinds, readers
from twin.host.identify import Card, border, identify, tile_card
from twin.host.owner import Owner
from twin.host.tiles import CityTiles
from twin.store.city import City
from twin.store.copying import readable_copy
from twin.work.context import Progress
from twin.work.edits import Edits
from twin.work.jobs import Jobs
from twin.work.tiling import freshen

if TYPE_CHECKING:
    from twin.formats.request import Reader
    from twin.host.hashing import Hashing


def silent(fraction: float, words: str = "") -> None:
    """A progress that nobody looks at."""


_log = logging.getLogger("balad")
# Commands run on several threads at once; each speaks to its own progress.
_progress: ContextVar[Progress] = ContextVar("progress", default=silent)


class Session:
    """A city on a desk: its store, undo, jobs and script; a window or a command line holds it."""

    logged = Signal(str)

    def __init__(self, path: Path, city: City | None = None) -> None:
        self.path = path
        self.edits = Edits()
        self.jobs = Jobs()
        self.kinds = Kinds()
        self.log: list[str] = []
        self._city = city
        self._owner: Owner | None = None
        self._copy: Path | None = None
        self._tiles: CityTiles | None = None
        self._hashing: Hashing | None = None

    @cached_property
    def readers(self) -> tuple[Reader, ...]:
        """Of plugins; they are asked for with the first file."""
        return readers()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, progress: Progress = silent) -> Self:
        """Open a city; see ``City.open`` for what it raises.

        ``progress`` hears of tiles that are made anew, since a layer kind has a new version, and may stop it.
        """
        session = cls(path, City.open(path, read_only=read_only))
        if not read_only:
            try:
                freshen(session.city, session.kinds, progress)
            except BaseException:
                session.close()
                raise
        return session

    @classmethod
    def open_copy(cls, path: Path) -> Self:
        """Read a copy of a city that another process has open; closing it removes the copy."""
        folder = paths.scratch()
        try:
            session = cls(path, City.open(readable_copy(path, folder), read_only=True))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        session._copy = folder
        return session

    @classmethod
    def create(cls, path: Path) -> Self:
        """Found an empty city; its first import gives it a CRS."""
        return cls(path, City.create(path, ""))

    @property
    def city(self) -> City:
        """The open city."""
        if self._city is None:
            raise Refused(mark("There is no city here yet: make one with “balad sample” or “balad import”."), self.path)
        return self._city

    @property
    def progress(self) -> Progress:
        """The progress of the command that this thread runs."""
        return _progress.get()

    @property
    def tiles(self) -> CityTiles:
        """What the scene reads."""
        if self._tiles is None or self._tiles.city is not self.city:
            self._tiles = CityTiles(self.city, self.kinds, self.path)
        return self._tiles

    def read_on(self, holds: str) -> None:
        """Let the child that took a linked file in, and has it open, read what is drawn of it; others are begun anew.

        Where nobody looks at the city, or another child reads its links of that kind, it stays for the next file.
        """
        jobs = self.jobs
        if self._tiles is not None and not jobs.running() and self._tiles.links.adopt(holds, jobs):
            self.jobs = Jobs()

    def run(self, command: str, progress: Progress | None = None, **values: Any) -> Any:
        """Run a command by its id, and leave a line that can be run again."""
        known = declared()[command]
        token = _progress.set(progress or silent)
        try:
            answer = known.function(self, **values)
        except TwinError as why:
            _log.warning("%s: %s was refused: %s", self.path.name, command, why)
            raise
        finally:
            _progress.reset(token)
        self._note(command, values)
        return answer

    @contextmanager
    def reporting(self, progress: Progress) -> Iterator[None]:
        """Meanwhile what this thread does, which is no command, tells ``progress`` how far it is."""
        token = _progress.set(progress)
        try:
            yield
        finally:
            _progress.reset(token)

    def identify(self, layer: str, fid: int) -> Card:
        """What a feature is, in the language in use; one below 0 is a tileset's."""
        told = self.tiles.links.told(self.city.layer(layer), fid) if fid < 0 else None
        return tile_card(self.city.layer(layer), fid, told) if told else identify(self.city, layer, fid)

    def border(self, layer: str, fid: int) -> list[Any]:
        """A feature's lines, each (n, 3) in the city's CRS."""
        return border(self.city, layer, fid)

    def share(self) -> None:
        """Answer commands of other processes on this open city, until it is closed."""
        self._owner = Owner(self)

    def fingerprint(self) -> None:
        """Compute the fingerprints of linked files beside all else, until it is closed."""
        if self._hashing is None:
            from twin.host.hashing import Hashing

            self._hashing = Hashing(self.city)

    def close(self) -> None:
        """Close the city cleanly: from here on, the one file is the city."""
        if self._owner:
            self._owner.close()
        if self._tiles:
            self._tiles.links.close()
        if self._hashing:
            self._hashing.close()
        self.jobs.close()
        if self._city:
            self._city.close()
        if self._copy:
            shutil.rmtree(self._copy, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.close()

    def _note(self, command: str, values: dict[str, Any]) -> None:
        given = {name: value for name, value in values.items() if value is not None}
        plain = {name: str(value) if isinstance(value, Path) else value for name, value in given.items()}
        line = f"city.run({', '.join([repr(command), *(f'{name}={value!r}' for name, value in plain.items())])})"
        self.log.append(line)
        _log.info("%s: %s", self.path.name, line)
        self.logged.emit(line)
