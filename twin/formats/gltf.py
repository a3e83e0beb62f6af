"""glTF 2.0 (.glb, .gltf): a layer's features as triangles with ids and attributes, and models placed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.core.errors import NotThisFormat, Refused
from twin.core.i18n import mark, tr
from twin.formats import gltf_writer
from twin.formats.cityjson_document import stamp
from twin.formats.cityjson_forms import forms
from twin.formats.gltf_document import Broken, Gltf, below
from twin.formats.model_pieces import Piece, pieces
from twin.formats.model_tables import Row, batch
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place, Survey
from twin.formats.solids import solids
from twin.formats.stamp import KEY, Stamp
from twin.formats.writing import whole
from twin.model.feature import UID

NAME = "glTF"
SUFFIXES = (".glb", ".gltf")
LARGEST = 2 << 30
_ROWS = 2000
_KINDS = frozenset({"buildings", "surfaces", "rooms"})


def survey(path: Path) -> Survey:
    """Where it lies, where one of ours says so."""
    found = _pieces(path, stamp(path))
    said, crs, origin = _told(_open(path, stamp(path)))
    boxes = [piece.coordinates() for piece in found]
    points = [one for one in boxes if len(one)]
    bounds = None
    if points:
        low = np.min([one.min(axis=0) for one in points], axis=0)
        high = np.max([one.max(axis=0) for one in points], axis=0)
        ends = upright(np.array([low, high])) + origin
        low, high = ends.min(axis=0), ends.max(axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Survey(crs, bounds, heights=said.heights, count=len(found), synthetic=said.synthetic)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features: by their ids, else a feature a node."""
    said, _, origin = _told(_open(path, stamp(path)))
    layer = said.layer or path.stem
    rows, seen = [], set[str]()
    for piece in _pieces(path, stamp(path)):
        notes.read(layer)
        uid = str(piece.attributes.pop(UID, piece.key) or piece.key)
        while uid in seen:
            uid += "_"
        seen.add(uid)
        placed = place(upright(piece.coordinates()) + origin)
        if not np.isfinite(placed).all():
            notes.refused(layer, uid, tr("It has no place in the city’s coordinate system."))
            continue
        notes.kept(layer)
        rows.append(Row(uid, piece.wkb(placed), piece.attributes.pop("object_type", None), piece.attributes))
    columns = forms(row.attributes for row in rows)
    for start in range(0, len(rows), _ROWS):
        kind = said.kind if said.kind in _KINDS else "surfaces"
        yield batch(layer, kind, rows[start : start + _ROWS], columns, said.title_en, said.title_ar)


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer as one GLB: Y up, metres, local to an origin that its scene's extras tell."""
    if out.suffix.lower() != ".glb":
        raise Refused("glTF is written as one binary file: give it the ending .glb.", out)
    if not len(table):
        raise Refused("The layer has no features: there is nothing to write.", out)
    shape = solids(table)
    box = shape.box()
    origin = np.floor((box[0] + box[1]) / 2) if np.isfinite(box).all() else np.zeros(3)
    for part in (shape.faces, shape.lines, shape.points):
        part.points = part.points - origin
    said = Stamp.of(layer, meta, {})
    extras = {
        KEY: {
            **said.model_dump(exclude_defaults=True),
            "crs": crs,
            "origin": origin.tolist(),
            "axes": "x east, y up, z south",
        }
    }
    with whole(out) as draft:
        draft.write_bytes(gltf_writer.document(table, shape, said.kind, extras=extras))


def upright(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Y up as Z up."""
    return np.column_stack([points[:, 0], -points[:, 2], points[:, 1]])


@lru_cache(maxsize=1)
def _open(path: Path, _stamp: int) -> Gltf:
    try:
        return Gltf(path.read_bytes(), below(path.parent))
    except Broken as why:
        raise NotThisFormat(
            mark("The glTF file can’t be read: {why}. Copy it again from where it came from, or export it anew."),
            path,
            why=tr(str(why)),
        ) from None


@lru_cache(maxsize=1)
def _pieces(path: Path, stamped: int) -> list[Piece]:
    try:
        return pieces(_open(path, stamped))
    except Broken as why:
        raise NotThisFormat(
            mark("The glTF file can’t be read: {why}. Copy it again from where it came from, or export it anew."),
            path,
            why=tr(str(why)),
        ) from None
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError):
        said = tr("it is not built as the standard says")
        raise NotThisFormat(
            mark("The glTF file can’t be read: {why}. Copy it again from where it came from, or export it anew."),
            path,
            why=said,
        ) from None


def _told(gltf: Gltf) -> tuple[Stamp, str | None, NDArray[np.float64]]:
    """What a file of ours says: its layer, its CRS and its origin."""
    scenes = gltf.json.get("scenes")
    extras = scenes[0].get("extras") if isinstance(scenes, list) and scenes and isinstance(scenes[0], dict) else None
    ours: Any = extras.get(KEY) if isinstance(extras, dict) else None
    try:
        origin = np.array(ours["origin"], np.float64).reshape(3)
        crs = str(ours["crs"])
        told = Stamp.model_validate({key: value for key, value in ours.items() if key in Stamp.model_fields})
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return Stamp(), None, np.zeros(3)
    return told, crs, origin if np.isfinite(origin).all() else np.zeros(3)
