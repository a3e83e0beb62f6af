"""CityJSON's geometries: every type as WKB, with the semantic type of each surface."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.core.i18n import mark
from twin.formats.cityjson_fault import Fault, Points
from twin.formats.cityjson_templates import put

_DEPTH = {
    "MultiPoint": 0, "MultiLineString": 1, "MultiSurface": 2, "CompositeSurface": 2,
    "Solid": 3, "MultiSolid": 4, "CompositeSolid": 4,
}  # fmt: skip
"""How many lists stand around an index."""
_KINDS = {2: "MultiSurface", 3: "Solid", 4: "MultiSolid"}
_POINT, _LINE, _POLYGON, POINTS, LINES, POLYGONS = 1001, 1002, 1003, 1004, 1005, 1006
"""ISO 19125 WKB codes with Z."""


@dataclass
class Shape:
    """A geometry ready for the city."""

    wkb: bytes | None = None
    surfaces: list[str | None] | None = None
    dropped: int = 0
    """Faces without an area, left out."""
    kept: list[int] = field(default_factory=list)


def shape(geometry: dict[str, Any], vertices: Points, templates: Any) -> Shape:
    """One geometry as WKB; Fault where an index, a type or a template is wrong."""
    if geometry.get("type") == "GeometryInstance":
        geometry, vertices = put(geometry, vertices, templates)
    kind, boundaries = geometry.get("type"), geometry.get("boundaries")
    if kind not in _DEPTH or not isinstance(boundaries, list):
        raise Fault(mark("it has a geometry of an unknown type"))
    check_indices(boundaries, _DEPTH[kind], len(vertices))
    if kind == "MultiPoint":
        return Shape(_points(vertices[np.array(boundaries, np.int64)])) if boundaries else Shape()
    if kind == "MultiLineString":
        lines = [vertices[np.array(line, np.int64)] for line in boundaries if len(line) > 1]
        return Shape(_lines(lines), dropped=len(boundaries) - len(lines)) if lines else Shape()
    return _surfaces(geometry, kind, vertices)


def type_of(wkb: bytes) -> int:
    """The code of a WKB made here."""
    return int.from_bytes(wkb[1:5], "little")


def check(geometry: dict[str, Any], count: int) -> None:
    """Whether a geometry of any level of detail points only to vertices that are there; Fault otherwise."""
    kind, boundaries = geometry.get("type"), geometry.get("boundaries")
    if not isinstance(boundaries, list) or (kind not in _DEPTH and kind != "GeometryInstance"):
        raise Fault(mark("it has a geometry of an unknown type"))
    check_indices(boundaries, _DEPTH.get(str(kind), 0), count)


def surfaces_of(kind: str, boundaries: list[Any]) -> Iterator[list[list[int]]]:
    """Every surface of a surface or solid type, in order."""
    if _DEPTH[kind] == 2:
        yield from boundaries
        return
    for inner in boundaries:
        yield from surfaces_of(_KINDS[_DEPTH[kind] - 1], inner)


def check_indices(boundaries: Any, depth: int, count: int) -> None:
    """Every index is a whole number of a vertex that is there; Fault otherwise."""
    for one in boundaries if isinstance(boundaries, list) else [boundaries]:
        if depth and isinstance(one, list):
            check_indices(one, depth - 1, count)
        elif depth or not isinstance(one, int) or isinstance(one, bool) or not 0 <= one < count:
            raise Fault(mark("it points to a vertex that is not there"))


def finest(geometries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The geometry of the highest level of detail."""
    return max(geometries, key=_detail, default=None)


def _detail(geometry: dict[str, Any]) -> float:
    try:
        return float(geometry.get("lod", 0))
    except (TypeError, ValueError):
        return 0.0


def _surfaces(geometry: dict[str, Any], kind: str, vertices: Points) -> Shape:
    names = _semantics(geometry, kind)
    polygons, kept, dropped = [], [], 0
    for number, surface in enumerate(surfaces_of(kind, geometry["boundaries"])):
        rings = [ring for ring in surface if _corners(ring, vertices) > 2]
        if not rings or rings[0] is not surface[0]:
            dropped += 1
            continue
        polygons.append(_polygon(rings, vertices))
        kept.append(number)
    if names is not None:
        names = [names[number] for number in kept]
    if not polygons:
        return Shape(dropped=dropped)
    return Shape(struct.pack("<BII", 1, POLYGONS, len(polygons)) + b"".join(polygons), names, dropped, kept)


def _corners(ring: list[int], vertices: Points) -> int:
    """How many places a ring passes through: two indices may name one place."""
    numbers = set(ring)
    return len(numbers) if len(numbers) < 3 else len({tuple(vertices[number]) for number in numbers})


def _semantics(geometry: dict[str, Any], kind: str) -> list[str | None] | None:
    semantics = geometry.get("semantics")
    if not isinstance(semantics, dict) or semantics.get("values") is None:
        return None
    known = [surface.get("type") for surface in semantics.get("surfaces", [])]
    found: list[str | None] = []
    for value in _of_each(semantics["values"], geometry["boundaries"], _DEPTH[kind]):
        if value is not None and not (isinstance(value, int) and 0 <= value < len(known)):
            raise Fault(mark("its semantics point to a surface type that is not there"))
        found.append(None if value is None else known[value])
    return found


def _of_each(values: Any, boundaries: list[Any], depth: int) -> list[Any]:
    """A value for each surface; null stands for all the surfaces of a shell or a solid."""
    flat = values is None or depth == 2 or any(isinstance(value, int) for value in values)
    parts = list(surfaces_of(_KINDS[depth], boundaries)) if flat else boundaries
    if values is None:
        return [None] * len(parts)
    if len(values) < len(parts):
        raise Fault(mark("its semantics name fewer surfaces than it has"))
    if flat:
        return list(values[: len(parts)])
    pairs = zip(values, parts, strict=False)
    return [name for value, part in pairs for name in _of_each(value, part, depth - 1)]


def _polygon(rings: list[list[int]], vertices: Points) -> bytes:
    parts = [struct.pack("<BII", 1, _POLYGON, len(rings))]
    for ring in rings:
        closed = np.array(ring if ring[0] == ring[-1] else [*ring, ring[0]], np.int64)
        parts += [struct.pack("<I", len(closed)), vertices[closed].tobytes()]
    return b"".join(parts)


def _lines(lines: list[Points]) -> bytes:
    parts = [struct.pack("<BIII", 1, _LINE, len(line), 0)[:9] + line.tobytes() for line in lines]
    return struct.pack("<BII", 1, LINES, len(lines)) + b"".join(parts)


def _points(points: Points) -> bytes:
    parts = [struct.pack("<BI", 1, _POINT) + point.tobytes() for point in points]
    return struct.pack("<BII", 1, POINTS, len(points)) + b"".join(parts)
