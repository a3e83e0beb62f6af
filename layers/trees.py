"""Trees: a trunk and a crown, broad-leaved, needle-leaved or a palm's, as high and wide as each says."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers import palette, standing
from layers.glyphs import Glyph
from layers.lengths import positive
from layers.solids import OWN, ball, drum, joined
from layers.standing import heights as heights
from twin.api import shapes

KIND = "trees"
VERSION = 1
GROUNDED = True
"""They stand on the ground where they have no height of their own."""
DETAILS = (0.0, 0.35, 6.0)
"""Metres by which each level of detail may be off: as they are, coarse, and none at all."""
COLUMNS: tuple[str, ...] = (
    "height",
    "diameter_crown",
    "crown_diameter",
    "leaf_type",
    "genus",
    "species",
    "object_type",
)
HEIGHT, CROWN = 7.0, 0.62
"""Metres of a tree that says no height, and its crown's width for one metre of it."""
_NEEDLES = {"needleleaved": "needles", "conifer": "needles", "pinus": "needles", "picea": "needles", "palm": "palm",
            "phoenix": "palm", "phoenix dactylifera": "palm", "washingtonia": "palm"}  # fmt: skip


def _broad(around: int, rows: int) -> object:
    return joined(
        drum(0.035, 0.025, (0.0, 0.4), palette.TRUNK, sides=4),
        _squashed(ball(0.5, 0.66, OWN, around=around, rows=rows), 0.66, 0.7),
    )


def _squashed(one, middle: float, tall: float):  # type: ignore[no-untyped-def]
    from layers.solids import Solid

    points = one.points.copy()
    points[:, 2] = middle + (points[:, 2] - middle) * tall
    return Solid(points, one.normals, one.triangles, one.colours)


_SHAPES = {
    "leaves": Glyph(_broad(7, 4), _broad(4, 2)),  # type: ignore[arg-type]
    "needles": Glyph(
        joined(drum(0.035, 0.03, (0.0, 0.25), palette.TRUNK, sides=4), drum(0.5, 0.0, (0.18, 1.0), OWN, sides=7)),
        drum(0.5, 0.0, (0.1, 1.0), OWN, sides=4),
    ),
    "palm": Glyph(
        joined(drum(0.05, 0.035, (0.0, 0.86), palette.TRUNK, sides=5), drum(0.0, 0.5, (0.84, 0.98), OWN, sides=8)),
        drum(0.04, 0.45, (0.0, 0.98), OWN, sides=4),
    ),
}
_GREENS = [shapes.colour(code) for code in ("#9DB07A", "#8FA56C", "#A9B585", "#87A070")]


def encode(table: pa.Table) -> bytes:
    """Where each stands, how high it is and how wide its crown."""
    height = positive(table, {"height": 1.0}, HEIGHT)
    crown = positive(table, {"diameter_crown": 1.0, "crown_diameter": 1.0}, CROWN * height)
    said = standing.words(table, ("leaf_type", "genus", "species", "object_type"))
    fids = table.column("fid").to_numpy()
    greens = [_GREENS[one] for one in palette.stone(fids)]
    which = standing.chosen(said, tuple(_SHAPES), _NEEDLES, "leaves")
    return standing.packed(table, which, np.column_stack([crown, crown, height]), standing.scattered(fids), greens)


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """One tree of each shape, copied to where each stands; from farthest there is nothing to see of them."""
    return standing.meshed(payload, level, _SHAPES, () if level > 1 else None)
