"""The city file's schema, by numbered migrations."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from twin.core.errors import CannotOpen, NewerCity
from twin.core.i18n import mark

VERSION = 1
_FOLDER = Path(__file__).with_name("migrations")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema in an empty database."""
    for _, script in _scripts():
        connection.execute(script)
    put(connection, "schema", str(VERSION))


def version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The schema's version; CannotOpen where it is no city, NewerCity where a newer Balad wrote it."""
    try:
        found = get(connection, "schema")
    except duckdb.CatalogException:
        raise CannotOpen("This DuckDB file is not a city of Balad.", path) from None
    number = int(found or 0)
    if number > VERSION:
        words = mark(
            "A newer Balad wrote this city (schema {theirs}; this program knows {ours}): update Balad to open it."
        )
        raise NewerCity(words, path, theirs=number, ours=VERSION)
    return number


def get(connection: duckdb.DuckDBPyConnection, key: str) -> str | None:
    """One of the city's own facts."""
    row = connection.execute(f"SELECT value FROM balad.city WHERE key = {literal(key)}").fetchone()
    return None if row is None else str(row[0])


def put(connection: duckdb.DuckDBPyConnection, key: str, value: str) -> None:
    """Keep one of the city's own facts."""
    connection.execute(f"DELETE FROM balad.city WHERE key = {literal(key)}")
    connection.execute(f"INSERT INTO balad.city VALUES ({literal(key)}, {literal(value)})")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int) -> str:
    """A value as SQL writes it.

    For what a city asks while it opens: DuckDB's Python client imports pandas, half a second's work, for the first
    parameter that is bound.
    """
    return str(int(value)) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _scripts() -> list[tuple[int, str]]:
    files = sorted(_FOLDER.glob("*.sql"))
    return [(int(re.match(r"\d+", file.name)[0]), file.read_text(encoding="utf-8")) for file in files]  # type: ignore[index]
