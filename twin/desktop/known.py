"""What the window shows of a city, read off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

from twin.host.session import Session
from twin.lettering.compose import Words
from twin.model.layer import Layer
from twin.model.view import Camera
from twin.scene.tiles import Listing


@dataclass(frozen=True)
class Known:
    """A city as it stood at one moment."""

    title: str
    crs: str
    layers: list[Layer]
    words: Words
    listing: Listing
    start: Camera | None
    """Where the city begins, if it says so."""

    @classmethod
    def read(cls, session: Session) -> Known:
        """Ask the store for all of it."""
        city = session.city
        start = city.meta("view.overview")
        return cls(
            title=city.meta("title") or session.path.stem,
            crs=city.crs,
            layers=city.layers(),
            words=Words(city),
            listing=Listing.of(session.tiles),
            start=Camera.model_validate_json(start) if start else None,
        )
