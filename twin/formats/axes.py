"""Whether a file's coordinates look exchanged: north where east should be, a slip that no format can say."""

from __future__ import annotations

import math

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from twin.core.i18n import mark
from twin.formats.crs import Box, horizontal
from twin.formats.placing import FAR, Placing

SWAPPED = mark(
    "Its axes look swapped: with each place’s two coordinates exchanged it would lie where the rest does. Undo this, "
    "and bring it again with its axes exchanged (--swap-axes)."
)


def swapped(placing: Placing, bounds: Box | None, city: Box | None) -> bool:
    """Whether a file lies far off as it is, and at home with its axes exchanged.

    Home is the ``city``, or where there is none yet, the area that the file's CRS is made for.
    """
    if bounds is None or not all(map(math.isfinite, bounds)):
        return False
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if city is None:
        return not meant_for(placing.source, x, y) and meant_for(placing.source, y, x)
    return _distance(placing, x, y, city) > FAR and _distance(placing, y, x, city) <= FAR


def _distance(placing: Placing, x: float, y: float, city: Box) -> float:
    """Metres from the city; infinite where there is no such place."""
    (place,) = placing.place(np.array([[x, y, 0.0]])).tolist()
    if not all(map(math.isfinite, place)):
        return math.inf
    across = max(0.0, place[0] - city[2], city[0] - place[0])
    along = max(0.0, place[1] - city[3], city[1] - place[1])
    return math.hypot(across, along)


def meant_for(source: str, x: float, y: float) -> bool:
    """Whether a place lies where its CRS is made for, as far as that can be told."""
    plane = horizontal(CRS.from_user_input(source))
    area = plane.area_of_use
    if area is None or not plane.is_projected:
        return True
    try:
        lon, lat = Transformer.from_crs(plane, "OGC:CRS84", always_xy=True).transform(x, y, errcheck=True)
    except ProjError:
        return False
    # Beyond its edges a CRS is still used, and its area may reach over the 180th meridian.
    across = area.east - area.west if area.east >= area.west else area.east - area.west + 360
    return bool(area.south - 2 <= lat <= area.north + 2 and (lon - area.west + 2) % 360 <= across + 4)
