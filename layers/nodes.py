"""Network nodes: what each is has a shape of its own, never smaller on the screen than some pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import conduits, glyphs, palette
from layers.lengths import DIAMETERS, positive
from layers.lying import COLUMNS as HEIGHTS
from layers.lying import lying, placed
from layers.node_shapes import NAMES, SHAPES
from twin.api import shapes

KIND = "nodes"
VERSION = 2
GROUNDED = True
"""Where no height is said, they lie on the ground there, or so deep below it."""
DETAILS = (0.0, 0.4, 8.0)
"""Metres by which each level of detail may be off: shapes as they are, coarse ones, and those that matter alone."""
GROWS = 9.0
"""Pixels that what is drawn may reach beyond what is there."""
COLUMNS: tuple[str, ...] = (*DIAMETERS, *HEIGHTS, "object_type", "node_type", "max_level", "substance")
_KINDS = ("node_type", "object_type")
_DIAMETER, _TANK, _LEVEL = 0.1, 12.0, 5.0
"""Metres of what says no size: a link's tube, a tank and what it holds."""
_MANY = ("junction", "bus", "load", "switch", "node")
"""Which of them are so many that from far away they would hide all else."""


def encode(table: pa.Table) -> bytes:
    """Where each stands, which shape it has and how it is turned; one with two ends is a tube with its shape midway."""
    geometries = np.array(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False)), object)
    kinds = np.array([_kind(words) for words in _said(table)], np.int64)
    how = lying(table, geometries)
    link = shapely.get_dimensions(geometries) == 1
    middles = geometries.copy()
    middles[link] = shapely.line_interpolate_point(geometries[link], 0.5, normalized=True)
    points, whose = shapely.get_coordinates(middles, include_z=True, return_index=True)
    points = placed(points, whose, how)
    tube = positive(table, DIAMETERS, _DIAMETER)
    colours = np.array([palette.NODES[NAMES[kind]] for kind in kinds], np.uint8).reshape(-1, 3)
    tubes = geometries.copy()
    tubes[~link] = None
    lines = conduits.arrays(table, tubes, np.where(link, tube, 0.0) / 2, palette.carrying(table, "water"))
    origin = lines["origin"] if link.any() else _origin(points)
    size = np.ones((len(table), 3))
    tank = np.array([NAMES[kind] == "tank" for kind in kinds], bool)
    wide, tall = positive(table, {"diameter": 1.0}, _TANK), positive(table, {"max_level": 1.0}, _LEVEL)
    size[tank] = np.column_stack([wide, wide, tall])[tank]
    return shapes.pack(
        **lines | {"origin": origin, "points": lines["points"] + (lines["origin"] - origin).astype(np.float32)},
        feet=(points - origin).astype(np.float32),
        of=whose.astype(np.int32),
        size=size.astype(np.float32),
        turn=_turns(geometries, link).astype(np.float32),
        shape=kinds.astype(np.uint8),
        own=colours,
    )


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """The shapes, one after the other, and the tubes of those with two ends."""
    given = shapes.unpack(payload)
    of = given["of"]
    parts: list[dict[str, Any]] = []
    for number, name in enumerate(NAMES):
        mine = given["shape"][of] == number
        if not mine.any() or (level > 1 and name in _MANY):
            continue
        whose = of[mine]
        where = glyphs.Stand(
            feet=given["feet"][mine],
            size=given["size"][whose],
            turn=given["turn"][whose],
            owner=whose,
            colours=given["own"][whose],
            on_ground=given["on_ground"][whose],
            sunk=given["sunk"][whose],
        )
        parts.append(glyphs.copied(SHAPES[name], where, coarse=level > 0))
    if len(given["points"]):
        made = conduits.meshed(given, level)
        parts.append({name: getattr(made, name) for name in _TUBE})
    return glyphs.meshed(given["origin"], given["fids"], parts, grows=True)


def heights(payload: bytes) -> tuple[float, float]:
    """From the lowest's foot to the highest's top."""
    given = shapes.unpack(payload)
    z = given["feet"][:, 2]
    if not len(z):
        return np.nan, np.nan
    tall = float(given["size"][:, 2].max(initial=1.0)) * 1.5
    return float(z.min()) - 1.0, float(z.max()) + tall


def _kind(words: tuple[str | None, ...]) -> int:
    known = (str(word).lower() for word in words if word)
    return next((NAMES.index(word) for word in known if word in NAMES), NAMES.index("node"))


def _said(table: pa.Table) -> list[tuple[str | None, ...]]:
    names = [name for name in _KINDS if name in table.column_names]
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True)) if names else [()] * len(table)


def _turns(geometries: Any, link: Any) -> Any:
    """Along the line of each link, in radians counter-clockwise from the east."""
    found = np.zeros(len(geometries))
    lines = geometries[link]
    ends = [shapely.line_interpolate_point(lines, share, normalized=True) for share in (0.45, 0.55)]
    found[link] = np.arctan2(*(axis(ends[1]) - axis(ends[0]) for axis in (shapely.get_y, shapely.get_x)))
    return np.nan_to_num(found)


def _origin(points: Any) -> Any:
    return np.array([*points[:, :2].min(axis=0), 0.0]) if len(points) else np.zeros(3)


_TUBE = ("points", "normals", "triangles", "owner", "base", "growth", "stands")
