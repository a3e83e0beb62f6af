"""Which layers are there: a transaction that is hidden takes its layers with it, or gives removed ones back."""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb

from twin.core.errors import Refused
from twin.model.layer import Layer
from twin.model.report import LayerReport
from twin.store import schema, tables

_THERE = """
  added NOT IN (SELECT tx FROM balad.hidden)
  AND (removed IS NULL OR removed IN (SELECT tx FROM balad.hidden))
"""


@dataclass(frozen=True)
class Entry:
    """A layer's row in the registry."""

    layer: Layer
    table: str
    report: LayerReport
    meta: dict[str, str]


def entries(connection: duckdb.DuckDBPyConnection) -> list[Entry]:
    """The layers that are there, in drawing order."""
    rows = connection.execute(
        f"SELECT document, table_name, report, meta FROM balad.layer WHERE {_THERE} ORDER BY position, added, id"
    ).fetchall()
    return [_entry(row) for row in rows]


def entry(connection: duckdb.DuckDBPyConnection, layer: str) -> Entry:
    """One layer; Refused in words where there is none of this id."""
    row = connection.execute(
        f"SELECT document, table_name, report, meta FROM balad.layer WHERE id = {schema.literal(layer)} AND {_THERE}"
    ).fetchone()
    if row is None:
        known = ", ".join(found.layer.id for found in entries(connection)) or "–"
        raise Refused("The city has no layer “{layer}”. It has: {known}.", layer=layer, known=known)
    return _entry(row)


def change(connection: duckdb.DuckDBPyConnection, layer: Layer) -> None:
    """Keep a layer's title, visibility, opacity, place and colouring."""
    table = entry(connection, layer.id).table
    connection.execute(
        "UPDATE balad.layer SET document = ?, position = ? WHERE table_name = ?",
        [layer.model_dump_json(), layer.position, table],
    )


def remove(connection: duckdb.DuckDBPyConnection, layer: str, tx: int) -> None:
    """Take a layer out: its rows stay until this leaves the history."""
    table = entry(connection, layer).table
    connection.execute("UPDATE balad.layer SET removed = ? WHERE table_name = ?", [tx, table])


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Give what is there its plain table names, after layers came or went in this transaction."""
    tables.settle(connection, _THERE)


def purge(connection: duckdb.DuckDBPyConnection) -> bool:
    """Drop what is no longer there: an earlier session's undone imports and removed layers. True if any."""
    gone = connection.execute(f"SELECT table_name FROM balad.layer WHERE NOT ({_THERE})").fetchall()
    for (table,) in gone:
        connection.execute(f"DROP TABLE {schema.quoted(table)}")
        connection.execute("DELETE FROM balad.tile WHERE layer = ?", [table])
        connection.execute("DELETE FROM balad.layer WHERE table_name = ?", [table])
    connection.execute("UPDATE balad.layer SET removed = NULL")
    connection.execute("DELETE FROM balad.hidden")
    settle(connection)
    return bool(gone)


def _entry(row: tuple[str, str, str, str]) -> Entry:
    document, table, report, meta = row
    return Entry(
        Layer.model_validate_json(document), table, LayerReport.model_validate_json(report), json.loads(meta or "{}")
    )
