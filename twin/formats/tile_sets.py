"""Which module has the tiles of a file or a folder."""

from __future__ import annotations

from pathlib import Path

from twin.formats.tile_set import TileSet


def opened(path: Path, *, from_south: bool) -> TileSet | None:
    """Its tiles; None where it is no tile set. ``from_south`` says how a folder's rows are counted."""
    if path.is_dir():
        from twin.formats import tile_folder

        return tile_folder.opened(path, from_south=from_south)
    if path.suffix.lower() == ".mbtiles":
        from twin.formats import mbtiles

        return mbtiles.opened(path)
    if path.suffix.lower() == ".pmtiles":
        from twin.formats import pmtiles

        return pmtiles.opened(path)
    return None
