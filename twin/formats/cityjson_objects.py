"""City objects as features: attributes in typed columns, and all else they say, so that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr, trn
from twin.formats.cityjson_document import Document
from twin.formats.cityjson_geometry import Fault, Points, Shape, check, finest, shape
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place
from twin.model.feature import CITYJSON, GEOMETRY, OBJECT_TYPE, OWN, SURFACES, UID

LOD = "lod"
COMMON = (UID, GEOMETRY, OBJECT_TYPE, LOD, SURFACES, CITYJSON)
FOREIGN = (OBJECT_TYPE, LOD, SURFACES)
"""Columns that a layer of another origin may have by itself; its file carries them as attributes."""
RESERVED = frozenset({*OWN, *COMMON})
WKB = "balad_wkb"
"""The attribute that carries the exact geometry of a layer that did not come from CityJSON, as hexadecimal WKB."""
STEP = 2.0**-14
"""Metres that coordinates are rounded to where they were brought to another CRS: exact in CityJSON's integers."""

_THEMES = {
    "buildings": ("Building",),
    "roads": ("Road", "Railway", "TransportSquare", "Waterway"),
    "vegetation": ("PlantCover", "SolitaryVegetationObject"),
    "landuse": ("LandUse",),
    "water": ("WaterBody",),
    "terrain": ("TINRelief",),
    "structures": ("Bridge", "Tunnel"),
}
TITLES = {
    "buildings": ("Buildings", "مبانٍ"),
    "roads": ("Roads", "طرق"),
    "vegetation": ("Vegetation", "غطاء نباتي"),
    "landuse": ("Land use", "استعمالات الأراضي"),
    "water": ("Water bodies", "مسطحات مائية"),
    "terrain": ("Relief", "تضاريس"),
    "structures": ("Bridges and tunnels", "جسور وأنفاق"),
    "objects": ("Other city objects", "معالم المدينة الأخرى"),
}


@dataclass
class _Layer:
    rows: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)


def batches(documents: Iterator[Document], place: Place, notes: Notes, path: Path) -> Iterator[Batch]:
    """The objects by theme, one batch each; a fault of one object refuses it, and the rest is taken."""
    layers: dict[str, _Layer] = {}
    header: dict[str, Any] = {}
    seen: set[str] = set()
    for document in documents:
        header = header or _facts(document)
        vertices = _placed(document.vertices, place, rounded="transform" not in document.header)
        for uid, thing in document.objects.items():
            theme = theme_of(thing["type"])
            notes.read(theme)
            if uid in seen:
                notes.refused(theme, uid, tr("its id is there twice"))
                continue
            seen.add(uid)
            _take(layers.setdefault(theme, _Layer()), theme, uid, thing, vertices, document.header, notes, path)
    for theme, layer in layers.items():
        if layer.rows:
            title, arabic = TITLES[theme]
            kind = "buildings" if theme == "buildings" else "surfaces"
            yield Batch(theme, kind, _table(layer, header), title, arabic)


def theme_of(kind: str) -> str:
    """The layer that a type of object belongs to."""
    return next((theme for theme, starts in _THEMES.items() if kind.startswith(starts)), "objects")


def _facts(document: Document) -> dict[str, Any]:
    """What the file says as a whole, kept with each layer."""
    return {key: value for key, value in document.header.items() if key not in {"type", "version"}}


def _placed(vertices: Points, place: Place, *, rounded: bool) -> Points:
    """In the city; rounded where they were moved, or came as decimals that no transform gives back."""
    placed = place(vertices)
    if not rounded and np.array_equal(placed, vertices):
        return vertices
    return np.rint(placed / STEP) * STEP


def _take(
    layer: _Layer,
    theme: str,
    uid: str,
    thing: dict[str, Any],
    vertices: Points,
    header: Mapping[str, Any],
    notes: Notes,
    path: Path,
) -> None:
    geometries = thing.get("geometry") or []
    try:
        attributes = {**(thing.get("attributes") or {})}
        exact = _exact(attributes.pop(WKB, None))
        own = {name: attributes.pop(name, None) for name in FOREIGN} if exact else {}
        own = {name: value for name, value in own.items() if isinstance(value, str)}
        for geometry in geometries:
            check(geometry, len(vertices))
        best = finest(geometries)
        made = shape(best, vertices, header.get("geometry-templates")) if best else Shape()
        rest = _rest(thing, geometries, vertices)
    except Fault as fault:
        if fault.args[0] == "it points to a vertex that is not there":
            words = mark("The object “{id}” points to a vertex that is not there: the file is damaged.")
            raise NotThisFormat(words, path, id=uid) from None
        notes.refused(theme, uid, tr(fault.args[0]))
        return
    except (TypeError, AttributeError, KeyError, ValueError):
        notes.refused(theme, uid, tr("its geometry is not built as CityJSON says"))
        return
    if made.dropped:
        notes.repaired(
            theme, uid, trn("{n} face without an area left out", "{n} faces without an area left out", made.dropped)
        )
    else:
        notes.kept(theme)
    layer.rows.append(
        {
            UID: uid,
            GEOMETRY: exact or made.wkb,
            OBJECT_TYPE: own.get(OBJECT_TYPE) if exact else thing["type"],
            LOD: own.get(LOD) if best is None or exact else str(best.get("lod", "")) or None,
            SURFACES: canonical(made.surfaces) if made.surfaces is not None and not exact else own.get(SURFACES),
            CITYJSON: None if exact else rest,
        }
    )
    layer.attributes.append({_free(name): value for name, value in attributes.items()})


def _exact(said: Any) -> bytes | None:
    """The geometry that our own writer put beside the drawn one; Fault where it is none."""
    if said is None:
        return None
    try:
        wkb = bytes.fromhex(said)
        shapely.from_wkb(wkb)
    except (TypeError, ValueError, shapely.errors.GEOSException):
        raise Fault(mark("its exact geometry is no WKB")) from None
    return wkb


def _rest(thing: dict[str, Any], geometries: list[dict[str, Any]], vertices: Points) -> str:
    """Everything but type and attributes; boundaries over the object's own vertices, in order of first use."""
    own: dict[int, int] = {}
    kept = [{**geometry, "boundaries": _renumbered(geometry.get("boundaries"), own)} for geometry in geometries]
    others = {key: value for key, value in thing.items() if key not in {"type", "attributes", "geometry"}}
    points = vertices[np.fromiter(own, np.int64, len(own))].tolist() if own else []
    return canonical({"geometry": kept, "vertices": points, **others})


def _renumbered(boundaries: Any, own: dict[int, int]) -> Any:
    if isinstance(boundaries, list):
        return [_renumbered(one, own) for one in boundaries]
    return own.setdefault(boundaries, len(own))


def _free(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def canonical(value: Any) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _table(layer: _Layer, header: dict[str, Any]) -> pa.RecordBatch:
    columns: dict[str, pa.Array] = {
        name: pa.array([row[name] for row in layer.rows], pa.binary() if name == GEOMETRY else pa.string())
        for name in COMMON
    }
    if all(row[CITYJSON] is None for row in layer.rows):
        said = [name for name in FOREIGN if any(row[name] is not None for row in layer.rows)]
        columns = {name: columns[name] for name in (UID, GEOMETRY, *said)}
    for name in dict.fromkeys(name for found in layer.attributes for name in found):
        columns[name] = _column([found.get(name) for found in layer.attributes])
    table = pa.RecordBatch.from_pydict(columns)
    return table.replace_schema_metadata({b"cityjson": canonical(header).encode()})


def _column(values: list[Any]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return pa.array(values, pa.int64())
    if kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if kinds == {str}:
        return pa.array(values, pa.string())
    return pa.array([None if value is None else canonical(value) for value in values], pa.string())
