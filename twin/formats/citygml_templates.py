"""Implicit geometries: a form drawn once in the file, put in many places (CityGML 2.0, §8.3; 3.0, §7.2.10)."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from twin.core.i18n import mark
from twin.formats.citygml_gml import Geometry, Resolve, Vertices
from twin.formats.citygml_stream import HREF, id_of, local
from twin.formats.cityjson_fault import Fault

_FORMS = ("relativeGMLGeometry", "relativeGeometry")
_MOST = 5_000_000
"""Vertices of all templates."""


class Templates:
    """The forms of a file: found in the first pass, counted the same way in the second."""

    def __init__(self) -> None:
        self.vertices = Vertices()
        self.made: list[dict[str, Any]] = []
        self.number: dict[str, int] = {}
        self._awaited: set[str] = set()
        self._header: dict[str, Any] | None = None
        self._nameless = 0

    def settle(self, resolve: Resolve) -> None:
        """After the first pass: the forms that were pointed to before they came; the file is read again."""
        self._nameless = 0
        for name in sorted(self._awaited):
            element = resolve(f"#{name}")
            made = None if element is None else self._drawn(element, self.made[self.number[name]]["lod"], resolve)
            if made is None:
                del self.number[name]
            else:
                self.made[self.number[name]] = made
        self._awaited.clear()
        if self.made:
            points = self.vertices.taken().tolist()
            self._header = {"geometry-templates": {"templates": self.made, "vertices-templates": points}}

    def instance(self, implicit: Element, lod: str, geometry: Geometry) -> dict[str, Any] | None:
        """A form where it is put; None where it stands in another file."""
        parts = {local(one.tag): one for one in implicit}
        form = next((parts[name] for name in _FORMS if name in parts), None)
        if form is None:
            return None
        number = self._number(form, lod, geometry)
        matrix = self._matrix(parts.get("transformationMatrix"), geometry.vertices.swapped)
        point = parts.get("referencePoint")
        place = next(iter(geometry.targets(point)), None) if point is not None else None
        corner = geometry.built(place, lod, {}) if place is not None else None
        if corner is None:
            raise Fault(mark("it uses a template that is not there"))
        return {
            "type": "GeometryInstance",
            "template": number,
            "boundaries": corner["boundaries"][:1],
            "transformationMatrix": matrix,
        }

    def header(self) -> dict[str, Any]:
        """As a CityJSON file has them; empty where there are none."""
        return self._header or {}

    def _number(self, form: Element, lod: str, geometry: Geometry) -> int:
        inside = next(iter(form), None)
        name = form.get(HREF, "").rpartition("#")[2] or (id_of(inside) if inside is not None else "")
        if not name:
            self._nameless += 1
            name = f" {self._nameless}"
        if name in self.number:
            return self.number[name]
        element = inside if inside is not None else geometry.resolve(f"#{name}")
        if self._header is not None or (element is None and not form.get(HREF)):
            raise Fault(mark("it uses a template that is not there"))
        made = self._drawn(element, lod, geometry.resolve) if element is not None else None
        if made is None:
            self._awaited.add(name)
            made = {"type": "MultiSurface", "lod": lod, "boundaries": []}
        self.number[name] = len(self.made)
        self.made.append(made)
        return self.number[name]

    def _drawn(self, element: Element, lod: str, resolve: Resolve) -> dict[str, Any] | None:
        made = Geometry(self.vertices, resolve).built(element, lod, {})
        if len(self.vertices) > _MOST:
            raise Fault(mark("it uses a template that is not there"))
        if made is not None:
            made.pop("values", None)
        return made

    def _matrix(self, element: Element | None, swapped: bool) -> list[float]:
        if element is None:
            return np.eye(4).ravel().tolist()
        try:
            matrix = np.array((element.text or "").split(), np.float64).reshape(4, 4)
        except ValueError:
            matrix = np.full((4, 4), np.nan)
        if not np.isfinite(matrix).all():
            raise Fault(mark("it uses a template that is not there"))
        # The form's own axes stay; what it is turned into counts as the file's coordinates do.
        return (matrix[[1, 0, 2, 3]] if swapped else matrix).ravel().tolist()
