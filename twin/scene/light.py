"""Face light by flat normals, baked into vertex colours: no pass is added to a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.model.shapes import Arrays, Colour, colour


@dataclass(frozen=True)
class Sky:
    """The colours that a time of day gives (ART)."""

    horizon: Colour
    zenith: Colour
    ground: Colour
    beach: Colour
    shoal: Colour
    deep: Colour
    foam: Colour
    foam_share: float
    shadow: Colour
    windows: bool = False
    """Whether lamps burn behind them."""
    bases: dict[Colour, Colour] = field(default_factory=dict)
    """What becomes of the day's colours at this time; empty by day."""


_NIGHTLY = {
    "#F6EFE2": "#3A444E", "#EFE4D2": "#414B54", "#E8D9C4": "#353F49", "#F9F5EC": "#48525A",
    "#FDFAF3": "#343D46", "#FAF5EA": "#3A434B", "#F7F0E3": "#303841", "#FFFDF8": "#404950",
    "#BFC79B": "#26352F", "#A9A39A": "#454C54", "#B9B3A9": "#3A4047", "#C9C2B5": "#323940",
    "#2E8CA0": "#0E2A3A", "#E4D8C1": "#232C34", "#EFE3C8": "#2B3238",
}  # fmt: skip

DAY = Sky(
    horizon=colour("#EAF1EE"),
    zenith=colour("#BFD9E6"),
    ground=colour("#E4D8C1"),
    beach=colour("#EFE3C8"),
    shoal=colour("#7CC4BE"),
    deep=colour("#2E8CA0"),
    foam=colour("#F2F4EF"),
    foam_share=0.4,
    shadow=colour("#7F7C94"),
)
NIGHT = Sky(
    horizon=colour("#24384A"),
    zenith=colour("#0A1420"),
    ground=colour("#232C34"),
    beach=colour("#2B3238"),
    shoal=colour("#17404E"),
    deep=colour("#0E2A3A"),
    foam=colour("#2C4A56"),
    foam_share=0.3,
    shadow=colour("#141B22"),
    windows=True,
    bases={colour(day): colour(night) for day, night in _NIGHTLY.items()},
)

AZIMUTH, HEIGHT = 235.0, 45.0
"""The pleasant sun of the default light: from the sea, in degrees (ART)."""

_SKY_LIGHT = np.array(colour("#DDE3EE")) / 255
_BOUNCE = np.array(colour("#E4D8C1")) / 255
_SUN_LIGHT = np.array(colour("#FFF1D6")) / 255
_DARKEST = 0.55
_UNKNOWN_AT_NIGHT = np.array((0.22, 0.26, 0.30))
"""What night leaves of a colour that it has no other for."""


def sun(azimuth: float = AZIMUTH, height: float = HEIGHT) -> Any:
    """The unit vector towards the sun: azimuth clockwise from north, height above the horizon, in degrees."""
    a, h = math.radians(azimuth), math.radians(height)
    return np.array([math.sin(a) * math.cos(h), math.cos(a) * math.cos(h), math.sin(h)])


def factors(arrays: Arrays, towards: Any) -> Any:
    """(n, 3) what the light makes of each vertex's colour (ART, "face light").

    (0.46 + 0.20·up)·sky + 0.12·(1 − up)·bounce + 0.50·max(0, n·sun)·sunlight with up = ½ + ½·nz, dimmed at the foot.
    """
    if not arrays.lit or not len(arrays.normals):
        return np.ones((len(arrays.points), 3), np.float32)
    from twin.scene.lit import lit

    return lit(arrays.normals, arrays.foot, towards, _SKY_LIGHT, _BOUNCE, _SUN_LIGHT, _DARKEST)


def based(base: Any, sky: Sky) -> Any:
    """The colours before light at this time of day."""
    if not sky.bases:
        return base
    packed = base.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    known, which = np.unique(packed, return_inverse=True)
    day = [(int(one) >> 16, int(one) >> 8 & 255, int(one) & 255) for one in known]
    night = [sky.bases.get(one) or tuple((np.array(one) * _UNKNOWN_AT_NIGHT).astype(int)) for one in day]
    return np.array(night, np.uint8).reshape(-1, 3)[which.ravel()]


def shaded(base: Any, light: Any) -> Any:
    """Colours in their light, as (n, 3) bytes."""
    return np.clip(base * light, 0, 255).astype(np.uint8)
