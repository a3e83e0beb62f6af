"""Places on the earth in three dimensions: WGS 84's geocentric coordinates, and what stands upright on the ground."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from twin.formats import crs as systems

Doubles = NDArray[np.float64]
RADIUS = (6.2e6, 6.5e6)
"""Metres from the earth's middle between which cities lie."""
_GEOCENTRIC, _GEOGRAPHIC = "EPSG:4978", "EPSG:4979"
_turn = threading.Lock()


def to_degrees(xyz: Doubles) -> Doubles:
    """(n, 3) longitude, latitude and ellipsoidal height of geocentric coordinates."""
    with _turn:
        move = Transformer.from_crs(_GEOCENTRIC, _GEOGRAPHIC, always_xy=True)
        return np.column_stack(move.transform(xyz[:, 0], xyz[:, 1], xyz[:, 2]))


def from_degrees(lonlath: Doubles) -> Doubles:
    """The other way."""
    with _turn:
        move = Transformer.from_crs(_GEOGRAPHIC, _GEOCENTRIC, always_xy=True)
        return np.column_stack(move.transform(lonlath[:, 0], lonlath[:, 1], lonlath[:, 2]))


class FromCity:
    """From a city's coordinates to geocentric ones; heights are taken as ellipsoidal."""

    def __init__(self, crs: str) -> None:
        self._move = Transformer.from_crs(systems.horizontal(systems.known(crs, None)), "OGC:CRS84", always_xy=True)

    def __call__(self, points: Doubles) -> Doubles:
        """(n, 3) geocentric of (n, 3) in the city's CRS."""
        with _turn:
            lon, lat = self._move.transform(points[:, 0], points[:, 1])
        return from_degrees(np.column_stack([lon, lat, points[:, 2]]))


def upright(lon: float, lat: float, height: float) -> Doubles:
    """(4, 4): from metres east, north and up of a place to geocentric coordinates."""
    east, north = np.radians([lon, lat])
    made = np.eye(4)
    made[:3, 0] = (-np.sin(east), np.cos(east), 0.0)
    made[:3, 1] = (-np.sin(north) * np.cos(east), -np.sin(north) * np.sin(east), np.cos(north))
    made[:3, 2] = (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    made[:3, 3] = from_degrees(np.array([[lon, lat, height]]))[0]
    return made


def is_on_earth(xyz: Doubles) -> bool:
    """Whether geocentric coordinates lie about the earth's surface."""
    far = float(np.linalg.norm(xyz.mean(axis=0))) if len(xyz) else 0.0
    return RADIUS[0] < far < RADIUS[1]
