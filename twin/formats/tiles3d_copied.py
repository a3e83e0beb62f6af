"""Taking a tileset in: its features at the finest level become those of layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from twin.core.errors import CannotRead
from twin.core.i18n import mark, tr, trn
from twin.formats.cityjson_forms import forms
from twin.formats.earth import to_degrees
from twin.formats.gltf_document import Broken
from twin.formats.model_pieces import Piece
from twin.formats.model_tables import Row, batch
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place
from twin.formats.stamp import Stamp
from twin.formats.tiles3d_files import unreadable
from twin.formats.tiles3d_pieces import Content, Walk, contents, pieces
from twin.formats.tiles3d_survey import stamp, survey
from twin.model.feature import UID

_ROWS = 2000
_KINDS = {"faces": "", "lines": "lines", "points": "points"}
_SHOWN = 5
_TITLES = {
    "models": ("Models", "نماذج ثلاثية الأبعاد"),
    "lines": ("Lines", "خطوط"),
    "points": ("Points", "نقاط"),
}
_OURS = frozenset({"buildings", "surfaces", "rooms"})


def copied(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features: those of the finest tiles."""
    walk, said = Walk(path), stamp(path)
    earthly = survey(path).crs is not None
    rows: dict[str, list[Row]] = {}
    seen: set[str] = set()
    unread: dict[str, str] = {}
    try:
        for one in contents(walk):
            try:
                for piece in pieces(one):
                    layer = _layer(piece, said)
                    row = _row(piece, one, earthly, place, seen)
                    notes.read(layer)
                    if row.wkb is None:
                        notes.refused(layer, row.uid, tr("It has no place in the city’s coordinate system."))
                        continue
                    notes.kept(layer)
                    rows.setdefault(layer, []).append(row)
            except Broken as why:
                unread[one.name] = str(why)
    except Broken as why:
        raise unreadable(path, why) from None
    tell(walk.missing, {**walk.damaged, **unread}, notes)
    if not rows and unread:
        name, why_not = next(iter(unread.items()))
        words = mark("None of its tiles can be read. The first, {name}: {why}")
        raise CannotRead(words, path, name=name, why=tr(why_not))
    for layer, some in rows.items():
        columns = forms(row.attributes for row in some)
        title = (said.title_en, said.title_ar) if said.layer == layer else _TITLES.get(layer, ("", ""))
        kind = layer if layer in ("lines", "points") else said.kind if said.kind in _OURS else "surfaces"
        for start in range(0, len(some), _ROWS):
            yield batch(layer, kind, some[start : start + _ROWS], columns, *title)


def _row(piece: Piece, one: Content, earthly: bool, place: Place, seen: set[str]) -> Row:
    said = dict(piece.attributes)
    uid = str(said.pop(UID, None) or said.get("gml:id") or said.get("gml_id") or f"{one.name}#{piece.key}")
    number, name = 2, uid
    while name in seen:
        name, number = f"{uid}-{number}", number + 1
    seen.add(name)
    points = piece.coordinates()
    wkb = None
    if len(points) and np.isfinite(points).all():
        placed = place(to_degrees(points) if earthly else points)
        wkb = piece.wkb(placed) if np.isfinite(placed).all() else None
    kind = said.pop("object_type", None)
    return Row(name, wkb, kind if isinstance(kind, str) else None, said)


def _layer(piece: Piece, said: Stamp) -> str:
    shown = "faces" if piece.faces else "lines" if piece.lines else "points"
    return _KINDS[shown] or said.layer or "models"


def tell(missing: Mapping[str, int], unread: Mapping[str, str], notes: Notes) -> None:
    """Say what of a tileset isn't there, or can't be read and why."""
    lost = sum(missing.values())
    if lost:
        names = ", ".join(sorted(missing)[:_SHOWN])
        notes.say(
            trn(
                "{n} tile is named and isn’t there: {names}",
                "{n} tiles are named and aren’t there: {names}",
                lost,
                names=names,
            )
        )
    for name, why in list(unread.items())[:_SHOWN]:
        notes.say("The tile {name} was left out: {why}", name=name, why=tr(why))
    if len(unread) > _SHOWN:
        more = len(unread) - _SHOWN
        notes.say(trn("{n} more tile was left out.", "{n} more tiles were left out.", more))
