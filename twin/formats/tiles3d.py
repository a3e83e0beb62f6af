"""3D Tiles 1.0 and 1.1: taken in as features at the finest level, and written from a layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark, tr, trn
from twin.formats import tiles3d_writer
from twin.formats.cityjson_forms import forms
from twin.formats.earth import from_degrees, is_on_earth, to_degrees
from twin.formats.gltf_document import Broken
from twin.formats.model_pieces import Piece
from twin.formats.model_tables import Row, batch
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.tiles3d_content import content, transformed
from twin.formats.tiles3d_tree import Content, Walk, contents, matrix, tileset
from twin.model.feature import UID

NAME = "3D Tiles"
SUFFIXES = ("tileset.json", ".json")
LEADS = "tileset.json"
"""A folder that holds one is a tileset: its other files are tiles, and tilesets within it."""
LARGEST = 512 << 20
_ROWS = 2000
_KINDS = {"faces": "", "lines": "lines", "points": "points"}
_SHOWN = 5
_TITLES = {
    "models": ("Models", "نماذج ثلاثية الأبعاد"),
    "lines": ("Lines", "خطوط"),
    "points": ("Points", "نقاط"),
}
_OURS = frozenset({"buildings", "surfaces", "rooms"})


def survey(path: Path) -> Survey:
    """Where its root lies: on the earth, or nowhere that it tells."""
    root = tileset(path)["root"]
    said = _said(path)
    try:
        corners = _corners(root)
    except Broken as why:
        raise NotThisFormat(
            mark("The tileset can’t be read: {why}. Copy it again from where it came from, or export it anew."),
            path,
            why=tr(str(why)),
        ) from None
    if corners is None:
        corners = _first(path)
    if corners is None or not is_on_earth(corners):
        bounds = None if corners is None else _flat(corners)
        return Survey(None, bounds, heights=said.heights, synthetic=said.synthetic)
    return Survey("EPSG:4979", _flat(to_degrees(corners)), heights=said.heights, synthetic=said.synthetic)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features: those of the finest tiles."""
    walk, said = Walk(path.parent), _said(path)
    earthly = survey(path).crs is not None
    rows: dict[str, list[Row]] = {}
    seen: set[str] = set()
    unread: dict[str, str] = {}
    try:
        for one in contents(path, walk):
            try:
                for piece in _pieces(one):
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
        raise NotThisFormat(
            mark("The tileset can’t be read: {why}. Copy it again from where it came from, or export it anew."),
            path,
            why=tr(str(why)),
        ) from None
    _tell(walk, {**walk.damaged, **unread}, notes)
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


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer as a tileset: tileset.json, and a folder of tiles beside it."""
    tiles3d_writer.write(out, table, crs, layer, meta)


def _pieces(one: Content) -> Iterator[Piece]:
    """The features of a content, in the root's coordinates; Broken where it can't be read."""
    try:
        body = one.file.read_bytes()
        made = [transformed(piece, one.transform) for piece in content(body, one.file.parent)]
    except OSError as why:
        raise Broken(mark("it is not there any more")) from why
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError) as why:
        raise Broken(mark("it is not built as the standard says")) from why
    yield from made


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


def _tell(walk: Walk, unread: dict[str, str], notes: Notes) -> None:
    lost = sum(walk.missing.values())
    if lost:
        names = ", ".join(sorted(walk.missing)[:_SHOWN])
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


def _said(path: Path) -> Stamp:
    """What a tileset of ours says about its layer."""
    extras = tileset(path).get("extras")
    ours = extras.get(KEY) if isinstance(extras, dict) else None
    if not isinstance(ours, dict):
        return Stamp()
    try:
        return Stamp.model_validate({key: value for key, value in ours.items() if key in Stamp.model_fields})
    except ValueError:
        return Stamp()


def _corners(root: dict[str, Any]) -> NDArray[np.float64] | None:
    """Points of the root's bounding volume, geocentric where it lies on the earth; None where it has none."""
    volume = root.get("boundingVolume")
    said = volume if isinstance(volume, dict) else {}
    move = matrix(root.get("transform"))
    try:
        if "region" in said:
            west, south, east, north, low, high = (float(value) for value in said["region"])
            degrees = np.degrees([[west, south], [east, south], [east, north], [west, north]])
            ends = np.array([[*one, height] for one in degrees for height in (low, high)])
            return from_degrees(ends)
        if "box" in said:
            box = np.array(said["box"], np.float64).reshape(4, 3)
            signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
            points = box[0] + signs @ box[1:]
        elif "sphere" in said:
            ball = np.array(said["sphere"], np.float64).reshape(4)
            points = ball[:3] + ball[3] * np.vstack([np.eye(3), -np.eye(3)])
        else:
            return None
    except (TypeError, ValueError):
        raise Broken(mark("it is not built as the standard says")) from None
    if not np.isfinite(points).all():
        raise Broken(mark("it is not built as the standard says"))
    return np.asarray(points @ move[:3, :3].T + move[:3, 3], np.float64)


def _first(path: Path) -> NDArray[np.float64] | None:
    """The coordinates of the first content that has any."""
    try:
        for one in contents(path, Walk(path.parent)):
            for piece in _pieces(one):
                points = piece.coordinates()
                if len(points):
                    return points
    except Broken:
        return None
    return None


def _flat(points: NDArray[np.float64]) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
