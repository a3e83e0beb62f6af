"""The content hash: what a layer says, whatever the order, the file format or the numbers of its rows."""

from __future__ import annotations

import hashlib

import duckdb

from twin.model.feature import GEOMETRY, OWN, UID
from twin.store import schema

_NUMBERS = frozenset(
    [
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "FLOAT",
        "DOUBLE",
        "DECIMAL",
    ]
)


def of_table(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """A layer's hash over uid, the attributes that are not null, and WKB.

    Each row gives an MD5 of its canonical text; the sums of their halves don't depend on row order. Numbers count as
    doubles, so that a format that widens an integer gives the same hash.
    """
    name = schema.quoted(table)
    found = connection.execute(f"DESCRIBE {name}").fetchall()
    attributes = sorted((column, kind) for column, kind, *_ in found if column not in OWN)
    parts = [f"coalesce({UID}, '')", *(_text(column, kind) for column, kind in attributes)]
    parts.append(f"coalesce(md5({GEOMETRY}), '')")
    row = f"concat_ws(chr(31), {', '.join(parts)})"
    sums = connection.execute(
        f"""
        SELECT count(*), sum(md5_number_lower(words)::HUGEINT), sum(md5_number_upper(words)::HUGEINT)
        FROM (SELECT {row} AS words FROM {name})
        """
    ).fetchone()
    return hashlib.sha256(repr(sums).encode()).hexdigest()


def _text(column: str, kind: str) -> str:
    name = schema.quoted(column)
    literal = "'" + column.replace("'", "''") + "='"
    if kind.split("(", maxsplit=1)[0] in _NUMBERS:
        # Adding 0 makes −0 the same as 0.
        text = f"({name}::DOUBLE + 0)::VARCHAR"
    elif kind == "BLOB":
        text = f"md5({name})"
    elif kind == "VARCHAR":
        text = name
    elif kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        text = f"to_json({name})::VARCHAR"
    elif kind.startswith("TIMESTAMP"):
        text = f"{name}::TIMESTAMP::VARCHAR"
    else:
        text = f"{name}::VARCHAR"
    return f"{literal} || {text}"
