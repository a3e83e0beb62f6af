"""Tiles: quadtree leaves of a layer, encoded by its kind, derived from features and made again at will.

The quadtree's cells are ranges of the Hilbert curve, and features lie in its order: a leaf is a run of rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from twin.core.ahead import ahead
from twin.model.feature import BASE, BOX, FID, GEOMETRY
from twin.store import hilbert, schema
from twin.store import payload as payloads

LEAF = 1_200
"""Features a leaf holds at most (FACTS: 70 to 1,000 actors cost about one merged mesh)."""
_ROWS = 30_000
"""Rows that are read at a time: each question costs as much as some thousand rows."""
_BYTES = 16 << 20
"""What they may weigh: a solid weighs a hundred times as much as a footprint."""

Encode = Callable[[pa.Table], bytes]
EncodeTiles = Callable[[pa.Table, Sequence[int]], list[bytes]]
"""Several tiles at once: ``starts`` are the first rows of each, and the end of the last."""
Coarsen = Callable[[Sequence[tuple[int, bytes]]], tuple[bytes, int]]
"""Finer tiles, each with the first of its rows, as one coarser tile; and how many things it draws."""


@dataclass(frozen=True)
class Encoder:
    """What a layer kind does with features."""

    kind: str
    version: int
    encode: Encode
    columns: tuple[str, ...] = ()
    """What it asks of them besides their geometry."""
    coarsen: Coarsen | None = None
    encode_tiles: EncodeTiles | None = None
    """The same as ``encode`` where a kind is faster with several at once."""
    heights: Callable[[bytes], tuple[float, float]] | None = None
    """From where to where a payload's shapes stand, in metres, where that is more than its geometries say."""


INDEX = ("level", "x", "y", *BOX, "count", "kind", "version")


@dataclass(frozen=True)
class Leaf:
    """A run of rows in one cell of the quadtree."""

    level: int
    x: int
    y: int
    start: int
    stop: int

    @property
    def cell(self) -> tuple[int, int, int]:
        """Level, column, row."""
        return self.level, self.x, self.y


@dataclass(frozen=True)
class Made:
    """A tile ready to be kept."""

    leaf: Leaf
    box: tuple[float, ...]
    count: int
    """How many things are drawn: in a leaf its features."""
    blob: bytes
    """As it is kept."""


def encoded(
    connection: duckdb.DuckDBPyConnection, table: str, encoder: Encoder, units: Mapping[str, str]
) -> Iterator[Made]:
    """Each leaf with its box and its payload; leaves without any geometry are left out.

    The encoder finds the ``units`` of columns as their fields' metadata, under ``unit``.
    """
    name = schema.quoted(table)
    boxes = connection.execute(f"SELECT {', '.join([FID, *BOX])} FROM {name} ORDER BY rowid").to_arrow_table()
    sides = np.column_stack([boxes.column(side).to_numpy() for side in BOX]) if boxes.num_rows else np.empty((0, 6))
    fids = boxes.column(FID).to_numpy()
    # Rows lie in Hilbert order; their numbers do too, and are found faster, until a layer is written anew.
    key, first = (FID, int(fids[0])) if len(fids) and (np.diff(fids) == 1).all() else ("rowid", 0)
    known = {row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()}
    wanted = dict.fromkeys([FID, *BOX, GEOMETRY, *(column for column in encoder.columns if column in known)])
    select = f"SELECT {', '.join(map(schema.quoted, wanted))} FROM {name} WHERE {key}"

    def ask(run: Sequence[Leaf]) -> pa.Table:
        low, high = first + run[0].start, first + run[-1].stop - 1
        # Numbers stand in the words: for the first bound one DuckDB's client imports pandas.
        found = connection.execute(f"{select} BETWEEN {low} AND {high} ORDER BY {key}").to_arrow_table()
        return _measured(found, units)

    def read() -> Iterator[tuple[list[Leaf], pa.Table]]:
        run: list[Leaf] = []
        most = 2 * LEAF
        for leaf in leaves(sides):
            if not np.isfinite(sides[leaf.start : leaf.stop, 0]).any():
                continue
            if run and leaf.stop - run[0].start > most:
                rows = ask(run)
                yield run, rows
                # The next ones weigh about as much as these.
                run, most = [], min(_ROWS, _BYTES * len(rows) // max(rows.nbytes, 1))
            run.append(leaf)
        if run:
            yield run, ask(run)

    def encode(piece: tuple[list[Leaf], pa.Table]) -> list[Made]:
        run, rows = piece
        return [_made(leaf, sides, blob, encoder) for leaf, blob in zip(run, _blobs(run, rows, encoder), strict=True)]

    for made in ahead(encode, read()):
        yield from made


def _measured(table: pa.Table, units: Mapping[str, str]) -> pa.Table:
    """With each column's unit in its field's metadata."""
    told = [name for name in table.column_names if units.get(name)]
    for name in told:
        at = table.schema.get_field_index(name)
        field = table.schema.field(at).with_metadata({"unit": units[name]})
        table = table.set_column(at, field, table.column(at))
    return table


def _blobs(run: Sequence[Leaf], rows: pa.Table, encoder: Encoder) -> list[bytes]:
    """The payloads of leaves whose rows were read at once."""
    starts = [leaf.start - run[0].start for leaf in run]
    if encoder.encode_tiles and all(a.stop == b.start for a, b in itertools.pairwise(run)):
        return encoder.encode_tiles(rows, [*starts, len(rows)])
    return [encoder.encode(rows.slice(start, leaf.stop - leaf.start)) for start, leaf in zip(starts, run, strict=True)]


def _made(leaf: Leaf, sides: Any, blob: bytes, encoder: Encoder) -> Made:
    part = sides[leaf.start : leaf.stop]
    west, south, foot = np.nanmin(part[:, :3], axis=0).tolist()
    east, north, top = np.nanmax(part[:, 3:], axis=0).tolist()
    if encoder.heights:
        foot, top = encoder.heights(blob)
    return Made(leaf, (west, south, foot, east, north, top), leaf.stop - leaf.start, payloads.kept(blob))


def coarser(made: Sequence[Made], coarsen: Coarsen) -> Iterator[Made]:
    """The tiles above the leaves, to the top of the quadtree: each of the four below it that are there."""
    below: dict[tuple[int, int, int], Made] = {one.leaf.cell: one for one in made}

    def above(group: tuple[tuple[int, int, int], list[Made]]) -> Made:
        key, parts = group
        parts.sort(key=lambda one: one.leaf.start)
        boxes = np.array([one.box for one in parts])
        box = (*boxes[:, :3].min(axis=0).tolist(), *boxes[:, 3:].max(axis=0).tolist())
        blob, count = coarsen([(one.leaf.start, payloads.given(one.blob)) for one in parts])
        return Made(Leaf(*key, parts[0].leaf.start, parts[-1].leaf.stop), box, count, payloads.kept(blob))

    for level in range(max((one.leaf.level for one in made), default=0), 0, -1):
        groups: dict[tuple[int, int, int], list[Made]] = {}
        for key in [key for key in below if key[0] == level]:
            groups.setdefault((level - 1, key[1] // 2, key[2] // 2), []).append(below.pop(key))
        for found in ahead(above, groups.items()):
            below[found.leaf.cell] = found
            yield found


def leaves(sides: Any) -> Iterator[Leaf]:
    """The quadtree's leaves over features in Hilbert order; ``sides`` is (n, 6) boxes."""
    if not len(sides):
        return
    west, south, side = hilbert.square(sides[:, 0], sides[:, 1], sides[:, 3], sides[:, 4])
    x, y = (sides[:, 0] + sides[:, 3]) / 2, (sides[:, 1] + sides[:, 4]) / 2
    places = hilbert.index(x, y, west, south, side)
    waiting = [(0, 0, len(places))]
    while waiting:
        level, start, stop = waiting.pop()
        if stop - start <= LEAF or level == hilbert.ORDER:
            column, row = _cell(level, x[start:stop], y[start:stop], west, south, side)
            yield Leaf(level, column, row, start, stop)
            continue
        # The four quarters of a cell are four equal runs of the curve.
        step = 1 << 2 * (hilbert.ORDER - level - 1)
        low = int(places[start]) // (4 * step) * (4 * step)
        cuts = [
            start,
            *(int(c) + start for c in np.searchsorted(places[start:stop], [low + n * step for n in (1, 2, 3)])),
            stop,
        ]
        waiting += [(level + 1, a, b) for a, b in itertools.pairwise(cuts) if b > a][::-1]


def _cell(level: int, x: Any, y: Any, west: float, south: float, side: float) -> tuple[int, int]:
    """The quadtree column and row that a run of the curve lies in."""
    cells = 1 << level
    found = np.flatnonzero(np.isfinite(x))
    if not len(found):
        return 0, 0
    at = found[0]
    return min(cells - 1, int((x[at] - west) / side * cells)), min(cells - 1, int((y[at] - south) / side * cells))


def write(connection: duckdb.DuckDBPyConnection, table: str, encoder: Encoder, made: Sequence[Made]) -> None:
    """Keep a layer's tiles and no others of it, inside the caller's transaction."""
    connection.execute("DELETE FROM balad.tile WHERE layer = ?", [table])
    if not made:
        return
    levels, x, y = zip(*(one.leaf.cell for one in made), strict=True)
    sides = zip(*(one.box for one in made), strict=True)
    same = {"layer": table, "scenario": BASE, "version": encoder.version, "kind": encoder.kind}
    own = {name: pa.repeat(pa.scalar(value), len(made)) for name, value in same.items()}
    own |= {"level": pa.array(levels), "x": pa.array(x), "y": pa.array(y)}
    own |= {name: pa.array(values) for name, values in zip(BOX, sides, strict=True)}
    own |= {"count": pa.array([one.count for one in made])}
    own |= {"blob": pa.array([one.blob for one in made], pa.large_binary())}
    connection.register("incoming", pa.table(own))
    try:
        connection.execute("INSERT INTO balad.tile BY NAME SELECT * FROM incoming")
    finally:
        connection.unregister("incoming")


def index(connection: duckdb.DuckDBPyConnection, table: str, scenario: str) -> pa.Table:
    """The layer's tiles without their payloads: the leaves in the order of their rows, then those above them."""
    columns = ", ".join(["rowid AS place", "layer AS of", *(f'"{name}"' for name in INDEX)])
    return connection.execute(
        f"SELECT {columns} FROM balad.tile WHERE layer = {schema.literal(table)}"
        f" AND scenario = {schema.literal(scenario or BASE)} ORDER BY rowid"
    ).to_arrow_table()


def version(connection: duckdb.DuckDBPyConnection, table: str) -> int | None:
    """The version of the kind that encoded the layer's tiles; None where it has none."""
    row = connection.execute(f"SELECT min(version) FROM balad.tile WHERE layer = {schema.literal(table)}").fetchone()
    return None if row is None or row[0] is None else int(row[0])


def payload(connection: duckdb.DuckDBPyConnection, table: str, scenario: str, level: int, x: int, y: int) -> bytes:
    """One tile's payload; empty where there is no such tile."""
    row = connection.execute(
        f"SELECT blob FROM balad.tile WHERE layer = {schema.literal(table)} AND scenario = {schema.literal(scenario)}"
        f" AND level = {int(level)} AND x = {int(x)} AND y = {int(y)}"
    ).fetchone()
    return payloads.given(row[0]) if row else b""


def listed(connection: duckdb.DuckDBPyConnection, place: int, cell: tuple[str, str, int, int, int]) -> bytes | None:
    """The payload in the row where a tile was listed; None where another stands there now.

    By its row alone: with any other condition DuckDB reads all the blobs around it.
    """
    found = connection.execute(
        f"SELECT blob, layer, scenario, level, x, y FROM balad.tile WHERE rowid = {int(place)}"
    ).fetchone()
    return payloads.given(found[0]) if found and found[1:] == cell else None
