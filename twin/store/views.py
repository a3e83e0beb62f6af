"""The views that a city keeps: one small fact of the city, written whole."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import duckdb
from pydantic import TypeAdapter, ValidationError

from twin.model.view import Bookmark
from twin.store import schema

_KEY = "bookmarks"
_LIST = TypeAdapter(list[Bookmark])


def kept(connection: duckdb.DuckDBPyConnection) -> list[Bookmark]:
    """The bookmarks in their order."""
    said = schema.get(connection, _KEY)
    try:
        return _LIST.validate_json(said) if said else []
    except ValidationError:
        # Views are no reason not to open a city.
        logging.getLogger("balad").exception("the city's bookmarks can't be read")
        return []


def keep(connection: duckdb.DuckDBPyConnection, bookmarks: Sequence[Bookmark]) -> None:
    """These and no others."""
    schema.put(connection, _KEY, _LIST.dump_json(list(bookmarks)).decode())
