"""The first pass through a CityGML file: where it lies, what its layers have in common, and what is pointed to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from twin.core.errors import NotThisFormat
from twin.formats.citygml_crs import named, northing_first, plane
from twin.formats.citygml_gml import Vertices
from twin.formats.citygml_objects import Found, Objects
from twin.formats.citygml_stream import HREF, Head, id_of, members
from twin.formats.citygml_templates import Templates
from twin.formats.cityjson_geometry import LINES, POINTS, POLYGONS, finest
from twin.formats.cityjson_names import theme_of
from twin.formats.cityjson_tables import Plan
from twin.formats.crs import Box

_WKB = {"MultiPoint": POINTS, "MultiLineString": LINES}


@dataclass
class Known:
    """What the first pass found."""

    head: Head = field(default_factory=Head)
    crs: str | None = None
    swapped: bool = False
    """Whether the first coordinate counts north."""
    unlike: bool = False
    """Whether that is other than the CRS says."""
    bounds: Box | None = None
    count: int = 0
    dimension: int = 3
    plans: dict[str, Plan] = field(default_factory=dict)
    templates: Templates = field(default_factory=Templates)
    far: dict[str, Element] = field(default_factory=dict)
    """By id, what one member points to and another has."""


@lru_cache(maxsize=1)
def known(path: Path, _stamp: int) -> Known:
    """Read the file once, a member at a time."""
    found = Known()
    names: Counter[str] = Counter()
    low, high, wanted = np.full(3, np.inf), np.full(3, -np.inf), set[str]()
    vertices = Vertices()
    objects = Objects(vertices, found.templates, {})
    for member in members(path, found.head):
        if found.head.envelope is not None:
            vertices.dimension = found.dimension = _dimension(found.head.envelope)
        own, pointed, said = look(member)
        names.update(said)
        wanted |= pointed - own.keys()
        for one in objects.of(member, own):
            _see(one, found)
        points = vertices.taken()
        if len(points):
            low, high = np.fmin(low, points.min(axis=0)), np.fmax(high, points.max(axis=0))
    if not found.head.version:
        raise NotThisFormat(
            "This is XML, but no CityGML: it doesn’t begin with a CityModel. Check where it came from, or "
            "export it anew.",
            path,
        )
    if wanted:
        _fetch(path, wanted, found)
    found.templates.settle(lambda href: found.far.get(href.rpartition("#")[2]))
    _lie(found, names, low, high)
    return found


def look(member: Element) -> tuple[dict[str, Element], set[str], set[str]]:
    """Of one member: its elements by id, the ids that it points to, and the CRSs that it names."""
    own: dict[str, Element] = {}
    pointed, said = set[str](), set[str]()
    for one in member.iter():
        if not one.attrib:
            continue
        name, href, srs = id_of(one), one.get(HREF), one.get("srsName")
        if name:
            own.setdefault(name, one)
        if href and "#" in href:
            pointed.add(href.rpartition("#")[2])
        if srs:
            said.add(srs)
    return own, pointed, said


def _see(one: Found, found: Known) -> None:
    found.count += 1
    layer = theme_of(one.type)
    plan = found.plans.setdefault(layer, Plan())
    if one.fault:
        # It may be sound once what it points to is known: then it could be anything.
        plan.types.add(POLYGONS)
        return
    plan.see(one.thing.get("attributes", {}))
    best = finest(one.thing.get("geometry", []))
    if best is not None:
        plan.types.add(_WKB.get(best["type"], POLYGONS))


def _fetch(path: Path, wanted: set[str], found: Known) -> None:
    """What members point to and others have: read again for those alone."""
    for member in members(path, Head()):
        for one in member.iter():
            name = id_of(one) if one.attrib else ""
            if name in wanted:
                found.far.setdefault(name, one)


def _lie(found: Known, names: Counter[str], low: np.ndarray, high: np.ndarray) -> None:
    envelope = found.head.envelope
    own = envelope.get("srsName") if envelope is not None else None
    spelled = own or (names.most_common(1)[0][0] if names else "")
    found.crs = named(spelled)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1])) if np.isfinite(low).all() else None
    crs = plane(found.crs) if found.crs else None
    if crs is not None:
        found.swapped, found.unlike = northing_first(crs, spelled, box)
    found.bounds = (box[1], box[0], box[3], box[2]) if box and found.swapped else box


def _dimension(envelope: Element) -> int:
    said = envelope.get("srsDimension", "3")
    return int(said) if said in ("2", "3") else 3
