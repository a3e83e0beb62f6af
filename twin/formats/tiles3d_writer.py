"""A layer as 3D Tiles 1.1: a tileset.json, and a folder of GLB tiles beside it with feature ids and properties."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.core.errors import CannotWrite, Refused
from twin.formats import gltf_writer
from twin.formats.earth import FromCity, to_degrees, upright
from twin.formats.solids import Part, solids
from twin.formats.stamp import KEY, Stamp
from twin.formats.tiles3d_quadtree import Node, quadtree
from twin.formats.writing import whole
from twin.model.feature import GEOMETRY

Doubles = NDArray[np.float64]


@dataclass
class _Ground:
    """What all tiles stand on."""

    table: pa.Table
    place: FromCity
    inverse: NDArray[Any]
    """(4, 4) from geocentric coordinates to the root's metres east, north and up."""
    folder: Path
    name: str
    kind: str


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer; the tiles of an older tileset of that name go when the new ones are whole."""
    if not len(table):
        raise Refused("The layer has no features: there is nothing to write.", out)
    place, said = FromCity(crs), Stamp.of(layer, meta, {})
    boxes = shapely.bounds(shapely.from_wkb(table.column(GEOMETRY).to_numpy()))
    there = np.isfinite(boxes).all(axis=1)
    if not there.any():
        raise Refused("The layer has no feature with a place: there is nothing to write.", out)
    middle = np.array([[*(boxes[there, :2].min(axis=0) + boxes[there, 2:].max(axis=0)) / 2, 0.0]])
    root = upright(*map(float, to_degrees(place(middle))[0]))
    name = f"{out.stem}_tiles"
    draft = out.with_name(f".{name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir()
        ground = _Ground(table, place, np.linalg.inv(root), draft, name, said.kind)
        tree = quadtree(boxes)
        tile, _ = _tile(tree, ground)
        error = max(tree.error, _largest(boxes[there]))
        document = {
            "asset": {"version": "1.1", "generator": "Balad"},
            "geometricError": error,
            "root": {"transform": root.T.ravel().tolist(), **tile, "refine": "ADD"},
            "extras": {KEY: {**said.model_dump(exclude_defaults=True), "crs": crs}},
        }
        _finish(out, draft, orjson.dumps(document))
    except OSError as why:
        raise CannotWrite("The file can’t be written: {why}.", out, why=why.strerror or str(why)) from why
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _tile(node: Node, ground: _Ground) -> tuple[dict[str, Any], Doubles | None]:
    """The tile as JSON, and the box (2, 3) of all that it and those below it hold, in the root's metres."""
    box = _content(node, ground)
    content = {"content": {"uri": f"{ground.name}/{node.name}.glb"}} if box is not None else {}
    children = [_tile(child, ground) for child in node.children]
    boxes = [one for one in (box, *(one for _, one in children)) if one is not None]
    whole_box = (
        np.array([np.min([one[0] for one in boxes], axis=0), np.max([one[1] for one in boxes], axis=0)])
        if boxes
        else None
    )
    made: dict[str, Any] = {"boundingVolume": {"box": _volume(whole_box)}, "geometricError": node.error, **content}
    if children:
        made["children"] = [child for child, _ in children]
    return made, whole_box


def _content(node: Node, ground: _Ground) -> Doubles | None:
    """Write a tile's GLB, its vertices local to its own middle; None where it has nothing to show."""
    rows = ground.table.take(pa.array(node.rows))
    if not len(rows):
        return None
    shape = solids(rows)
    for part in (shape.faces, shape.lines, shape.points):
        _stand(part, ground)
    box = shape.box()
    if not np.isfinite(box).all():
        return None
    middle = (box[0] + box[1]) / 2
    for part in (shape.faces, shape.lines, shape.points):
        part.points = part.points - middle
    body = gltf_writer.document(rows, shape, ground.kind, translation=gltf_writer.up(middle[None])[0])
    (ground.folder / f"{node.name}.glb").write_bytes(body)
    return box


def _stand(part: Part, ground: _Ground) -> None:
    """From the city's coordinates to the root's metres."""
    if len(part.points):
        xyz = ground.place(part.points)
        part.points = xyz @ ground.inverse[:3, :3].T + ground.inverse[:3, 3]


def _volume(box: Doubles | None) -> list[float]:
    """A box as 3D Tiles has it: its middle, then its half axes; never without any width."""
    if box is None:
        box = np.zeros((2, 3))
    half = np.maximum((box[1] - box[0]) / 2, 0.01)
    return [*((box[0] + box[1]) / 2).tolist(), *np.diag(half).ravel().tolist()]


def _largest(boxes: Doubles) -> float:
    return float(np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]).max())


def _finish(out: Path, draft: Path, body: bytes) -> None:
    """The new tiles in place, then the file that names them; the old tiles go last."""
    folder, old = out.with_name(draft.name.strip(".").removesuffix(".part")), out.with_name(f"{draft.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    with whole(out) as file:
        file.write_bytes(body)
        if folder.exists():
            folder.replace(old)
        draft.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
