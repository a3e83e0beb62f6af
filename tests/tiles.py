"""Tiles over Jeddah made by the tests: their colours tell where they lie, and their blue which level they are of."""

from __future__ import annotations

import gzip
import io
import math
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from pyproj import Transformer

HALF = 20037508.342789244
CRS = "EPSG:32637"
EAST, NORTH = 517_500.0, 2_378_500.0
"""The middle of what the tiles cover, in the city's plane; it lies in Jeddah."""
REACH = 2_400.0
"""Metres of EPSG:3857 on each side."""
TO_MERCATOR = Transformer.from_crs(CRS, "EPSG:3857", always_xy=True)
X, Y = TO_MERCATOR.transform(EAST, NORTH)
LEVELS = (13, 16)


def colour(x: Any, y: Any, level: int) -> Any:
    """(…, 4) what a place of EPSG:3857 looks like."""
    red = np.clip((np.asarray(x) - X + REACH) / (2 * REACH), 0, 1) * 255
    green = np.clip((np.asarray(y) - Y + REACH) / (2 * REACH), 0, 1) * 255
    blue, there = np.full_like(red, 10.0 * level), np.full_like(red, 255.0)
    return np.rint(np.stack([red, green, blue, there], axis=-1)).astype(np.uint8)


def corner(z: int, x: int, y: int) -> tuple[float, float, float]:
    """West, north and side of a tile in EPSG:3857."""
    side = 2 * HALF / 2**z
    return x * side - HALF, HALF - y * side, side


def picture(z: int, x: int, y: int, form: str = "PNG", side: int = 256) -> bytes:
    """A tile."""
    west, north, wide = corner(z, x, y)
    along = (np.arange(side) + 0.5) * wide / side
    xs, ys = np.meshgrid(west + along, north - along)
    rows = colour(xs, ys, z)
    out = io.BytesIO()
    made = Image.fromarray(rows, "RGBA")
    if form == "JPEG":
        made.convert("RGB").save(out, form, quality=95, subsampling=0)
    else:
        made.save(out, form, **({"lossless": True} if form == "WEBP" else {}))
    return out.getvalue()


def covered(levels: tuple[int, int] = LEVELS) -> Iterator[tuple[int, int, int]]:
    """The tiles of all levels, rows from the north."""
    for z in range(levels[0], levels[1] + 1):
        side = 2 * HALF / 2**z
        left, right = (math.floor((X + way * REACH + HALF) / side) for way in (-1, 1))
        top, bottom = (math.floor((HALF - Y - way * REACH) / side) for way in (1, -1))
        for x in range(left, right + 1):
            for y in range(top, bottom + 1):
                yield z, x, y


def degrees() -> tuple[float, float, float, float]:
    """The box that is covered."""
    turn = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
    return (*turn.transform(X - REACH, Y - REACH), *turn.transform(X + REACH, Y + REACH))


def mbtiles(path: Path, form: str = "PNG", **said: str) -> Path:
    """By the MBTiles specification: rows from the south."""
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE metadata (name text, value text)")
    base.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
    base.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
    about = {"name": "Jeddah from above", "format": {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[form]}
    about |= {"bounds": ",".join(map(str, degrees())), "attribution": '<a href="https://example.org">© Surveyors</a>'}
    about |= said
    base.executemany("INSERT INTO metadata VALUES (?, ?)", about.items())
    rows = [(z, x, 2**z - 1 - y, picture(z, x, y, form)) for z, x, y in covered()]
    base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    return path


def pmtiles(path: Path, form: str = "PNG", kind: TileType = TileType.PNG) -> Path:
    """By the library of the format's authors."""
    west, south, east, north = degrees()
    with path.open("wb") as file:
        writer = Writer(file)
        for number, (z, x, y) in sorted((zxy_to_tileid(*at), at) for at in covered()):
            writer.write_tile(number, picture(z, x, y, form))
        writer.finalize(
            {
                "tile_type": kind, "tile_compression": Compression.NONE,
                "min_zoom": LEVELS[0], "max_zoom": LEVELS[1],
                "min_lon_e7": int(west * 1e7), "min_lat_e7": int(south * 1e7),
                "max_lon_e7": int(east * 1e7), "max_lat_e7": int(north * 1e7),
            },
            {"name": "Jeddah from above", "attribution": "© Surveyors"},
        )  # fmt: skip
    return path


def folder(path: Path, *, tms: bool = False, form: str = "PNG", end: str = "png") -> Path:
    """z/x/y.png."""
    for z, x, y in covered():
        row = 2**z - 1 - y if tms else y
        file = path / str(z) / str(x) / f"{row}.{end}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(z, x, y, form))
    return path


def vector_tile() -> bytes:
    """A layer named "a" with nothing in it, within gzip, as vector tiles mostly are."""
    return gzip.compress(b"\x1a\x05\x0a\x01a\x78\x02")
