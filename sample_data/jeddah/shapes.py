"""Footprints: outlines on a unit plot whose front is the side at depth 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.lots import Frame

Ring = list[tuple[float, float]]

OUTLINES: dict[str, Ring] = {
    # (across the front, away from the front), counter-clockwise where the front lies below.
    "block": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "ell": [(0, 0), (1, 0), (1, 1), (0.52, 1), (0.52, 0.62), (0, 0.62)],
    "porch": [(0, 0.16), (0.34, 0.16), (0.34, 0), (1, 0), (1, 1), (0, 1)],
    "villa": [(0, 0.14), (0.3, 0.14), (0.3, 0), (0.72, 0), (0.72, 0.14), (1, 0.14), (1, 1), (0, 1)],
    "stepped": [(0, 0), (0.62, 0), (0.62, 0.12), (1, 0.12), (1, 0.86), (0.8, 0.86), (0.8, 1), (0, 1)],
    "tee": [(0, 0), (1, 0), (1, 0.58), (0.74, 0.58), (0.74, 1), (0.26, 1), (0.26, 0.58), (0, 0.58)],
    "you": [(0, 0), (0.32, 0), (0.32, 0.46), (0.68, 0.46), (0.68, 0), (1, 0), (1, 1), (0, 1)],
    "wells": [
        (0, 0), (1, 0), (1, 0.4), (0.86, 0.4), (0.86, 0.62), (1, 0.62), (1, 1), (0, 1), (0, 0.62), (0.14, 0.62),
        (0.14, 0.4), (0, 0.4),
    ],
    "school": [
        (0, 0), (0.3, 0), (0.3, 0.16), (0.7, 0.16), (0.7, 0), (1, 0), (1, 1), (0.74, 1), (0.74, 0.4), (0.26, 0.4),
        (0.26, 1), (0, 1),
    ],
    "hospital": [
        (0, 0.1), (0.4, 0.1), (0.4, 0), (0.6, 0), (0.6, 0.1), (1, 0.1), (1, 0.5), (0.72, 0.5), (0.72, 1), (0.28, 1),
        (0.28, 0.5), (0, 0.5),
    ],
    "mall": [(0.08, 0), (0.42, 0), (0.5, 0.08), (0.58, 0), (0.92, 0), (1, 0.12), (1, 0.88), (0.92, 1), (0.08, 1), (0, 0.88), (0, 0.12)],  # noqa: E501
    "tower": [(0.22, 0), (0.78, 0), (1, 0.22), (1, 0.78), (0.78, 1), (0.22, 1), (0, 0.78), (0, 0.22)],
    "cross": [
        (0.2, 0), (0.8, 0), (0.8, 0.2), (1, 0.2), (1, 0.8), (0.8, 0.8), (0.8, 1), (0.2, 1), (0.2, 0.8), (0, 0.8),
        (0, 0.2), (0.2, 0.2),
    ],
    "court": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "mosque": [
        (0.08, 0), (0.92, 0), (0.92, 0.1), (1, 0.1), (1, 0.92), (0.58, 0.92), (0.58, 1), (0.42, 1), (0.42, 0.92),
        (0, 0.92), (0, 0.1), (0.08, 0.1),
    ],
}  # fmt: skip
_COURT: Ring = [(0.3, 0.34), (0.3, 0.7), (0.7, 0.7), (0.7, 0.34)]
"""The hole of "court"."""


def footprints(names: Any, plots: Any, fronts: Any, flipped: Any, frame: Frame) -> Any:
    """Polygons in the city's CRS.

    ``plots`` is (n, 4) of low and high sides in the superblock's block frame, ``fronts`` −1 or +1 by the side that
    faces the street, ``flipped`` mirrors across the front.
    """
    found = np.empty(len(names), object)
    for name in sorted(set(names.tolist())):
        mine = np.flatnonzero(names == name)
        shells = _laid(OUTLINES[name], plots[mine], fronts[mine], flipped[mine], frame)
        if name == "court":
            holes = _laid(_COURT, plots[mine], fronts[mine], flipped[mine], frame)
            found[mine] = [shapely.Polygon(a, [b]) for a, b in zip(shells, holes, strict=True)]
        else:
            found[mine] = shapely.polygons(shells)
    return shapely.orient_polygons(found)


def _laid(ring: Ring, plots: Any, fronts: Any, flipped: Any, frame: Frame) -> Any:
    unit = np.array(ring, float)
    along = np.where(flipped[:, None], 1 - unit[:, 0], unit[:, 0])
    deep = np.where(fronts[:, None] > 0, 1 - unit[:, 1], unit[:, 1])
    p = plots[:, None, 0] + deep * (plots[:, None, 2] - plots[:, None, 0])
    q = plots[:, None, 1] + along * (plots[:, None, 3] - plots[:, None, 1])
    return frame.placed(np.stack([p, q], axis=-1))
