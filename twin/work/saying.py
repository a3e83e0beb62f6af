"""What a person says of how a file is to be read: the same wherever a command reads one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import text
from twin.formats.request import Join
from twin.model.feature import GEOMETRY, UID
from twin.work.commands import Help
from twin.work.context import Context

Crs = Annotated[str | None, Help("the file's CRS, where it names none", form="EPSG:n|local")]
Where = Annotated[str | None, Help("where local coordinates lie in the city", form="E,N[,ANGLE[,SCALE]]")]
Swapped = Annotated[
    bool, Help("exchange each place’s two coordinates: north stands where east should", flag="swap-axes")
]
Encoding = Annotated[str | None, Help("the encoding of the file’s text", form="utf-8|windows-1256|…")]
JoinTo = Annotated[str | None, Help("the layer whose ids a table’s rows hold instead of places", form="LAYER[.COLUMN]")]
Place = tuple[float, float, float, float]


def check(file: Path, crs: str | None, place: str | None, encoding: str | None) -> None:
    """Refuse what makes no sense, before anything is asked of the file."""
    if crs == "local" and place is None:
        raise Refused(mark("Local coordinates need a place in the city: give --place E,N[,ANGLE[,SCALE]]."), file)
    if encoding is not None and text.codec(encoding) is None:
        words = mark("“{encoding}” is no encoding that Balad knows: say utf-8 or windows-1256.")
        raise Refused(words, encoding=encoding)


def fields(
    context: Context,
    file: Path,
    scratch: Path,
    *,
    crs: str | None,
    place: str | None,
    swapped: bool,
    encoding: str | None,
    join: str | None,
) -> dict[str, Any]:
    """As a request to a reader has it."""
    return {
        "crs": crs,
        "local": _place(place, file) if place else None,
        "swapped": swapped,
        "encoding": encoding,
        "join": _join(context, join, scratch) if join else None,
    }


def _place(place: str, file: Path) -> Place:
    try:
        numbers = [float(part) for part in place.split(",")]
    except ValueError:
        numbers = []
    if not 2 <= len(numbers) <= 4:
        raise Refused(mark("A place is E,N[,ANGLE[,SCALE]] in numbers; “{place}” is not."), file, place=place)
    east, north, angle, scale = [*numbers, *(0.0, 1.0)[len(numbers) - 2 :]]
    return east, north, angle, scale


def _join(context: Context, join: str, scratch: Path) -> Join:
    """The layer's places, waiting as an Arrow stream."""
    layer, _, column = join.partition(".")
    if not context.path.exists():
        raise Refused(mark("Rows are joined to a layer of the city, and there is no city yet: bring the layer first."))
    features = context.city.features(layer, columns=[UID, GEOMETRY])
    file = scratch / "join.arrows"
    with pa.ipc.new_stream(str(file), features.schema) as writer:
        writer.write_table(features)
    return Join(ipc=str(file), layer=layer, column=column or None)
