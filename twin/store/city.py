"""A city: one DuckDB file, written on one thread, read by cursors of their own."""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb
import pyarrow as pa
from psygnal import Signal

from twin.core.errors import Cancelled, CannotOpen, CannotWrite, LogMissing, Refused
from twin.core.priority import give_way
from twin.model.change import Change, What
from twin.model.feature import BASE
from twin.model.layer import Layer
from twin.model.report import LayerReport
from twin.model.view import Bookmark
from twin.store import (
    adding,
    audit,
    connecting,
    console,
    content,
    features,
    finding,
    lastgood,
    lock,
    registry,
    schema,
    tables,
    tiles,
    views,
)
from twin.store.adding import NewLayer
from twin.store.asking import CLOSING, Asking
from twin.store.audit import AuditLine
from twin.store.filling import Watch, unwatched
from twin.store.finding import Found, Query
from twin.store.tiles import Encoder, Made

T = TypeVar("T")
Connection = duckdb.DuckDBPyConnection


class City:
    """An open city file. Close it, and the one file is the city."""

    changed = Signal(Change)
    """Emitted on the writer's thread after each commit."""

    def __init__(self, path: Path, connection: Connection, held: Path | None, *, read_only: bool) -> None:
        self.path = path
        self._held = held
        self.read_only = read_only
        self._connection = connection
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="city-writer", initializer=give_way)
        self._cursors = threading.local()
        self._cursor_lock = threading.Lock()
        self._open_cursors: list[Connection] = []
        self._written = False
        self._closed = False

    @classmethod
    def create(cls, path: Path, crs: str, *, synthetic: bool = False) -> Self:
        """Make a new city; CannotWrite where there is a file already or none can be made."""
        if path.exists():
            raise CannotWrite("There is a file of this name already: choose another name.", path)
        if not path.absolute().parent.is_dir():
            raise CannotWrite("There is no such folder: make it first, or choose another.", path.absolute().parent)
        try:
            city = cls(path, *connecting.held(path), read_only=False)
        except CannotOpen as why:
            raise CannotWrite("A city can't be made here: check the folder's permissions.", path) from why
        with city._or_let_go():
            with city._transaction() as written:
                schema.create(written)
                schema.put(written, "crs", crs)
                schema.put(written, "synthetic", "yes" if synthetic else "")
                audit.record(written, "create", {"crs": crs})
            city._written = True
            city._begin()
        return city

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a city; see ``twin.core.errors`` under CannotOpen for what may stand in the way."""
        connecting.require(path)
        log_there = connecting.log(path).exists()
        city = cls(path, *connecting.held(path, read_only=read_only), read_only=read_only)
        with city._or_let_go():
            with connecting.opening(path):
                schema.version(city._connection, path)
                unfinished = schema.get(city._connection, "session")
            if unfinished and not log_there:
                raise LogMissing(connecting.HALF_COPIED, path)
            if not read_only:
                city._begin()
        return city

    @contextmanager
    def _or_let_go(self) -> Iterator[None]:
        """What fails while a city is begun leaves nothing open."""
        try:
            yield
        except BaseException:
            self._closed = True
            self._writer.shutdown()
            self._connection.close()
            lock.let_go(self._held)
            raise

    @property
    def crs(self) -> str:
        """The city's projected CRS, ``EPSG:n`` or WKT; empty until its first import."""
        return self.meta("crs") or ""

    @property
    def schema(self) -> int:
        """The version of the file's schema."""
        return int(self.meta("schema") or 0)

    @property
    def synthetic(self) -> bool:
        """Whether the city was generated."""
        return bool(self.meta("synthetic"))

    def meta(self, key: str) -> str | None:
        """One of the city's own facts."""
        return self.read(lambda connection: schema.get(connection, key))

    def set_meta(self, key: str, value: str) -> None:
        """Keep one of the city's own facts."""
        self._write(lambda connection, _tx: schema.put(connection, key, value), "city")

    def bookmarks(self) -> list[Bookmark]:
        """The views that the city keeps, in their order."""
        return self.read(views.kept)

    def keep_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """Keep these views and no others."""

        def write(connection: Connection, _tx: int) -> None:
            views.keep(connection, bookmarks)
            audit.record(connection, "bookmarks", {"bookmarks": [one.id for one in bookmarks]})

        self._write(write, "views")

    def set_crs(self, crs: str) -> None:
        """Give a city its CRS, once."""
        if self.crs and self.crs != crs:
            raise Refused("The city has a CRS already; its features can't be moved to another.", self.path)
        self.set_meta("crs", crs)

    def layers(self, scenario: str = BASE) -> list[Layer]:
        """The layers in drawing order."""
        _require_scenario(scenario)
        return [entry.layer for entry in self.read(registry.entries)]

    def layer(self, layer: str, scenario: str = BASE) -> Layer:
        """One layer; Refused where there is none of this id."""
        _require_scenario(scenario)
        return self._entry(layer).layer

    def layer_meta(self, layer: str) -> dict[str, str]:
        """What its file said about the layer as a whole."""
        return self._entry(layer).meta

    def report(self, layer: str) -> LayerReport:
        """What became of each feature of its file."""
        return self._entry(layer).report

    def add(self, new: Iterable[NewLayer], command: tuple[str, dict[str, Any]]) -> int:
        """Add layers in one transaction, all or none; the transaction's number."""
        waiting = list(new)

        def write(connection: Connection, tx: int) -> None:
            for position, layer in enumerate(waiting, start=_next_position(connection)):
                placed = layer.layer.model_copy(update={"position": position})
                adding.insert(connection, replace(layer, layer=placed), tx)
            audit.record(connection, *command)

        tx = self._write(write, "layers")
        self._checkpoint()
        return tx

    def remove(self, layer: str) -> int:
        """Take a layer out; ``hide`` of the answered transaction brings it back."""

        def write(connection: Connection, tx: int) -> None:
            registry.remove(connection, layer, tx)
            registry.settle(connection)
            audit.record(connection, "remove-layer", {"layer": layer})

        return self._write(write, "layers", layer)

    def rewrite(self, new: NewLayer, command: tuple[str, dict[str, Any]]) -> int:
        """Write a layer's features anew in its place; ``hide`` of the answered transaction brings the old ones back."""

        def write(connection: Connection, tx: int) -> None:
            registry.remove(connection, new.layer.id, tx)
            adding.insert(connection, new, tx)
            registry.settle(connection)
            audit.record(connection, *command)

        tx = self._write(write, "layers", new.layer.id)
        self._checkpoint()
        return tx

    def hide(self, tx: int) -> None:
        """Undo an addition or a removal in constant time."""
        self._turn("INSERT INTO balad.hidden VALUES (?)", "undo", tx)

    def show(self, tx: int) -> None:
        """Redo it in constant time."""
        self._turn("DELETE FROM balad.hidden WHERE tx = ?", "redo", tx)

    def change_layer(self, layer: Layer) -> int:
        """Keep a layer's title, visibility, opacity, place and colouring."""

        def write(connection: Connection, _tx: int) -> None:
            registry.change(connection, layer)
            looks = layer.model_dump(
                include={"title_en", "title_ar", "visible", "opacity", "position", "colouring", "labels"}
            )
            where = {"link": layer.link.path, "sha256": layer.link.sha256} if layer.link else {}
            audit.record(connection, "change-layer", {"layer": layer.id, **looks, **where})

        return self._write(write, "style", layer.id)

    def features(
        self,
        layer: str,
        columns: Sequence[str] | None = None,
        box: tuple[float, float, float, float] | None = None,
        fids: Sequence[int] | None = None,
        limit: int | None = None,
        offset: int = 0,
        order: str | None = None,
        scenario: str = BASE,
        *,
        told: Sequence[str] = (),
    ) -> pa.Table:
        """Features as an Arrow table, in fid order unless ``order`` names a column; any thread may ask.

        Of columns that are ``told``, one at least has a value.
        """
        _require_scenario(scenario)
        return self._of(
            layer, lambda c, entry: features.select(c, entry.table, columns, box, fids, limit, offset, order, told)
        )

    def feature(self, layer: str, fid: int, scenario: str = BASE) -> dict[str, Any]:
        """One feature's columns; Refused where it is gone."""
        rows = self.features(layer, fids=[fid], scenario=scenario).to_pylist()
        if not rows:
            raise Refused("This feature is no longer in the city.")
        found: dict[str, Any] = rows[0]
        return found

    def fids(self, layer: str) -> Any:
        """(n,) the layer's features in the order of their rows, which is Hilbert's."""
        return self._of(layer, lambda c, entry: features.fids(c, entry.table))

    def find(self, words: str, limit: int = 30) -> list[Found]:
        """Features of any layer by their ids and names, in either language and spelling."""

        def ask(connection: Connection) -> list[Found]:
            with tables.snapshot(connection):
                return finding.find(connection, registry.entries(connection), words, limit)

        return self.read(ask)

    def ordered(self, layer: str, query: Query, asking: Asking | None = None) -> Any:
        """(n,) the fids of a layer's rows, filtered and sorted; Refused where the filter can't be read.

        Cancelled where ``asking`` was overtaken.
        """

        def ask(connection: Connection, entry: registry.Entry) -> Any:
            with (asking or Asking()).on(connection):
                return finding.ordered(connection, entry, query)

        return self._of(layer, ask)

    def tiles(self, layer: str, scenario: str = BASE) -> pa.Table:
        """The layer's tiles without their payloads."""
        return self._of(layer, lambda c, entry: tiles.index(c, entry.table, scenario))

    def tile(
        self, layer: str, level: int, x: int, y: int, scenario: str = BASE, listed: tuple[int, str] | None = None
    ) -> bytes:
        """One tile's payload; ``listed`` is its ``place`` and whose it was listed ``of``: found much sooner."""
        if listed:
            place, of = listed
            found = self.read(lambda c: tiles.listed(c, place, (of, scenario, level, x, y)))
            if found is not None:
                return found
        return self._of(layer, lambda c, entry: tiles.payload(c, entry.table, scenario, level, x, y))

    def tile_version(self, layer: str) -> int | None:
        """The version of the kind that encoded the layer's tiles; None where it has none."""
        return self._of(layer, lambda c, entry: tiles.version(c, entry.table))

    def write_tiles(self, layer: str, encoder: Encoder, watch: Watch = unwatched) -> None:
        """Make the layer's tiles anew, and where its kind can coarsen them the ones that are seen from afar.

        ``watch`` is told how many of its features are done; what it raises stops it, and the old tiles stay.
        """

        def encode(connection: Connection, entry: registry.Entry) -> list[Made]:
            made = []
            units = {column.name: column.unit for column in entry.layer.columns}
            for one in tiles.encoded(connection, entry.table, encoder, units):
                made.append(one)
                watch(one.leaf.stop)
            return made

        made = self._of(layer, encode)
        count = made[-1].leaf.stop if made else 0
        if encoder.coarsen:
            for one in tiles.coarser(tuple(made), encoder.coarsen):
                made.append(one)
                watch(count)

        def write(connection: Connection, _tx: int) -> None:
            tiles.write(connection, registry.entry(connection, layer).table, encoder, made)

        self._write(write, "tiles", layer)

    def record(self, command: str, arguments: dict[str, Any]) -> None:
        """Add a line to the audit log."""
        self._write(lambda c, _: audit.record(c, command, arguments), "city")

    def audit(self) -> list[AuditLine]:
        """The audit log, oldest first."""
        return self.read(audit.lines)

    def content(self) -> dict[str, dict[str, str]]:
        """The content hash of each layer in each scenario."""

        def hashes(connection: Connection) -> dict[str, str]:
            with tables.snapshot(connection):
                return {e.layer.id: content.of_table(connection, e.table) for e in registry.entries(connection)}

        return {BASE: self.read(hashes)}

    def sql(self, select: str, seconds: float = 30.0) -> pa.Table:
        """The answer to one SELECT whose every function is on the allow-list; Refused in words otherwise."""
        return self.read(lambda connection: console.answer(connection, select, seconds))

    def still(self, work: Callable[[], T]) -> T:
        """Do something while nothing is written, all that was written lying in the file or in its log."""
        return self._writer.submit(work).result()

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Ask on this thread's own cursor; it sees what was committed before. Cancelled where the city closes."""
        try:
            cursor = getattr(self._cursors, "cursor", None)
            if cursor is None:
                with self._cursor_lock:
                    cursor = self._cursors.cursor = self._connection.cursor()
                    self._open_cursors.append(cursor)
            return ask(cursor)
        except duckdb.Error:
            if self._closed:
                raise Cancelled(CLOSING) from None
            raise

    def close(self) -> None:
        """Close cleanly: the log is folded in, and a last-good copy is kept where anything changed."""
        if self._closed:
            return
        self._closed = True
        self._writer.shutdown(wait=True)
        for cursor in self._open_cursors:
            cursor.close()
        clean = not self.read_only and self._fold()
        self._connection.close()
        if not self.read_only:
            lock.withdraw(self.path)
        if clean and self._written:
            lastgood.keep(self.path)
        lock.let_go(self._held)

    def _fold(self) -> bool:
        """Fold the log in and take the mark away; False where the disk has no room: the log then stays beside it."""
        try:
            schema.put(self._connection, "session", "")
            self._connection.execute("CHECKPOINT")
        except duckdb.Error as why:
            logging.getLogger("balad").warning("%s was not closed cleanly: %s", self.path, why)
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.close()

    def _turn(self, words: str, command: str, tx: int) -> None:
        def write(connection: Connection, _tx: int) -> None:
            connection.execute(words, [tx])
            registry.settle(connection)
            _audit(connection, command, tx)

        self._write(write, "layers")

    def _of(self, layer: str, ask: Callable[[Connection, registry.Entry], T]) -> T:
        """Ask about one layer, its table and its rows as of one moment."""

        def both(connection: Connection) -> T:
            with tables.snapshot(connection):
                return ask(connection, registry.entry(connection, layer))

        return self.read(both)

    def _entry(self, layer: str) -> registry.Entry:
        return self.read(lambda connection: registry.entry(connection, layer))

    def _begin(self) -> None:
        """Mark the file as open, in the file itself: a copy without its .wal then says what is missing."""
        with self._transaction() as connection:
            if registry.purge(connection):
                self._written = True
            schema.put(connection, "session", uuid.uuid4().hex)
        self._checkpoint()
        lock.announce(self.path)

    def _checkpoint(self) -> None:
        """Fold the log in, then commit one small fact, so that a .wal lies beside an open city at all times."""

        def fold() -> None:
            with connecting.writing(self.path):
                # A reader in the middle of its answer puts this off to the next time: nothing is lost by that.
                with contextlib.suppress(duckdb.TransactionException):
                    self._connection.execute("CHECKPOINT")
                schema.put(self._connection, "checkpoint", uuid.uuid4().hex)

        self._writer.submit(fold).result()

    def _write(self, work: Callable[[Connection, int], Any], what: What, layer: str = "") -> int:
        if self.read_only:
            raise Refused("This city is open for reading only.", self.path)

        def commit() -> int:
            with self._transaction() as connection:
                tx = int(schema.get(connection, "next_tx") or 1)
                schema.put(connection, "next_tx", str(tx + 1))
                work(connection, tx)
            self._written = True
            self.changed.emit(Change(what, layer, transaction=tx))
            return tx

        return self._writer.submit(commit).result()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with connecting.writing(self.path):
            self._connection.execute("BEGIN")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                _roll_back(self._connection)
                raise


def _roll_back(connection: Connection) -> None:
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:
        return  # a full disk invalidates the instance: there is nothing left to roll back


def _require_scenario(scenario: str) -> None:
    if scenario != BASE:
        raise Refused("The city has no scenario “{scenario}”.", scenario=scenario)


def _audit(connection: Connection, command: str, tx: int) -> str:
    return audit.record(connection, command, {"transaction": tx})


def _next_position(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(position) + 1, 0) FROM balad.layer").fetchone()
    return int(row[0]) if row else 0
