"""What a child that stays answers about linked files: one window at a time, for as long as a city is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.formats import cloud_file, tile_sets, tile_window
from twin.formats.raster_window import patch as raster_patch
from twin.formats.reader import Report
from twin.model.patches import Octree, Patch, PointFile, Points, RasterFile, Square


def patch(file: RasterFile, square: Square, _progress: Report) -> Patch | None:
    """What a raster holds of a square."""
    tiles = tile_sets.opened(Path(file.path), from_south=file.rows_from_south)
    return raster_patch(file, square) if tiles is None else tile_window.patch(tiles, file.city_crs, square)


def octree(file: PointFile, progress: Report) -> Octree:
    """The nodes of a point cloud; those of one without are made first."""
    return cloud_file.cloud(file, progress).octree()


def points(file: PointFile, node: int, progress: Report) -> Points:
    """The points of a node, by its place in the octree."""
    return cloud_file.cloud(file, progress).points(node)


def sample(file: PointFile, progress: Report) -> Points:
    """Some thousand points of all of it."""
    return cloud_file.cloud(file, progress).sample()


def digest(path: str, progress: Report) -> str:
    """The SHA-256 of a file, told as it goes."""
    import hashlib

    made, done = hashlib.sha256(), 0
    size = max(1, Path(path).stat().st_size)
    with Path(path).open("rb") as file:
        while block := file.read(4 << 20):
            made.update(block)
            done += len(block)
            progress(done / size, "")
    return made.hexdigest()


__all__: list[Any] = ["digest", "octree", "patch", "points", "sample"]
