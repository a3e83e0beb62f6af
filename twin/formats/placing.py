"""Where a file's features lie in the city: the CRS decision, made once for each file and said in words.

A city made by its first import takes that file's CRS where it is projected, its unit is the metre, it points east and
north, and its scale at the data is within 0.1 % of 1; otherwise the fitting UTM zone (on KSA-GRF17 for data on
KSA-GRF17, on WGS 84 for all else). Heights are put into metres here; those of linked files are brought to the city's
level where that is known (see ``vertical``).
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from twin.core.errors import CannotRead, NoCrs, Refused
from twin.core.i18n import isolate, mark, tr
from twin.formats import crs as systems
from twin.formats.crs import Box
from twin.model.layer import Heights
from twin.model.link import Levels
from twin.model.operation import Operation

Coordinates = NDArray[np.float64]
Place = Callable[[Coordinates], Coordinates]
LOCAL = "local"
_NO_PLACE = mark(
    "The file's coordinates have no place in {crs}, which it names. Say which CRS they are in (--crs EPSG:n)."
)
FAR = 100_000.0
"""Metres from the city beyond which a person is warned."""


@dataclass
class Placing:
    """How a file's coordinates become the city's."""

    crs: str
    """The city's, from now on."""
    source: str
    """The file's: ``EPSG:n``, WKT or ``local``."""
    place: Place
    heights: Heights = "unknown"
    same: bool = False
    """Whether coordinates stay as they are, to the bit."""
    notes: list[str] = field(default_factory=list)
    height_unit: float = 1.0
    """What a height is multiplied by to be metres."""
    levels: Levels | None = None
    """Where heights are brought to another level too (see ``vertical``)."""
    operation: Operation | None = None
    """What moves its coordinates; None where a person placed them by hand."""


def decide(
    path: str | Path,
    named: str | None,
    bounds: Box | None,
    *,
    city: str | None,
    said: str | None = None,
    local: tuple[float, float, float, float] | None = None,
    height_unit: float | None = None,
) -> Placing:
    """Decide where a file lies.

    ``named`` and ``bounds`` are the file's own, ``city`` the city's CRS where it has one, ``said`` the CRS that a
    person gave (``EPSG:n`` or ``local`` with its ``local`` place E, N, angle in degrees, scale), ``height_unit`` what
    a height is multiplied by to be metres, where the file says it beside its CRS.
    """
    if said == LOCAL:
        return _by_hand(path, city, local)
    if local is not None:
        raise Refused("A place (--place) goes with local coordinates only: give --crs local too.", path)
    source = systems.known(said or named, path)
    plane = systems.horizontal(source)
    notes = _overruled(said, named, source)
    _check_fit(plane, bounds, path)
    target = systems.horizontal(systems.known(city, path)) if city else _found(plane, bounds, notes, path)
    placing = Placing(systems.short(target), systems.short(source), lambda xyz: xyz, systems.heights(source))
    unit = systems.height_unit(source) if height_unit is None else height_unit
    if plane.equals(target, ignore_axis_order=True):
        move: Transformer | None = None
        placing.same, placing.operation = unit == 1.0, Operation(accuracy=0.0)
    else:
        move, placing.operation = best(plane, target, bounds, notes)
    if unit != 1.0:
        notes.append(tr("Heights were put into metres (× {unit}).", unit=str(unit)))
    placing.place, placing.height_unit = _placer(move, unit), unit
    placing.notes = notes
    return placing


def between(layer: str, file: str, place: Place) -> Place:
    """For a layer in another CRS than the one that speaks for its file: brought there first, then placed."""
    source, target = systems.horizontal(systems.known(layer, None)), systems.horizontal(systems.known(file, None))
    move = _placer(best(source, target, None, [])[0], 1.0)
    return lambda xyz: place(move(xyz))


def far(extent: Box | None, city: Box | None) -> str | None:
    """A warning where what comes lies far outside the city."""
    if extent is None or city is None:
        return None
    across = max(0.0, extent[0] - city[2], city[0] - extent[2])
    along = max(0.0, extent[1] - city[3], city[1] - extent[3])
    distance = math.hypot(across, along)
    if distance <= FAR:
        return None
    return tr("It lies {distance} km from the rest of the city: is its CRS right?", distance=round(distance / 1000))


def _by_hand(path: str | Path, city: str | None, local: tuple[float, float, float, float] | None) -> Placing:
    if not city:
        words = mark("Local coordinates need a city to lie in: first import a file that names its coordinate system.")
        raise NoCrs(words, path)
    if local is None:
        raise Refused("Local coordinates need a place in the city: give --place E,N[,ANGLE[,SCALE]].", path)
    east, north, angle, scale = local
    if not all(math.isfinite(value) for value in local) or scale <= 0:
        raise Refused("A place is made of finite numbers, its scale above 0.", path)
    turn = math.radians(angle)
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)

    def place(xyz: Coordinates) -> Coordinates:
        placed = np.array(xyz, dtype=np.float64)
        # Not as a product of matrices, whose last digits depend on how many rows there are.
        placed[:, 0] = xyz[:, 0] * cosine - xyz[:, 1] * sine + east
        placed[:, 1] = xyz[:, 0] * sine + xyz[:, 1] * cosine + north
        return placed

    note = tr(
        "Local coordinates were placed at {place}, turned by {angle}° and scaled by {scale}.",
        place=isolate(f"{east:.3f}, {north:.3f}"),
        angle=str(angle),
        scale=str(scale),
    )
    return Placing(city, LOCAL, place, notes=[note])


def _overruled(said: str | None, named: str | None, source: CRS) -> list[str]:
    if not (said and named) or said == named:
        return []
    words = mark("The file names {named}; it was read as {said}, as you said.")
    return [tr(words, named=isolate(named[:60]), said=isolate(systems.short(source)))]


def _check_fit(plane: CRS, bounds: Box | None, path: str | Path) -> None:
    """Metres in a file that says degrees are the commonest slip of all: they have no place to be guessed."""
    if bounds is None or not plane.is_geographic:
        return
    turn = math.pi / (float(plane.axis_info[0].unit_conversion_factor) or 1.0)
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if abs(x) > 2 * turn or abs(y) > turn / 2:
        words = mark("The file says {crs}, but {x}, {y} are no degrees. Say which CRS it is in (--crs EPSG:n).")
        raise NoCrs(words, path, crs=systems.titled(plane), x=f"{x:.6g}", y=f"{y:.6g}")


def _found(plane: CRS, bounds: Box | None, notes: list[str], path: str | Path) -> CRS:
    """The CRS of a city that this file founds."""
    metric = systems.metric(plane)
    if bounds is None:
        if metric:
            return plane
        raise CannotRead("The file holds no feature with a place, so that no CRS can be chosen for the city.", path)
    scale = systems.scale(plane, bounds) if metric else math.nan
    if abs(scale - 1) <= systems.SCALE_BOUND:
        return plane
    try:
        chosen = systems.fitting(plane, bounds)
    except (ProjError, ValueError, OverflowError):
        raise NoCrs(_NO_PLACE, path, crs=systems.titled(plane)) from None
    names = {"file": isolate(systems.titled(plane)), "city": isolate(systems.titled(chosen))}
    if plane.is_geographic:
        notes.append(tr("The file is in degrees, {file}: the city takes {city}.", **names))
    elif math.isfinite(scale):
        off = f"{abs(scale - 1) * 100:.1f}"
        words = mark("A metre of the file’s {file} is {off} % off a true metre here: the city takes {city}.")
        notes.append(tr(words, off=off, **names))
    else:
        notes.append(tr("The file’s {file} isn’t in metres east and north: the city takes {city}.", **names))
    return chosen


def best(source: CRS, target: CRS, bounds: Box | None, notes: list[str]) -> tuple[Transformer, Operation]:
    """The most exact operation at hand; a note where a better one needs a grid, or where none is known."""
    area = _area(source, bounds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            group = TransformerGroup(source, target, always_xy=True, area_of_interest=area, allow_ballpark=False)
            if not group.transformers:
                group = TransformerGroup(source, target, always_xy=True, area_of_interest=area, allow_ballpark=True)
                notes.append(tr("No exact way to the city’s CRS is known: places may be off by some 100 m."))
    except (ProjError, IndexError):  # pyproj's own slip where PROJ can't use a CRS
        raise NoCrs(_NO_PLACE, crs=systems.titled(source)) from None
    if not group.transformers:
        raise NoCrs("There is no way from {source} to the city’s CRS.", source=systems.titled(source))
    chosen = group.transformers[0]
    return chosen, _told(chosen, group)


def _told(chosen: Transformer, group: TransformerGroup) -> Operation:
    """What PROJ says of the operation, and of a more exact one whose grids are missing."""
    accuracy = chosen.accuracy if chosen.accuracy >= 0 else None
    least = math.inf if accuracy is None else accuracy
    better = [one for one in group.unavailable_operations if 0 <= one.accuracy < least]
    most = min(better, key=lambda one: one.accuracy, default=None)
    return Operation(
        name=chosen.description,
        accuracy=accuracy,
        grids=tuple(grid.short_name for grid in most.grids if not grid.available) if most else (),
        better=most.accuracy if most else None,
    )


def _area(source: CRS, bounds: Box | None) -> AreaOfInterest | None:
    if bounds is None:
        return None
    try:
        to_earth = Transformer.from_crs(source, "OGC:CRS84", always_xy=True)
        box = to_earth.transform_bounds(*bounds, errcheck=True)
    except (ProjError, ValueError):
        return None
    return AreaOfInterest(*box) if all(map(math.isfinite, box)) else None


def _placer(move: Transformer | None, unit: float) -> Place:
    # One of a group's transformers belongs to one thread at a time.
    turn = threading.Lock()

    def place(xyz: Coordinates) -> Coordinates:
        if move is None and unit == 1.0:
            return xyz
        placed = np.array(xyz, dtype=np.float64)
        if move is not None:
            with turn:
                placed[:, 0], placed[:, 1] = move.transform(xyz[:, 0], xyz[:, 1])
        placed[:, 2] *= unit
        return placed

    return place
