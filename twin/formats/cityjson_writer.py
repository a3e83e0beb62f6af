"""Writing a layer as CityJSON 2.0, so that reading it back gives the same features to the bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from twin.core.errors import CannotWrite
from twin.core.i18n import mark
from twin.formats.cityjson_objects import COMMON, FOREIGN, RESERVED, STEP, WKB
from twin.formats.writing import whole
from twin.model.feature import CITYJSON, GEOMETRY, OBJECT_TYPE, UID

_URL = "https://www.opengis.net/def/crs/EPSG/0/{code}"


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None) -> None:
    """Write a layer; ``meta`` is what its own CityJSON file said as a whole, if it came from one."""
    header = json.loads((meta or {}).get("cityjson") or "{}")
    vertices = _Vertices()
    objects = dict(_object(row, vertices) for row in table.to_pylist())
    scale, translate, whole_numbers, exact = vertices.packed(header.get("transform"))
    if not exact:
        words = mark(
            "CityJSON’s whole numbers can’t give these coordinates back exactly: export to GeoPackage instead."
        )
        raise CannotWrite(words, out)
    document = {
        **{key: value for key, value in header.items() if key != "transform"},
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": scale, "translate": translate},
        "metadata": _metadata(header, crs, layer),
        "CityObjects": _linked(objects),
        "vertices": whole_numbers,
    }
    with whole(out) as draft:
        draft.write_bytes(orjson.dumps(document))


class _Vertices:
    """Each point once, in order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[float, ...], int] = {}

    def number(self, point: Any) -> int:
        """Its index."""
        return self._numbers.setdefault(tuple(point), len(self._numbers))

    def packed(self, transform: dict[str, Any] | None) -> tuple[list[float], list[float], list[list[int]], bool]:
        """Scale, translation and whole numbers, and whether they give every coordinate back exactly."""
        points = np.array(list(self._numbers), np.float64).reshape(-1, 3)
        for scale, translate in _candidates(transform):
            numbers = np.rint((points - translate) / scale)
            exact = np.array_equal(numbers * scale + translate, points)
            if exact:
                break
        return scale.tolist(), translate.tolist(), numbers.astype(np.int64).tolist(), exact


def _candidates(transform: dict[str, Any] | None) -> list[tuple[Any, Any]]:
    """The file's own transform, then round steps, last the fine binary one that any placed layer has."""
    none = np.zeros(3)
    own = [(np.array(transform["scale"], float), np.array(transform["translate"], float))] if transform else []
    return [*own, (np.ones(3), none), (np.full(3, 0.001), none), (np.full(3, STEP), none)]


def _object(row: dict[str, Any], vertices: _Vertices) -> tuple[str, dict[str, Any]]:
    attributes = {_named(name): value for name, value in row.items() if name not in COMMON and value is not None}
    if row.get(CITYJSON) is None:
        made = _foreign(row, vertices)
        attributes |= {name: row[name] for name in FOREIGN if row.get(name) is not None}
        attributes[WKB] = row[GEOMETRY].hex() if row[GEOMETRY] else ""
        return row[UID], {**made, "attributes": {name: _plain(value) for name, value in attributes.items()}}
    said = json.loads(row[CITYJSON])
    numbers = [vertices.number(point) for point in said.pop("vertices", [])]
    geometries = [{**one, "boundaries": _renumbered(one["boundaries"], numbers)} for one in said.pop("geometry", [])]
    for one in geometries:
        if "lod" in one:
            one["lod"] = str(one["lod"])
    found = {"type": row[OBJECT_TYPE], **said}
    if attributes:
        found["attributes"] = {name: _plain(value) for name, value in attributes.items()}
    return row[UID], {**found, "geometry": geometries} if geometries else found


def _foreign(row: dict[str, Any], vertices: _Vertices) -> dict[str, Any]:
    """A feature of another origin: a prism as LoD1, else its own points, lines or surfaces."""
    geometry = shapely.from_wkb(row[GEOMETRY]) if row[GEOMETRY] else None
    if geometry is None or geometry.is_empty:
        return {"type": "CityFurniture"}
    dimension = int(shapely.get_dimensions(geometry))
    if dimension == 0:
        points = [
            vertices.number(_step(p)) for p in shapely.get_coordinates(shapely.force_3d(geometry), include_z=True)
        ]
        return {"type": "CityFurniture", "geometry": [{"type": "MultiPoint", "lod": "1", "boundaries": points}]}
    if dimension == 1:
        lines = [_ring(line, vertices, closed=False) for line in shapely.get_parts(geometry)]
        return {"type": "Road", "geometry": [{"type": "MultiLineString", "lod": "0", "boundaries": lines}]}
    # A geometry in Z is a form of its own, not a footprint to be raised, and its faces look where they look.
    polygons = shapely.get_parts(geometry if shapely.has_z(geometry) else shapely.orient_polygons(geometry))
    if row.get("height") and not shapely.has_z(geometry):
        low = float(row.get("ground") or 0.0)
        solids = [[_prism(polygon, low, low + float(row["height"]), vertices)] for polygon in polygons]
        kind, found = ("Solid", solids[0]) if len(solids) == 1 else ("MultiSolid", solids)
        return {"type": "Building", "geometry": [{"type": kind, "lod": "1", "boundaries": found}]}
    surfaces = [[_ring(ring, vertices) for ring in shapely.get_rings(polygon)] for polygon in polygons]
    kind, lod = ("Building", "2") if row.get("height") else ("LandUse", "0")
    return {"type": kind, "geometry": [{"type": "MultiSurface", "lod": lod, "boundaries": surfaces}]}


def _prism(polygon: Any, low: float, high: float, vertices: _Vertices) -> list[list[list[int]]]:
    rings = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(polygon)]
    tops = [[vertices.number(_step((*p, high))) for p in ring] for ring in rings]
    bottoms = [[vertices.number(_step((*p, low))) for p in ring] for ring in rings]
    walls = []
    for top, bottom in zip(tops, bottoms, strict=True):
        for n in range(len(top)):
            m = (n + 1) % len(top)
            walls.append([[bottom[n], bottom[m], top[m], top[n]]])
    return [tops, [ring[::-1] for ring in bottoms], *walls]


def _ring(line: Any, vertices: _Vertices, *, closed: bool = True) -> list[int]:
    points = shapely.get_coordinates(shapely.force_3d(line), include_z=True)
    return [vertices.number(_step(point)) for point in (points[:-1] if closed else points)]


def _step(point: Any) -> tuple[float, ...]:
    return tuple(round(float(side) / STEP) * STEP for side in point)


def _renumbered(boundaries: Any, numbers: list[int]) -> Any:
    if isinstance(boundaries, list):
        return [_renumbered(one, numbers) for one in boundaries]
    return numbers[boundaries]


def _named(name: str) -> str:
    return name[:-1] if name.endswith("_") and name[:-1] in RESERVED else name


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _linked(objects: dict[str, Any]) -> dict[str, Any]:
    """Parents and children that are not in this layer are left out: a file points to nothing that it lacks."""
    for thing in objects.values():
        for key in ("parents", "children"):
            if key in thing:
                thing[key] = [uid for uid in thing[key] if uid in objects]
                if not thing[key]:
                    del thing[key]
    return objects


def _metadata(header: dict[str, Any], crs: str, layer: str) -> dict[str, Any]:
    known = dict(header.get("metadata") or {})
    code = crs.rpartition(":")[2]
    if code.isdigit():
        known["referenceSystem"] = _URL.format(code=code)
    return {"title": layer, **known}
