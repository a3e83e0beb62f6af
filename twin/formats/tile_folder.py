"""Folders of tiles, z/x/y.png: XYZ counts its rows from the north, TMS from the south."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark
from twin.formats import tile_grid, tile_outline, tile_picture, tile_set
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.tile_set import TileSet
from twin.formats.tile_window import At
from twin.model.service import Box, Grid, Level

NAME = "XYZ and TMS folder"
SUFFIXES = ("tilemapresource.xml",)
HOLDS = "raster"
KINDS = ("imagery",)
ABOUT = True
LARGEST = 1 << 50
_TILES = (".png", ".jpg", ".jpeg", ".webp", ".pbf", ".mvt")
_DOCUMENTS = ("metadata.json", "tiles.json", "tilejson.json", "tile.json")
_COLUMNS = 4000
"""Of a level, that are looked through for its first and last row."""
_DOCUMENT = 4 << 20
_FROM_NORTH = mark(
    "It doesn’t say which way its rows are counted: from the north, as most are (XYZ). Where it lies mirrored across "
    "the equator, say so in a tilemapresource.xml (TMS)."
)
_FROM_SOUTH = mark(
    "It doesn’t say which way its rows are counted: from the south (TMS), since so it lies where the city is."
)


def folder(path: Path) -> bool:
    """Whether a folder holds tiles."""
    if (path / SUFFIXES[0]).is_file():
        return True
    columns = (column for level in _numbered(path)[:3] for column in _numbered(path / str(level), deep=True)[:3])
    return any(map(_first, columns))


def survey(path: Path) -> Survey:
    """Where it lies, its rows counted as it says."""
    return tile_set.survey(opened(_root(path)))


def read(path: Path, place: Place, notes: Notes, about: Box | None = None) -> Iterator[Batch]:
    """Its outline; the tiles stay where they are."""
    path = _root(path)
    from_south = counted_from_south(path, place, about)
    if _said(path).from_south is None:
        notes.say(_FROM_SOUTH if from_south else _FROM_NORTH)
    yield from tile_set.read(path, opened(path, from_south=from_south), place, notes, about)


def linked(path: Path, place: Place, about: Box | None = None) -> dict[str, Any]:
    """What the city keeps of it, which way its rows are counted among it."""
    path = _root(path)
    from_south = counted_from_south(path, place, about)
    found = opened(path, from_south=from_south)
    return {**tile_set.linked(found, place, about), "rows_from_south": from_south}


def attribution(path: Path) -> str:
    """Whom it is to be credited to."""
    return _said(_root(path)).attribution


def counted_from_south(path: Path, place: Place, about: Box | None) -> bool:
    """As it says; where it doesn't, from the north, unless it then lies elsewhere and mirrored lies in the city."""
    said = _said(path).from_south
    if said is not None or about is None:
        return bool(said)
    north, south = (opened(path, from_south=way).bounds for way in (False, True))
    away = tile_grid.meet(north, about) is None
    return away and tile_grid.meet(south, about) is not None and tile_outline.ring(south, place) is not None


def opened(path: Path, *, from_south: bool | None = None) -> TileSet:
    """Its tiles, their rows counted as it says unless somebody knows better."""
    said = _said(path)
    way = bool(said.from_south) if from_south is None else from_south
    return _opened(str(path.absolute()), path.stat().st_mtime_ns, way, said)


@dataclass(frozen=True)
class _Said:
    """What stands in the documents of a folder."""

    title: str = ""
    attribution: str = ""
    bounds: Box | None = None
    """Degrees."""
    from_south: bool | None = None
    geodetic: bool = False


@lru_cache(maxsize=8)
def _opened(name: str, _time: int, from_south: bool, said: _Said) -> TileSet:
    path = Path(name)
    there = [level for level in _numbered(path) if any(map(_first, _numbered(path / str(level), deep=True)[:3]))]
    if not there or there[-1] > tile_grid.DEEPEST:
        raise NotThisFormat(mark("It holds no tiles."), path)
    first = _first(_numbered(path / str(there[-1]), deep=True)[0])
    picture = tile_picture.rgba(first.read_bytes()) if first and first.stat().st_size <= tile_picture.BYTES else None
    side = 256 if picture is None else picture.shape[1]
    whole = _geodetic(there[-1], side) if said.geodetic else tile_grid.mercator(there[-1], side=side)
    grid = Grid(crs=whole.crs, levels=tuple(whole.levels[level] for level in there))

    def row(place: int, y: int) -> int:
        high = grid.levels[place].high or 0
        return high - 1 - y if from_south else y

    def tile(at: At) -> bytes | None:
        stem = path / str(there[at[0]]) / str(at[1]) / str(row(at[0], at[2]))
        for end in _TILES:
            file = stem.with_name(stem.name + end)
            if file.is_file() and not file.is_symlink() and file.stat().st_size <= tile_picture.BYTES:
                return file.read_bytes()
        return None

    samples = tuple(
        (place, int(found.parent.name), row(place, int(found.stem)))
        for place, level in enumerate(there)
        for column in _numbered(path / str(level), deep=True)[:2]
        if (found := _first(column))
    )
    bounds = _bounds(path, grid.levels[-1], from_south)
    if said.bounds and not said.geodetic and from_south == bool(said.from_south):
        bounds = tile_grid.meet(bounds, tile_grid.from_degrees(said.bounds)) or bounds
    return TileSet(grid, bounds, tile, samples[:9], said.title, said.attribution)


def _geodetic(deepest: int, side: int) -> Grid:
    """TMS's global-geodetic: two tiles at level 0, in degrees."""
    levels = [
        Level(
            name=str(level), cell=180 / side / 2**level, west=-180, north=90, wide=2 ** (level + 1), high=2**level,
            across=side, down=side,
        )
        for level in range(deepest + 1)
    ]  # fmt: skip
    return Grid(crs="OGC:CRS84", levels=tuple(levels))


def _bounds(path: Path, level: Level, from_south: bool) -> Box:
    """By the finest level's columns and rows."""
    columns = _numbered(path / level.name, deep=True)
    rows: list[int] = []
    for column in columns[:: max(1, len(columns) // _COLUMNS)]:
        here = [int(one.stem) for one in _files(column)]
        rows += [min(here), max(here)] if here else []
    if not rows:
        raise NotThisFormat(mark("It holds no tiles."), path)
    top, bottom = min(rows), max(rows)
    if from_south:
        top, bottom = (level.high or 0) - 1 - bottom, (level.high or 0) - 1 - top
    first, last = level.box(int(columns[0].name), top), level.box(int(columns[-1].name), bottom)
    return first[0], last[1], last[2], first[3]


def _numbered(path: Path, *, deep: bool = False) -> list[Any]:
    """The folders in a folder that have numbers for names, in order: the numbers, or where ``deep`` the folders."""
    with os.scandir(path) as there:
        names = [one.name for one in there if one.name.isascii() and one.name.isdigit() and one.is_dir()]
    numbers = sorted({int(name) for name in names if str(int(name)) == name})
    return [path / str(number) for number in numbers] if deep else numbers


def _files(column: Path) -> list[Path]:
    with os.scandir(column) as there:
        names = [one.name.rpartition(".") for one in there]
    return [
        column / f"{stem}.{end}"
        for stem, _, end in names
        if stem.isascii() and stem.isdigit() and f".{end.lower()}" in _TILES
    ]


def _first(column: Path) -> Path | None:
    return min(_files(column), default=None)


def _root(path: Path) -> Path:
    return path.parent if path.is_file() else path


def _said(path: Path) -> _Said:
    there = [one for name in (*SUFFIXES, *_DOCUMENTS) if (one := path / name).is_file()]
    return _documents(str(path), tuple((one.name, one.stat().st_mtime_ns) for one in there))


@lru_cache(maxsize=8)
def _documents(name: str, _times: tuple[tuple[str, int], ...]) -> _Said:
    path = Path(name)
    if (path / SUFFIXES[0]).is_file():
        return _tms(path / SUFFIXES[0])
    for document in _DOCUMENTS:
        file = path / document
        if file.is_file() and file.stat().st_size <= _DOCUMENT:
            try:
                found = json.loads(file.read_bytes())
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                scheme = str(found.get("scheme", "")).lower()
                return _Said(
                    tile_set.plain(found.get("name")),
                    tile_set.plain(found.get("attribution")),
                    tile_set.box_of(found.get("bounds")),
                    {"tms": True, "xyz": False}.get(scheme),
                )
    return _Said()


def _tms(file: Path) -> _Said:
    """OSGeo's TileMap document. Its box is left aside: some programs write it with north before east."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, parse

    if file.stat().st_size > _DOCUMENT:
        raise CannotRead(mark("Its description is too large to be one."), file)
    try:
        root = parse(file).getroot()
    except (ParseError, DefusedXmlException, ValueError) as why:
        raise NotThisFormat(mark("Its tilemapresource.xml is damaged: export it anew."), file) from why
    sets = root.find("TileSets")
    profile = str(sets.get("profile", "") if sets is not None else "").lower()
    crs = str(root.findtext("SRS") or "").upper().replace("::", ":")
    geodetic = "geodetic" in profile or crs.endswith(("EPSG:4326", "OGC:CRS84"))
    mercator = "mercator" in profile or crs.endswith(("EPSG:3857", "EPSG:900913", "OSGEO:41001"))
    if not geodetic and not mercator:
        words = mark(
            "Its tiles lie on a grid of their own ({profile}), which can’t be placed: make tiles in Web Mercator."
        )
        raise CannotRead(words, file, profile=profile or crs or "–")
    abstract = root.findtext("Attribution") or ""
    # Where both are said the tiles' grid decides: a mercator set may name the degrees that it was made from.
    return _Said(tile_set.plain(root.findtext("Title")), tile_set.plain(abstract), None, True, not mercator)
