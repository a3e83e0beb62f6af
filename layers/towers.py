"""Towers: masts and towers of telecommunication, pylons and poles of power lines, chimneys, as high as each says."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers import palette, standing
from layers.glyphs import Glyph
from layers.lengths import positive
from layers.solids import Solid, block, drum, joined, moved
from layers.standing import heights as heights
from twin.api import shapes

KIND = "towers"
VERSION = 1
GROUNDED = True
"""They stand on the ground where they have no height of their own."""
DETAILS = (0.0, 0.6)
"""Metres by which each level of detail may be off: as they are, and without struts."""
GROWS = 8.0
"""Pixels that what is drawn may reach beyond what is there."""
COLUMNS: tuple[str, ...] = ("height", "object_type", "man_made", "power", "tower:type")
HEIGHTS = {"mast": 30.0, "pylon": 28.0, "pole": 9.0, "tower": 30.0, "chimney": 40.0}
"""Metres of a tower that says no height."""
_MEANT = {
    "communications_tower": "tower", "communication": "mast", "antenna": "mast", "telecom": "mast",
    "portal": "pylon", "utility_pole": "pole", "flagpole": "pole",
}  # fmt: skip
_STEEL, _RED = palette.STEEL, palette.WARNING


def _leg(foot: tuple[float, float], top: tuple[float, float], z: tuple[float, float], wide: float) -> Solid:
    """A strut with a square section."""
    made = block((-wide, wide), (-wide, wide), z, _STEEL)
    share = (made.points[:, 2:] - z[0]) / (z[1] - z[0])
    points = made.points.copy()
    points[:, :2] += np.array(foot) * (1 - share) + np.array(top) * share
    return Solid(points, made.normals, made.triangles, made.colours)


def _lattice(foot: float, top: float, high: float, wide: float, rows: int) -> Solid:
    """Four legs and the braces between them."""
    signs = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    legs = [_leg((foot * x, foot * y), (top * x, top * y), (0.0, high), wide) for x, y in signs]
    braces = []
    for n in range(rows):
        low, up = high * n / rows, high * (n + 1) / rows
        half, other = (foot + (top - foot) * share / rows for share in (n, n + 1))
        for (x, y), (ox, oy) in zip(signs, [*signs[1:], signs[0]], strict=True):
            braces.append(_leg((half * x, half * y), (other * ox, other * oy), (low, up), 0.6 * wide))
    return joined(*legs, *braces)


_ARMS = joined(*(
    block((-reach, reach), (-0.008, 0.008), (z, z + 0.014), _STEEL)
    for z, reach in ((0.66, 0.16), (0.78, 0.2), (0.9, 0.14))
))  # fmt: skip
_PANELS = joined(*(
    moved(block((-0.008, 0.008), (-0.008, 0.008), (0.84, 0.94), palette.METAL), (0.03 * np.cos(a), 0.03 * np.sin(a), 0))
    for a in (0.5, 2.6, 4.7)
))  # fmt: skip
_LAMP = drum(0.006, 0.006, (0.99, 1.0), _RED, sides=4)
_SHAPES = {
    "mast": Glyph(
        joined(drum(0.014, 0.006, (0.0, 0.99), _STEEL, sides=6), _PANELS, _LAMP),
        joined(drum(0.016, 0.008, (0.0, 1.0), _STEEL, sides=3), _PANELS),
        6.0,
    ),
    "pylon": Glyph(
        joined(_lattice(0.11, 0.018, 0.98, 0.006, 5), _ARMS),
        joined(_lattice(0.11, 0.018, 0.98, 0.009, 0), _ARMS),
        6.0,
    ),
    "pole": Glyph(
        joined(drum(0.016, 0.011, (0.0, 1.0), palette.TRUNK, sides=5),
               block((-0.09, 0.09), (-0.008, 0.008), (0.9, 0.92), _STEEL)),
        drum(0.016, 0.011, (0.0, 1.0), palette.TRUNK, sides=3),
        4.0,
    ),
    "tower": Glyph(
        joined(_lattice(0.08, 0.03, 0.92, 0.007, 6), _PANELS,
               block((-0.045, 0.045), (-0.045, 0.045), (0.9, 0.92), _STEEL),
               drum(0.006, 0.003, (0.92, 1.0), _RED, sides=4)),
        joined(_lattice(0.08, 0.03, 0.92, 0.01, 0), _PANELS),
        6.0,
    ),
    "chimney": Glyph(
        joined(drum(0.05, 0.035, (0.0, 0.94), palette.METAL, sides=10),
               drum(0.036, 0.035, (0.94, 1.0), _RED, sides=10)),
        drum(0.05, 0.035, (0.0, 1.0), palette.METAL, sides=5),
        5.0,
    ),
}  # fmt: skip
_NAMES = tuple(_SHAPES)


def encode(table: pa.Table) -> bytes:
    """Where each stands, what it is and how high."""
    said = standing.words(table, ("object_type", "man_made", "power", "tower:type"))
    which = standing.chosen(said, _NAMES, _MEANT, "mast")
    power = table.column("power").to_pylist() if "power" in table.column_names else [None] * len(table)
    # A power line's tower is a pylon; any other is what it is called.
    which = [_NAMES.index("pylon") if word == "tower" else one for word, one in zip(power, which, strict=True)]
    names = [_NAMES[one] for one in which]
    height = positive(table, {"height": 1.0}, np.array([HEIGHTS[name] for name in names]))
    size = np.repeat(height[:, None], 3, axis=1)
    return standing.packed(table, which, size, standing.scattered(table.column("fid").to_numpy()))


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """One tower of each shape, copied to where each stands."""
    return standing.meshed(payload, level, _SHAPES)
