"""The ways back that a damaged city has; each works on a copy, and the damaged files are kept."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from twin.core.errors import LogMissing, LogTorn, Refused, TwinError
from twin.core.i18n import mark, tr
from twin.store import connecting, lastgood, schema
from twin.store.city import City


@dataclass(frozen=True)
class Choice:
    """A way back."""

    id: str
    time: datetime
    layers: int

    def words(self) -> str:
        """What it keeps and what it loses."""
        return tr(_WORDS[self.id], time=f"{self.time:%Y-%m-%d %H:%M:%S}", layers=self.layers)


_WORDS = {
    "log": mark("keep everything up to the damage in the log ({layers} layers, last written {time})"),
    "last-good": mark("go back to the copy of the last clean close ({layers} layers, {time}); later changes are lost"),
    "as-is": mark("open the file as it is ({layers} layers, {time}); what its missing .wal held is lost"),
}


def choices(path: Path) -> list[Choice]:
    """The ways back, the one that loses least first; none where the city opens as it is."""
    try:
        City.open(path, read_only=True).close()
    except LogTorn:
        ways = ["log", "last-good"]
    except LogMissing:
        ways = ["as-is", "last-good"]
    else:
        return []
    return [found for way in ways if (found := _tried(path, way))]


def recover(path: Path, way: str) -> Path:
    """Take a way back; the damaged files stay beside it under the name answered."""
    draft = _draft(path, way)
    if draft is None:
        raise Refused("This way back isn't open for this city: “balad recover” lists those that are.", path)
    kept = path.with_name(f"{path.name}.damaged-{datetime.now().astimezone():%Y%m%d-%H%M%S}")
    path.replace(kept)
    log = path.with_name(path.name + ".wal")
    if log.exists():
        log.replace(kept.with_name(kept.name + ".wal"))
    draft.replace(path)
    return kept


def _tried(path: Path, way: str) -> Choice | None:
    draft = _draft(path, way)
    if draft is None:
        return None
    try:
        with City.open(draft, read_only=True) as city:
            layers = len(city.layers())
    except TwinError:
        return None
    finally:
        draft.unlink(missing_ok=True)
    origin = lastgood.beside(path) if way == "last-good" else path
    return Choice(way, datetime.fromtimestamp(origin.stat().st_mtime).astimezone(), layers)


def _draft(path: Path, way: str) -> Path | None:
    """The recovered city beside the damaged one, closed cleanly; None where this way leads nowhere."""
    draft = path.with_name(path.name + ".recovered")
    draft_log = draft.with_name(draft.name + ".wal")
    source = lastgood.beside(path) if way == "last-good" else path
    if not source.exists():
        return None
    shutil.copyfile(source, draft)
    try:
        if way == "log":
            _cut(path.with_name(path.name + ".wal"), draft, draft_log)
        connection = connecting.connect(draft)
        try:
            schema.put(connection, "session", "")
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
    except (TwinError, duckdb.Error, OSError):
        draft.unlink(missing_ok=True)
        draft_log.unlink(missing_ok=True)
        return None
    return draft


def _cut(log: Path, draft: Path, draft_log: Path) -> None:
    """Cut the copied log before the entry that is torn: DuckDB's error names byte P, and P−16 is sound (FACTS)."""
    shutil.copyfile(log, draft_log)
    for _ in range(64):
        try:
            duckdb.connect(str(draft)).close()
        except duckdb.Error as why:
            named = re.search(r"(?:byte|position|offset)\D{0,20}(\d+)", str(why))
            size = draft_log.stat().st_size
            at = int(named[1]) - 16 if named else size - 1
            with draft_log.open("r+b") as file:
                file.truncate(max(0, min(at, size - 1)))
        else:
            return
