"""What is known about a layer: its kind and amount, where it came from, and how its coordinates came to the city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from twin.core.i18n import digits, first_strong, isolate, tr
from twin.host.identify import Card
from twin.model.layer import Layer
from twin.model.operation import SAME
from twin.work.commands import Help
from twin.work.context import Context

_NO_FEATURE = -1


@dataclass(frozen=True)
class LayerCard:
    """A layer's card."""

    layer: Layer
    card: Card

    def lines(self) -> Iterable[str]:
        """A line for its title, and one for each row."""
        yield self.card.title
        for name, value in self.card.rows:
            yield f"  {name}: {value}"

    def printed(self) -> object:
        """The layer's document."""
        return self.layer.model_dump(mode="json")


def about_layer(context: Context, layer: Annotated[str, Help("the layer's id")]) -> LayerCard:
    """What the city keeps about a layer."""
    found = context.city.layer(layer)
    return LayerCard(found, card(found))


def card(layer: Layer) -> Card:
    """What a person reads of it, in the language in use."""
    source = layer.source
    rows = [
        (tr("Id"), isolate(layer.id)),
        (tr("Holds"), layer.amount),
        (tr("File"), first_strong(source.file)),
        (tr("Format"), isolate(source.format)),
        (tr("Licence"), first_strong(" · ".join(filter(None, (source.attribution, source.licence))))),
        (tr("Came in"), digits(f"{source.time:%Y-%m-%d %H:%M}") if source.time else ""),
        *_coordinates(layer),
        (tr("SHA-256"), isolate(source.sha256[:16])),
    ]
    told = [(name, value if value.strip("\u2066\u2068\u2069") else tr("not reported")) for name, value in rows]
    return Card(layer.id, _NO_FEATURE, layer.title, tr("Layer"), told, source.synthetic, "")


def _coordinates(layer: Layer) -> Iterable[tuple[str, str]]:
    source, moved = layer.source, layer.source.operation
    named = source.crs if len(source.crs) < 40 else source.crs.split('"')[1] if '"' in source.crs else source.crs[:40]
    crs = isolate(named) + (" · " + tr("axes exchanged") if source.swapped else "")
    yield tr("Read in"), tr("local coordinates, placed by hand") if source.crs == "local" else crs
    if moved is None:
        return
    if moved.name == SAME:
        yield tr("Moved by"), tr("nothing: the city has the same coordinate system")
        return
    yield tr("Moved by"), isolate(moved.name)
    yield tr("Accuracy"), moved.exactness
    if moved.missing:
        yield tr("Not installed"), moved.missing
