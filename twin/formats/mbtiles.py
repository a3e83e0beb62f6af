"""MBTiles 1.3: tiles in a SQLite file, their rows counted from the south."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from twin.core.errors import CannotRead, NotThisFormat, TooLarge
from twin.core.i18n import mark
from twin.formats import sqlite_wal, tile_file, tile_grid, tile_picture, tile_set
from twin.formats.tile_file import TileFile
from twin.formats.tile_set import TileSet
from twin.formats.tile_window import At
from twin.model.service import Box

NAME = "MBTiles"
SUFFIXES = (".mbtiles",)
HOLDS = "raster"
KINDS = ("imagery",)
ABOUT = True
LARGEST = tile_file.LARGEST
_SECONDS, _COUNTING = 20.0, 3.0
"""That one question may take, since a view in the file may be a trap; and the one how many tiles there are."""
_SAMPLES = 9
_DAMAGED = tile_file.DAMAGED
_PENDING = mark(
    "Another program’s last changes are not in the file yet but beside it, in {beside}. Close it in the program that "
    'has it open; where none has, run: sqlite3 FILE "PRAGMA wal_checkpoint(TRUNCATE)". Then bring it again.'
)


def opened(path: Path) -> TileSet:
    """Its tiles; kept open, since whoever reads one reads another."""
    found = path.stat()
    if sqlite_wal.pending(path):
        raise CannotRead(_PENDING, path, beside=sqlite_wal.beside(path).name)
    return _opened(str(path.absolute()), found.st_mtime_ns, found.st_size)


_file = TileFile(opened)
survey, read, linked, attribution = _file.survey, _file.read, _file.linked, _file.attribution


def uri(path: PurePath) -> str:
    """As SQLite has it, which knows no servers: a share of a network is a path that begins with two slashes."""
    plain = path.as_posix()
    return f"file://{quote(plain if plain.startswith('/') else f'/{plain}')}"


@lru_cache(maxsize=4)
def _opened(name: str, _time: int, size: int) -> TileSet:
    path = Path(name)
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise NotThisFormat(mark("This is no {format}, though its name says so."), path, format=NAME)
    with _told(path):
        base = sqlite3.connect(f"{uri(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, tile_picture.BYTES)
        base.execute("PRAGMA trusted_schema=OFF")
        base.execute("PRAGMA query_only=ON")
        _whole(path, base, size)
        said = {str(key).lower(): value for key, value in _asked(path, base, "SELECT name, value FROM metadata")}
        # One by one, each is a look at an end of the index.
        low, high = (_asked(path, base, f"SELECT {end}(zoom_level) FROM tiles")[0][0] for end in ("min", "max"))
    levels = tile_set.levels_of({"minzoom": low, "maxzoom": high})
    if levels is None:
        raise NotThisFormat(mark("It holds no tiles."), path)
    if str(said.get("format", "")).lower() in ("pbf", "mvt"):
        raise CannotRead(tile_set.VECTOR, path)

    def tile(at: At) -> bytes | None:
        row = 2 ** (levels[0] + at[0]) - 1 - at[2]
        with _told(path):
            where = "zoom_level=? AND tile_column=? AND tile_row=?"
            rows = _asked(path, base, f"SELECT tile_data FROM tiles WHERE {where}", (levels[0] + at[0], at[1], row))
        data = rows[0][0] if rows else None
        return data if isinstance(data, bytes) else None

    with _told(path):
        samples, side = _samples(path, base, levels), 256
        picture = next((one for at in samples if (one := tile_picture.rgba(tile(at) or b"")) is not None), None)
        if picture is not None:
            side = picture.shape[1]
        grid = tile_grid.mercator(levels[1], levels[0], side)
        box = tile_set.box_of(said.get("bounds"))
        bounds = tile_grid.from_degrees(box) if box else _bounds(path, base, levels[1])
    return TileSet(
        grid,
        bounds,
        tile,
        samples,
        tile_set.plain(said.get("name")),
        tile_set.plain(said.get("attribution")),
        _count(path, base),
    )


def _count(path: Path, base: sqlite3.Connection) -> int:
    """How many tiles; 0 where counting takes too long."""
    try:
        return int(_asked(path, base, "SELECT count(*) FROM tiles", seconds=_COUNTING)[0][0])
    except (TooLarge, sqlite3.Error):
        return 0


def _whole(path: Path, base: sqlite3.Connection, size: int) -> None:
    """A file that was cut short opens all the same, and fails only where its last pages are read."""
    (pages,), (page,) = base.execute("PRAGMA page_count").fetchone(), base.execute("PRAGMA page_size").fetchone()
    with path.open("rb") as file:
        file.seek(28)
        told = int.from_bytes(file.read(4), "big")
    if max(pages, told) * page > size:
        raise NotThisFormat(_DAMAGED, path, format=NAME)


def _samples(path: Path, base: sqlite3.Connection, levels: tuple[int, int]) -> tuple[At, ...]:
    """Some tiles of the finest, the middle and the coarsest level."""
    found: list[At] = []
    for level in sorted({levels[0], sum(levels) // 2, levels[1]}):
        asked = "SELECT tile_column, tile_row FROM tiles WHERE zoom_level=? LIMIT ?"
        for x, y in _asked(path, base, asked, (level, _SAMPLES // 3)):
            if isinstance(x, int) and isinstance(y, int):
                found.append((level - levels[0], x, 2**level - 1 - y))
    return tuple(found)


def _bounds(path: Path, base: sqlite3.Connection, level: int) -> Box:
    """By the tiles of the finest level, where it says none."""
    asked = "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row) FROM tiles WHERE zoom_level=?"
    row = _asked(path, base, asked, (level,))[0]
    if not all(isinstance(one, int) for one in row):
        raise NotThisFormat(_DAMAGED, path, format=NAME)
    left, right, low, high = row
    side = 2 * tile_grid.HALF / 2**level
    west, south = left * side - tile_grid.HALF, low * side - tile_grid.HALF
    return west, south, (right + 1) * side - tile_grid.HALF, (high + 1) * side - tile_grid.HALF


def _asked(
    path: Path, base: sqlite3.Connection, question: str, values: tuple[int, ...] = (), seconds: float = _SECONDS
) -> list[Any]:
    end = time.monotonic() + seconds
    base.set_progress_handler(lambda: time.monotonic() > end, 100_000)
    try:
        return base.execute(question, values).fetchmany(10_000)
    except sqlite3.OperationalError as why:
        if "interrupted" in str(why):
            raise TooLarge(mark("Its tiles take too long to be found: export it anew, with an index."), path) from why
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever SQLite says about a file, in our words."""
    try:
        yield
    except (sqlite3.Error, UnicodeError, OverflowError) as why:
        missing = "no such table" in str(why) or "no such column" in str(why)
        words = mark("It has no table of tiles: it is a SQLite file, but no {format}.") if missing else _DAMAGED
        raise NotThisFormat(words, path, format=NAME) from why
