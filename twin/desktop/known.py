"""What the window shows of a city, read off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

from twin.host.session import Session
from twin.lettering.annotations import Legend
from twin.lettering.compose import Words, legend
from twin.model.layer import Layer
from twin.model.link import State
from twin.model.view import Bookmark, Camera
from twin.scene.colours import Overlay, overlays
from twin.scene.listing import Listing

START = "overview"
"""The bookmark that a city begins with."""


@dataclass(frozen=True)
class Known:
    """A city as it stood at one moment."""

    title: str
    crs: str
    layers: list[Layer]
    words: Words
    listing: Listing
    overlays: dict[str, Overlay]
    bookmarks: list[Bookmark]
    states: dict[str, State]
    """Of the layers whose data is in a file beside the city."""

    @classmethod
    def read(cls, session: Session, before: Known | None = None) -> Known:
        """Ask the store for all of it; what is as it was ``before`` is not made again."""
        city = session.city
        layers = city.layers()
        return cls(
            title=city.meta("title") or session.path.stem,
            crs=city.crs,
            layers=layers,
            words=Words(city, before.words if before else None),
            listing=Listing.of(session.tiles),
            overlays=_overlays(session, layers, before),
            bookmarks=city.bookmarks(),
            states={layer.id: layer.link.state(session.path) for layer in layers if layer.link},
        )

    @property
    def start(self) -> Camera | None:
        """Where the city begins, if it says so."""
        return next((one.view.camera for one in self.bookmarks if one.id == START), None)

    def legends(self, *, night: bool = False) -> dict[str, Legend]:
        """The legend of each layer that is coloured, in the language in use, as it is drawn by day or night."""
        coloured = [layer for layer in self.layers if layer.id in self.overlays]
        return {layer.id: legend(self.overlays[layer.id].by(night=night), layer) for layer in coloured}


def _overlays(session: Session, layers: list[Layer], before: Known | None) -> dict[str, Overlay]:
    old = {layer.id: layer for layer in before.layers} if before else {}
    found, new = {}, {}
    for layer in layers:
        if layer.colouring and layer.visible:
            was = old.get(layer.id)
            same = (
                was is not None
                and was.version == layer.version
                and was.source == layer.source
                and was.colouring == layer.colouring
            )
            if before and same and layer.id in before.overlays:
                found[layer.id] = before.overlays[layer.id]
            elif any(column.name == layer.colouring.column for column in layer.columns):
                new[layer.id] = layer.colouring
    return found | overlays(session.tiles, new)
