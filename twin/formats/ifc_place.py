"""Where an IFC model lies on the map: IfcMapConversion (IFC4), ePSet_MapConversion (IFC2x3), or nowhere.

The formula is IFC4's (IfcMapConversion): turned about the height, scaled, then moved. A scale of about 1 between unlike
units is taken for the grid's alone, since the units' own would make the model a thousand times too large or too small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from twin.formats.citygml_crs import named

_NEAR_ONE = (0.9, 1.1)


@dataclass(frozen=True)
class Georeference:
    """From metres in the model to coordinates of a projected CRS."""

    crs: str | None
    """None where the file names none, though it says where the model lies in it."""
    turn: NDArray[np.float64]
    """(3, 3)"""
    move: NDArray[np.float64]
    """(3,)"""
    orthometric: bool = False

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 3) metres in the model, where they lie."""
        return points @ self.turn.T + self.move


def georeference(model: Any, unit: float) -> Georeference | None:
    """What the file says of its place; ``unit`` is its length unit in metres. None where it says nothing."""
    from ifcopenshell.util import geolocation

    try:
        told = geolocation.get_helmert_transformation_parameters(model)
        crs = geolocation.get_crs(model) or {}
    except (AttributeError, IndexError, AssertionError, TypeError):
        return None
    if told is None or not all(map(math.isfinite, told)):
        return None
    name = named(str(crs.get("Name") or "")) or _by_name(str(crs.get("Description") or ""))
    if name and not name.startswith("EPSG:"):
        name = _by_name(name) or name
    metre = _map_unit(crs.get("MapUnit"), unit, told.scale)
    scale = told.scale * (unit / metre if _is_grid_alone(told.scale, unit / metre) else 1.0) / unit
    angle = math.atan2(told.xao, told.xaa)
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]]) * scale
    turn = turn * np.array([told.factor_x, told.factor_y, told.factor_z])
    # A CRS counts in its own unit on the map, heights are metres.
    east, up = metre / _crs_unit(name), metre
    move = np.array([told.e, told.n, told.h]) * [east, east, up]
    turn = turn * np.array([[east], [east], [up]])
    wcs = _origin(model, unit)
    return Georeference(name, turn @ wcs[:3, :3], move + turn @ wcs[:3, 3], bool(crs.get("VerticalDatum")))


def site(model: Any) -> tuple[float, float] | None:
    """Longitude and latitude of the site in degrees (WGS 84), where it tells them."""
    for one in model.by_type("IfcSite"):
        lat, lon = (_degrees(getattr(one, name, None)) for name in ("RefLatitude", "RefLongitude"))
        if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon):
            return lon, lat
    return None


def _degrees(parts: Any) -> float | None:
    """Degrees, minutes, seconds and, since IFC2x3, millionths of seconds; all of one sign."""
    if not isinstance(parts, tuple | list) or not 2 < len(parts) < 5:
        return None
    steps = (1.0, 60.0, 3600.0, 3.6e9)
    return float(sum(value / step for value, step in zip(parts, steps, strict=False)))


def _is_grid_alone(scale: float, ratio: float) -> bool:
    low, high = _NEAR_ONE
    return not low <= scale / ratio <= high and low <= scale <= high


def _map_unit(said: Any, unit: float, scale: float) -> float:
    """The unit of eastings in metres: as told; else metres where the scale leads to them, else the project's."""
    from ifcopenshell.util import unit as units

    if said is not None and hasattr(said, "is_a"):
        try:
            return float(units.get_unit_scale(said)) or 1.0
        except (AttributeError, TypeError, ValueError, KeyError):
            return 1.0
    if isinstance(said, str) and said.strip().upper() in ("METRE", "METER", "M"):
        return 1.0
    low, high = _NEAR_ONE
    return 1.0 if low <= scale / unit <= high else unit


def _crs_unit(name: str | None) -> float:
    try:
        axes = CRS.from_user_input(name).axis_info if name else []
    except CRSError:
        axes = []
    return float(axes[0].unit_conversion_factor) if axes and axes[0].unit_name != "degree" else 1.0


def _by_name(text: str) -> str | None:
    """A CRS by the name that its authority gave it."""
    try:
        authority = CRS.from_user_input(text).to_authority() if text.strip() else None
    except CRSError:
        authority = None
    return ":".join(authority) if authority else None


def _origin(model: Any, unit: float) -> NDArray[np.float64]:
    """(4, 4): from the model's coordinates to those that the map conversion starts from, in metres."""
    from ifcopenshell.util import geolocation

    try:
        found = geolocation.get_wcs(model)
        matrix = np.eye(4) if found is None else np.linalg.inv(np.array(found, np.float64))
    except (AttributeError, TypeError, ValueError, np.linalg.LinAlgError):
        matrix = np.eye(4)
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        return np.eye(4)
    matrix[:3, 3] *= unit
    return matrix
