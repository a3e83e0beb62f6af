"""What a child that stays answers about linked files: one window at a time, for as long as a city is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.formats import cloud_file, cloud_near, tile_sets, tile_window
from twin.formats.raster_value import cell as raster_cell
from twin.formats.raster_window import patch as raster_patch
from twin.formats.reader import Report
from twin.formats.tileset_file import tileset
from twin.model.patches import Cell, Octree, Patch, PointFile, Points, RasterFile, Seen, Square
from twin.model.service import Service
from twin.model.tilesets import Branch, Tile, TileFeature, TileKey, TilesetFile


def patch(file: RasterFile, square: Square, _progress: Report) -> Patch | None:
    """What a raster holds of a square."""
    tiles = tile_sets.opened(Path(file.path), from_south=file.rows_from_south)
    return raster_patch(file, square) if tiles is None else tile_window.patch(tiles, file.city_crs, square)


def seen(service: Service, city_crs: str, square: Square, _progress: Report) -> Seen:
    """What there is of a square of a map service, and how it stands with its server."""
    from twin.formats import web_tiles

    tiles = web_tiles.of(service)
    return Seen(tile_window.patch(tiles, city_crs, square), tiles.news.offline, tiles.news.words)


def reach(service: Service, _progress: Report) -> bool:
    """Whether a server that did not answer answers again."""
    from twin.formats import web_tiles

    return web_tiles.of(service).reach()


def cell(file: RasterFile, east: float, north: float, _progress: Report) -> Cell | None:
    """What a raster holds at a place of the city; a set of tiles is a picture alone."""
    if tile_sets.opened(Path(file.path), from_south=file.rows_from_south) is not None:
        return None
    return raster_cell(file, east, north)


def octree(file: PointFile, progress: Report) -> Octree:
    """The nodes of a point cloud; those of one without are made first."""
    return cloud_file.cloud(file, progress).octree()


def points(file: PointFile, node: int, progress: Report) -> Points:
    """The points of a node, by its place in the octree."""
    return cloud_file.cloud(file, progress).points(node)


def nearest(file: PointFile, east: float, north: float, within: float, progress: Report) -> Points | None:
    """The point nearest to a place in plan, within so many metres."""
    return cloud_near.nearest(cloud_file.cloud(file, progress), east, north, within)


def sample(file: PointFile, progress: Report) -> Points:
    """Some thousand points of all of it."""
    return cloud_file.cloud(file, progress).sample()


def branch(file: TilesetFile, path: tuple[int, ...], _progress: Report) -> Branch:
    """The tiles of a tileset behind some doors."""
    return tileset(file).branch(path)


def tile(file: TilesetFile, key: TileKey, _progress: Report) -> Tile:
    """What a tile of a tileset shows."""
    return tileset(file).tile(key)


def feature(file: TilesetFile, key: TileKey, number: int, _progress: Report) -> TileFeature:
    """What a feature of a tile says."""
    return tileset(file).feature(key, number)


def members(path: str, _progress: Report) -> list[str]:
    """The files of a tileset, by their paths below its folder."""
    from twin.formats import tiles3d_walk

    return tiles3d_walk.members(Path(path))


__all__: list[Any] = [
    "branch", "cell", "feature", "members", "nearest", "octree", "patch", "points", "reach", "sample",
    "seen", "tile",
]  # fmt: skip
