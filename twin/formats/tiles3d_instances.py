"""Instanced models (i3dm): one form, put in many places, turned and scaled (3D Tiles 1.0, Instanced 3D Model)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.earth import is_on_earth, to_degrees, upright
from twin.formats.gltf_document import Broken
from twin.formats.model_pieces import Piece

if TYPE_CHECKING:
    from twin.formats.tiles3d_content import Table

Doubles = NDArray[np.float64]


def instances(form: list[Piece], features: Table, columns: dict[str, list[Any]]) -> Iterator[Piece]:
    """A feature for each place, in the tile's coordinates."""
    count = features.count("INSTANCES_LENGTH")
    places = _places(features, count)
    turns = _turns(features, places, count)
    sizes = features.array("SCALE_NON_UNIFORM", "FLOAT", 3, count)
    scale = features.array("SCALE", "FLOAT", 1, count)
    ids = features.array("BATCH_ID", "UNSIGNED_SHORT", 1, count)
    for n in range(count):
        matrix = turns[n].copy()
        if sizes is not None:
            matrix = matrix * sizes[n]
        if scale is not None:
            matrix = matrix * float(scale[n])
        row = int(ids[n]) if ids is not None else n
        said = {name: values[row] for name, values in columns.items() if row < len(values) and values[row] is not None}
        made = Piece(str(n), said)
        for one in form:
            made.faces += [some @ matrix.T + places[n] for some in one.faces]
            made.lines += [some @ matrix.T + places[n] for some in one.lines]
            made.points += [some @ matrix.T + places[n] for some in one.points]
        yield made


def _places(features: Table, count: int) -> Doubles:
    found = features.array("POSITION", "FLOAT", 3, count)
    if found is None:
        steps = features.array("POSITION_QUANTIZED", "UNSIGNED_SHORT", 3, count)
        offset, scale = features.vector("QUANTIZED_VOLUME_OFFSET"), features.vector("QUANTIZED_VOLUME_SCALE")
        if steps is None or offset is None or scale is None:
            raise Broken(mark("it is not built as the standard says"))
        found = steps / 65535.0 * scale + offset
    centre = features.vector("RTC_CENTER")
    return found.astype(np.float64) + (0.0 if centre is None else centre)


def _turns(features: Table, places: Doubles, count: int) -> Doubles:
    """(n, 3, 3): right, up and their cross are the form's x, y and z axes."""
    ups, rights = _normals(features, "NORMAL_UP", count), _normals(features, "NORMAL_RIGHT", count)
    if ups is not None and rights is not None:
        return np.stack([rights, ups, np.cross(rights, ups)], axis=2)
    if features.json.get("EAST_NORTH_UP") and count and is_on_earth(places):
        # Up in the form's own axes, which were turned from Y up to Z up already.
        return np.stack([upright(*map(float, place))[:3, :3] for place in to_degrees(places)])
    return np.tile(np.eye(3), (count, 1, 1))


def _normals(features: Table, name: str, count: int) -> Doubles | None:
    found = features.array(name, "FLOAT", 3, count)
    if found is not None:
        return found.astype(np.float64)
    packed = features.array(f"{name}_OCT32P", "UNSIGNED_SHORT", 2, count)
    if packed is None:
        return None
    xy = packed / 65535.0 * 2 - 1
    made = np.column_stack([xy, 1 - np.abs(xy).sum(axis=1)])
    below = made[:, 2] < 0
    folded = (1 - np.abs(made[below][:, [1, 0]])) * np.where(made[below, :2] >= 0, 1.0, -1.0)
    made[below, :2] = folded
    length = np.maximum(np.linalg.norm(made, axis=1), 1e-12)
    return np.asarray(made / length[:, None], np.float64)
