"""Face light by flat normals, baked into vertex colours: no pass is added to a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.model.shapes import Arrays, colour


@dataclass(frozen=True)
class Sky:
    """The colours that a time of day gives (ART)."""

    horizon: tuple[int, int, int]
    zenith: tuple[int, int, int]
    ground: tuple[int, int, int]
    beach: tuple[int, int, int]
    shoal: tuple[int, int, int]
    deep: tuple[int, int, int]
    foam: tuple[int, int, int]
    foam_share: float
    shadow: tuple[int, int, int]
    buildings: float
    """How bright the buildings are against day."""


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
    buildings=1.0,
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
    buildings=0.30,
)

AZIMUTH, HEIGHT = 235.0, 45.0
"""The pleasant sun of the default light: from the sea, in degrees (ART)."""

_SKY_LIGHT = np.array(colour("#DDE3EE")) / 255
_BOUNCE = np.array(colour("#E4D8C1")) / 255
_SUN_LIGHT = np.array(colour("#FFF1D6")) / 255
_DARKEST = 0.55


def sun(azimuth: float = AZIMUTH, height: float = HEIGHT) -> Any:
    """The unit vector towards the sun: azimuth clockwise from north, height above the horizon, in degrees."""
    a, h = math.radians(azimuth), math.radians(height)
    return np.array([math.sin(a) * math.cos(h), math.cos(a) * math.cos(h), math.sin(h)])


def factors(arrays: Arrays, towards: Any) -> Any:
    """(n, 3) what the light makes of each vertex's colour (ART, "face light")."""
    if not arrays.lit or not len(arrays.normals):
        return np.ones((len(arrays.points), 3), np.float32)
    up = (0.5 + 0.5 * arrays.normals[:, 2])[:, None]
    direct = np.maximum(0.0, arrays.normals @ towards.astype(np.float32))[:, None]
    light = (0.46 + 0.20 * up) * _SKY_LIGHT + 0.12 * (1 - up) * _BOUNCE + 0.50 * direct * _SUN_LIGHT
    return np.maximum(light * arrays.foot[:, None], _DARKEST).astype(np.float32)


def shaded(base: Any, light: Any, brightness: float = 1.0) -> Any:
    """Colours in their light, as (n, 3) bytes."""
    return np.clip(base * light * brightness, 0, 255).astype(np.uint8)
