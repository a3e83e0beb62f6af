"""What is smaller than a pixel melts into the mean of its neighbourhood: a city from afar doesn't glitter.

It is to geometry what a mipmap is to a picture (Williams 1983, "Pyramidal parametrics"): faces lose their light and
features their tints where a pixel holds several of them, so that a coarse tile looks like those that it stands for.
"""

from __future__ import annotations

import numpy as np

from twin.model.shapes import Colour
from twin.scene import light
from twin.scene.light import Sky
from twin.scene.tones import COLOURED, SELECTED

_FACES, _STREETS = (3.5, 10.0), (8.0, 24.0)
"""Metres a pixel from which they begin to melt, and where they have."""
_MOST, _OVERLAID, _PAVED = 0.8, 0.95, 0.6
"""How much of their difference goes: a city must not become a sheet; what tells of data has no light to tell."""
_BUILT = (0.05, 0.30)
"""The shade on the ground that tells of streets between buildings."""
_MEAN = 0.88
"""The light of all that one sees of a building, as a share of its roof's colour."""


def faces(*, overlaid: bool) -> str:
    """The vertex's share, and its light there: after ``falls`` is known, in (ART)'s light."""
    return f"""
  float melts = {_OVERLAID if overlaid else _MOST} * smoothstep({_FACES[0]}, {_FACES[1]}, gl_Position.w * metre);
  falls = mix(falls, vec3({_MEAN}), melts);
"""


def tints(sky: Sky, afar: Colour | None) -> str:
    """The vertex's own colour there: its kind's from afar, where no data colours it."""
    if afar is None:
        return ""
    return f"  if ((told & {COLOURED | SELECTED}) == 0) stone = mix(stone, {vec(by(sky, afar))}, melts);\n"


def streets(sky: Sky) -> str:
    """The ground and what lies on it between buildings, after its shade ``laid.r`` is known."""
    return (
        f"  float melts = {_PAVED} * smoothstep({_STREETS[0]}, {_STREETS[1]}, metre / gl_FragCoord.w)"
        f" * smoothstep({_BUILT[0]}, {_BUILT[1]}, laid.r);\n"
        f"  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, {vec(sky.built)}, melts);\n"
    )


def by(sky: Sky, day: Colour) -> Colour:
    """What becomes of a colour of the day under a sky."""
    if not sky.windows:
        return day
    days, nights, dim = light.BY_NIGHT
    known = np.flatnonzero((days == np.array(day)).all(axis=1))
    night = nights[known[0]] if len(known) else np.array(day) * dim
    return int(night[0]), int(night[1]), int(night[2])


def vec(colour: Colour) -> str:
    """A colour as a shader has it."""
    return f"vec3({', '.join(f'{part / 255:.4f}' for part in colour)})"
