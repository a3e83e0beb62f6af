"""What became of each feature of a file: read = kept + repaired + refused."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, Field

from twin.core.i18n import isolate, tr
from twin.model.operation import Operation

_SHOWN = 20
"""How many verdicts a person is shown; the layer keeps them all."""


class Verdict(BaseModel):
    """A feature that was refused or repaired, and why, in words."""

    id: str
    reason: str


class LayerReport(BaseModel):
    """What a layer got from a file."""

    id: str
    kind: str
    read: int = 0
    kept: int = 0
    """Taken as they were."""
    repaired: list[Verdict] = []
    refused: list[Verdict] = []
    crs: str = ""
    extent: tuple[float, float, float, float, float, float] | None = None
    by_type: dict[str, int] = {}
    notes: list[str] = []

    def adds_up(self) -> bool:
        """Whether every feature that was read is accounted for."""
        return self.read == self.kept + len(self.repaired) + len(self.refused)

    def printed(self) -> dict[str, object]:
        """As ``balad import --json`` prints it: ``repaired`` is a count."""
        return {**self.model_dump(), "repaired": len(self.repaired), "repairs": [v.model_dump() for v in self.repaired]}


class ImportReport(BaseModel):
    """What a city got from a file."""

    file: str
    format: str
    crs: str
    """The city's CRS that the features are in now."""
    layers: list[LayerReport] = Field(default_factory=list)
    linked: bool = False
    """Whether its data stays in the file."""
    served: bool = False
    """Whether it comes from a service, whenever it is looked at."""
    operation: Operation | None = None
    """What brought its coordinates to the city's CRS; None where they were placed by hand."""
    astray: bool = False
    """Whether it lies far from the city, or its axes look swapped: a person should say where it lies."""
    notes: list[str] = []
    """What a person should know: a CRS that was changed, heights that were estimated, data far away."""

    def lines(self) -> Iterable[str]:
        """As a person reads it: a line for each layer, its refused and repaired features, and the notes."""
        for layer in self.layers:
            yield tr(
                "{id}: {read} read = {kept} kept + {repaired} repaired + {refused} refused",
                id=isolate(layer.id),
                read=layer.read,
                kept=layer.kept,
                repaired=len(layer.repaired),
                refused=len(layer.refused),
            )
            for verdict in (*layer.refused[:_SHOWN], *layer.repaired[:_SHOWN]):
                yield f"  {isolate(verdict.id)}: {verdict.reason}"
        if self.operation:
            yield from self.operation.lines()
        yield from self.notes

    def printed(self) -> object:
        """As ``balad import --json`` prints it."""
        return {
            "file": self.file,
            "format": self.format,
            "crs": self.crs,
            "layers": [layer.printed() for layer in self.layers],
            "linked": self.linked,
            "served": self.served,
            "operation": self.operation.model_dump() if self.operation else None,
            "notes": self.notes,
        }
