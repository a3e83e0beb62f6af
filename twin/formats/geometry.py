"""Geometry from a file: decoded, checked, placed and repaired, one feature at a time where something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.core.i18n import mark, tr, trn
from twin.formats import curves
from twin.formats.placing import Place

ABSURD = 1e8
"""Metres from the origin of any projected CRS beyond which nothing lies on earth."""
_ABSURD_IN_FILE = 1e12
_HEIGHT = 1e6
FAULTS = (
    mark("Self-intersection"),
    mark("Ring Self-intersection"),
    mark("Too few points in geometry component"),
    mark("Hole lies outside shell"),
    mark("Nested holes"),
    mark("Nested shells"),
    mark("Duplicate Rings"),
    mark("Interior is disconnected"),
    mark("Invalid Coordinate"),
)


@dataclass
class Checked:
    """A batch's geometry: None where refused (or where a file of ours has none)."""

    geometry: NDArray[np.object_]
    repaired: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    """What a refused feature is called in the report."""

    def refuse(self, rows: Iterable[Any], reason: str) -> None:
        """Give rows up for one reason."""
        for row in rows:
            self.refused[int(row)] = reason
            self.geometry[row] = None


def check(wkb: pa.Array, place: Place, *, ours: bool, sound: bool = False) -> Checked:
    """Decode and judge a column of WKB; ``ours`` says that a city gave it out, so that what it has is wanted.

    ``sound`` geometry is a city's too, but a feature must have it.
    """
    raw = wkb.to_numpy(zero_copy_only=False)
    checked = Checked(decoded(raw))
    empty = wkb.is_null().to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(shapely.is_missing(checked.geometry) & ~empty):
        checked.refuse([row], _undecodable(raw[row]))
    if not ours:
        checked.refuse(np.flatnonzero(empty), tr("It has no geometry."))
        checked.refuse(np.flatnonzero(shapely.is_empty(checked.geometry)), tr("Its geometry is empty."))
    _drop_unknown_heights(checked)
    _place(checked, place)
    if not (ours or sound):
        _repair(checked)
        _resolve_collections(checked)
    return checked


def decoded(raw: NDArray[np.object_]) -> NDArray[np.object_]:
    """Geometry of a column of WKB, curves and meshes as lines and polygons; None where it can't be read."""
    try:
        found: NDArray[np.object_] = np.atleast_1d(shapely.from_wkb(raw, on_invalid="ignore"))
    except NotImplementedError:
        return np.array([_one(wkb) for wkb in raw], dtype=object)
    for row in np.flatnonzero(shapely.is_missing(found)):
        # Of some meshes GEOS says nothing at all.
        if raw[row] and curves.is_curve(raw[row]):
            found[row] = _one(raw[row])
    return found


def _one(wkb: bytes | None) -> Any:
    try:
        return curves.linear(wkb) if wkb and curves.is_curve(wkb) else shapely.from_wkb(wkb, on_invalid="ignore")
    except (shapely.errors.ShapelyError, ValueError, IndexError, NotImplementedError):
        return None


def encoded(geometry: NDArray[np.object_]) -> pa.Array:
    """ISO WKB, little endian, 2D or with heights."""
    return pa.array(shapely.to_wkb(geometry, flavor="iso", byte_order=1), pa.binary())


def _undecodable(raw: bytes) -> str:
    try:
        shapely.from_wkb(raw)
        return tr("Its geometry is damaged: it can’t be read.")
    except (shapely.errors.ShapelyError, ValueError, NotImplementedError) as why:
        said = re.sub(r"^\w*Exception: ", "", str(why))
        few = re.search(r"points in LinearRing found (\d+)", said)
        if few:
            return trn("A ring of it has only {n} point.", "A ring of it has only {n} points.", int(few[1]))
        return tr("Its geometry is damaged: it can’t be read.")


def _drop_unknown_heights(checked: Checked) -> None:
    solid = np.flatnonzero(shapely.has_z(checked.geometry))
    if not len(solid):
        return
    coordinates, index = shapely.get_coordinates(checked.geometry[solid], include_z=True, return_index=True)
    rows = solid[np.unique(index[np.isnan(coordinates[:, 2]) & np.isfinite(coordinates[:, :2]).all(axis=1)])]
    checked.geometry[rows] = shapely.force_2d(checked.geometry[rows])
    for row in rows:
        checked.repaired[int(row)] = tr("Heights that are no numbers were dropped.")


def _place(checked: Checked, place: Place) -> None:
    solid = shapely.has_z(checked.geometry)
    for with_z in (False, True):
        rows = np.flatnonzero((solid == with_z) & ~shapely.is_missing(checked.geometry))
        why = tr("Its coordinates are no finite numbers, or absurd.")
        rows, old = _sound(checked, rows, with_z, _ABSURD_IN_FILE, why)
        if not len(rows):
            continue
        xyz = old if with_z else np.column_stack([old, np.zeros(len(old))])
        placed = place(xyz)
        if placed is not xyz:
            checked.geometry[rows] = shapely.set_coordinates(checked.geometry[rows], placed[:, : old.shape[1]])
        if not _are_sound(placed, ABSURD):
            _sound(checked, rows, with_z, ABSURD, tr("It has no place in the city’s coordinate system."))


def _sound(
    checked: Checked, rows: NDArray[np.intp], with_z: bool, bound: float, reason: str
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The rows whose coordinates can be, and those; the others are refused."""
    coordinates = shapely.get_coordinates(checked.geometry[rows], include_z=with_z)
    if _are_sound(coordinates, bound):
        return rows, coordinates
    coordinates, index = shapely.get_coordinates(checked.geometry[rows], include_z=with_z, return_index=True)
    good = (np.abs(coordinates[:, :2]) <= bound).all(axis=1)
    if with_z:
        # A height that is no number is none; it was dropped before.
        good &= ~(np.abs(coordinates[:, 2]) > _HEIGHT)
    checked.refuse(rows[np.unique(index[~good])], reason)
    rows = rows[~shapely.is_missing(checked.geometry[rows])]
    return rows, shapely.get_coordinates(checked.geometry[rows], include_z=with_z)


def _are_sound(coordinates: NDArray[np.float64], bound: float) -> bool:
    if not len(coordinates):
        return True
    flat, heights = coordinates[:, :2], coordinates[:, 2:]
    # A comparison with NaN is never true.
    inside = bool(-bound <= flat.min() and flat.max() <= bound)
    return inside and not bool((np.abs(heights) > _HEIGHT).any())


def _repair(checked: Checked) -> None:
    present = ~shapely.is_missing(checked.geometry)
    for row in np.flatnonzero(present & ~shapely.is_valid(checked.geometry)):
        was = checked.geometry[row]
        reason = _fault(was)
        made = _of_dimension(_made_valid(was), int(shapely.get_dimensions(was)))
        if made is None:
            checked.refuse([row], reason)
        else:
            checked.geometry[row] = made
            checked.repaired[int(row)] = reason


def _made_valid(geometry: Any) -> Any:
    try:
        return shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    except shapely.errors.ShapelyError:
        return None


def _fault(geometry: Any) -> str:
    name, _, where = str(shapely.is_valid_reason(geometry)).partition("[")
    return f"{tr(name)} [{where}" if where and name else tr(name)


def _resolve_collections(checked: Checked) -> None:
    """A collection has no way to be drawn or measured as one thing: its parts of the highest dimension stand for it."""
    for row in np.flatnonzero(shapely.get_type_id(checked.geometry) == shapely.GeometryType.GEOMETRYCOLLECTION):
        was = checked.geometry[row]
        made = _of_dimension(was, int(shapely.get_dimensions(was)))
        if made is None:
            checked.refuse([row], tr("Its geometry is empty."))
        else:
            checked.geometry[row] = made
            checked.repaired.setdefault(int(row), tr("Of a collection, the parts of the highest dimension were kept."))


def _of_dimension(geometry: Any, dimension: int) -> Any:
    """The parts of one dimension as one geometry; None where there are none."""
    if geometry is None or geometry.is_empty or shapely.get_dimensions(geometry) < dimension:
        return None
    if geometry.geom_type != "GeometryCollection":
        return geometry
    parts: list[Any] = []
    queue = [geometry]
    while queue:
        one = queue.pop(0)
        if one.geom_type in ("GeometryCollection", "MultiPolygon", "MultiLineString", "MultiPoint"):
            queue = [*one.geoms, *queue]
        elif shapely.get_dimensions(one) == dimension and not one.is_empty:
            parts.append(one)
    gather = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[dimension]
    return None if not parts else parts[0] if len(parts) == 1 else gather(parts)
