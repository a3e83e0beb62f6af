"""The light of a time of day: its colours, and where its sun stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.model.shapes import Colour, colour


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
    built: Colour
    """Streets among buildings from so far that nobody tells one from the other."""
    earth: Colour
    """What is seen below the ground."""
    windows: bool = False
    """Whether lamps burn behind them."""


_NIGHTLY = {
    "#F6EFE2": "#3A444E", "#EFE4D2": "#414B54", "#E8D9C4": "#353F49", "#F9F5EC": "#48525A",
    "#FDFAF3": "#343D46", "#FAF5EA": "#3A434B", "#F7F0E3": "#303841", "#FFFDF8": "#404950",
    "#BFC79B": "#26352F", "#A9A39A": "#454C54", "#B9B3A9": "#3A4047", "#C9C2B5": "#323940",
    "#2E8CA0": "#0E2A3A", "#E4D8C1": "#232C34", "#EFE3C8": "#2B3238",
    "#2F7FD1": "#5AA4EE", "#8A6A4C": "#B48F6C", "#2E9C8F": "#4DBBAD", "#D9902F": "#EBA94F", "#7A5CC8": "#A18AE6",
    "#1F4E86": "#7FB2E8", "#B3261E": "#FF7A70", "#D55E00": "#F58B4C", "#6B4A12": "#D8B26A", "#4FA3BF": "#6FC3DF",
    "#2B6CA3": "#5FA0DA",
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
    built=colour("#D4CDC1"),
    earth=colour("#8E7D66"),
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
    built=colour("#2A333B"),
    earth=colour("#12171C"),
    windows=True,
)

BY_NIGHT = (
    np.array([colour(code) for code in _NIGHTLY], np.uint8),
    np.array([colour(code) for code in _NIGHTLY.values()], np.uint8),
    np.array((0.22, 0.26, 0.30)),
)
"""Colours of the day, what becomes of each by night, and what night leaves of any other."""

DRAPED_BY_NIGHT = colour("#4A5560")
"""What night leaves of a picture's colours."""

AZIMUTH, HEIGHT = 235.0, 45.0
"""The pleasant sun of the default light: from the sea, in degrees (ART)."""

SKY_LIGHT, BOUNCE, SUN_LIGHT = (colour(code) for code in ("#DDE3EE", "#E4D8C1", "#FFF1D6"))
DARKEST = 0.55
"""No face is darker than this share of its colour (ART)."""


def sun(azimuth: float = AZIMUTH, height: float = HEIGHT) -> Any:
    """The unit vector towards the sun: azimuth clockwise from north, height above the horizon, in degrees."""
    a, h = math.radians(azimuth), math.radians(height)
    return np.array([math.sin(a) * math.cos(h), math.cos(a) * math.cos(h), math.sin(h)])
