"""The colours of the base scene (ART: coral stone on sand; colour belongs to data alone)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.api import shapes

STONE = np.array([shapes.colour(code) for code in ("#F6EFE2", "#EFE4D2", "#E8D9C4", "#F9F5EC")], np.uint8)
ROOF = np.array([shapes.colour(code) for code in ("#F9F4EA", "#F4EBDC", "#EEE1CF", "#FBF8F1")], np.uint8)
GROUND = shapes.colour("#E4D8C1")
PARK = shapes.colour("#BFC79B")
BEACH = shapes.colour("#EFE3C8")
SHOAL = shapes.colour("#7CC4BE")
SEA = shapes.colour("#2E8CA0")
ROADS = {
    "motorway": shapes.colour("#A9A39A"),
    "main": shapes.colour("#B9B3A9"),
    "street": shapes.colour("#C9C2B5"),
}
OBJECTS = {
    "PlantCover": PARK,
    "SolitaryVegetationObject": shapes.colour("#A9B585"),
    "WaterBody": SEA,
    "Waterway": SEA,
    "LandUse": shapes.colour("#E9DFCB"),
    "Road": ROADS["main"],
    "Railway": ROADS["motorway"],
    "TransportSquare": ROADS["street"],
    "TINRelief": GROUND,
    "Bridge": shapes.colour("#D8CFBF"),
    "Tunnel": shapes.colour("#CFC6B8"),
}
OTHER = shapes.colour("#DDD3C2")


def stone(fids: NDArray[np.int64]) -> NDArray[np.int64]:
    """One of four tints for each feature, by its number."""
    # A multiplicative mix, so that neighbours in Hilbert order don't get one tint in a row.
    return ((fids * 2654435761) >> 8).astype(np.int64) % 4
