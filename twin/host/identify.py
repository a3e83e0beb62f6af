"""The card of a feature: what it is, in the language in use."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from twin.core.i18n import digits, first_strong, named, number, tr
from twin.core.units import quantity
from twin.model.feature import FID
from twin.model.layer import Column, Layer
from twin.model.tilesets import TileFeature
from twin.store.city import City

_NAMES = {"name_en", "name_ar", "name"}

_IDS = {"id", "fid", "gml_id", "uid"}
_KNOWN = ("uid", "gml:id", "gml_id", "id", "ID")
"""Where a tileset's feature may say its own id."""


@dataclass(frozen=True)
class Card:
    """What the identify panel shows."""

    layer: str
    fid: int
    title: str
    subtitle: str
    rows: list[tuple[str, str]]
    synthetic: bool
    source: str


def identify(city: City, layer_id: str, fid: int) -> Card:
    """The card of one feature; a value that is missing is «not reported», never 0."""
    layer = city.layer(layer_id)
    feature = city.feature(layer_id, fid)
    title = named(feature.get("name_en"), feature.get("name_ar"), feature.get("name") or str(feature["uid"]))
    rows = [(tr("Id"), first_strong(str(feature["uid"])))]
    rows += [(column.title, shown(column, feature.get(column.name))) for column in _columns(layer, feature)]
    source = layer.source
    words = " · ".join(part for part in (source.attribution or source.file, source.licence) if part)
    return Card(layer_id, int(feature[FID]), title, layer.title, rows, source.synthetic, words)


def tile_card(layer: Layer, fid: int, told: TileFeature) -> Card:
    """The card of a feature that is a tileset's: what its tile says of it."""
    said = dict(told.attributes)
    known = next((str(said[name]) for name in _KNOWN if said.get(name) not in (None, "")), told.key or told.tile)
    name = named(said.get("name_en"), said.get("name_ar"), said.get("name") or said.get("Name") or known)
    rows = [(tr("Id"), first_strong(known)), (tr("Tile"), first_strong(told.tile))]
    for key, value in said.items():
        if key not in _NAMES and not (key.lower() in _IDS and str(value) == known):
            plain = value if isinstance(value, str | int | float | bool) or value is None else json.dumps(value)
            rows.append((key, _plain(key, plain)))
    return Card(layer.id, fid, str(name), layer.title, rows, layer.source.synthetic, layer.source.file)


def _plain(key: str, value: Any) -> str:
    """A value of which nobody knows how exact it is: to six digits."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        before = math.floor(math.log10(abs(value))) + 1 if value else 0
        return number(value, min(9, max(0, 6 - before)))
    return shown(Column(name=key, type=""), value)


def border(city: City, layer: str, fid: int) -> list[Any]:
    """A feature's lines, each (n, 3) float64 in the city's CRS: what is outlined where its layer isn't drawn."""
    import shapely

    shape = shapely.from_wkb(city.feature(layer, fid)["geometry"])
    edge = shape if shape is None or shape.geom_type.endswith(("LineString", "Point")) else shape.boundary
    lines = [shapely.get_coordinates(part, include_z=True) for part in shapely.get_parts(edge)]
    for line in lines:
        line[:, 2] = np.nan_to_num(line[:, 2])
    return [line for line in lines if len(line) > 1]


def _columns(layer: Layer, feature: dict[str, Any]) -> list[Column]:
    """What the card has not said yet: a source's own id is the feature's id again."""
    said = str(feature["uid"])
    return [
        column
        for column in layer.attributes
        if column.name not in _NAMES and not (column.name.lower() in _IDS and str(feature.get(column.name)) == said)
    ]


def shown(column: Column, value: Any, *, with_unit: bool = True) -> str:
    """A value as a person reads it, in the language in use."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return tr("not reported")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int | float):
        return _number(column if with_unit else column.model_copy(update={"unit": ""}), value)
    if isinstance(value, datetime):
        return digits(f"{value:%Y-%m-%d %H:%M}")
    return first_strong(column.meaning(str(value)))


def _number(column: Column, value: float) -> str:
    # A year or a code is no amount: it has no thousands marks.
    if column.name in {"year", "year_built", "yearOfConstruction"}:
        return digits(str(value))
    decimals = 0 if isinstance(value, int) or float(value).is_integer() else 1
    return quantity(value, column.unit, decimals) if column.unit else number(value, decimals)
