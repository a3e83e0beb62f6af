"""The SQL console: one SELECT whose every function is on the allow-list."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from twin.core.errors import Refused

FUNCTIONS = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "^",
        "||",
        "&",
        "|",
        "~",
        "<<",
        ">>",
        "!",
        "=",
        "<>",
        "<",
        ">",
        "<=",
        ">=",
        "!~~",
        "~~",
        "~~*",
        "!~~*",
        "abs",
        "acos",
        "asin",
        "atan",
        "atan2",
        "avg",
        "any_value",
        "arg_max",
        "arg_min",
        "array_agg",
        "ascii",
        "bit_length",
        "bool_and",
        "bool_or",
        "cbrt",
        "ceil",
        "ceiling",
        "char_length",
        "chr",
        "coalesce",
        "concat",
        "concat_ws",
        "contains",
        "corr",
        "cos",
        "cot",
        "count",
        "count_star",
        "covar_pop",
        "covar_samp",
        "cume_dist",
        "date_diff",
        "date_part",
        "date_trunc",
        "datediff",
        "datepart",
        "datetrunc",
        "day",
        "dayname",
        "dayofweek",
        "dayofyear",
        "degrees",
        "dense_rank",
        "ends_with",
        "epoch",
        "exp",
        "extract",
        "first",
        "first_value",
        "floor",
        "format",
        "greatest",
        "hour",
        "ifnull",
        "ilike_escape",
        "instr",
        "isfinite",
        "isinf",
        "isnan",
        "json_array_length",
        "json_extract",
        "json_extract_string",
        "json_keys",
        "json_type",
        "json_valid",
        "lag",
        "last",
        "last_value",
        "lcase",
        "lead",
        "least",
        "left",
        "len",
        "length",
        "like_escape",
        "list",
        "list_contains",
        "ln",
        "log",
        "log10",
        "log2",
        "lower",
        "lpad",
        "ltrim",
        "max",
        "mean",
        "median",
        "min",
        "minute",
        "mod",
        "mode",
        "month",
        "monthname",
        "not_ilike_escape",
        "not_like_escape",
        "nth_value",
        "ntile",
        "nullif",
        "percent_rank",
        "pi",
        "pow",
        "power",
        "product",
        "quantile",
        "quantile_cont",
        "quantile_disc",
        "quarter",
        "radians",
        "rank",
        "regexp_matches",
        "regexp_replace",
        "replace",
        "reverse",
        "right",
        "round",
        "row_number",
        "rpad",
        "rtrim",
        "second",
        "sign",
        "sin",
        "split_part",
        "sqrt",
        "starts_with",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "string_agg",
        "strlen",
        "strpos",
        "strftime",
        "substr",
        "substring",
        "sum",
        "tan",
        "to_json",
        "trim",
        "trunc",
        "typeof",
        "ucase",
        "upper",
        "unnest",
        "var_pop",
        "var_samp",
        "variance",
        "week",
        "weekday",
        "year",
    ]
)
"""Functions that compute from their arguments alone: none reads a file, sets anything or keeps a state."""

_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
_TABLES = frozenset({"layer", "city", "audit", "tile"})
"""Of Balad's own schema, the tables that may be read."""
ROWS = 100_000
"""The most rows that are answered."""
_CUT = b"balad.cut"
"""In an answer's metadata where there were more rows."""


def answer(connection: duckdb.DuckDBPyConnection, select: str, seconds: float) -> pa.Table:
    """Run one SELECT; Refused in words where it is anything else, or takes too long."""
    allow(connection, select)
    watch = threading.Timer(seconds, connection.interrupt)
    watch.start()
    try:
        found = _first(connection.execute(select).to_arrow_reader(ROWS))
        if is_cut(found):
            # An answer that is not read to its end holds its transaction, which holds up every checkpoint.
            connection.execute("SELECT 1").fetchall()
        return found  # noqa: TRY300
    except duckdb.InterruptException:
        raise Refused("The question took longer than {seconds} s and was stopped.", seconds=seconds) from None
    except (duckdb.Error, pa.ArrowException, OSError) as why:
        # Arrow's reader tells of an interruption in its own kind of error.
        if "INTERRUPT" in str(why).upper():
            raise Refused("The question took longer than {seconds} s and was stopped.", seconds=seconds) from None
        raise Refused("The question can't be answered: {why}", why=str(why).splitlines()[0]) from None
    finally:
        watch.cancel()


def is_cut(table: pa.Table) -> bool:
    """Whether an answer had more rows than were given."""
    return _CUT in (table.schema.metadata or {})


def _first(reader: pa.RecordBatchReader) -> pa.Table:
    """The first rows alone; what comes after them is not waited for."""
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows > ROWS:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    if rows <= ROWS:
        return table
    return table.slice(0, ROWS).replace_schema_metadata({**(table.schema.metadata or {}), _CUT: b"1"})


def parsed(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, Any]:
    """What DuckDB's parser makes of it, or in which words it refuses."""
    row = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [select]).fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found


def allow(connection: duckdb.DuckDBPyConnection, select: str) -> None:
    """Refused in words unless it is one SELECT whose every function and table is on the allow-list."""
    tree = parsed(connection, select)
    if tree.get("error"):
        raise Refused("Only one SELECT can be asked: {why}", why=str(tree.get("error_message", "")).splitlines()[0])
    if len(tree["statements"]) != 1:
        raise Refused("Only one SELECT can be asked at a time.")
    for node in _nodes(tree):
        _allow_node(node)


def _allow_node(node: dict[str, Any]) -> None:
    name = str(node.get("function_name", "")).lower()
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"]["function_name"]).lower()
        if name not in _TABLE_FUNCTIONS:
            raise Refused("The function “{name}” is not allowed here.", name=name)
    elif name and name not in FUNCTIONS | _TABLE_FUNCTIONS:
        raise Refused("The function “{name}” is not allowed here.", name=name)
    if node.get("type") == "BASE_TABLE":
        place, table = str(node.get("schema_name", "")).lower(), str(node.get("table_name", "")).lower()
        if (
            node.get("catalog_name")
            or place not in {"", "main", "balad"}
            or (place == "balad" and table not in _TABLES)
        ):
            raise Refused("The table “{name}” is not one of the city's.", name=f"{place}.{table}")
        # A bare name may be a file's path or a system view: both are refused before DuckDB looks for them.
        if place != "balad" and (table.startswith(("duckdb_", "pragma_", "sqlite_")) or "/" in table or "." in table):
            raise Refused("The table “{name}” is not one of the city's.", name=table)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
