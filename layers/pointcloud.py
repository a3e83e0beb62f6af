"""Point clouds: linked, and drawn as points by the nodes of their octree."""

from __future__ import annotations

import pyarrow as pa

KIND = "pointcloud"
VERSION = 1
COLUMNS: tuple[str, ...] = ()


def encode(_table: pa.Table) -> bytes:
    """Nothing: what is drawn stays in the file."""
    return b""
