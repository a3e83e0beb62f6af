"""Rooms: the spaces of a building, translucent, each storey in a tint of its own."""

from __future__ import annotations

import zlib

import numpy as np
import pyarrow as pa
import shapely

from layers.surfaces import packed_faces
from twin.api import shapes

KIND = "rooms"
VERSION = 1
COLUMNS: tuple[str, ...] = ("storey",)
OPACITY = 0.45
"""What a new layer begins with: rooms stand in one another's way, and behind walls."""
_TINTS = [shapes.colour(code) for code in ("#E8C9A0", "#A9CBB7", "#B7C4DE", "#DDB7B0", "#CFC3A0", "#B9D2D6")]


def encode(table: pa.Table) -> bytes:
    """Triangles of every room, local to the tile."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    known = "storey" in table.column_names
    storeys = table.column("storey").to_pylist() if known else [None] * len(table)
    colours = [_TINTS[zlib.crc32((storey or "").encode()) % len(_TINTS)] for storey in storeys]
    return packed_faces(table, geometries, np.zeros(len(table)), colours)


def mesh(payload: bytes, _level: int = 0) -> shapes.Arrays:
    """Their faces, lit as they look."""
    packed = shapes.unpack(payload)
    count = len(packed["points"])
    return shapes.Arrays(
        tuple(float(value) for value in packed["origin"]),  # type: ignore[arg-type]
        packed["points"],
        packed["triangles"],
        packed["normals"],
        packed["owner"],
        packed["fids"],
        packed["colours"][packed["owner"]] if count else np.empty((0, 3), np.uint8),
        np.ones(count, np.float32),
        part=shapes.parts(packed, "part", count),
    )
