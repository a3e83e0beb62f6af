"""Landmarks in full form: mosques with dome and minaret, towers on podiums; faces of solids, standing at 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.built import geometries

# Points of an octagon and a twelve-sided ring of radius 1, as plain numbers: the same on every machine.
_OCTAGON = np.array(
    [[1, 0], [0.7071, 0.7071], [0, 1], [-0.7071, 0.7071], [-1, 0], [-0.7071, -0.7071], [0, -1], [0.7071, -0.7071]]
)
_DOME = ((1.0, 0.0), (1.02, 0.22), (0.93, 0.48), (0.74, 0.72), (0.46, 0.9), (0.12, 1.02))
"""A dome's profile: radius and height, of a dome of radius 1."""


def mosques(footprints: Any, heights: Any) -> Any:
    """Prayer halls with a dome and one minaret, from the footprint that faces the street."""
    return geometries([_mosque(shape, float(height)) for shape, height in zip(footprints, heights, strict=True)])


def towers(podiums: Any, shafts: Any, low: Any, high: Any) -> Any:
    """Shafts that rise from the roofs of podiums; ``low`` and ``high`` in metres."""
    return geometries([_tower(*one) for one in zip(podiums, shafts, low, high, strict=True)])


def _mosque(shape: Any, height: float) -> Any:
    hall = _ring(shape)
    middle = np.round(shapely.get_coordinates(shapely.centroid(shape))[0], 2)
    size = float(np.sqrt(shapely.area(shape)))
    drum, corner = _circle(middle, 0.27 * size), _corner(shape, middle)
    top = height + 0.1 * size
    slim = max(1.3, 0.055 * size)
    minaret, balcony = _circle(corner, slim), _circle(corner, 1.45 * slim)
    tall = height + 0.95 * size
    dome = [(_circle(middle, 0.27 * size * r), top + 0.27 * size * h) for r, h in _DOME]
    spire = _circle(corner, 0.75 * slim)
    tip = _circle(corner, 0.1), tall + 4.5 + 2.6 * slim
    return _solid(
        [
            _flat(hall, 0.0, up=False),
            _walls(hall, 0.0, height),
            _flat(hall, height, holes=[drum, minaret]),
            _walls(drum, height, top),
            _lathe(dome),
            _flat(*dome[-1]),
            _walls(minaret, height, tall),
            _flat(balcony, tall, up=False, holes=[minaret]),
            _walls(balcony, tall, tall + 1.2),
            _flat(balcony, tall + 1.2, holes=[spire]),
            _walls(spire, tall + 1.2, tall + 4.5),
            _lathe([(spire, tall + 4.5), tip]),
            _flat(*tip),
        ]
    )


def _tower(podium: Any, shaft: Any, low: float, high: float) -> Any:
    base, inner = _ring(podium), _ring(shaft)
    return _solid(
        [
            _flat(base, 0.0, up=False),
            _walls(base, 0.0, low),
            _flat(base, low, holes=[inner]),
            _walls(inner, low, high),
            _flat(inner, high),
        ]
    )


def _solid(parts: list[Any]) -> Any:
    """All faces as one, walls given by their corners made at once: a call for each face is slow."""
    walls = [part for part in parts if isinstance(part, np.ndarray)]
    made: Any = shapely.polygons(np.concatenate(walls))
    some = iter(np.split(made, np.cumsum([len(part) for part in walls])[:-1]))
    return shapely.multipolygons(
        [face for part in parts for face in (next(some) if isinstance(part, np.ndarray) else [part])]
    )


def _ring(shape: Any) -> Any:
    return shapely.get_coordinates(shapely.get_exterior_ring(shapely.orient_polygons(shape)))[:-1]


def _corner(shape: Any, middle: Any) -> Any:
    """Where the minaret stands: inside the hall's corner next to its first point."""
    ring = _ring(shape)
    return np.round(ring[0] + 0.26 * (middle - ring[0]), 2)


def _circle(middle: Any, radius: float) -> Any:
    return np.round(middle + radius * _OCTAGON, 2)


def _flat(ring: Any, height: float, *, up: bool = True, holes: Any = ()) -> Any:
    def level(points: Any) -> Any:
        return np.column_stack([points, np.full(len(points), round(height, 2))])

    outer, inner = level(ring), [level(hole)[::-1] for hole in holes]
    return shapely.Polygon(outer, inner) if up else shapely.Polygon(outer[::-1], [hole[::-1] for hole in inner])


def _walls(ring: Any, low: float, high: float) -> Any:
    return _lathe([(ring, low), (ring, high)])


def _lathe(rings: list[tuple[Any, float]]) -> Any:
    """Corners of the faces between rings that lie over each other, (n, 4, 3)."""
    points = np.stack([ring for ring, _ in rings])
    following = np.roll(points, -1, axis=1)
    heights = np.array([round(height, 2) for _, height in rings])[:, None, None]
    corners = np.empty((len(rings) - 1, points.shape[1], 4, 3))
    for n, (ring, which) in enumerate(((points, 0), (following, 0), (following, 1), (points, 1))):
        corners[:, :, n, :2] = ring[which : len(ring) - 1 + which]
        corners[:, :, n, 2:] = heights[which : len(ring) - 1 + which]
    return corners.reshape(-1, 4, 3)
