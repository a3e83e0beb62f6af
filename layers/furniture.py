"""Street furniture: lamps, benches, bins, hydrants, cameras, signs, each the shape of what it is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers import palette, standing
from layers.glyphs import Glyph
from layers.lengths import metres
from layers.solids import Solid, ball, block, drum, joined, moved
from layers.standing import heights as heights
from twin.api import shapes

KIND = "furniture"
VERSION = 1
GROUNDED = True
"""It stands on the ground where it has no height of its own."""
DETAILS = (0.0, 0.15, 3.0)
"""Metres by which each level of detail may be off: as it is, coarse, and what stands tall alone."""
COLUMNS: tuple[str, ...] = (
    "object_type",
    "highway",
    "amenity",
    "emergency",
    "man_made",
    "direction",
    "camera:direction",
)
_MEANT = {
    "street_lamp": "lamp", "streetlight": "lamp", "street_light": "lamp", "waste_basket": "bin",
    "waste_disposal": "bin", "litter_bin": "bin", "recycling": "bin", "fire_hydrant": "hydrant",
    "surveillance": "camera",
    "cctv": "camera",
    "traffic_sign": "sign", "stop": "sign", "give_way": "sign", "bus_stop": "sign", "traffic_signals": "signal",
    "post_box": "box", "telephone": "box", "street_cabinet": "box", "vending_machine": "box",
}  # fmt: skip
_TALL = ("lamp", "camera", "sign", "signal")
_STEEL, _IRON, _WOOD = palette.STEEL, palette.IRON, shapes.colour("#9A7B58")
_RED, _GREEN, _PALE = palette.WARNING, shapes.colour("#5B7B5A"), shapes.colour("#FBE7B0")


def _post(high: float, wide: float = 0.06, sides: int = 5) -> Solid:
    return drum(wide, 0.8 * wide, (0.0, high), _STEEL, sides=sides)


def _both(fine: Solid, coarse: Solid | None = None) -> Glyph:
    return Glyph(fine, coarse or fine)


_SHAPES = {
    "lamp": _both(
        joined(_post(6.8, 0.09, 6), block((0.0, 1.5), (-0.04, 0.04), (6.7, 6.8), _STEEL),
               block((0.9, 1.6), (-0.14, 0.14), (6.56, 6.72), _PALE)),
        joined(_post(6.8, 0.1, 3), block((0.0, 1.6), (-0.08, 0.08), (6.6, 6.75), _PALE)),
    ),
    "bench": _both(
        joined(block((-0.9, 0.9), (-0.22, 0.22), (0.42, 0.48), _WOOD),
               block((-0.9, 0.9), (0.2, 0.26), (0.5, 0.9), _WOOD),
               *(block((x - 0.05, x + 0.05), (-0.2, 0.2), (0.0, 0.42), _IRON) for x in (-0.7, 0.7))),
        block((-0.9, 0.9), (-0.22, 0.26), (0.0, 0.6), _WOOD),
    ),
    "bin": _both(joined(drum(0.24, 0.28, (0.05, 0.85), _GREEN), drum(0.3, 0.3, (0.85, 0.92), _IRON)),
                 drum(0.26, 0.3, (0.0, 0.9), _GREEN, sides=4)),
    "hydrant": _both(
        joined(drum(0.16, 0.15, (0.0, 0.6), _RED), ball(0.17, 0.62, _RED, around=8, rows=4),
               block((-0.27, 0.27), (-0.06, 0.06), (0.4, 0.52), _RED)),
        drum(0.18, 0.14, (0.0, 0.78), _RED, sides=4),
    ),
    "camera": _both(
        joined(_post(4.2), block((-0.04, 0.35), (-0.03, 0.03), (4.1, 4.16), _STEEL),
               block((0.2, 0.62), (-0.1, 0.1), (3.92, 4.12), palette.METAL),
               block((0.6, 0.66), (-0.07, 0.07), (3.95, 4.09), _IRON)),
        joined(_post(4.2, 0.07, 3), block((0.0, 0.65), (-0.1, 0.1), (3.9, 4.15), palette.METAL)),
    ),
    "sign": _both(
        joined(_post(2.6, 0.04), block((-0.02, 0.02), (-0.32, 0.32), (2.0, 2.6), _RED)),
        joined(_post(2.6, 0.05, 3), block((-0.02, 0.02), (-0.32, 0.32), (2.0, 2.6), _RED)),
    ),
    "signal": _both(
        joined(_post(3.4, 0.06), block((-0.02, 0.2), (-0.16, 0.16), (2.5, 3.4), _IRON),
               *(moved(ball(0.1, 0, code, around=6, rows=4), (0.2, 0, z))
                 for z, code in ((3.2, _RED), (2.95, shapes.colour("#F2B84B")), (2.7, shapes.colour("#5CC98A"))))),
        joined(_post(3.4, 0.07, 3), block((-0.02, 0.2), (-0.16, 0.16), (2.5, 3.4), _IRON)),
    ),
    "box": _both(block((-0.3, 0.3), (-0.25, 0.25), (0.0, 1.2), palette.METAL)),
    "post": _both(_post(1.1, 0.08), _post(1.1, 0.09, 3)),
}  # fmt: skip


def encode(table: pa.Table) -> bytes:
    """Where each stands, what it is, and which way it looks where that is said."""
    said = standing.words(table, ("object_type", "highway", "amenity", "emergency", "man_made"))
    which = standing.chosen(said, tuple(_SHAPES), _MEANT, "post")
    azimuth = metres(table, {"camera:direction": 1.0, "direction": 1.0})
    own = standing.scattered(table.column("fid").to_numpy())
    # Azimuths run clockwise from the north, turns counter-clockwise from the east.
    turn = np.where(np.isfinite(azimuth), np.pi / 2 - np.radians(np.nan_to_num(azimuth)), own)
    return standing.packed(table, which, np.ones((len(table), 3)), turn)


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """One of each shape, copied to where each stands; from farthest only what stands tall."""
    return standing.meshed(payload, level, _SHAPES, _TALL if level > 1 else None)
