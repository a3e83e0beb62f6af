"""Points: pins, never smaller on the screen than some pixels: a layer of them is seen from wherever it is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers import palette, standing
from layers.glyphs import Glyph
from layers.solids import ball, drum, joined
from layers.standing import heights as heights
from twin.api import shapes

KIND = "points"
VERSION = 3
GROUNDED = True
"""They stand on the ground where they have no height of their own."""
COLUMNS: tuple[str, ...] = ()
DETAILS = (0.0, 0.4)
"""Metres by which each level of detail may be off: as they are, and with few faces."""
GROWS = 14.0
"""Pixels that what is drawn may reach beyond what is there."""
_HIGH, _WIDE, _PIXELS = 4.0, 1.4, 12.0
"""Metres to the middle of the head and of its radius; pixels from foot to top at the least."""
_SHAPES = {
    "point": Glyph(
        joined(drum(0.25, 0.25, (0.0, _HIGH), palette.STEEL, sides=6), ball(_WIDE, _HIGH, around=10, rows=6)),
        joined(drum(0.3, 0.3, (0.0, _HIGH), palette.STEEL, sides=3), ball(_WIDE, _HIGH, around=6, rows=3)),
        _PIXELS,
    )
}


def encode(table: pa.Table) -> bytes:
    """Where each point of a feature stands."""
    count = len(table)
    return standing.packed(table, [0] * count, np.ones((count, 3)), np.zeros(count), [palette.POINT] * count)


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """The one shape, copied to where each stands."""
    return standing.meshed(payload, level, _SHAPES)


__all__ = ["COLUMNS", "DETAILS", "GROUNDED", "GROWS", "KIND", "VERSION", "encode", "heights", "mesh"]
