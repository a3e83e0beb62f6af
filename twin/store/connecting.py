"""Opening DuckDB locked down, and its errors in words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from twin.core.errors import CannotOpen, CannotWrite, CityBusy, LogTorn, TwinError
from twin.core.i18n import mark
from twin.core.priority import giving_way
from twin.store import lastgood, lock

_SETTINGS = (
    "SET enable_external_access=false",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET python_enable_replacements=false",
    # The store checkpoints by itself, so that a .wal lies beside an open city at all times.
    "SET wal_autocheckpoint='1TB'",
    # Whoever ends without closing the city leaves its log beside it, as whoever is killed does: the mark in the file
    # says that it is open, and without its log it would be taken for half copied.
    "PRAGMA disable_checkpoint_on_shutdown",
    "SET preserve_insertion_order=true",
    # Beyond it DuckDB sorts on disk, beside the city: an import has bounds whatever its size.
    "SET memory_limit='512MB'",
    "SET lock_configuration=true",
)

HALF_COPIED = mark(
    "This city was copied while it was open, and its .wal file, which holds the latest changes, is missing. Close it "
    "where it is open and copy it again, or “balad recover” opens it as it is."
)
_UNWRITABLE = mark("The city can't be opened for writing: check the file's and folder's permissions.")
_DAMAGED = r"corrupt|checksum|serializ|unexpected end|not enough|field id|failed to read|could not read|allocate block"
"""How DuckDB says that what stands in a file can't be."""
_MAGIC = b"DUCK"
"""What stands in a DuckDB file from its ninth byte on; without it DuckDB may take a file for something else."""


def log(path: Path) -> Path:
    """The write-ahead log of a city."""
    return path.with_name(path.name + ".wal")


def require(path: Path) -> None:
    """CannotOpen in words where there is no city file at all."""
    if not path.exists():
        raise CannotOpen("There is no city here: check the name, or make one with “balad sample”.", path)
    if path.is_dir():
        raise CannotOpen("This is a folder, not a city.", path)
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return  # whoever has it, or may not read it, is told by DuckDB's own answer
    if not head:
        raise CannotOpen("This file is empty, not a city.", path)
    if head[8:12] != _MAGIC:
        raise CannotOpen("This file is not a city of Balad. “balad import” takes other files into one.", path)


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The city's database; CityBusy, LogTorn, CannotOpen or CannotWrite in words where it can't be opened."""
    try:
        # The threads that DuckDB starts for itself are at work beside the screen.
        connection = giving_way(lambda: duckdb.connect(str(path), read_only=read_only))
    except duckdb.Error as why:
        raise _opening(path, str(why)) from why
    for setting in _SETTINGS:
        with contextlib.suppress(duckdb.Error) if "wal_autocheckpoint" in setting and read_only else _plain():
            connection.execute(setting)
    return connection


def held(path: Path, *, read_only: bool = False) -> tuple[duckdb.DuckDBPyConnection, Path | None]:
    """The same with the city locked, and what ``lock.let_go`` takes once the connection is closed."""
    place = lock.hold(path, shared=read_only)
    try:
        return connect(path, read_only=read_only), place
    except BaseException:
        lock.let_go(place)
        raise


@contextlib.contextmanager
def opening(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors at the first that is read of a city into words."""
    try:
        yield
    except duckdb.Error as why:
        raise _opening(path, str(why)) from why


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors while writing into words."""
    try:
        yield
    except duckdb.Error as why:
        text = str(why)
        if re.search(r"No space left|disk is full|could not write|Disk quota|File too large", text, re.IGNORECASE):
            words = mark("The disk is full: nothing of this was kept. Make room, then try again.")
            raise CannotWrite(words, path) from why
        if isinstance(why, duckdb.IOException | duckdb.FatalException):
            words = mark("The city could not be written: {why}. Nothing of this was kept.")
            raise CannotWrite(words, path, why=_first_line(text)) from why
        raise


@contextlib.contextmanager
def _plain() -> Iterator[None]:
    yield


def _opening(path: Path, said: str) -> TwinError:
    # A folder's name says nothing of what is wrong.
    text = said.replace(str(path), "").replace(str(path.absolute()), "")
    small = text.lower()
    if ("lock" in small and "conflict" in small) or "being used" in small:
        return CityBusy(lock.BUSY, path, who=lock.holder(path, text))
    if "read-only" in small or "permission" in small:
        return CannotOpen(_UNWRITABLE, path)
    if re.search(r"\bwal\b|replay", small):
        words = mark(
            "The city's log was damaged, as by a power cut: “balad recover” shows the ways back. Nothing was changed."
        )
        return LogTorn(words, path)
    if "cannot open file" in small:
        return CannotOpen(_UNWRITABLE, path)
    if lastgood.beside(path).exists() and re.search(_DAMAGED, small):
        words = mark("The city's file is damaged: “balad recover” shows the ways back. Nothing was changed.")
        return LogTorn(words, path)
    return CannotOpen("This is not a city of Balad, or it is damaged: {why}", path, why=_first_line(text))


def _first_line(text: str) -> str:
    return text.splitlines()[0].removeprefix("IO Error: ")[:200]
