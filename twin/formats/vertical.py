"""Heights above another level than the city's: brought there by PROJ where it knows how, else said, never guessed."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer, datadir
from pyproj.crs import CompoundCRS
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from twin.core.errors import NoCrs
from twin.core.i18n import isolate, mark, tr
from twin.formats import crs as systems
from twin.formats.crs import Box
from twin.formats.placing import Coordinates, Place
from twin.model.link import Levels

_LATTICE = 33
"""Places a side where the separation of two levels is asked for: between them it is as smooth as a geoid."""
_EXACT = 1.0
"""Metres of accuracy beyond which an operation is told of."""


def named(text: str | None) -> CRS | None:
    """The part of a CRS that says where heights are measured from: vertical, or 3D and so above an ellipsoid.

    None where it says nothing of heights.
    """
    if not text or text == "local":
        return None
    try:
        crs = systems.known(text, None)
    except NoCrs:
        return None
    whole = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    if whole.is_compound:
        return whole.sub_crs_list[-1]
    return whole if len(whole.axis_info) == 3 else None


def differ(levels: Levels) -> bool:
    """Whether they are known and not the same."""
    file, city = named(levels.file), named(levels.city)
    if file is None or city is None:
        return False
    both = len(file.axis_info) == 3, len(city.axis_info) == 3
    if all(both):
        return not systems.horizontal(file).equals(systems.horizontal(city), ignore_axis_order=True)
    return any(both) or not file.equals(city, ignore_axis_order=True)


def way(levels: Levels) -> tuple[bool, list[str]]:
    """Whether the file's heights can be brought to the city's level, and what to tell."""
    names = {"file": _titled(levels.file), "city": _titled(levels.city)}
    group = _group(levels)
    if group is None or not group.transformers:
        grids = _missing(group)
        if not grids:
            words = mark(
                "Its heights are above {file}, the city’s above {city}, and no way from one to the other is known: "
                "they stay as they are, and may be metres off."
            )
            return False, [tr(words, **names)]
        words = mark(
            "Its heights are above {file}, the city’s above {city}. They stay as they are, and may be metres off, "
            "since the grid file that leads from one to the other is missing: {grids}. Put it into {folder}, then "
            "import the file anew."
        )
        return False, [tr(words, **names, grids=isolate(grids), folder=isolate(_folder()))]
    if not np.isfinite(Shift(levels).over(levels.bounds)).all():
        words = mark(
            "Its heights are above {file}, the city’s above {city}, and the grid that leads from one to the other ends "
            "before the file does: they stay as they are, and may be metres off."
        )
        return False, [tr(words, **names)]
    notes = [tr(mark("Its heights were brought from {file} to {city}, as the city has them."), **names)]
    accuracy = group.transformers[0].accuracy
    if not group.best_available and accuracy > _EXACT:
        words = mark("Heights are exact to about {accuracy} m: the grid file that would do better is missing: {grids}.")
        notes.append(tr(words, accuracy=f"{accuracy:g}", grids=isolate(_missing(group))))
    return True, notes


class Shift:
    """What is added to a height above the file's level, in metres, by place in the city."""

    def __init__(self, levels: Levels) -> None:
        group = _group(levels)
        if group is None or not group.transformers:
            raise NoCrs(mark("The grid file that its heights were brought to the city’s level by is missing."))
        self._forward = group.transformers[0]
        file, plane = systems.known(levels.file, None), systems.known(levels.city_crs, None)
        source, target = systems.horizontal(file), systems.horizontal(plane)
        same = source.equals(target, ignore_axis_order=True)
        self._back = None if same else Transformer.from_crs(target, source, always_xy=True)
        self._unit = _unit(named(levels.city))

    def __call__(self, x: Any, y: Any) -> NDArray[np.float64]:
        """(n,) metres at each place; not finite where no grid says."""
        if self._back is not None:
            x, y = self._back.transform(x, y)
        return np.asarray(self._forward.transform(x, y, np.zeros(len(x)))[2], float) * self._unit

    def over(self, box: Box) -> NDArray[np.float64]:
        """(n, n) metres over a box, the first row in the south."""
        return self(*_spread(box)).reshape(_LATTICE, _LATTICE)


def shifted(place: Place, shift: Shift) -> Place:
    """Places with their heights above the city's level."""

    def placed(xyz: Coordinates) -> Coordinates:
        there = np.array(place(xyz), float)
        sure = np.isfinite(there).all(axis=1)
        if sure.any():
            low, high = there[sure, :2].min(axis=0), there[sure, :2].max(axis=0)
            box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
            there[sure, 2] += between(shift.over(box), box, there[sure, 0], there[sure, 1])
        return there

    return placed


def between(lattice: Any, box: Box, x: Any, y: Any) -> NDArray[np.float64]:
    """(n,) what a lattice over a box says of places within it (bilinear)."""
    last = len(lattice) - 1
    column = np.clip((x - box[0]) / max(box[2] - box[0], 1e-9) * last, 0, last)
    row = np.clip((y - box[1]) / max(box[3] - box[1], 1e-9) * last, 0, last)
    left, low = (np.minimum(one.astype(int), last - 1) for one in (column, row))
    right, up = column - left, row - low
    below = (1 - right) * lattice[low, left] + right * lattice[low, left + 1]
    above = (1 - right) * lattice[low + 1, left] + right * lattice[low + 1, left + 1]
    found: NDArray[np.float64] = (1 - up) * below + up * above
    return found


def _spread(box: Box) -> tuple[Any, Any]:
    x, y = np.meshgrid(np.linspace(box[0], box[2], _LATTICE), np.linspace(box[1], box[3], _LATTICE))
    return x.ravel(), y.ravel()


@lru_cache(maxsize=8)
def _group(levels: Levels) -> TransformerGroup | None:
    """The ways from the file's level to the city's; None where PROJ can't use one of them."""
    plane = systems.horizontal(systems.known(levels.city_crs, None))
    try:
        area = AreaOfInterest(*_degrees(plane, levels.bounds))
        source = systems.known(levels.file, None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            target = _with(plane, named(levels.city))
            return TransformerGroup(source, target, always_xy=True, area_of_interest=area, allow_ballpark=False)
    except (ProjError, CRSError, IndexError, ValueError):
        return None


def _with(plane: CRS, level: CRS | None) -> CRS:
    """A plane with heights above a level."""
    assert level is not None
    if len(level.axis_info) == 3:
        return plane.to_3d()
    return CompoundCRS(f"{plane.name} + {level.name}", [plane, level])


def _degrees(plane: CRS, bounds: Box) -> Box:
    to_earth = Transformer.from_crs(plane, "OGC:CRS84", always_xy=True)
    found = to_earth.transform_bounds(*bounds, errcheck=True)
    if not all(map(math.isfinite, found)):
        raise ValueError("no place on earth")
    return found


def _missing(group: TransformerGroup | None) -> str:
    """The grids of the best way that lacks some."""
    best = next(iter(group.unavailable_operations), None) if group else None
    return ", ".join(grid.short_name for grid in best.grids if not grid.available) if best else ""


def _titled(text: str) -> str:
    level = named(text)
    assert level is not None
    if len(level.axis_info) == 3:
        return tr(mark("the ellipsoid of {crs}"), crs=isolate(systems.titled(level)))
    return isolate(systems.titled(level))


def _folder() -> str:
    """Where PROJ looks for a person's own grids."""
    return str(datadir.get_user_data_dir())  # type: ignore[attr-defined]


def _unit(level: CRS | None) -> float:
    axes = level.axis_info if level else []
    return float(axes[-1].unit_conversion_factor or 1.0) * (-1.0 if axes[-1].direction == "down" else 1.0)
