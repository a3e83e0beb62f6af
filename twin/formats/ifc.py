"""IFC4 and IFC2x3 (and IFC4.3): products as features, rooms by storey, through IfcOpenShell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats import triangles
from twin.formats.cityjson_document import stamp
from twin.formats.cityjson_forms import Form, forms
from twin.formats.ifc_attributes import Reading, kept
from twin.formats.ifc_meshes import Mesh, drawable, meshes
from twin.formats.ifc_place import Georeference, georeference, site
from twin.formats.model_tables import Row, batch
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey
from twin.model.layer import Heights

NAME = "IFC"
SUFFIXES = (".ifc", ".ifczip")
LARGEST = 2 << 30
_TITLES = {
    "rooms": ("Rooms", "غرف"),
    "storeys": ("Site, buildings and storeys", "الموقع والمباني والأدوار"),
    "elements": ("Building elements", "عناصر المبنى"),
}
_ROWS = 2000
_SAMPLE = 2000
"""Products whose places tell where a model lies."""
_HEAD = 1 << 12


@dataclass
class _Model:
    """A file, open."""

    file: Any
    unit: float
    where: Georeference | None


@dataclass
class _Layer:
    """The products of a layer on their way."""

    products: list[Any] = field(default_factory=list)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    columns: dict[str, Form] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)
    """Products whose properties can't be read."""


def survey(path: Path) -> Survey:
    """Where it lies, where it says so; else where its site is, as a hint."""
    model = _model(path, stamp(path))
    products = model.file.by_type("IfcProduct")
    points = _places(products[:_SAMPLE], model)
    bounds = None
    if len(points):
        low, high = points.min(axis=0), points.max(axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    heights: Heights = "orthometric" if model.where and model.where.orthometric else "unknown"
    named = model.where.crs if model.where else None
    return Survey(named, bounds, heights=heights, count=len(products), site=None if model.where else site(model.file))


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its products: rooms, the spaces that hold them, and all else."""
    model = _model(path, stamp(path))
    layers = _sorted(model)
    whose = {one.id(): name for name, layer in layers.items() for one in layer.products}
    made: dict[str, list[tuple[Any, Mesh | None]]] = {name: [] for name in layers}
    drawn: set[int] = set()
    for number, mesh in meshes(model.file):
        if number not in whose or number in drawn:
            continue
        drawn.add(number)
        name = whose[number]
        made[name].append((model.file.by_id(number), mesh))
        if len(made[name]) >= _ROWS:
            yield from _batch(name, layers[name], made[name], model, place, notes)
            made[name] = []
    for name, layer in layers.items():
        made[name] += [(one, None) for one in layer.products if one.id() not in drawn]
        for start in range(0, len(made[name]), _ROWS):
            yield from _batch(name, layer, made[name][start : start + _ROWS], model, place, notes)


@lru_cache(maxsize=1)
def _model(path: Path, _stamp: int) -> _Model:
    with path.open("rb") as text:
        if b"ISO-10303-21" not in text.read(_HEAD):
            raise NotThisFormat(
                "This is no IFC file (STEP): it doesn’t begin as one. Check where it came from, or export it anew.",
                path,
            )
    import ifcopenshell
    from ifcopenshell.util import unit as units

    try:
        file: Any = ifcopenshell.open(str(path))
        some = file.by_type("IfcProject") and file.by_type("IfcProduct")
        length = float(units.calculate_unit_scale(file)) or 1.0
    except Exception as why:
        words = mark(
            "It is no {format} that can be read, or it is damaged. Copy it again from where it came from, "
            "or export it anew."
        )
        raise NotThisFormat(words, path, format=NAME) from why
    if not some:
        raise NotThisFormat("It is an IFC file without a project or without products: there is nothing to show.", path)
    return _Model(file, length, georeference(file, length))


def _sorted(model: _Model) -> dict[str, _Layer]:
    """The products by layer, with their attributes."""
    layers: dict[str, _Layer] = {}
    reading = Reading(model.file)
    sets: dict[str, list[dict[str, Any]]] = {}
    for one in model.file.by_type("IfcProduct"):
        name = _layer_of(one)
        layer = layers.setdefault(name, _Layer())
        try:
            own, properties = reading.of(one)
        except Exception:  # noqa: BLE001  a damaged property must not cost the whole model
            own, properties = {}, {}
            layer.damaged.add(one.id())
        layer.products.append(one)
        layer.rows[one.id()] = own
        sets.setdefault(name, []).append(properties)
    for name, layer in layers.items():
        for one, properties in zip(layer.products, kept(sets[name]), strict=True):
            layer.rows[one.id()] |= properties
        layer.columns = forms(list(layer.rows.values()))
    return {name: layers[name] for name in _TITLES if name in layers}


def _layer_of(product: Any) -> str:
    if product.is_a("IfcSpace"):
        return "rooms"
    spatial = product.is_a("IfcSpatialStructureElement") or product.is_a("IfcSpatialElement")
    return "storeys" if spatial else "elements"


def _batch(
    name: str, layer: _Layer, some: list[tuple[Any, Mesh | None]], model: _Model, place: Place, notes: Notes
) -> Iterator[Batch]:
    uids = _uids(some, layer)
    shapes = _placed([mesh for _, mesh in some], model, place)
    rows = []
    for (product, mesh), uid, found in zip(some, uids, shapes, strict=True):
        notes.read(name)
        if mesh is not None and found is None:
            notes.refused(name, uid, tr("It has no place in the city’s coordinate system."))
            continue
        if mesh is None and drawable(product):
            notes.repaired(name, uid, tr("its form could not be built: it is kept without one"))
        elif product.id() in layer.damaged:
            notes.repaired(name, uid, tr("its properties can’t be read: it is kept without them"))
        else:
            notes.kept(name)
        rows.append(Row(uid, found, product.is_a(), layer.rows[product.id()]))
    if rows:
        yield batch(name, "rooms" if name == "rooms" else "surfaces", rows, layer.columns, *_TITLES[name])


def _uids(some: list[tuple[Any, Mesh | None]], layer: _Layer) -> list[str]:
    """Global ids; one that is there twice gets the number of its line."""
    found = []
    for product, _ in some:
        uid = str(getattr(product, "GlobalId", None) or f"#{product.id()}")
        seen = layer.rows.setdefault(-1, {})
        found.append(uid if seen.setdefault(uid, product.id()) == product.id() else f"{uid}#{product.id()}")
    return found


def _placed(some: list[Mesh | None], model: _Model, place: Place) -> list[bytes | None]:
    """The meshes where they lie in the city, as WKB; all at once, since each way there costs as much."""
    points = [mesh[0] if mesh else np.empty((0, 3)) for mesh in some]
    whole = np.concatenate([np.empty((0, 3)), *points])
    if model.where is not None:
        whole = model.where.place(whole)
    whole = place(whole) if len(whole) else whole
    ends = np.cumsum([0, *map(len, points)])
    made: list[bytes | None] = []
    for mesh, start, stop in zip(some, ends[:-1], ends[1:], strict=True):
        own = whole[start:stop]
        made.append(triangles.multipolygon(own, mesh[1]) if mesh and np.isfinite(own).all() else None)
    return made


def _places(products: list[Any], model: _Model) -> Any:
    """(n, 3) where products stand, in the map's coordinates where these are known."""
    from ifcopenshell.util import placement

    found = []
    for one in products:
        if getattr(one, "ObjectPlacement", None) is None:
            continue
        try:
            found.append(np.array(placement.get_local_placement(one.ObjectPlacement), np.float64)[:3, 3])
        except (AttributeError, TypeError, ValueError, RecursionError):
            continue
    points = np.array(found).reshape(-1, 3) * model.unit
    points = points[np.isfinite(points).all(axis=1)]
    return model.where.place(points) if model.where is not None else points
