"""Formats whose file holds several layers of one import: a network's nodes and links go out together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Out:
    """A layer that goes out with others."""

    layer: str
    table: pa.Table
    """Its ``uid``, ``geometry`` and attributes."""
    meta: Mapping[str, Any]
    """What the store keeps about it."""
