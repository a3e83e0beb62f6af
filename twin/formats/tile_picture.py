"""A tile's bytes as a picture, within bounds, whatever they are called."""

from __future__ import annotations

import io
import warnings
from typing import Any, Literal

import numpy as np

Kind = Literal["png", "jpg", "webp", "vector", "other"]
_LARGEST = 4096
"""Pixels a side that a tile may have."""
_FORMATS = ("PNG", "JPEG", "WEBP")
BYTES = 16 << 20
"""Of a tile, at the most."""


def kind(data: bytes) -> Kind:
    """What the bytes are, by how they begin."""
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    # A vector tile is protobuf: layers, field 3; mostly within gzip.
    if data.startswith((b"\x1f\x8b", b"\x1a")):
        return "vector"
    return "other"


def rgba(data: bytes) -> Any:
    """(rows, columns, 4) bytes; None where it is no picture that can be read."""
    if kind(data) not in ("png", "jpg", "webp") or len(data) > BYTES:
        return None
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if max(picture.size) > _LARGEST:
                    return None
                return np.asarray(picture.convert("RGBA"))
        except (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, Image.DecompressionBombError):
            return None


def fitted(picture: Any, rows: int, columns: int) -> Any:
    """The same in so many rows and columns; what is half there is mixed by how much is there."""
    if picture.shape[:2] == (rows, columns):
        return picture
    from PIL import Image

    smaller = rows < picture.shape[0]
    way = Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR
    mixed = Image.fromarray(picture, "RGBA").convert("RGBa").resize((columns, rows), way)
    return np.asarray(mixed.convert("RGBA"))
