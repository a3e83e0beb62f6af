"""A city from a plain Python session: layers as GeoDataFrames, whether or not a window has the city open."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from twin.core import paths
from twin.core.errors import CityBusy, Refused
from twin.core.i18n import mark
from twin.host.owner import ask_owner
from twin.host.session import Session

if TYPE_CHECKING:
    import geopandas


class OpenLayer:
    """One layer of a city; ask the city for it."""

    def __init__(self, city: OpenCity, layer: str) -> None:
        self._city, self.id = city, layer

    def to_geopandas(self) -> geopandas.GeoDataFrame:
        """Its features as they stand now.

        The index is each feature's ``uid``; a column is an attribute, in the unit that the layer's table shows; a value
        that is missing is missing (NaN, <NA> or None). The CRS is the city's, heights are in metres.
        Needs geopandas. Raises Refused where the layer is gone.
        """
        from twin.host import frames

        with _scratch() as folder:
            file = folder / f"{self.id}.parquet"
            self._city.run("export", self.id, str(file))
            return frames.read(file)

    def write(self, frame: geopandas.GeoDataFrame) -> dict[str, Any]:
        """Make the layer what the frame is, in one step of undo; an open window shows it at once.

        Rows are matched by the index ``uid``, or by a column of that name: a known one is written over and keeps its
        number, one that is new or missing is added, and what the frame hasn't is taken out. Coordinates in another CRS
        are brought into the city's. Answers ``{"layer", "changed", "added", "removed"}``.
        Raises Refused, and changes nothing, where the frame has no CRS or no uids, names one twice, or holds a geometry
        that can't be taken in.
        """
        from twin.host import frames

        with _scratch() as folder:
            file = folder / f"{self.id}.parquet"
            frames.write(frame, file)
            answer: dict[str, Any] = json.loads(self._city.run("update", self.id, str(file), "--json"))
            return answer


class OpenCity:
    """An open city. Close it, or hold it in ``with``."""

    def __init__(self, path: str | Path, session: Session | None = None) -> None:
        """``session`` has it open already: whoever opened that closes it."""
        self.path = Path(path)
        self._session, self._own = session, session is None
        if session is not None:
            return
        try:
            self._session = Session.open(self.path)
        except CityBusy:
            # Another process has it: what is asked here is done there, with its undo. It must answer for that.
            self.run("info")

    def layer(self, layer: str) -> OpenLayer:
        """One of its layers by id; Refused where there is none."""
        if layer not in (known := [one["id"] for one in self.info()["layers"]]):
            words = mark("The city has no layer “{layer}”. It has: {known}.")
            raise Refused(words, layer=layer, known=", ".join(known) or "–")
        return OpenLayer(self, layer)

    def info(self) -> dict[str, Any]:
        """Its CRS and layers, as ``balad info --json`` prints them."""
        found: dict[str, Any] = json.loads(self.run("info", "--json"))
        return found

    def undo(self) -> str | None:
        """Take the last change back that was made here; None where there is none, or a window keeps the history."""
        return None if self._session is None else self._session.run("undo")

    def run(self, command: str, *words: str) -> str:
        """A command as ``balad`` has it, without the city's name; what it prints. Raises Refused with its reason."""
        from twin.host import terminal

        out, err = io.StringIO(), io.StringIO()
        line = [command, str(self.path), *words]
        try:
            code = (
                terminal.run(line, self._session, out, err) if self._session else ask_owner(self.path, line, out, err)
            )
        except SystemExit:
            raise Refused(mark("There is no such command, or not with these words: {words}."), words=command) from None
        if code is None:
            raise CityBusy("Another program has this city open and doesn't answer: close it there.", self.path)
        if code:
            raise Refused(_reason(out.getvalue(), err.getvalue()))
        return out.getvalue()

    def close(self) -> None:
        """Close it cleanly; a window that has it open keeps it."""
        if self._session and self._own:
            self._session.close()
            self._session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.close()


def open_city(path: str | Path) -> OpenCity:
    """Open a city, or reach the window that has it open.

    Raises CannotOpen where the file is no city or is damaged, CityBusy where another program has it and doesn't answer.
    """
    return OpenCity(path)


def _reason(out: str, err: str) -> str:
    """The words of a refusal, which ``--json`` prints as a document."""
    try:
        said: str = json.loads(out)["message"]
    except (ValueError, KeyError, TypeError):
        return (err or out).strip()
    return said


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = paths.scratch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
