"""City objects as features: attributes in typed columns, and all else they say, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr, trn
from twin.formats.cityjson_appearance import Appearances
from twin.formats.cityjson_document import Document
from twin.formats.cityjson_fault import Fault, Points
from twin.formats.cityjson_geometry import check, finest, shape
from twin.formats.cityjson_kept import LINKS, alike, canonical, text_of, upgraded
from twin.formats.cityjson_names import EMPTY, FOREIGN, LINKED, STEP, TYPED, WKB, layer_of, stamp_of
from twin.formats.cityjson_tables import Plan, Row, batch
from twin.formats.cityjson_templates import turned, turning
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place
from twin.formats.stamp import KEY


@dataclass(frozen=True)
class _Ground:
    """What the objects of one document stand on."""

    vertices: Points
    same: list[int]
    templates: Any
    moved: Place | None
    """How they were brought to the city; None where they stayed."""
    turn: NDArray[np.float64] | None
    appearance: Callable[[dict[str, Any]], dict[str, Any]] | None


def batches(documents: Iterator[Document], place: Place, notes: Notes, path: Path) -> Iterator[Batch]:
    """The objects by theme, one batch each; a fault of one object refuses it, and the rest is taken."""
    taken = Objects(place, notes, path)
    for document in documents:
        taken.take(document)
    yield from taken.batches()
    taken.settle()


def planned(
    documents: Iterator[Document], place: Place, notes: Notes, path: Path, plans: Mapping[str, Plan]
) -> Iterator[Batch]:
    """The same a document at a time, so that they are never all in memory: what each layer has in common is known."""
    taken = Objects(place, notes, path)
    for document in documents:
        taken.take(document)
        yield from taken.batches(plans)
    taken.settle()


class Objects:
    """The objects of a file on their way into layers."""

    def __init__(self, place: Place, notes: Notes, path: Path) -> None:
        self.place, self.notes, self.path = place, notes, path
        self.header: dict[str, Any] | None = None
        self.layers: dict[str, list[Row]] = {}
        self.links: dict[str, list[str]] = {}
        """Every object, with the parents and children that it names."""

    def take(self, document: Document) -> None:
        """The objects of a file, or of one feature of a sequence."""
        if self.header is None:
            self.header = document.header
            self.stamp = stamp_of(document.header)
            self.appearances = Appearances(document.header.get("appearance"))
        ground = self._ground(document)
        for uid, thing in document.objects.items():
            self._object(uid, thing, ground)

    def batches(self, plans: Mapping[str, Plan] | None = None) -> Iterator[Batch]:
        """What was taken since they were asked for last, by layer."""
        facts = _facts(self.header or {})
        if self.header and self.appearances.whole:
            facts["appearance"] = self.appearances.whole
        layers, self.layers = self.layers, {}
        for layer, rows in layers.items():
            yield from batch(layer, rows, facts, self.stamp, self.place, self.notes, (plans or {}).get(layer))

    def settle(self) -> None:
        """At the end: what the objects name and nobody has."""
        lost = sum(any(uid not in self.links for uid in named) for named in self.links.values())
        if lost:
            self.notes.say(
                trn(
                    "{n} object names a parent or child that is not in the file.",
                    "{n} objects name a parent or child that is not in the file.",
                    lost,
                )
            )

    def _ground(self, document: Document) -> _Ground:
        given = document.vertices
        placed = self.place(given)
        moved = not np.array_equal(placed, given)
        vertices = np.rint(placed / STEP) * STEP + 0.0 if moved or document.decimals else given
        templates = document.header.get("geometry-templates")
        return _Ground(
            vertices,
            alike(vertices),
            templates,
            self.place if moved else None,
            turning(given, self.place) if moved and templates else None,
            self.appearances.add(document.appearance) if document.appearance else None,
        )

    def _object(self, uid: str, thing: dict[str, Any], ground: _Ground) -> None:
        layer = layer_of(thing, self.stamp)
        self.notes.read(layer)
        if uid in self.links:
            self.notes.refused(layer, uid, tr("its id is there twice"))
            return
        self.links[uid] = []
        try:
            row, dropped = self._row(uid, thing, ground)
        except Fault as fault:
            if fault.args[0] == "it points to a vertex that is not there":
                words = mark("The object “{id}” points to a vertex that is not there: the file is damaged.")
                raise NotThisFormat(words, self.path, id=uid) from None
            self.notes.refused(layer, uid, tr(fault.args[0]))
            return
        except (TypeError, AttributeError, LookupError, ValueError, OverflowError):
            self.notes.refused(layer, uid, tr("its geometry is not built as CityJSON says"))
            return
        self.layers.setdefault(layer, []).append(row)
        if dropped:
            words = trn("{n} face without an area left out", "{n} faces without an area left out", dropped)
            self.notes.repaired(layer, uid, words)
        elif not row.foreign:
            self.notes.kept(layer)

    def _row(self, uid: str, said: dict[str, Any], ground: _Ground) -> tuple[Row, int]:
        """The object, and how many of its faces were left out."""
        attributes = {**(said.get("attributes") or {})}
        thing = upgraded({**said, **_links(attributes.pop(LINKED, None))})
        self.links[uid] = [other for key in LINKS for other in thing.get(key, [])]
        kind = str(attributes.pop(TYPED, thing["type"]))
        if WKB in attributes:
            return _foreign(uid, attributes), 0
        thing["geometry"] = geometries = [_brought(one, ground) for one in thing.get("geometry") or []]
        for geometry in geometries:
            check(geometry, len(ground.vertices))
        if ground.moved and "geographicalExtent" in thing:
            thing["geographicalExtent"] = _extent(thing["geographicalExtent"], ground.moved)
        if empty := sorted(name for name, value in attributes.items() if value is None):
            thing[EMPTY] = empty
        best = finest(geometries)
        text = text_of(thing, ground.vertices, ground.same)
        if best is None:
            return Row(uid, None, attributes, kind, text=text), 0
        made = shape(best, ground.vertices, ground.templates)
        surfaces = None if made.surfaces is None else canonical(made.surfaces)
        return Row(uid, made.wkb, attributes, kind, str(best.get("lod", "")) or None, surfaces, text), made.dropped


def _facts(header: dict[str, Any]) -> dict[str, Any]:
    """What the file says as a whole, kept with each layer."""
    facts = {key: value for key, value in header.items() if key not in {"type", "version", "appearance"}}
    if isinstance(facts.get("metadata"), dict):
        facts["metadata"] = {key: value for key, value in facts["metadata"].items() if key != KEY}
    return facts


def _links(said: Any) -> dict[str, Any]:
    """What our own writer put aside, since some of those that it names are not in the file."""
    return said if isinstance(said, dict) and set(said) <= {*LINKS, "children_roles"} else {}


def _brought(geometry: dict[str, Any], ground: _Ground) -> dict[str, Any]:
    if ground.turn is not None and geometry.get("type") == "GeometryInstance":
        geometry = turned(geometry, ground.turn)
    return ground.appearance(geometry) if ground.appearance else geometry


def _extent(said: Any, place: Place) -> Any:
    """The box around a box, where that has come to lie."""
    box = np.array(said, np.float64).reshape(2, 3)
    corners = np.array([[box[x, 0], box[y, 1], box[z, 2]] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    placed = np.rint(place(corners) / STEP) * STEP + 0.0
    return [*placed.min(axis=0).tolist(), *placed.max(axis=0).tolist()] if np.isfinite(placed).all() else said


def _foreign(uid: str, attributes: dict[str, Any]) -> Row:
    """A feature that did not come from CityJSON, by the exact geometry that our writer put beside the drawn one."""
    try:
        wkb = bytes.fromhex(attributes.pop(WKB))
    except (TypeError, ValueError):
        raise Fault(mark("its exact geometry is no WKB")) from None
    own = [attributes.pop(name, None) for name in FOREIGN]
    kind, lod, surfaces = (value if isinstance(value, str) else None for value in own)
    return Row(uid, wkb or None, attributes, kind, lod, surfaces, foreign=True)
