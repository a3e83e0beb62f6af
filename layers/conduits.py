"""Pipes and cables: middle lines with their radius; tubes from near, ribbons that face the eye from afar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import palette
from layers.lengths import DIAMETERS, positive
from layers.lying import COLUMNS as HEIGHTS
from layers.lying import Lying, lying, placed
from twin.api import shapes

COLUMNS: tuple[str, ...] = (*DIAMETERS, *HEIGHTS, "object_type", "substance")
GROUNDED = True
"""Where no height is said, they lie on the ground there, or so deep below it."""
DETAILS = (0.0, 0.25, 3.0)
"""Metres by which each level of detail may be off: a tube, a ribbon that faces the eye, and one without small bends."""
GROWS = 6.0
"""Pixels that what is drawn may reach beyond what is there."""
SIDES = 8
_BEND, _SHARP = 2.0, -0.5
"""Metres that a far line may leave its line; the cosine of a turn at which a tube ends and another begins."""
_STEP, _FAR_STEP = 50.0, 200.0
"""Metres between points along what lies on the ground, so that it bends with it."""
_LEAST, _WIDER, _MOST = 1.1, 3.4, 5.0
"""Pixels of half a line's width at the least: so many, and more with its radius' root, up to so many."""
_FAR = "far_"
_KEPT = ("points", "starts", "owner")


def encoded(table: pa.Table, diameter: float, carries: str) -> bytes:
    """Each line with its radius, ``diameter`` metres wide where it names none, in the colour of what it carries."""
    return packed(table, positive(table, DIAMETERS, diameter) / 2, palette.carrying(table, carries))


def packed(table: pa.Table, radius: Any, colours: Sequence[shapes.Colour]) -> bytes:
    """The lines of a tile as a payload: ``radius`` (n,) in metres, a colour for each feature."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    return shapes.pack(**arrays(table, geometries, radius, colours))


def arrays(table: pa.Table, geometries: Any, radius: Any, colours: Sequence[shapes.Colour]) -> dict[str, Any]:
    """The arrays of such a payload; what is no line has none."""
    how = lying(table, geometries)
    lines = np.where((shapely.get_dimensions(geometries) == 1) & (shapely.length(geometries) > 0), geometries, None)
    bounds = shapely.bounds(lines)
    there = np.isfinite(bounds[:, 0])
    origin = np.array([*np.nanmin(bounds[there, :2], axis=0), 0.0]) if there.any() else np.zeros(3)
    far = _runs(_bent(shapely.simplify(lines, _BEND), how.sunk, _FAR_STEP), how, origin)
    return {
        "origin": origin,
        **_runs(_bent(lines, how.sunk, _STEP), how, origin),
        **{_FAR + name: one for name, one in far.items()},
        "radius": np.asarray(radius, np.float32),
        "on_ground": how.on_ground,
        "sunk": how.sunk,
        "fids": table.column("fid").to_numpy(),
        "colours": np.array(colours, np.uint8).reshape(-1, 3),
    }


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """Tubes, or ribbons from afar; none of them thinner on the screen than some pixels."""
    return meshed(shapes.unpack(payload), level)


def meshed(given: shapes.Packed, level: int) -> shapes.Arrays:
    """The same from what ``arrays`` made."""
    prefix = _FAR if level > 1 else ""
    points, starts, owner = (given[prefix + name] for name in _KEPT)
    whose = np.repeat(owner, np.diff(starts))
    radius = given["radius"]
    if level == 0:
        made, away, triangles, line = _tubes(points, starts, radius[owner])
        of, middle = owner[line], made - away
        normals = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
        across = np.zeros(len(made), np.float32)
    else:
        made, away, triangles, across = _ribbons(points, starts, radius[whose])
        of, middle = np.repeat(whose, 2), made
        normals = np.tile(np.array([0, 0, 1], np.float32), (len(made), 1))
    on_ground = given["on_ground"][of]
    growth = np.column_stack([away, radius[of] / least(radius[of]), on_ground, across])
    return shapes.Arrays(
        origin=tuple(float(value) for value in given["origin"]),  # type: ignore[arg-type]
        points=made.astype(np.float32),
        triangles=triangles,
        normals=normals.astype(np.float32),
        owner=of,
        fids=given["fids"],
        base=given["colours"][of],
        foot=np.ones(len(made), np.float32),
        growth=growth.astype(np.float32),
        stands=np.where(given["sunk"][of][:, None], middle[:, :2], np.nan).astype(np.float32),
    )


def heights(payload: bytes) -> tuple[float, float]:
    """From the lowest pipe's foot to the highest's top."""
    given = shapes.unpack(payload)
    if not len(given["points"]):
        return np.nan, np.nan
    wide = float(given["radius"].max(initial=0))
    return float(given["points"][:, 2].min()) - wide, float(given["points"][:, 2].max()) + wide


def least(radius: Any) -> Any:
    """Pixels of half a line's width at the least, by its radius in metres."""
    return np.minimum(_LEAST + _WIDER * np.sqrt(radius), _MOST)


def _bent(lines: Any, sunk: Any, step: float) -> Any:
    """The lines with points enough to follow the ground where their heights count from it."""
    found = np.array(lines, object)
    found[sunk] = shapely.segmentize(found[sunk], step)
    return found


def _runs(lines: Any, how: Lying, origin: Any) -> dict[str, Any]:
    """Their points without repeated ones, cut at sharp turns, as ``_KEPT`` names them."""
    parts, feature = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, include_z=True, return_index=True)
    points = placed(points, feature[part], how) - origin
    again = np.zeros(len(points), bool)
    again[1:] = (part[1:] == part[:-1]) & (np.abs(np.diff(points, axis=0)).max(axis=1, initial=0) < 1e-4)
    points, part = points[~again], part[~again]
    steps = np.diff(points, axis=0)
    ways = steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-12)
    inner = (part[1:-1] == part[:-2]) & (part[1:-1] == part[2:])
    sharp = inner & (np.einsum("ij,ij->i", ways[:-1], ways[1:]) < _SHARP)
    # The point of a sharp turn ends one run and begins another.
    twice = np.ones(len(points), np.int64)
    twice[1:-1][sharp] = 2
    points, part = np.repeat(points, twice, axis=0), np.repeat(part, twice)
    second = np.cumsum(twice)[:-1][twice[:-1] == 2] - 1
    begins = np.concatenate([[True], part[1:] != part[:-1]]) if len(part) else np.empty(0, bool)
    begins[second] = True
    firsts = np.flatnonzero(begins)
    sizes = np.diff(np.append(firsts, len(points)))
    whole = np.repeat(sizes > 1, sizes)
    return {
        "points": points[whole].astype(np.float32),
        "starts": np.concatenate([[0], np.cumsum(sizes[sizes > 1])]).astype(np.int64),
        "owner": feature[part[firsts[sizes > 1]]].astype(np.int32),
    }


def _tubes(points: Any, starts: Any, radius: Any) -> tuple[Any, Any, Any, Any]:
    from layers import tubes

    count, lines = len(points), len(starts) - 1
    made, away = np.empty((count * SIDES, 3)), np.empty((count * SIDES, 3))
    triangles = np.empty((2 * SIDES * (count - lines) + 2 * lines * (SIDES - 2), 3), np.int32)
    line = np.empty(count * SIDES, np.int32)
    tubes.rings(points.astype(np.float64), starts, radius.astype(np.float64), SIDES, made, away, triangles, line)
    return made, away, triangles, line


def _ribbons(points: Any, starts: Any, radius: Any) -> tuple[Any, Any, Any, Any]:
    """Two points for each of the line's, both on it: the card moves them apart."""
    count = len(points)
    last = np.zeros(count, bool)
    last[starts[1:] - 1] = True
    first = np.zeros(count, bool)
    first[starts[:-1]] = True
    steps = np.diff(points, axis=0, append=points[-1:]) if count else points
    ways = steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-12)
    coming, going = np.roll(ways, 1, axis=0), ways
    coming[first], going = going[first], np.where(last[:, None], coming, going)
    along = coming + going
    length = np.maximum(np.linalg.norm(along, axis=1), 1e-6)
    # At a bend the ribbon is as much wider as keeps its sides straight.
    wider = np.minimum(2 / length, 1.6)
    away = along / length[:, None] * (radius * wider)[:, None]
    begins = 2 * np.flatnonzero(~last)[:, None]
    triangles = (begins[:, None, :] + np.array([[0, 3, 1], [0, 2, 3]])).reshape(-1, 3)
    across = np.tile(np.array([-1, 1], np.float32), count)
    return np.repeat(points, 2, axis=0), np.repeat(away, 2, axis=0), triangles.astype(np.int32), across
