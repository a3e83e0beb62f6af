"""Tilesets (3D Tiles): linked, and drawn tile by tile as their own file has them."""

from __future__ import annotations

import pyarrow as pa

KIND = "tilesets"
VERSION = 1
COLUMNS: tuple[str, ...] = ()


def encode(_table: pa.Table) -> bytes:
    """Nothing: what is drawn stays in the file."""
    return b""
