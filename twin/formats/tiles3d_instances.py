"""Instanced models (i3dm): one form, put in many places, turned and scaled (3D Tiles 1.0, Instanced 3D Model)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.formats.earth import is_on_earth, to_degrees, upright
from twin.formats.model_pieces import Piece
from twin.formats.tiles3d_tables import Doubles, Table, places, row


def instances(form: list[Piece], features: Table, columns: dict[str, list[Any]]) -> Iterator[Piece]:
    """A feature for each place, in the tile's coordinates."""
    stands, rows = standing(features)
    for n, (matrix, number) in enumerate(zip(stands, rows.tolist(), strict=True)):
        made = Piece(str(n), row(columns, number))
        for one in form:
            made.faces += [some @ matrix[:3, :3].T + matrix[:3, 3] for some in one.faces]
            made.lines += [some @ matrix[:3, :3].T + matrix[:3, 3] for some in one.lines]
            made.points += [some @ matrix[:3, :3].T + matrix[:3, 3] for some in one.points]
        yield made


def standing(features: Table) -> tuple[Doubles, NDArray[np.int64]]:
    """(n, 4, 4) what brings the form where each instance stands, and the batch table's row of each."""
    count = features.count("INSTANCES_LENGTH")
    where = places(features, count)
    made = np.tile(np.eye(4), (count, 1, 1))
    made[:, :3, :3], made[:, :3, 3] = _turns(features, where, count), where
    sizes = features.array("SCALE_NON_UNIFORM", "FLOAT", 3, count)
    if sizes is not None:
        made[:, :3, :3] *= sizes[:, None, :]
    scale = features.array("SCALE", "FLOAT", 1, count)
    if scale is not None:
        made[:, :3, :3] *= scale[:, None, None]
    ids = features.array("BATCH_ID", "UNSIGNED_SHORT", 1, count)
    return made, np.arange(count) if ids is None else ids.astype(np.int64)


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
