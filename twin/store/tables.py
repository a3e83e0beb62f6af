"""Which table a layer's features stand in: what is there has the plain name, what is hidden stands aside."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import duckdb

from twin.store.schema import quoted

_ASIDE = "~"
"""In the names of tables of removed and undone layers, which no layer's id has."""


def free(connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """A name that no table has; DuckDB's names differ by more than their case."""
    taken = {row[0].lower() for row in connection.execute("SELECT table_name FROM balad.layer").fetchall()}
    numbered = (f"{wanted}_{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([wanted], numbered) if name.lower() not in taken)


def settle(connection: duckdb.DuckDBPyConnection, there: str) -> None:
    """After layers came or went, inside the caller's transaction; ``there`` is the condition of being there."""
    rows = connection.execute(f"SELECT id, table_name, coalesce({there}, FALSE) FROM balad.layer").fetchall()
    for _, table, seen in rows:
        if not seen and _ASIDE not in table:
            _rename(connection, table, free(connection, f"{table}{_ASIDE}"))
    for layer, table, seen in rows:
        if seen and table.lower() != layer.lower() and free(connection, layer) == layer:
            _rename(connection, table, layer)


@contextlib.contextmanager
def snapshot(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is asked within is answered as of one moment: a table found is a table that can be read."""
    connection.begin()
    try:
        yield
    finally:
        connection.rollback()


def _rename(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> None:
    connection.execute(f"ALTER TABLE {quoted(table)} RENAME TO {quoted(name)}")
    connection.execute("UPDATE balad.layer SET table_name = ? WHERE table_name = ?", [name, table])
    connection.execute("UPDATE balad.tile SET layer = ? WHERE layer = ?", [name, table])
