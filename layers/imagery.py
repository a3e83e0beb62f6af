"""Pictures of the ground: linked, and draped on it as they are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

KIND = "imagery"
VERSION = 1
COLUMNS: tuple[str, ...] = ()


def encode(_table: pa.Table) -> bytes:
    """Nothing: what is drawn stays in the file."""
    return b""


def paint(picture: Any, _apart: float) -> Any:
    """(n, n, 4) bytes, as they came."""
    return picture
