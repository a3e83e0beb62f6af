"""Pipes: tubes of their true diameter, never thinner on the screen than some pixels, and wider where they are wider."""

from __future__ import annotations

import pyarrow as pa

from layers import conduits
from layers.conduits import COLUMNS as COLUMNS
from layers.conduits import DETAILS as DETAILS
from layers.conduits import GROUNDED as GROUNDED
from layers.conduits import GROWS as GROWS
from layers.conduits import heights as heights
from layers.conduits import mesh as mesh

KIND = "pipes"
VERSION = 2
DIAMETER = 0.1
"""Metres, where a pipe names none."""


def encode(table: pa.Table) -> bytes:
    """Each line with its radius, in the colour of what flows in it: water where nothing is said."""
    return conduits.encoded(table, DIAMETER, "water")


__all__ = ["COLUMNS", "DETAILS", "GROUNDED", "GROWS", "KIND", "VERSION", "encode", "heights", "mesh"]
