"""A new table's rows, streamed into DuckDB in the order they shall lie in; what doesn't fit in memory it spills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from twin.core import arrow
from twin.model.feature import BOX, FID, GEOMETRY, OWN, TRANSACTION, UID
from twin.store import schema

_ROWS = 20_000
"""Rows handed over at a time."""

Watch = Callable[[int], None]
"""Told how many rows were handed over; what it raises stops the writing."""


def unwatched(_count: int) -> None:
    """Nobody asked how far it is."""


@dataclass(frozen=True)
class Rows:
    """A layer's rows in the order of its file."""

    table: pa.Table
    fids: Any
    """(n,) int64"""
    boxes: Any
    """(n, 6) metres; NaN for a feature without a geometry, which becomes null."""
    places: Any
    """(n,) int64: where each row shall lie."""

    def batches(self, watch: Watch) -> Iterator[pa.RecordBatch]:
        """As the store keeps them, with the place in the transaction's column."""
        start = 0
        for batch in self.table.to_batches(max_chunksize=_ROWS):
            part = slice(start, start := start + len(batch))
            columns: dict[str, Any] = {FID: arrow.integers(self.fids[part]), UID: batch.column(UID)}
            columns |= {side: arrow.floats(self.boxes[part, n]) for n, side in enumerate(BOX)}
            columns |= {GEOMETRY: batch.column(GEOMETRY), TRANSACTION: arrow.integers(self.places[part])}
            columns |= {name: batch.column(name) for name in batch.schema.names if name not in OWN}
            yield pa.RecordBatch.from_pydict(columns, schema=self.schema)
            watch(start)

    @property
    def schema(self) -> pa.Schema:
        """Of the batches."""
        given = self.table.schema
        own = [pa.field(FID, pa.int64()), given.field(UID), *(pa.field(side, pa.float64()) for side in BOX)]
        own += [given.field(GEOMETRY), pa.field(TRANSACTION, pa.int64())]
        return pa.schema([*own, *(field for field in given if field.name not in OWN)])


def fill(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows, tx: int, watch: Watch) -> None:
    """Make the table, inside the caller's transaction."""
    stopped: list[BaseException] = []

    def watched(count: int) -> None:
        try:
            watch(count)
        except BaseException as why:
            stopped.append(why)
            raise

    reader: Any = pa.RecordBatchReader.from_batches(rows.schema, rows.batches(watched))
    # For a reader of Python's, DuckDB imports Arrow's data sets, and those pandas: a few rows don't wait for it. Of a
    # bare stream of C it holds more at a time.
    connection.register("incoming", reader.__arrow_c_stream__() if len(rows.table) <= _ROWS else reader)
    own = f"{int(tx)}::BIGINT AS {TRANSACTION}"
    try:
        connection.execute(
            f"CREATE TABLE {schema.quoted(name)} AS "
            f"SELECT * REPLACE ({own}) FROM incoming ORDER BY incoming.{TRANSACTION}"
        )
    except duckdb.Error:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        connection.unregister("incoming")
    watch(len(rows.fids))
