"""What brought a file's coordinates to the city's coordinate system, and how exact that is."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from twin.core.i18n import isolate, tr
from twin.core.units import quantity

SAME = ""
"""The name of no operation: coordinates stayed as they are."""


class Operation(BaseModel):
    """A coordinate operation (ISO 19111), as PROJ chose it."""

    model_config = ConfigDict(frozen=True)

    name: str = SAME
    """As PROJ describes it."""
    accuracy: float | None = None
    """Metres; None where nobody knows."""
    grids: tuple[str, ...] = ()
    """The files that a more exact operation needs and that are not installed."""
    better: float | None = None
    """Metres, with those."""

    def lines(self) -> Iterable[str]:
        """As a person reads it: the operation, and what would be more exact."""
        if self.name == SAME:
            yield tr("Coordinates are the city's own: nothing was moved.")
            return
        yield tr("Coordinates: {operation}; {accuracy}.", operation=isolate(self.name), accuracy=self.exactness)
        if self.grids:
            yield self.missing

    @property
    def exactness(self) -> str:
        """How exact it is, in words."""
        if self.accuracy is None:
            return tr("how exact that is, nobody knows")
        if self.accuracy == 0:
            return tr("exact by definition")
        return tr("exact to about {distance}", distance=metres(self.accuracy))

    @property
    def missing(self) -> str:
        """What is not installed, in words; empty where nothing better is known."""
        if not self.grids or self.better is None:
            return ""
        return tr(
            "With the grid file {grid}, which is not installed, it would be exact to about {distance}.",
            grid=isolate(", ".join(self.grids)),
            distance=metres(self.better),
        )


def metres(distance: float) -> str:
    """A distance as a person reads it: two digits are enough, and kilometres from a thousand metres on."""
    if distance >= 1000:
        return quantity(distance / 1000, "km", 1 if distance < 10_000 else 0)
    return quantity(distance, "m", 0 if distance >= 10 or float(distance).is_integer() else 1)
