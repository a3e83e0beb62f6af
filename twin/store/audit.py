"""The audit log: who did what and when, each line sealed with the hash of the one before."""

from __future__ import annotations

import getpass
import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from twin.core.settings import Settings
from twin.store.schema import literal


@dataclass(frozen=True)
class AuditLine:
    """One act. The names are the system's user and one that the person chose: no login, no proof of who it was."""

    seq: int
    time: str
    system_user: str
    display_name: str
    command: str
    arguments: str
    previous: str
    hash: str

    def sealed(self) -> str:
        """The SHA-256 that this line's words and its forerunner's hash give."""
        words = json.dumps(astuple(self)[:-1], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()


def record(connection: duckdb.DuckDBPyConnection, command: str, arguments: dict[str, Any]) -> str:
    """Add a line inside the caller's transaction; its hash."""
    row = connection.execute("SELECT seq, hash FROM balad.audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = row or (0, "")
    words = json.dumps(arguments, ensure_ascii=False, sort_keys=True, default=str)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    draft = AuditLine(seq + 1, now, getpass.getuser(), Settings.load().display_name, command, words, previous, "")
    values = [*astuple(draft)[:-1], draft.sealed()]
    connection.execute(f"INSERT INTO balad.audit VALUES ({', '.join(map(literal, values))})")
    return str(values[-1])


def lines(connection: duckdb.DuckDBPyConnection) -> list[AuditLine]:
    """The log, oldest first."""
    return [AuditLine(*row) for row in connection.execute("SELECT * FROM balad.audit ORDER BY seq").fetchall()]


def broken(log: list[AuditLine]) -> int | None:
    """The first line that was altered, removed or added by another hand; None where the chain holds."""
    previous = ""
    for number, line in enumerate(log, start=1):
        if line.seq != number or line.previous != previous or line.hash != line.sealed():
            return number
        previous = line.hash
    return None
