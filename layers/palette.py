"""The colours of the base scene (ART: coral stone on sand; colour belongs to data alone)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.api import shapes

STONE = np.array([shapes.colour(code) for code in ("#F6EFE2", "#EFE4D2", "#E8D9C4", "#F9F5EC")], np.uint8)
ROOF = np.array([shapes.colour(code) for code in ("#FDFAF3", "#FAF5EA", "#F7F0E3", "#FFFDF8")], np.uint8)
AFAR = shapes.colour("#F4ECDE")
"""Walls and roofs together."""
GROUND = shapes.colour("#E4D8C1")
PARK = shapes.colour("#BFC79B")
BEACH = shapes.colour("#EFE3C8")
TRUNK = shapes.colour("#B5A58C")
FROND = shapes.colour("#A9B585")
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
    "park": PARK,
    "sea": SEA,
    "land": GROUND,
    "beach": BEACH,
    **ROADS,
}
OTHER = shapes.colour("#DDD3C2")
BORDER = shapes.colour("#8F8474")

CARRIED = {
    "water": shapes.colour("#2F7FD1"),
    "sewer": shapes.colour("#8A6A4C"),
    "storm": shapes.colour("#2E9C8F"),
    "power": shapes.colour("#D9902F"),
    "fibre": shapes.colour("#7A5CC8"),
    "heat": shapes.colour("#C2483B"),
    "gas": shapes.colour("#C9A227"),
}
"""What networks carry (ART)."""
_MEANT = {
    "sewage": "sewer", "wastewater": "sewer", "rainwater": "storm", "stormwater": "storm", "drain": "storm",
    "hot_water": "heat", "steam": "heat", "natural_gas": "gas", "electricity": "power", "telecom": "fibre",
    "fiber": "fibre", "communication": "fibre",
    "مياه": "water", "مياه الشرب": "water", "مياه محلاة": "water",
    "صرف صحي": "sewer", "الصرف الصحي": "sewer", "مياه الصرف": "sewer",
    "مياه الأمطار": "storm", "تصريف مياه الأمطار": "storm", "سيول": "storm", "السيول": "storm",
    "كهرباء": "power", "ألياف ضوئية": "fibre", "اتصالات": "fibre", "غاز": "gas", "مياه ساخنة": "heat",
}  # fmt: skip

NODES = {
    "junction": shapes.colour("#1F4E86"), "tank": shapes.colour("#4FA3BF"), "reservoir": shapes.colour("#2B6CA3"),
    "pump": shapes.colour("#D55E00"), "valve": shapes.colour("#B3261E"), "transformer": shapes.colour("#8A5A00"),
    "bus": shapes.colour("#6B4A12"), "source": shapes.colour("#B0480F"), "generator": shapes.colour("#1F7A4A"),
    "load": shapes.colour("#5A6870"), "switch": shapes.colour("#3C4650"), "node": shapes.colour("#3C4650"),
}  # fmt: skip
POINT = shapes.colour("#8A6A4C")
"""What nobody says a kind of (ART)."""
METAL = shapes.colour("#C3C9CC")
IRON = shapes.colour("#4A545C")
STEEL = shapes.colour("#8C969C")
WARNING = shapes.colour("#C2483B")


def stone(fids: NDArray[np.int64]) -> NDArray[np.int64]:
    """One of four tints for each feature, by its number."""
    # A multiplicative mix, so that neighbours in Hilbert order don't get one tint in a row.
    return ((fids * 2654435761) >> 8).astype(np.int64) % 4


def begins(fids: NDArray[np.int64]) -> NDArray[np.float32]:
    """The bay from which a building's façade is counted: each has 128 to itself, and lamps of its own."""
    return ((fids * 2654435761 >> 12) % 251).astype(np.float32) * np.float32(128)


def typed(table: pa.Table) -> list[shapes.Colour]:
    """The colour of each feature's type."""
    types = table.column("object_type").to_pylist() if "object_type" in table.column_names else [None] * len(table)
    return [OBJECTS.get(name or "", OTHER) for name in types]


def carrying(table: pa.Table, otherwise: str) -> list[shapes.Colour]:
    """The colour of what flows in each feature, by its ``substance`` or its type."""
    names = [name for name in ("substance", "object_type") if name in table.column_names]
    rows = zip(*(table.column(name).to_pylist() for name in names), strict=True) if names else [()] * len(table)
    return [_carried(words, otherwise) for words in rows]


def _carried(words: tuple[str | None, ...], otherwise: str) -> shapes.Colour:
    for word in words:
        said = " ".join((word or "").lower().split())
        known = _MEANT.get(said, said)
        if known in CARRIED:
            return CARRIED[known]
    return CARRIED[otherwise]
