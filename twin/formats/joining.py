"""Tables whose rows lie where another layer's features lie: by a column of that layer's ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from twin.core.errors import CannotRead, Refused
from twin.core.i18n import mark, tr
from twin.formats.notes import Notes
from twin.formats.placing import Placing
from twin.formats.reader import Batch, Format, Survey
from twin.formats.request import Join, Request
from twin.formats.text import western
from twin.model.feature import GEOMETRY, UID

Looked = tuple[Survey, Placing, Callable[[], Iterator[Batch]]]
"""What a file says of itself, how it comes to the city, and its features."""


def looked(chosen: Format, path: Path, request: Request, notes: Notes) -> Looked | None:
    """How a file is read whose rows belong to a layer; None where nobody says that they do."""
    join, city = request.join, request.city_crs
    if join is None:
        return None
    reads = getattr(chosen, "read_joined", None)
    if reads is None or not city:
        words = mark("Only a table (CSV, Excel) takes its places from another layer’s ids: leave --join away.")
        raise Refused(words, path)
    if request.crs or request.local:
        words = mark("Rows that lie where another layer’s features lie have no CRS of their own: leave --crs away.")
        raise Refused(words, path)
    place = Placing(city, city, lambda xyz: xyz, same=True)
    return Survey(city, None), place, lambda: cast(Iterator[Batch], reads(path, join, notes))


def places(table: pa.Table, join: Join, path: Path) -> tuple[str, pa.Array, pa.Array]:
    """The column of ids, each row's WKB, and where there is none why; CannotRead where no one column holds the ids."""
    with pa.memory_map(join.ipc) as source:
        layer = pa.ipc.open_stream(source).read_all()
    uids = layer.column(UID).combine_chunks()
    column = _column(table, uids, join, path)
    keys = _keys(table.column(column))
    rows = pc.index_in(keys, value_set=uids)
    geometry = layer.column(GEOMETRY).combine_chunks().take(rows)
    reasons = [
        None if found else _why(key, join.layer, column, known)
        for key, known, found in zip(
            keys.to_pylist(), rows.is_valid().to_pylist(), geometry.is_valid().to_pylist(), strict=True
        )
    ]
    return column, geometry, pa.array(reasons, pa.string())


def _why(key: str | None, layer: str, column: str, known: bool) -> str:
    if not key:
        return tr("It has no “{column}”.", column=column)
    if known:
        return tr("The feature “{id}” of the layer “{layer}” has no geometry.", layer=layer, id=key[:60])
    return tr("The layer “{layer}” has no feature “{id}”.", layer=layer, id=key[:60])


def _column(table: pa.Table, uids: pa.Array, join: Join, path: Path) -> str:
    """The one that a person names, else the only one most of whose words are ids of the layer."""
    if join.column is not None:
        if join.column not in table.column_names:
            words = mark("The file has no column “{column}”. It has: {known}.")
            raise CannotRead(words, path, column=join.column, known=", ".join(table.column_names))
        return join.column
    found: list[str] = [name for name in table.column_names if _share(table.column(name), uids) >= 0.5]
    if len(found) == 1:
        return found[0]
    if found:
        words = mark("Several columns hold ids of “{layer}”: {columns}. Say which is meant (--join {layer}.COLUMN).")
        raise CannotRead(words, path, layer=join.layer, columns=", ".join(found))
    words = mark(
        "No column holds ids of the layer “{layer}”: choose another layer, or say the column (--join {layer}.COLUMN)."
    )
    raise CannotRead(words, path, layer=join.layer)


def _share(column: pa.ChunkedArray, uids: pa.Array) -> float:
    told = _keys(column).drop_null()
    return float(pc.mean(pc.is_in(told, value_set=uids).cast(pa.float64())).as_py()) if len(told) else 0.0


def _keys(column: pa.ChunkedArray) -> pa.Array:
    """Ids with Western digits, as the city has them."""
    coded = column.combine_chunks().dictionary_encode()
    words: list[Any] = [western(word).strip() or None for word in coded.dictionary.to_pylist()]
    return pc.take(pa.array(words, pa.string()), coded.indices)
