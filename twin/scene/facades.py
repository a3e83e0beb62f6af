"""What a fragment of a building is part of: floors and windows, a roshan, the lip about a roof and its shadow.

Everything is drawn from ``shapes.Arrays.facade`` by coverage of the pixel, and fades before it would shimmer. A GPU
that is software runs every line for every pixel, whatever the branch: so each tile has the lines it needs and no more.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from twin.model.shapes import Colour, colour
from twin.scene.light import Sky

NEAR = 1_400.0
"""Metres from the eye within which tiles have a façade by day, lips and roshans."""
_RIM, _DROP = 0.35, 0.6
"""Metres that a lip is wide, and that the roof lies below it (ART)."""
_TIMBER = f"vec3({', '.join(f'{part / 255:.3f}' for part in colour('#8A6A4C'))}) * mix(LEAST, 1.0, stone.g / 0.906)"
"""Roshans (ART) in the light of the stone that they hide."""


class Parts(NamedTuple):
    """What of a tile is drawn."""

    overlaid: bool = False
    near: bool = False
    wood: bool = False
    afar: Colour | None = None
    """The colour that its features melt into from afar."""
    grows: bool = False
    """Whether it is never smaller than some pixels."""
    bare: bool = False
    """Whether it is no building: no lamps burn in it."""


FUNCTIONS = """
float chance(vec2 at) { return fract(sin(dot(at, vec2(12.9898, 78.233))) * 43758.5453); }
float most(vec4 some) { return max(max(some.x, some.y), max(some.z, some.w)); }
float box(float at, float low, float high, float wide) {
  return clamp((min(at + 0.5 * wide, high) - max(at - 0.5 * wide, low)) / max(wide, 1e-4), 0.0, 1.0);
}
"""
MEASURED = """
  // From afar no wall has a façade of its own: bays and floors are counted by the metre.
  vec2 place = spot.xy;
  vec4 wall = vec4(1000.0);
  if (abs(leans.z) < 0.5) {
    float along = dot(vec2(-leans.y, leans.x), spot.xy) / 2.4;
    wall = vec4(along + 128.0 * mod(whose * 7.0, 251.0), 60.0 - spot.z / 3.2, -1.0, -64.0);
  }
"""
_BEGIN = """
  // Derivatives first: they are not defined where neighbouring pixels take other ways.
  vec4 across = dFdx(wall), up = dFdy(wall), soft = abs(across) + abs(up);
  vec2 right = dFdx(place), back = dFdy(place);
  float close = CLOSE;
"""
_CLOSE = "1.0 - smoothstep(0.6 * NEAR, NEAR, away)"
_WALL = """
  if (wall.z < -0.5) {
    vec2 cell = wall.xy, wide = soft.xy;
    vec2 whole = vec2(floor(wall.w / 64.0 + 0.001), mod(floor(wall.w + 0.5), 64.0));
    vec2 near = close * (1.0 - smoothstep(vec2(0.20, 0.25), vec2(0.45, 0.60), wide));
    // Each building has a hand of its own: slim windows, wide ones, or long ones.
    float own = floor(wall.x / 128.0), hand = fract(own * 0.618034);
    float reach = hand < 0.45 ? 0.20 : (hand < 0.80 ? 0.28 : 0.42);
    COARSER
    vec2 at = fract(cell);
    float band = wall.y > 0.0 && whole.x != 0.0 ? box(at.y, 0.20, 0.70, wide.y) : 0.0;
    float glass = band * box(at.x, 0.5 - reach, 0.5 + reach, wide.x);
    ROSHAN
    LIGHT
  }
"""
_COARSER = """// Far windows melt into fewer, larger ones, so that the city glitters to the horizon.
    float far = max(0.0, ceil(log2(3.0 * max(wide.x, wide.y))));
    cell /= exp2(far);
    wide /= exp2(far);
    reach = far > 0.5 ? 0.24 : reach;"""
_ROSHAN = """float bay = -2.0 - wall.z;
    float stands = bay > -0.4 && whole.x > 1.5 && fract(floor(wall.x - bay + 0.5) * 0.754878) < 0.8 ? 1.0 : 0.0;
    float share = whole.x < 4.5 ? 0.5 : (bay < 0.5 * whole.x ? 0.25 : 0.75);
    float from = bay - floor(share * whole.x), floor_ = fract(wall.y), foot = whole.y - 0.9;
    float strip = stands * box(from, 0.12, 0.88, soft.x) * box(wall.y, 0.12, foot, soft.y);
    float shade = stands * box(from, -0.02, 1.02, soft.x + 0.1) * box(wall.y, 0.1, foot + 0.15, soft.y + 0.1);
    float slats = near.y * (box(floor_, 0.86, 0.98, soft.y)
      + 0.7 * near.x * box(floor_, 0.30, 0.66, soft.y) * box(from, 0.22, 0.78, soft.x));
    band *= 1.0 - strip;
    glass *= clamp(1.0 - DULL * strip - max(0.0, shade - strip), 0.0, 1.0);
    vec3 stone = gl_FragData[0].rgb;
    vec3 timber = TIMBER * (1.0 - SLATS * slats);
    gl_FragData[0].rgb = mix(stone * (1.0 - SHADE * close * shade), timber, strip * close);"""
_DAY = """float sill = min(1.0, glass * box(at.y, 0.20, 0.28, wide.y));
    float line = box(wall.y, -0.03, 0.05, soft.y);
    gl_FragData[0].rgb *= 1.0 - near.y * (BAND * max(band, line) + near.x * (GLASS * glass + SILL * sill));"""
_NIGHT = """float draw = chance(floor(cell)), warm = fract(57.31 * draw);
    vec3 lamp = warm < 0.1 ? vec3(0.867, 0.914, 0.949) : mix(vec3(0.965, 0.761, 0.478), vec3(1.0, 0.89, 0.70), warm);
    float lit = draw < 0.15 + 0.15 * fract(own * 0.754878) ? glass : 0.0;
    gl_FragData[0].rgb *= 1.0 - BAND * near.y * band;
    gl_FragData[0].rgb = mix(gl_FragData[0].rgb, lamp, lit * 0.92 * pow(0.82, far));"""
_ROOF = """
  if (wall.z > -0.5) {
    vec4 sharp = 1.0 / max(soft, vec4(1e-4));
    float rim = most(clamp((RIM - wall) * sharp + 0.5, 0.0, 1.0));
    // The distances where the sun's ray meets the height of the lip: within the rim there, the lip shades this pixel.
    float turn = right.x * back.y - right.y * back.x;
    vec2 way = SUN / (abs(turn) < 1e-9 ? 1e-9 : turn);
    vec4 met = wall + (way.x * back.y - way.y * back.x) * across + (way.y * right.x - way.x * right.y) * up;
    float shade = most(clamp((RIM - met) * sharp + 0.5, 0.0, 1.0));
    float corner = clamp(RIM + 1.0 + most(-wall), 0.0, 1.0);
    float grain = length(vec2(length(right), length(back)));
    float seen = wall.x > 900.0 ? 0.0 : (1.0 - rim) * close * (1.0 - smoothstep(0.9, 2.4, grain));
    gl_FragData[0].rgb *= 1.0 - seen * (FLAT + CORNER * corner + CAST * shade);
  }
"""


def drawn(sky: Sky, sun: Any, parts: Parts) -> str:
    """The fragment's code: with an overlay nothing is more than 8 % darker, and nothing has a colour of its own."""
    lamps = sky.windows and not parts.overlaid
    if not parts.near and not lamps:
        return ""
    slant = _DROP / max(float(sun[2]), 0.3)
    made = _BEGIN.replace("CLOSE", _CLOSE if parts.near else "0.0") + _WALL.replace(
        "COARSER", _COARSER if lamps else ""
    ).replace("LIGHT", _NIGHT if lamps else _DAY)
    made = made.replace("ROSHAN", _ROSHAN if parts.wood and parts.near else "") + (_ROOF if parts.near else "")
    made = made.replace("TIMBER", "0.93 * stone" if parts.overlaid else _TIMBER)
    made = made.replace("SUN", f"vec2({sun[0] * slant:.4f}, {sun[1] * slant:.4f})")
    shares = _SHARES["overlaid" if parts.overlaid else "night" if lamps else "day"]
    for name, share in {"NEAR": NEAR, "RIM": _RIM, **shares}.items():
        made = made.replace(name, f"{share:.3f}")
    return made


_SHARES = {
    "day": {
        "BAND": 0.06, "GLASS": 0.10, "SILL": 0.07, "DULL": 1.0, "SHADE": 0.10, "SLATS": 0.13, "LEAST": 0.2,
        "FLAT": 0.035, "CORNER": 0.05, "CAST": 0.13,
    },
    "night": {
        "BAND": 0.10, "GLASS": 0.0, "SILL": 0.0, "DULL": 0.4, "SHADE": 0.10, "SLATS": 0.2, "LEAST": 0.0,
        "FLAT": 0.08, "CORNER": 0.10, "CAST": 0.0,
    },
    "overlaid": {
        "BAND": 0.03, "GLASS": 0.04, "SILL": 0.01, "DULL": 1.0, "SHADE": 0.01, "SLATS": 0.0, "LEAST": 0.0,
        "FLAT": 0.01, "CORNER": 0.02, "CAST": 0.05,
    },
}  # fmt: skip
"""How much darker each part is made."""
