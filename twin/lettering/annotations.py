"""What is written over a view: title, legend, scale bar, north, sources, the synthetic tag."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from twin.core.settings import Theme
from twin.model.view import Camera


@dataclass(frozen=True)
class Swatch:
    """A row of a legend."""

    colour: str
    words: str
    count: str = ""


@dataclass(frozen=True)
class Legend:
    """A legend's card."""

    title: str
    unit: str = ""
    rows: tuple[Swatch, ...] = ()


@dataclass(frozen=True)
class Label:
    """A name at a point of the picture, in pixels."""

    words: str
    x: float
    y: float
    large: bool = False
    point: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """In the city's CRS."""


@dataclass(frozen=True)
class Annotations:
    """All of it, for one picture."""

    theme: Theme = "light"
    """Of the cards."""
    night: bool = False
    """Whether the scene under the letters is dark: theme and scene light are two settings (ART)."""
    title: str = ""
    legend: Legend | None = None
    labels: tuple[Label, ...] = ()
    synthetic: str = ""
    sources: str = ""
    metres_per_pixel: float = 0.0
    azimuth: float = 0.0
    extras: dict[str, str] = field(default_factory=dict)


def bar(metres_per_pixel: float, most: int = 160) -> tuple[float, float]:
    """A scale bar's round length in metres (1, 2 or 5 times a power of ten), and in pixels."""
    reach = metres_per_pixel * most
    if reach <= 0:
        return 0.0, 0.0
    power = 10 ** math.floor(math.log10(reach))
    metres = max(step * power for step in (1, 2, 5) if step * power <= reach)
    return metres, metres / metres_per_pixel


def turned(camera: Camera) -> float:
    """How far north is turned from up in the picture, in degrees clockwise."""
    return -camera.azimuth
