"""Whether a city is whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from twin.core.i18n import tr
from twin.model.feature import BASE
from twin.store import audit, content, registry, schema, tables
from twin.store.city import City

_LEAVES = (
    "SELECT coalesce(sum(count), 0)::BIGINT, count(*) FROM balad.tile AS t WHERE layer = ? AND NOT EXISTS"
    " (SELECT 1 FROM balad.tile AS f WHERE f.layer = t.layer AND f.scenario = t.scenario AND f.level = t.level + 1"
    " AND f.x // 2 = t.x AND f.y // 2 = t.y)"
)
"""Tiles with none below them: coarser ones stand for the same features again."""


@dataclass
class CheckReport:
    """What a check found."""

    content: dict[str, dict[str, str]]
    audit_head: str
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def printed(self) -> dict[str, object]:
        """``{"ok", "content", "audit_head", "problems"}``."""
        return {"ok": self.ok, "content": self.content, "audit_head": self.audit_head, "problems": self.problems}


def check(city: City) -> CheckReport:
    """Verify the audit chain, and each layer's rows against its report, boxes, ids and tiles."""

    def ask(connection: duckdb.DuckDBPyConnection) -> CheckReport:
        with tables.snapshot(connection):
            return _check(connection)

    return city.read(ask)


def _check(connection: duckdb.DuckDBPyConnection) -> CheckReport:
    log = audit.lines(connection)
    found = registry.entries(connection)
    hashes = {entry.layer.id: content.of_table(connection, entry.table) for entry in found}
    report = CheckReport({BASE: hashes}, log[-1].hash if log else "")
    wrong = audit.broken(log)
    if wrong is not None:
        report.problems.append(tr("The audit log was altered at line {line}.", line=wrong))
    for entry in found:
        report.problems += _layer(connection, entry)
    report.problems += _fids(connection, found)
    return report


def _layer(connection: duckdb.DuckDBPyConnection, entry: registry.Entry) -> list[str]:
    problems = []
    name, title = schema.quoted(entry.table), entry.layer.id
    count, named, boxed = _row(
        connection,
        f"""
        SELECT count(*), count(DISTINCT uid),
               count(*) FILTER ((geometry IS NULL) <> (xmin IS NULL) OR xmin > xmax OR ymin > ymax OR zmin > zmax)
        FROM {name}
        """,
    )
    # What is linked is one outline here, whatever it holds.
    kept = 1 if entry.layer.link else entry.report.kept + len(entry.report.repaired)
    if count != kept:
        problems.append(
            tr("{layer} has {count} features; its import kept {kept}.", layer=title, count=count, kept=kept)
        )
    if not entry.report.adds_up():
        problems.append(tr("The import report of {layer} does not add up.", layer=title))
    if named != count:
        problems.append(
            tr("{layer} has {count} features with only {named} ids.", layer=title, count=count, named=named)
        )
    if boxed:
        problems.append(tr("{layer} has {count} features with a wrong box.", layer=title, count=boxed))
    tiled, drawn = _row(connection, _LEAVES, entry.table)
    (shaped,) = _row(connection, f"SELECT count(*) FROM {name} WHERE geometry IS NOT NULL")
    if drawn and tiled < shaped:
        problems.append(
            tr("The tiles of {layer} hold {tiled} of {count} features.", layer=title, tiled=tiled, count=shaped)
        )
    return problems


def _fids(connection: duckdb.DuckDBPyConnection, found: list[registry.Entry]) -> list[str]:
    following = int(schema.get(connection, "next_fid") or 1)
    problems: list[str] = []
    for entry in found:
        high, distinct, count = _row(
            connection, f"SELECT max(fid), count(DISTINCT fid), count(*) FROM {schema.quoted(entry.table)}"
        )
        if count and (distinct != count or high >= following):
            problems.append(tr("The feature numbers of {layer} are not unique.", layer=entry.layer.id))
    each = " UNION ALL ".join(f"SELECT fid FROM {schema.quoted(entry.table)}" for entry in found)
    if found and _row(connection, f"SELECT count(*) - count(DISTINCT fid) FROM ({each})")[0] and not problems:
        problems.append(tr("Two layers share feature numbers."))
    return problems


def _row(connection: duckdb.DuckDBPyConnection, select: str, *values: object) -> tuple[int, ...]:
    row = connection.execute(select, list(values)).fetchone()
    return row or ()
