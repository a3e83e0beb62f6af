"""A view: what a bookmark, a picture, a tour stop and a report share."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from twin.core.i18n import named
from twin.model.feature import BASE
from twin.model.style import Colouring

Light = Literal["day", "night"]


class Camera(BaseModel):
    """An eye that looks at a point of the city."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    east: float = 0.0
    """The point looked at, in the city's CRS, in metres."""
    north: float = 0.0
    height: float = 0.0
    distance: Annotated[float, Field(gt=0)] = 1000.0
    """From the eye to that point, in metres."""
    azimuth: float = 45.0
    """The direction looked in, in degrees clockwise from north."""
    pitch: Annotated[float, Field(ge=-90, le=90)] = -30.0
    """Above the horizon, in degrees: −90 looks straight down."""
    field: Annotated[float, Field(gt=1, lt=120)] = 40.0
    """The vertical angle of view, in degrees."""
    parallel: bool = False
    """Whether lines stay parallel (an orthographic projection): the scale is then the same all over the picture."""

    def eye(self) -> tuple[float, float, float]:
        """Where the eye is, in the city's CRS."""
        azimuth, pitch = math.radians(self.azimuth), math.radians(self.pitch)
        level = math.cos(pitch) * self.distance
        return (
            self.east - math.sin(azimuth) * level,
            self.north - math.cos(azimuth) * level,
            self.height - math.sin(pitch) * self.distance,
        )


class View(BaseModel):
    """What is looked at, how, and in which scenario: bookmarks, pictures, tours and reports share it."""

    model_config = ConfigDict(frozen=True)

    camera: Camera = Camera()
    layers: tuple[str, ...] | None = None
    """The layers shown; None shows those that the layer tree shows."""
    overlays: dict[str, Colouring] | None = None
    """How layers are coloured, by their ids; None leaves each as the layer tree has it."""
    light: Light = "day"
    ground: Annotated[float, Field(ge=0, le=1)] = 1.0
    """How opaque the ground is; below 1 what lies in it is seen."""
    clock: datetime | None = None
    """The moment shown, in UTC; None is the present."""
    scenario: str = BASE


class Bookmark(BaseModel):
    """A view that the city keeps under a title."""

    model_config = ConfigDict(frozen=True)

    id: str
    title_en: str = ""
    title_ar: str = ""
    view: View = View()

    @property
    def title(self) -> str:
        """Its title in the language in use."""
        return named(self.title_en, self.title_ar, self.id)
