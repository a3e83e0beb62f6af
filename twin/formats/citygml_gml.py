"""GML's geometry as CityJSON has it: every surface once, links followed, coordinates east first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from twin.core.i18n import mark
from twin.formats.citygml_stream import HREF, local
from twin.formats.cityjson_fault import Fault, Points

Rings = list[list[int]]
Resolve = Callable[[str], Element | None]
_FACES = frozenset({"Polygon", "PolygonPatch", "Triangle", "Rectangle"})
_MEMBERS = frozenset(
    {"surfaceMember", "surfaceMembers", "patches", "trianglePatches", "polygonPatches", "baseSurface", "exterior",
     "solidMember", "solidMembers", "geometryMember", "geometryMembers", "element"}
)  # fmt: skip
_SOLIDS = frozenset({"CompositeSolid", "MultiSolid"})
_COMPOSITE = frozenset({"CompositeSurface", "Surface", "TriangulatedSurface", "Tin", "PolyhedralSurface"})
_SURFACES = frozenset({"MultiSurface", "OrientableSurface", "Polygon", "Shell"}) | _COMPOSITE
_CURVES = frozenset({"MultiCurve", "CompositeCurve", "Curve", "LineString", "OrientableCurve"})
_POINTS = frozenset({"MultiPoint", "Point"})
_STEPS = 60
"""How deep links and members may go; a circle of links goes on for ever."""
_ABSURD = 1e12


class Vertices:
    """The vertices of a document as they are met; ``swapped`` says that the file's first coordinate counts north."""

    def __init__(self, swapped: bool = False, dimension: int = 3) -> None:
        self.swapped, self.dimension = swapped, dimension
        self.flat = 0
        """Coordinate tuples that had no height, laid at 0."""
        self._blocks: list[Points] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, points: Points) -> list[int]:
        """Their numbers."""
        self._blocks.append(points)
        first, self._count = self._count, self._count + len(points)
        return list(range(first, self._count))

    def taken(self) -> Points:
        """All of them so far, (n, 3); it begins anew."""
        found = np.concatenate([np.empty((0, 3)), *self._blocks])
        self._blocks, self._count = [], 0
        return found

    def numbers(self, text: str | None, dimension: int | None) -> Points:
        """(n, 3) of a list of coordinates; Fault where it is none."""
        try:
            flat = np.array((text or "").split(), np.float64)
        except ValueError:
            raise Fault(mark("its coordinates are no numbers")) from None
        if not (np.abs(flat) < _ABSURD).all():
            raise Fault(mark("its coordinates are no numbers"))
        size = dimension or self.dimension
        if len(flat) % size:
            size = 5 - size if size in (2, 3) else size
        if size not in (2, 3) or len(flat) % size:
            raise Fault(mark("its coordinates don’t come in threes"))
        points = flat.reshape(-1, size)
        if size == 2:
            self.flat += len(points)
            points = np.column_stack([points, np.zeros(len(points))])
        return points[:, [1, 0, 2]] if self.swapped else points


class Geometry:
    """Reads the geometry of one member at a time."""

    def __init__(self, vertices: Vertices, resolve: Resolve) -> None:
        self.vertices, self.resolve = vertices, resolve
        self._known: dict[int, Rings] = {}

    def forget(self) -> None:
        """Begin anew, since the vertices did."""
        self._known.clear()

    def built(self, element: Element, lod: str, semantics: dict[int, int]) -> dict[str, Any] | None:
        """A CityJSON geometry; its ``values`` by the ``semantics`` of each face. None where it holds nothing."""
        kind = local(element.tag)
        if kind == "Solid" or kind in _SOLIDS:
            return self._solid(element, kind, lod, semantics)
        if kind in ("MultiGeometry", "GeometricComplex"):
            return self._first_of(element, lod, semantics)
        if kind in _CURVES:
            lines = [line for line in self.lines(element) if len(line) > 1]
            return {"type": "MultiLineString", "lod": lod, "boundaries": lines} if lines else None
        if kind in _POINTS:
            points = [number for point in self._points(element) for number in point]
            return {"type": "MultiPoint", "lod": lod, "boundaries": points} if points else None
        if kind not in _SURFACES:
            raise Fault(mark("it has a geometry of an unknown type"))
        composite = kind in _COMPOSITE
        return self.surfaced(list(self.faces(element)), lod, semantics, composite=composite)

    def surfaced(
        self, faces: list[tuple[Element, bool]], lod: str, semantics: dict[int, int], *, composite: bool = False
    ) -> dict[str, Any] | None:
        """A surface geometry of faces."""
        if not faces:
            return None
        found = {"type": "CompositeSurface" if composite else "MultiSurface", "lod": lod}
        return _with(found, [self._rings(*face) for face in faces], [semantics.get(id(face)) for face, _ in faces])

    def faces(self, element: Element, flipped: bool = False, step: int = 0) -> Iterator[tuple[Element, bool]]:
        """Every face under an element, links followed, and whether it looks the other way."""
        if step > _STEPS:
            raise Fault(mark("its links run in a circle"))
        if local(element.tag) in _FACES:
            yield element, flipped
            return
        flipped ^= local(element.tag) == "OrientableSurface" and element.get("orientation") == "-"
        for member in element:
            if local(member.tag) in _MEMBERS:
                for one in self.targets(member):
                    yield from self.faces(one, flipped, step + 1)

    def targets(self, member: Element) -> Iterator[Element]:
        """What a property holds or points to."""
        href = member.get(HREF)
        if href is None:
            yield from member
            return
        found = self.resolve(href)
        if found is None:
            raise Fault(mark("it points to a geometry that is not there"))
        yield found

    def lines(self, element: Element, step: int = 0) -> Iterator[list[int]]:
        """Every line under an element."""
        if step > _STEPS:
            raise Fault(mark("its links run in a circle"))
        if local(element.tag) in ("LineString", "LineStringSegment"):
            yield self.vertices.add(self._coordinates(element))
            return
        for member in element:
            if local(member.tag) in ("curveMember", "curveMembers", "segments", "baseCurve", "element"):
                for one in self.targets(member):
                    yield from self.lines(one, step + 1)

    def _points(self, element: Element, step: int = 0) -> Iterator[list[int]]:
        if local(element.tag) == "Point" and step < _STEPS:
            yield self.vertices.add(self._coordinates(element))
            return
        for member in element:
            if local(member.tag) in ("pointMember", "pointMembers") and step < _STEPS:
                for one in self.targets(member):
                    yield from self._points(one, step + 1)

    def _first_of(self, element: Element, lod: str, semantics: dict[int, int]) -> dict[str, Any] | None:
        """Of a collection its surfaces; its first member where there are none."""
        inside = [one for member in element if local(member.tag) in _MEMBERS for one in self.targets(member)]
        faces = [face for one in inside if local(one.tag) in _SURFACES | {"Solid"} for face in self.faces(one)]
        if faces or not inside:
            return self.surfaced(faces, lod, semantics)
        if local(inside[0].tag) in ("MultiGeometry", "GeometricComplex"):
            raise Fault(mark("it has a geometry of an unknown type"))
        return self.built(inside[0], lod, semantics)

    def _solid(self, element: Element, kind: str, lod: str, semantics: dict[int, int]) -> dict[str, Any] | None:
        if kind == "Solid":
            shells, names = self._shells(element, semantics)
            return _with({"type": "Solid", "lod": lod}, shells, names) if shells else None
        members = [
            one
            for member in element
            if local(member.tag) in ("solidMember", "solidMembers")
            for one in self.targets(member)
        ]
        solids = [self._shells(one, semantics) for one in members if local(one.tag) == "Solid"]
        solids = [(shells, names) for shells, names in solids if shells]
        if not solids:
            return None
        return _with({"type": kind, "lod": lod}, [shells for shells, _ in solids], [names for _, names in solids])

    def _shells(self, solid: Element, semantics: dict[int, int]) -> tuple[list[Any], list[Any]]:
        shells, names = [], []
        for side in solid:
            if local(side.tag) not in ("exterior", "interior"):
                continue
            faces = [face for one in self.targets(side) for face in self.faces(one)]
            if faces:
                shells.append([self._rings(*face) for face in faces])
                names.append([semantics.get(id(face)) for face, _ in faces])
        return shells, names

    def _rings(self, face: Element, flipped: bool) -> Rings:
        known = self._known.get(id(face))
        if known is None:
            rings = [
                self._ring(one)
                for side in ("exterior", "interior")
                for member in face
                if local(member.tag) == side
                for one in self.targets(member)
            ]
            known = self._known[id(face)] = rings
        if not known:
            raise Fault(mark("a face of it has no outline"))
        return [ring[::-1] for ring in known] if flipped else known

    def _ring(self, ring: Element) -> list[int]:
        if local(ring.tag) == "Ring":
            points = np.concatenate(
                [np.empty((0, 3))]
                + [
                    self._coordinates(line)
                    for member in ring
                    for curve in self.targets(member)
                    for line in curve.iter()
                    if local(line.tag) in ("LineString", "LineStringSegment")
                ]
            )
            points = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))] if len(points) else points
        else:
            points = self._coordinates(ring)
        if len(points) > 1 and (points[0] == points[-1]).all():
            points = points[:-1]
        return self.vertices.add(points)

    def _coordinates(self, element: Element) -> Points:
        """Of a ring, a line or a point: ``posList``, or ``pos`` by ``pos``, or GML 2's ``coordinates``."""
        outer = element.get("srsDimension")
        found = []
        for one in element.iter():
            kind = local(one.tag)
            if kind in ("posList", "pos"):
                found.append(self.vertices.numbers(one.text, _whole(one.get("srsDimension") or outer)))
            elif kind == "coordinates":
                size = len((one.text or "").split()[0].split(",")) if (one.text or "").split() else 3
                found.append(self.vertices.numbers((one.text or "").replace(",", " "), size))
        return np.concatenate(found) if found else np.empty((0, 3))


def _with(geometry: dict[str, Any], boundaries: list[Any], values: list[Any]) -> dict[str, Any]:
    """``values`` stand beside the boundaries until the surfaces that they count are known."""
    return {**geometry, "boundaries": boundaries, "values": values}


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
