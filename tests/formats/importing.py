"""A file brought into a city as ``balad import`` does, and what became of the city."""

from __future__ import annotations

import io
import json
import shutil
import time
from pathlib import Path
from typing import Any

from tests.formats.answering import SECONDS, SLOW, Said, Verdict, added_up, bad
from twin.core.errors import TwinError
from twin.host import terminal
from twin.host.session import Session
from twin.model.patches import Square
from twin.model.report import LayerReport
from twin.store.check import check


class Desk:
    """A city that files are brought into, one after the other, each taken back; or a new one for each."""

    def __init__(self, city: Path | None, room: Path) -> None:
        """``city`` is copied; None where each file is to found its own."""
        self._room = room
        room.mkdir(parents=True, exist_ok=True)
        self._path = room / "desk.balad"
        self._session: Session | None = None
        if city is not None:
            shutil.copy(city, self._path)
            self._session = Session.open(self._path)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_why: object) -> None:
        if self._session is not None:
            self._session.close()

    def bring(self, path: Path, **said: Any) -> Said:
        """Bring a file in, look whether the city is what it should be, and take the file back."""
        found = self._bring(path, **said)
        return found if found.seconds < SLOW else min(found, self._bring(path, **said), key=lambda one: one.seconds)

    def _bring(self, path: Path, **said: Any) -> Said:
        before = self._session.city.content() if self._session else {}
        out, err = io.StringIO(), io.StringIO()
        words = ["import", str(self._path), str(path), "--json", *flags(said)]
        began = time.monotonic()
        code = terminal.run(words, self._session, out, err)
        seconds = time.monotonic() - began
        answer = json.loads(out.getvalue())
        told = f"{answer.get('message', '')} {err.getvalue()}".replace(str(path), "").strip()
        if code:
            wrong = [] if str(path) in err.getvalue() and not bad(answer["message"].replace(str(path), "")) else [told]
            wrong += self._unchanged(before)
            verdict: Verdict = "refused"
        else:
            reports = [LayerReport(**{**one, "repaired": one["repairs"]}) for one in answer["layers"]]
            wrong = added_up(reports) + self._intact(before, reports)
            verdict = "losses" if any(one.refused for one in reports) else "taken"
        if seconds > SECONDS:
            wrong.append(f"it took {seconds:.0f} s")
        return Said("fault" if wrong else verdict, "; ".join(wrong)[:600] or told, seconds=seconds)

    def _unchanged(self, before: Any) -> list[str]:
        if self._session is None:
            left = [one.name for one in self._room.iterdir() if one.name.startswith(self._path.stem)]
            return [f"a refusal left {left}"] if left else []
        return [] if self._session.city.content() == before else ["a refusal changed the city"]

    def _intact(self, before: Any, reports: list[LayerReport]) -> list[str]:
        if self._session is None:
            with Session.open(self._path) as session:
                wrong = _sound(session, reports)
            for one in self._room.glob(f"{self._path.name}*"):
                one.unlink()
            return wrong
        wrong = _sound(self._session, reports)
        there = self._session.city.content()
        if any(there["base"].get(layer) != found for layer, found in before["base"].items()):
            wrong.append("what was there before has changed")
        self._session.run("undo")
        return wrong if self._session.city.content() == before else [*wrong, "undo did not bring the city back"]


def flags(said: dict[str, Any]) -> list[str]:
    """What a person says of a file, as the command line has it."""
    words = ["--crs", said["crs"]] if "crs" in said else []
    return words + (["--place", ",".join(map(str, said["local"]))] if "local" in said else [])


def _sound(session: Session, reports: list[LayerReport]) -> list[str]:
    """What a check and the drawing of what came find wrong."""
    wrong = list(check(session.city).problems)
    for report in reports:
        layer, tiles = session.city.layer(report.id), session.tiles
        if not layer.link and layer.count != report.kept + len(report.repaired):
            wrong.append(f"{report.id} has {layer.count} features")
        if layer.link is not None and layer.link.holds == "raster" and report.extent is not None:
            try:
                tiles.links.patch(layer, Square(report.extent[0], report.extent[1], report.extent[3]))
            except TwinError as why:
                wrong += [str(why)] if bad(str(why).replace(str(layer.link.path), "")) else []
        elif layer.link is None:
            kind = tiles.kind(layer.kind)
            for row in tiles.tiles(report.id).to_pylist():
                kind.mesh(tiles.payload(report.id, row["level"], row["x"], row["y"]), 0)
    return wrong
