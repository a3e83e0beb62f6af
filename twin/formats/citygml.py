"""CityGML 2.0 and 3.0 (1.0 is 2.0 without tunnels and bridges): streamed, as the CityJSON that is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twin.core.i18n import mark, tr, trn
from twin.formats.citygml_crs import named, plane
from twin.formats.citygml_gml import Vertices
from twin.formats.citygml_objects import Objects
from twin.formats.citygml_stream import Head, members
from twin.formats.citygml_survey import Known, known, look
from twin.formats.cityjson_document import Document, stamp
from twin.formats.cityjson_names import theme_of
from twin.formats.cityjson_objects import planned
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey

NAME = "CityGML"
SUFFIXES = (".gml", ".citygml", ".xml")
_OBJECTS, _VERTICES = 1000, 200_000
"""How many make a batch."""


def survey(path: Path) -> Survey:
    """Its CRS and extent."""
    found = known(path, stamp(path))
    return Survey(found.crs, found.bounds, count=found.count)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its objects, by theme."""
    found = known(path, stamp(path))
    vertices = Vertices(found.swapped, found.dimension)
    objects = Objects(vertices, found.templates, found.far)
    yield from planned(_documents(path, found, objects, notes), place, notes, path, found.plans)
    _tell(found, objects, notes)


def _documents(path: Path, found: Known, objects: Objects, notes: Notes) -> Iterator[Document]:
    header = {"type": "CityJSON", "version": "2.0", **found.templates.header()}
    things: dict[str, Any] = {}
    seen: dict[str | None, bool] = {}
    for member in members(path, Head()):
        own, _, said = look(member)
        elsewhere = any(_is_other(name, found.crs, seen) for name in said)
        for one in objects.of(member, own):
            fault = mark("it is in another CRS than the file") if elsewhere else one.fault
            if not fault and one.uid in things:
                fault = mark("its id is there twice")
            if fault:
                notes.read(theme_of(one.type))
                notes.refused(theme_of(one.type), one.uid, tr(fault))
            else:
                things[one.uid] = one.thing
        if len(things) >= _OBJECTS or len(objects.vertices) >= _VERTICES:
            yield Document(header, things, objects.vertices.taken(), decimals=True)
            things = {}
    if things:
        yield Document(header, things, objects.vertices.taken(), decimals=True)


def _is_other(name: str, crs: str | None, seen: dict[str | None, bool]) -> bool:
    """Whether a name means another place on the map; heights may differ."""
    if name not in seen:
        one, other = named(name), crs
        mine, theirs = (plane(text) if text else None for text in (one, other))
        seen[name] = one != other and not (mine and theirs and mine.equals(theirs, ignore_axis_order=True))
    return seen[name]


def _tell(found: Known, objects: Objects, notes: Notes) -> None:
    said, head = objects.said, found.head
    if found.unlike:
        notes.say("Its coordinates come the other way round than its CRS says, and were read as they lie.")
    if said.pop("lod4", 0):
        notes.say("Level of detail 4 is kept as 3: CityJSON and CityGML 3.0 have no 4.")
    if objects.vertices.flat:
        notes.say("Coordinates without heights were laid at 0 m.")
    if objects.unnamed:
        notes.unnamed.append("objects")
    library, looks = said.pop("library", 0), head.left["appearanceMember"] + said.pop("appearance", 0)
    if library:
        notes.say(
            trn(
                "{n} form stands in a file of its own and was left out.",
                "{n} forms stand in files of their own and were left out.",
                library,
            )
        )
    if looks:
        notes.say(
            trn(
                "{n} appearance (materials and textures) was left out.",
                "{n} appearances (materials and textures) were left out.",
                looks,
            )
        )
    if head.linked:
        notes.say(
            trn(
                "{n} city object stands in another file: import that too.",
                "{n} city objects stand in other files: import those too.",
                head.linked,
            )
        )
    lines = said.pop("terrain", 0) + said.pop("lines", 0)
    if lines:
        notes.say(
            trn(
                "{n} line on the ground or of a building was left out: CityJSON has no place for it.",
                "{n} lines on the ground or of buildings were left out: CityJSON has no place for them.",
                lines,
            )
        )
    if said:
        names = ", ".join(sorted(said)[:12])
        notes.say("Properties that CityJSON has no place for were left out: {names}.", names=names)
