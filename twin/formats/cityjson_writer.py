"""Writing a layer as CityJSON 2.0, so that reading it back gives the same features to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from twin.core.errors import CannotWrite
from twin.core.i18n import mark
from twin.formats import columns
from twin.formats.cityjson_foreign import drawn
from twin.formats.cityjson_kept import LINKS, canonical, from_text, upgraded_geometry
from twin.formats.cityjson_names import COMMON, EMPTY, FOREIGN, LINKED, STEP, TYPED, WKB, freed
from twin.formats.stamp import KEY, Stamp
from twin.formats.writing import whole
from twin.model.feature import CITYJSON, GEOMETRY, OBJECT_TYPE, UID

_URL = "https://www.opengis.net/def/crs/{authority}/0/{code}"
_GENERIC = "GenericCityObject"
_EXTENSION = {"url": "https://cityjson.org/extensions/download/generic.ext.json", "version": "1.0"}
"""Where CityJSON 2.0 keeps the generic city object that 1.1 had."""
_LARGEST = 2.0**53


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None) -> None:
    """Write a layer; ``meta`` is what its own CityJSON file said as a whole, if it came from one."""
    header = orjson.loads((meta or {}).get("cityjson") or "{}")
    table, was = columns.plain(table)
    was = {field.name: columns.TIMESTAMP for field in table.schema if pa.types.is_timestamp(field.type)} | was
    stamp = Stamp.of(layer, meta, {freed(name): kind for name, kind in was.items()})
    told = header.pop(KEY, {})
    texts, measures = frozenset(told.get("json", [])), told.get("measures", {})
    vertices = _Vertices()
    objects = dict(_object(row, vertices, stamp.kind, texts, measures) for row in table.to_pylist())
    scale, translate, whole_numbers = vertices.packed(header.get("transform"), out)
    document = {
        **header,
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": scale, "translate": translate},
        "metadata": _metadata(header, crs, layer, stamp, vertices.extent()),
        "CityObjects": _linked(objects),
        "vertices": whole_numbers,
    }
    if any(thing["type"] == f"+{_GENERIC}" for thing in objects.values()):
        document["extensions"] = {"Generic": _EXTENSION, **_dict(header.get("extensions"))}
    if isinstance(header.get("geometry-templates"), dict):
        document["geometry-templates"] = _templates(header["geometry-templates"])
    with whole(out) as draft:
        draft.write_bytes(orjson.dumps(document))


class _Vertices:
    """Each point once, in order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[float, ...], int] = {}

    def number(self, point: Any) -> int:
        """Its index."""
        return self._numbers.setdefault(tuple(point), len(self._numbers))

    def extent(self) -> list[float]:
        """The box of all of them; empty where there are none."""
        points = self._points()
        return [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()] if len(points) else []

    def packed(self, transform: Any, out: Path) -> tuple[list[float], list[float], list[list[int]]]:
        """Scale, translation, and the whole numbers that give every coordinate back exactly; CannotWrite without."""
        points = self._points()
        for scale, translate in _candidates(transform):
            numbers = np.rint((points - translate) / scale)
            exact = np.array_equal(numbers * scale + translate, points)
            if exact and (np.abs(numbers) <= _LARGEST).all():
                return scale.tolist(), translate.tolist(), numbers.astype(np.int64).tolist()
        words = mark(
            "CityJSON’s whole numbers can’t give these coordinates back exactly: export to GeoPackage instead."
        )
        raise CannotWrite(words, out)

    def _points(self) -> Any:
        return np.array(list(self._numbers), np.float64).reshape(-1, 3)


def _candidates(transform: Any) -> list[tuple[Any, Any]]:
    """The file's own transform, then round steps, last the fine binary one that any placed layer has."""
    none = np.zeros(3)
    own = [(np.array(transform["scale"], float), np.array(transform["translate"], float))] if transform else []
    return [*own, (np.ones(3), none), (np.full(3, 0.001), none), (np.full(3, STEP), none)]


def _object(
    row: dict[str, Any], vertices: _Vertices, kind: str, texts: frozenset[str], measures: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    attributes = {
        freed(name): _measured(_plain(value, freed(name) in texts), measures.get(freed(name)))
        for name, value in row.items()
        if name not in COMMON and value is not None
    }
    if row.get(CITYJSON) is None:
        attributes |= {name: row[name] for name in FOREIGN if row.get(name) is not None}
        attributes[WKB] = row[GEOMETRY].hex() if row[GEOMETRY] else ""
        return row[UID], {**drawn(row, kind, vertices.number), "attributes": attributes}
    what = row[OBJECT_TYPE]
    if what == _GENERIC:
        attributes[TYPED], what = what, f"+{what}"
    found = {"type": what, **from_text(row[CITYJSON], vertices.number)}
    attributes |= dict.fromkeys(name for name in found.pop(EMPTY, ()) if name not in attributes)
    return row[UID], {**found, "attributes": attributes} if attributes else found


def _measured(value: Any, uom: str | None) -> Any:
    return {"value": value, "uom": uom} if uom and isinstance(value, int | float) else value


def _plain(value: Any, is_json: bool) -> Any:
    if is_json and isinstance(value, str):
        try:
            found = orjson.loads(value)
        except ValueError:
            return value
        return found if canonical(found) == value else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) else str(value)


def _linked(objects: dict[str, Any]) -> dict[str, Any]:
    """A file points to nothing that it lacks: links out of it are put aside in an attribute, to be had back."""
    for thing in objects.values():
        links = {key: thing[key] for key in LINKS if not all(uid in objects for uid in thing.get(key, []))}
        if "children" in links and isinstance(thing.get("children_roles"), list):
            links["children_roles"] = thing.pop("children_roles")
        for key in set(links) & set(LINKS):
            thing[key] = [uid for uid in thing[key] if uid in objects]
            # The standard wants a group's children and a part's parents, though they all be in another file.
            if not thing[key] and key == "children" and thing["type"] != "CityObjectGroup":
                del thing[key]
        if links:
            thing["attributes"] = {**thing.get("attributes", {}), LINKED: links}
    return objects


def _metadata(header: dict[str, Any], crs: str, layer: str, stamp: Stamp, extent: list[float]) -> dict[str, Any]:
    known = _dict(header.get("metadata"))
    for stale in ("referenceSystem", "geographicalExtent"):
        known.pop(stale, None)
    ours = stamp.model_dump(exclude_defaults=True)
    authority, _, code = crs.partition(":")
    if authority.isalnum() and code.isalnum():
        known["referenceSystem"] = _URL.format(authority=authority, code=code)
    else:
        ours["crs"] = crs
    if extent:
        known["geographicalExtent"] = extent
    return {"title": layer, **known, KEY: ours}


def _templates(said: dict[str, Any]) -> dict[str, Any]:
    found = said.get("templates")
    made = (
        [upgraded_geometry(one) if isinstance(one, dict) else one for one in found]
        if isinstance(found, list)
        else found
    )
    return {**said, "templates": made}


def _dict(found: Any) -> dict[str, Any]:
    return dict(found) if isinstance(found, dict) else {}
