"""What linked rasters and point clouds hold at a place: as a card, and as a command's answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from twin.core.errors import Refused, TwinError
from twin.core.i18n import first_strong, isolate, mark, tr, unmarked
from twin.core.units import UNITS, quantity
from twin.host.identify import Card
from twin.host.links import Links
from twin.host.session import Session
from twin.model.layer import Layer
from twin.model.patches import Band, Cell, Points
from twin.work.commands import Help

_MEANINGS = {
    "red": mark("Red"),
    "green": mark("Green"),
    "blue": mark("Blue"),
    "alpha": mark("Opacity"),
    "gray": mark("Grey"),
    "palette": mark("Colour number"),
}
_KINDS = {"terrain": mark("Elevation model"), "imagery": mark("Imagery"), "pointcloud": mark("Point cloud")}
_WITHIN = 1_000_000.0


@dataclass(frozen=True)
class Found:
    """What one layer holds at a place."""

    layer: str
    east: float
    north: float
    cell: Cell | None = None
    """Of a raster."""
    dot: Points | None = None
    """Of a point cloud one point; it is where ``east`` and ``north`` say."""
    why: str = ""
    """Why its file could not be asked."""


def at(links: Links, layers: Sequence[Layer], east: float, north: float, within: float) -> list[Found]:
    """What linked layers hold at a place, of clouds the nearest point within so many metres; not those without any."""
    made = []
    for layer in layers:
        try:
            made += _of(links, layer, east, north, within)
        except TwinError as why:
            if len(layers) == 1:
                raise
            # A file that is gone hides none of the others.
            made.append(Found(layer.id, east, north, why=tr(why.message, **why.values)))
    return made


def _of(links: Links, layer: Layer, east: float, north: float, within: float) -> list[Found]:
    if layer.link and layer.link.holds == "raster":
        cell = links.cell(layer, east, north)
        return [Found(layer.id, east, north, cell=cell)] if cell else []
    if layer.link and layer.link.holds == "points":
        dot = links.nearest(layer, east, north, within)
        return [Found(layer.id, *dot.origin[:2], dot=dot)] if dot else []
    return []


def card(layers: Sequence[Layer], found: Sequence[Found]) -> Card | None:
    """A card of all that was found at a place, the first on top; None where that is nothing, or gone since."""
    known = {layer.id: layer for layer in layers}
    there = [(known[one.layer], one) for one in found if one.layer in known]
    if not there:
        return None
    top, first = there[0]
    rows = [*_values(top, first), *_place(first)]
    for layer, one in there[1:]:
        rows += [(f"{layer.title}: {name}", value) for name, value in _values(layer, one)]
    source = top.source
    words = " · ".join(part for part in (source.attribution or source.file, source.licence) if part)
    return Card(top.id, -1, top.title, tr(_KINDS.get(top.kind, top.kind)), rows, source.synthetic, words)


@dataclass(frozen=True)
class Probed:
    """What lies at a place."""

    layers: Sequence[Layer]
    found: Sequence[Found]

    def lines(self) -> Iterable[str]:
        """For each layer its title, then what it holds."""
        known = {layer.id: layer for layer in self.layers}
        if not self.found:
            yield tr("No linked raster or point cloud holds anything there.")
        for one in self.found:
            yield f"{isolate(one.layer)}  {known[one.layer].title}"
            for name, value in (*_values(known[one.layer], one), *_place(one)):
                yield f"  {name}: {value}"

    def printed(self) -> object:
        """Each layer's values as the file has them."""
        return {"found": [_printed(one) for one in self.found]}


def probe(
    session: Session,
    place: Annotated[str, Help("easting and northing in the city’s CRS", form="E,N")],
    layer: Annotated[str | None, Help("this layer alone", form="ID")] = None,
    within: Annotated[float, Help("metres within which a cloud’s nearest point is looked for", form="M")] = 5.0,
) -> Probed:
    """Say what linked rasters and point clouds hold at a place: every band in full resolution, the nearest point."""
    try:
        east, north = (float(part) for part in place.split(","))
    except ValueError:
        east = north = math.nan
    if not (math.isfinite(east) and math.isfinite(north)):
        raise Refused(mark("A place is E,N in numbers of the city’s CRS; “{place}” is not."), place=place)
    if not 0 < within <= _WITHIN:
        raise Refused(mark("A distance is a number of metres above 0; “{within}” is not."), within=str(within))
    layers = [session.city.layer(layer)] if layer else session.city.layers()[::-1]
    if layer and layers[0].link is None:
        words = mark("The layer “{layer}” has no file beside the city: its features are in the city.")
        raise Refused(words, layer=layer)
    return Probed(layers, at(session.tiles.links, layers, east, north, within))


def _values(layer: Layer, found: Found) -> list[tuple[str, str]]:
    if found.why:
        return [(tr("Not read"), found.why)]
    if found.dot is not None:
        return _of_point(layer, found.dot)
    cell = found.cell
    assert cell is not None
    if layer.kind == "terrain":
        raw = cell.bands[0]
        rows = [(tr("Elevation"), quantity(cell.height, "m", 2) if cell.height is not None else tr("not reported"))]
        # In another unit, or from another level, the file's own number is another.
        if cell.height is not None and raw.value is not None and abs(raw.value - cell.height) > 0.005:
            rows.append((tr("In the file"), _value(raw)))
        return rows
    return [(_band(band), _value(band)) for band in cell.bands]


def _of_point(layer: Layer, dot: Points) -> list[tuple[str, str]]:
    columns = {column.name: column for column in layer.columns}
    height = quantity(dot.origin[2], "m", 2)
    code = str(int(dot.classes[0]))
    named = columns["classification"].meaning(code) if "classification" in columns else code
    rows = [
        (tr("Class"), first_strong(named) if named == code else f"{first_strong(named)} {isolate(f'({code})')}"),
        (tr("Elevation"), height),
        (tr("Intensity"), isolate(str(int(dot.intensity[0])))),
    ]
    if dot.colours is not None:
        rows.append((tr("Red, green, blue"), isolate(", ".join(map(str, dot.colours[0].tolist())))))
    return rows


def _place(found: Found) -> list[tuple[str, str]]:
    """Coordinates, never in other digits than a file's."""
    rows = [
        (tr("Easting (m)"), isolate(f"{found.east:.2f}")),
        (tr("Northing (m)"), isolate(f"{found.north:.2f}")),
    ]
    if found.cell is not None:
        rows.append((tr("Column, row"), isolate(f"{found.cell.column}, {found.cell.row}")))
    return rows


def _band(band: Band) -> str:
    if band.name:
        return first_strong(band.name)
    meaning = _MEANINGS.get(band.meaning)
    return tr(meaning) if meaning else tr("Band {n}", n=band.number)


def _value(band: Band) -> str:
    if band.value is None:
        return tr("not reported")
    plain = f"{band.value:.6g}" if not float(band.value).is_integer() else f"{band.value:.0f}"
    if band.unit in UNITS:
        return quantity(band.value, band.unit, 0 if float(band.value).is_integer() else 3)
    return isolate(f"{plain} {band.unit}".rstrip())


def _printed(one: Found) -> dict[str, Any]:
    made: dict[str, Any] = {"layer": one.layer, "east": one.east, "north": one.north}
    if one.why:
        return {**made, "why": unmarked(one.why)}
    if one.dot is not None:
        colours = one.dot.colours
        return {
            **made,
            "elevation": round(one.dot.origin[2], 3),
            "classification": int(one.dot.classes[0]),
            "intensity": int(one.dot.intensity[0]),
            "rgb": None if colours is None else colours[0].tolist(),
        }
    assert one.cell is not None
    bands = [{"band": b.number, "name": b.name or b.meaning, "unit": b.unit, "value": b.value} for b in one.cell.bands]
    return {**made, "column": one.cell.column, "row": one.cell.row, "elevation": one.cell.height, "bands": bands}
