"""CityGML features as CityJSON's city objects, so that both give the same city."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from twin.core.i18n import mark
from twin.formats.citygml_attributes import Attributes, address
from twin.formats.citygml_gml import Geometry, Vertices
from twin.formats.citygml_names import CLASSED, CONTAINERS, FOLDED, LINES_TOO, SURFACES, TYPES
from twin.formats.citygml_stream import HREF, id_of, local
from twin.formats.citygml_templates import Templates
from twin.formats.cityjson_fault import Fault

_LOD = re.compile(r"lod([0-4])(\w+)")
_NO_FORM = frozenset({"TerrainIntersection", "TerrainIntersectionCurve"})
_OTHER_FORMS = {"tin": "2", "breaklines": "2", "ridgeOrValleyLines": "2", "reliefPoints": "2"}
"""Properties of relief that hold its geometry; its level of detail stands beside them."""


@dataclass
class Found:
    """A city object, or why it is none."""

    uid: str
    type: str
    thing: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


@dataclass
class _Parts:
    """What a feature has, sorted out."""

    attributes: Attributes = field(default_factory=Attributes)
    forms: list[tuple[str, str, Element]] = field(default_factory=list)
    """Level of detail, what kind of property, and the property."""
    surfaces: list[dict[str, Any]] = field(default_factory=list)
    faces: dict[str, list[tuple[Element, bool]]] = field(default_factory=dict)
    """By level of detail, the faces of its surfaces."""
    semantics: dict[int, int] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    """Ids that it points to, as a group does."""


class Objects:
    """Makes city objects of one member after the other."""

    def __init__(self, vertices: Vertices, templates: Templates, far: dict[str, Element]) -> None:
        self.vertices, self.templates, self.far = vertices, templates, far
        self.own: dict[str, Element] = {}
        self.geometry = Geometry(vertices, self._target)
        self.unnamed = 0
        self.said: Counter[str] = Counter()
        """What was left out, by what it is."""

    def of(self, member: Element, own: dict[str, Element]) -> Iterator[Found]:
        """The objects of a member, parents before their children."""
        self.own = own
        self.geometry.forget()
        yield from self._feature(member, None)

    def _target(self, href: str) -> Element | None:
        name = href.rpartition("#")[2]
        return self.own.get(name) if name in self.own else self.far.get(name)

    def _feature(self, element: Element, parent: str | None) -> Iterator[Found]:
        kind = local(element.tag)
        if kind in CONTAINERS:
            for member in element:
                for child in member:
                    if local(child.tag) in TYPES:
                        yield from self._feature(child, parent)
            return
        uid = id_of(element)
        if not uid:
            self.unnamed += 1
            uid = f"{kind}-{self.unnamed}"
        if kind not in TYPES:
            yield Found(uid, "GenericCityObject", fault=mark("its type is none of CityGML’s own"))
            return
        try:
            parts = self._parts(element)
            thing = self._thing(kind, parts, parent)
        except Fault as fault:
            yield Found(uid, TYPES[kind], fault=str(fault.args[0]))
            return
        children = [found for child in parts.children for found in self._feature(child, uid)]
        own = [found.uid for found in children if not found.fault and uid in found.thing.get("parents", [])]
        if own or parts.members:
            thing["children"] = [*own, *parts.members]
        yield Found(uid, TYPES[kind], thing)
        yield from children

    def _thing(self, kind: str, parts: _Parts, parent: str | None) -> dict[str, Any]:
        attributes = parts.attributes.found
        if kind in CLASSED:
            attributes.setdefault("class", kind)
        thing: dict[str, Any] = {"type": TYPES[kind]}
        if attributes:
            thing["attributes"] = attributes
        geometry = list(self._geometries(TYPES[kind], parts))
        if geometry:
            thing["geometry"] = geometry
        if parts.attributes.addresses:
            thing["address"] = parts.attributes.addresses
        if parent is not None:
            thing["parents"] = [parent]
        return thing

    def _parts(self, element: Element) -> _Parts:
        parts = _Parts()
        for member in element:
            self._property(member, parts)
        return parts

    def _property(self, member: Element, parts: _Parts) -> None:
        name = local(member.tag)
        shape = _LOD.fullmatch(name)
        if shape and (len(member) or HREF in member.attrib):
            if shape[2] in _NO_FORM:
                self.said["terrain"] += 1
            else:
                parts.forms.append((shape[1], shape[2], member))
        elif name in _OTHER_FORMS and len(member):
            parts.forms.append((_OTHER_FORMS[name], name, member))
        elif name in ("address", "xalAddress"):
            self._address(member, parts)
        elif name == "groupMember" and HREF in member.attrib:
            parts.members.append(member.get(HREF, "").rpartition("#")[2])
        elif not self._inside(member, parts) and not parts.attributes.take(member):
            self.said[name] += 1

    def _inside(self, member: Element, parts: _Parts) -> bool:
        """Whether a property holds surfaces or other features."""
        known = False
        for one in member:
            kind = local(one.tag)
            if kind in FOLDED:
                for inner in one:
                    self._inside(inner, parts)
            elif kind in SURFACES:
                self._surface(one, parts, None)
            elif kind in TYPES or kind in CONTAINERS:
                parts.children.append(one)
            elif kind.endswith("Surface") and local(member.tag) in ("boundedBy", "boundary"):
                self._surface(one, parts, None)
            else:
                continue
            known = True
        return known

    def _surface(self, element: Element, parts: _Parts, parent: int | None) -> None:
        """A surface with a meaning, and the windows and doors in it."""
        number, kind = len(parts.surfaces), local(element.tag)
        said = Attributes()
        surface: dict[str, Any] = {"type": SURFACES.get(kind, f"+{kind}")}
        if parent is not None:
            surface["parent"] = parent
            parts.surfaces[parent].setdefault("children", []).append(number)
        parts.surfaces.append(surface)
        for member in element:
            shape = _LOD.fullmatch(local(member.tag))
            if shape and shape[2] in ("MultiSurface", "Surface", "Geometry"):
                for one in self.geometry.targets(member):
                    faces = list(self.geometry.faces(one))
                    parts.faces.setdefault(shape[1], []).extend(faces)
                    parts.semantics |= {id(face): number for face, _ in faces}
            elif shape:
                self.said[local(member.tag)] += 1
            elif any(local(one.tag) in SURFACES for one in member):
                for one in member:
                    self._surface(one, parts, number)
            elif not said.take(member):
                self.said[local(member.tag)] += 1
        surface.update({name: value for name, value in said.found.items() if name not in surface})

    def _address(self, member: Element, parts: _Parts) -> None:
        found = address(member)
        for one in member.iter():
            if local(one.tag) == "multiPoint" and len(one):
                place = self.geometry.built(one[0], "0", {})
                if place:
                    found["location"] = place
        if found:
            parts.attributes.addresses.append(found)

    def _geometries(self, kind: str, parts: _Parts) -> Iterator[dict[str, Any]]:
        """The finest first; LoD 4 is what CityJSON calls 3, or 3.3 beside another 3."""
        lods = {lod for lod, _, _ in parts.forms} | set(parts.faces)
        if "4" in lods:
            self.said["lod4"] += 1
        names = {"4": "3.3" if "3" in lods else "3"}
        seen: set[tuple[str, int]] = set()
        for lod in sorted(lods, reverse=True):
            name = names.get(lod, lod)
            forms = [form for form in parts.forms if form[0] == lod]
            for _, what, member in sorted(forms, key=lambda form: form[1] != "Solid"):
                yield from self._form(kind, name, what, member, parts, seen)
            rest = [face for face in parts.faces.get(lod, []) if (name, id(face[0])) not in seen]
            made = self.geometry.surfaced(rest, name, parts.semantics)
            if made:
                yield _meant(made, parts.surfaces)

    def _form(
        self, kind: str, lod: str, what: str, member: Element, parts: _Parts, seen: set[tuple[str, int]]
    ) -> Iterator[dict[str, Any]]:
        if what == "ImplicitRepresentation":
            for one in self.geometry.targets(member):
                made = self.templates.instance(one, lod, self.geometry)
                if made is None:
                    self.said["library"] += 1
                else:
                    yield made
            return
        for one in self.geometry.targets(member):
            seen |= {(lod, id(face)) for face, _ in self._faces_of(one)}
            made = self.geometry.built(one, lod, parts.semantics)
            if made is None:
                continue
            if made["type"] == "MultiLineString" and kind not in LINES_TOO:
                self.said["lines"] += 1
            elif made["type"] == "MultiSurface" and kind == "TINRelief":
                yield _meant({**made, "type": "CompositeSurface"}, [])
            else:
                yield _meant(made, parts.surfaces)

    def _faces_of(self, element: Element) -> Iterator[tuple[Element, bool]]:
        return self.geometry.faces(element)


def _meant(geometry: dict[str, Any], surfaces: list[dict[str, Any]]) -> dict[str, Any]:
    """With the meaning of its faces, those alone that it has, counted anew."""
    values = geometry.pop("values", None)
    used = sorted(_used(values))
    if not used:
        return geometry
    number = {old: new for new, old in enumerate(used)}
    kept = [_linked(surfaces[old], number) for old in used]
    geometry["semantics"] = {"surfaces": kept, "values": _numbered(values, number)}
    return geometry


def _used(values: Any) -> set[int]:
    if isinstance(values, list):
        return set().union(*map(_used, values)) if values else set()
    return set() if values is None else {values}


def _numbered(values: Any, number: dict[int, int]) -> Any:
    if isinstance(values, list):
        return [_numbered(one, number) for one in values]
    return None if values is None else number[values]


def _linked(surface: dict[str, Any], number: dict[int, int]) -> dict[str, Any]:
    made = {key: value for key, value in surface.items() if key not in ("parent", "children")}
    if surface.get("parent") in number:
        made["parent"] = number[surface["parent"]]
    inside = [number[one] for one in surface.get("children", []) if one in number]
    if inside:
        made["children"] = inside
    return made
