"""Finding features by words, and the table's pages: filtered, sorted and counted where the data lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from twin.core.errors import Refused
from twin.core.folding import DROPPED, FROM, TO, folded
from twin.core.i18n import mark, named
from twin.model.feature import BOX, FID, UID
from twin.store import console
from twin.store.registry import Entry
from twin.store.schema import quoted

_NAMES = ("name_en", "name_ar", "name")
_EXPRESSION = re.compile(r"[<>=]|\b(LIKE|ILIKE|IN|IS|BETWEEN|NOT)\b", re.IGNORECASE)
"""What makes a filter an expression of SQL and not words to look for."""


@dataclass(frozen=True)
class Query:
    """Which rows of a layer, in which order."""

    filter: str = ""
    """Words, or an SQL expression over the layer's columns."""
    order: str = ""
    descending: bool = False


@dataclass(frozen=True)
class Found:
    """A feature that answers to some words."""

    layer: str
    fid: int
    uid: str
    name_en: str | None
    name_ar: str | None
    box: tuple[float, ...] | None

    @property
    def title(self) -> str:
        """Its name in the language in use."""
        return named(self.name_en, self.name_ar, self.uid)


def find(connection: duckdb.DuckDBPyConnection, entries: Iterable[Entry], words: str, limit: int) -> list[Found]:
    """Features whose id or name has all of the words: exact first, then what begins so, small layers before large."""
    wanted = folded(words)
    if not wanted:
        return []
    parts, values = [], []
    for place, entry in enumerate(sorted(entries, key=lambda entry: entry.layer.count)):
        there = [column.name for column in entry.layer.columns if column.name in _NAMES]
        searched = [_folded(quoted(name)) for name in [UID, *there]]
        holds = " OR ".join(f"contains({text}, ?)" for text in searched)
        ranks = (f"CASE WHEN {text} = ? THEN 0 WHEN starts_with({text}, ?) THEN 1 ELSE 2 END" for text in searched)
        english, arabic = (name if name in there else "name" if "name" in there else "NULL" for name in _NAMES[:2])
        parts.append(
            f"(SELECT {place} AS place, '{_escaped(entry.layer.id)}' AS layer, {FID}, {UID}, {english} AS name_en,"
            f" {arabic} AS name_ar, {', '.join(BOX)}, least({', '.join(ranks)}) AS rank"
            f" FROM {quoted(entry.table)} WHERE {holds} ORDER BY rank, {FID} LIMIT {int(limit)})"
        )
        values += [wanted] * (3 * len(searched))
    if not parts:
        return []
    each = " UNION ALL ".join(f"SELECT * FROM {part}" for part in parts)
    rows = connection.execute(f"SELECT * FROM ({each}) ORDER BY rank, place, {FID} LIMIT {int(limit)}", values)
    return [
        Found(row[1], row[2], row[3], row[4], row[5], None if row[6] is None else tuple(row[6:12]))
        for row in rows.fetchall()
    ]


def page(
    connection: duckdb.DuckDBPyConnection, entry: Entry, query: Query, columns: Sequence[str], limit: int, offset: int
) -> pa.Table:
    """Rows of a layer; fid stands first."""
    where, values = _where(connection, entry, query.filter)
    names = ", ".join(map(quoted, dict.fromkeys([FID, *columns])))
    words = f"SELECT {names} FROM {quoted(entry.table)} WHERE {where} ORDER BY {_order(entry, query)}"
    return _asked(connection, f"{words} LIMIT {int(limit)} OFFSET {int(offset)}", values).to_arrow_table()


def count(connection: duckdb.DuckDBPyConnection, entry: Entry, query: Query) -> int:
    """How many rows pass the filter."""
    where, values = _where(connection, entry, query.filter)
    row = _asked(connection, f"SELECT count(*) FROM {quoted(entry.table)} WHERE {where}", values).fetchone()
    return int(row[0]) if row else 0


def place(connection: duckdb.DuckDBPyConnection, entry: Entry, query: Query, fid: int) -> int | None:
    """At which row a feature stands; None where the filter leaves it out."""
    where, values = _where(connection, entry, query.filter)
    inner = f"SELECT {FID}, row_number() OVER (ORDER BY {_order(entry, query)}) - 1 AS place FROM {quoted(entry.table)}"
    words = f"SELECT place FROM ({inner} WHERE {where}) WHERE {FID} = ?"
    row = _asked(connection, words, [*values, fid]).fetchone()
    return None if row is None else int(row[0])


def _order(entry: Entry, query: Query) -> str:
    known = {FID, UID, *(column.name for column in entry.layer.columns)}
    if query.order not in known:
        return FID
    return f"{quoted(query.order)} {'DESC' if query.descending else 'ASC'} NULLS LAST, {FID}"


def _where(connection: duckdb.DuckDBPyConnection, entry: Entry, words: str) -> tuple[str, list[Any]]:
    if not words.strip():
        return "TRUE", []
    if _EXPRESSION.search(words):
        select = f"SELECT {FID} FROM {quoted(entry.table)} WHERE ({words}\n)"
        console.allow(connection, select)
        _asked(connection, f"{select} LIMIT 0", [])
        return f"({words}\n)", []
    texts = [column.name for column in entry.layer.attributes if column.type == "VARCHAR"]
    any_of = " OR ".join(f"contains({_folded(quoted(name))}, ?)" for name in [UID, *texts])
    each = folded(words).split()
    return " AND ".join(f"({any_of})" for _ in each) or "TRUE", [word for word in each for _ in [UID, *texts]]


def _asked(connection: duckdb.DuckDBPyConnection, words: str, values: list[Any]) -> duckdb.DuckDBPyConnection:
    try:
        return connection.execute(words, values)
    except duckdb.Error as why:
        words = mark("The filter can’t be read: {why}")
        raise Refused(words, why=str(why).splitlines()[0]) from None


def _folded(text: str) -> str:
    """What ``folded`` does, in SQL."""
    alike = f"replace(translate(lower(strip_accents({text})), '{FROM}', '{TO}'), '{DROPPED}', '')"
    return f"regexp_replace({alike}, '(^| )ال', '\\1', 'g')"


def _escaped(text: str) -> str:
    return text.replace("'", "''")
