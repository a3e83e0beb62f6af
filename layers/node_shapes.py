"""The shapes of network nodes, in metres; a tank is one metre wide and high, and as large as it says."""

from __future__ import annotations

from layers import palette
from layers.glyphs import Glyph
from layers.solids import ball, block, drum, joined, moved, turned

_GREY, _DARK = palette.METAL, palette.IRON


def _round(pixels: float, radius: float = 0.45) -> Glyph:
    return Glyph(ball(radius), ball(radius, around=4, rows=2), pixels)


def _same(*parts, pixels: float) -> Glyph:  # type: ignore[no-untyped-def]
    whole = joined(*parts)
    return Glyph(whole, whole, pixels)


_VALVE = (
    moved(turned(drum(0.55, 0.06, (0.0, 0.75), sides=6), "x"), (-0.75, 0, 0)),
    turned(drum(0.06, 0.55, (0.0, 0.75), sides=6), "x"),
)
SHAPES = {
    "junction": _round(2.2),
    "tank": Glyph(
        joined(drum(0.5, 0.5, (0.0, 1.0), sides=20), drum(0.5, 0.0, (1.0, 1.18), _GREY, sides=20)),
        joined(drum(0.5, 0.5, (0.0, 1.0), sides=8), drum(0.5, 0.0, (1.0, 1.18), _GREY, sides=8)),
        7.0,
    ),
    "reservoir": _same(drum(4.0, 6.0, (0.0, 2.4), _GREY, sides=6), drum(5.4, 5.4, (2.4, 2.5), sides=6), pixels=8.0),
    "pump": _same(
        drum(1.0, 1.0, (-0.6, -0.4), _DARK, sides=6),
        turned(moved(drum(0.75, 0.75, (-0.4, 0.4), sides=10), (0, 0.0, 0)), "y"),
        moved(turned(drum(0.3, 0.3, (0.0, 1.2), sides=6), "x"), (0, 0, 0.45)),
        pixels=6.0,
    ),
    "valve": Glyph(
        joined(*_VALVE, drum(0.08, 0.08, (0.0, 0.75), _DARK, sides=4), drum(0.4, 0.4, (0.75, 0.85), _DARK)),
        joined(*_VALVE),
        5.0,
    ),
    "transformer": _same(
        block((-1.1, 1.1), (-0.8, 0.8), (0.0, 1.8)),
        *(drum(0.16, 0.1, (1.8, 2.5), _DARK, at=(x, 0.0), sides=6) for x in (-0.7, 0.0, 0.7)),
        *(block((x - 0.12, x + 0.12), (-1.05, 1.05), (0.3, 1.5), _GREY) for x in (-0.8, -0.27, 0.27, 0.8)),
        pixels=7.0,
    ),
    "bus": Glyph(drum(0.5, 0.5, (-0.25, 0.25), sides=8), drum(0.5, 0.5, (-0.25, 0.25), sides=4), 2.4),
    "source": Glyph(ball(1.6, 1.6, around=4, rows=2), ball(1.6, 1.6, around=4, rows=2), 7.0),
    "generator": _same(drum(0.9, 0.9, (0.0, 0.5), _DARK), ball(0.75, 1.0), pixels=5.0),
    "load": Glyph(drum(0.05, 0.6, (0.0, 1.0), sides=6), drum(0.05, 0.6, (0.0, 1.0), sides=3), 2.6),
    "switch": _same(block((-0.45, 0.45), (-0.45, 0.45), (-0.3, 0.3)), pixels=2.2),
    "node": _round(2.2),
}
"""By what a node is; a network's own words for it are in ``object_type`` or ``node_type``."""
NAMES = tuple(SHAPES)
