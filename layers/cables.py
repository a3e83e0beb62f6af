"""Cables: tubes of their diameter where it is said, else thin, never thinner on the screen than some pixels."""

from __future__ import annotations

import pyarrow as pa

from layers import conduits
from layers.conduits import COLUMNS as COLUMNS
from layers.conduits import DETAILS as DETAILS
from layers.conduits import GROUNDED as GROUNDED
from layers.conduits import GROWS as GROWS
from layers.conduits import heights as heights
from layers.conduits import mesh as mesh

KIND = "cables"
VERSION = 2
DIAMETER = 0.06
"""Metres, where a cable names none."""


def encode(table: pa.Table) -> bytes:
    """Each line with its radius, in the colour of power or of fibre."""
    return conduits.encoded(table, DIAMETER, "power")


__all__ = ["COLUMNS", "DETAILS", "GROUNDED", "GROWS", "KIND", "VERSION", "encode", "heights", "mesh"]
