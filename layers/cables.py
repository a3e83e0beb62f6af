"""Cables: tubes of their diameter where it is said, else thin, never thinner on the screen than some pixels."""

from __future__ import annotations

import pyarrow as pa

from layers import conduits, palette
from layers.conduits import DETAILS as DETAILS
from layers.conduits import GROWS as GROWS
from layers.conduits import heights as heights
from layers.conduits import mesh as mesh
from layers.lengths import DIAMETERS, positive
from layers.lying import COLUMNS as HEIGHTS

KIND = "cables"
VERSION = 1
GROUNDED = True
"""Where no height is said, they lie on the ground there, or so deep below it."""
COLUMNS: tuple[str, ...] = (*DIAMETERS, *HEIGHTS, "object_type", "substance")
DIAMETER = 0.06
"""Metres, where a cable names none."""


def encode(table: pa.Table) -> bytes:
    """Each line with its radius, in the colour of power or of fibre."""
    radius = positive(table, DIAMETERS, DIAMETER) / 2
    return conduits.packed(table, radius, palette.carrying(table, "power"))


__all__ = ["COLUMNS", "DETAILS", "GROUNDED", "GROWS", "KIND", "VERSION", "encode", "heights", "mesh"]
