"""Reading features: by box, by fid, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from twin.model.feature import FID, TRANSACTION
from twin.store.schema import quoted

Box = tuple[float, float, float, float]


def select(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str] | None,
    box: Box | None,
    fids: Sequence[int] | None,
    limit: int | None,
    offset: int,
    order: str | None,
    told: Sequence[str] = (),
) -> pa.Table:
    """A table's rows; a box query reads plain columns, which zone maps prune."""
    where: list[str] = []
    values: list[Any] = []
    if box is not None:
        where.append("xmax >= ? AND ymax >= ? AND xmin <= ? AND ymin <= ?")
        values += box
    if fids is not None:
        where.append("fid IN (SELECT unnest(?::BIGINT[]))")
        values.append([int(fid) for fid in fids])
    if told:
        where.append(f"({' OR '.join(f'{quoted(name)} IS NOT NULL' for name in told)})")
    names = ", ".join(map(quoted, columns)) if columns else f"* EXCLUDE ({TRANSACTION})"
    words = f"SELECT {names} FROM {quoted(table)}"
    if where:
        words += f" WHERE {' AND '.join(where)}"
    words += f" ORDER BY {f'{quoted(order)} NULLS LAST, ' if order else ''}fid"
    if limit is not None:
        words += f" LIMIT {int(limit)} OFFSET {int(offset)}"
    return connection.execute(words, values).to_arrow_table()


def fids(connection: duckdb.DuckDBPyConnection, table: str) -> Any:
    """(n,) the features in the order of their rows, in which DuckDB reads a table that nothing is asked of."""
    return in_order(connection.execute(f"SELECT fid FROM {quoted(table)}").to_arrow_table())


def in_order(found: pa.Table) -> Any:
    """(n,) the ``fid`` column of an answer."""
    # ``to_numpy`` would import pandas, before the first picture.
    return np.concatenate([np.empty(0, np.int64), *map(np.from_dlpack, found.column(FID).chunks)])
