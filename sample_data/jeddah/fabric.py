"""The fabric of a superblock: its blocks, parcels and buildings, by where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.frame import BLOCKWISE, SHOREWISE, buildable, placed, shore
from sample_data.jeddah.shapes import footprints

_MAIN = 26.0
"""What a main road takes between two superblocks, pavements included, in metres."""


@dataclass(frozen=True)
class Manner:
    """How a superblock is cut up, in metres."""

    name: str
    block: tuple[float, float]
    """Inland, along the shore."""
    street: float
    plot: float
    """A parcel's front along the shore."""
    setback: tuple[float, float]


OLD = Manner("old", (30.0, 62.0), 5.0, 12.0, (0.4, 0.5))
VILLAS = Manner("villas", (64.0, 150.0), 12.0, 24.0, (3.5, 3.0))
FLATS = Manner("flats", (62.0, 140.0), 14.0, 28.0, (2.5, 3.0))
CORNICHE = Manner("corniche", (92.0, 168.0), 18.0, 54.0, (7.0, 9.0))


@dataclass(frozen=True)
class Built:
    """What stands in one superblock, in the city's CRS; rows of the arrays are buildings in building order."""

    manner: Manner
    blocks: Any
    parcels: Any
    parcel_block: Any
    buildings: Any
    building_parcel: Any
    levels: Any
    use: Any
    parks: Any
    streets: Any


def manner(column: int, row: int) -> Manner:
    """The fabric at a superblock: column 0 lies at the shore, row 0 in the south."""
    if row in {0, 1} and column in {1, 2}:
        return OLD
    away = _from_shore(column, row)
    if away < 780 and row > 0:
        return CORNICHE
    return FLATS if (column * 7 + row * 3) % 5 == 0 else VILLAS


def build(column: int, row: int, random: np.random.Generator) -> Built | None:
    """Cut a superblock up and build on it; None where it lies in the sea."""
    how = manner(column, row)
    blocks, streets = _cut(column, row, how)
    land = shapely.contains(buildable(), _boxes(blocks))
    blocks = blocks[land]
    if not len(blocks):
        return None
    park = _parks(blocks, how)
    parcels, owner = _parcels(blocks[~park], how)
    centre = np.array([(column + 0.5) * BLOCKWISE, (row + 0.5) * SHOREWISE])
    use, levels = _plans(parcels, centre, column, row, how, random)
    empty = (use == "residential") & (random.random(len(parcels)) < 0.04)
    kept = np.flatnonzero(~empty)
    plots = _inside(parcels[kept], use[kept], how)
    names = _outlines(use[kept], levels[kept], how, random)
    shapes = footprints(names, plots, random.random(len(kept)) < 0.5)
    return Built(
        how, _boxes(blocks), _boxes(parcels), np.flatnonzero(~park)[owner], _placed(shapes), kept, levels[kept],
        use[kept], _boxes(blocks[park]), streets,
    )  # fmt: skip


def _from_shore(column: int, row: int) -> float:
    centre = placed([[(column + 0.5) * BLOCKWISE, (row + 0.5) * SHOREWISE]])[0]
    return float(shapely.distance(shapely.Point(centre), shore()))


def _cut(column: int, row: int, how: Manner) -> tuple[Any, Any]:
    """Blocks as (n, 4) grid boxes, and the streets between them as grid lines."""
    low = np.array([column * BLOCKWISE, row * SHOREWISE]) + _MAIN / 2
    room = np.array([BLOCKWISE, SHOREWISE]) - _MAIN
    counts = np.maximum(1, np.floor((room + how.street) / (np.array(how.block) + how.street)).astype(int))
    size = (room + how.street) / counts - how.street
    i, j = (side.ravel() for side in np.meshgrid(np.arange(counts[0]), np.arange(counts[1]), indexing="ij"))
    corner = low + np.column_stack([i, j]) * (size + how.street)
    high = low + room
    lines = [
        [[low[0] + k * (size[0] + how.street) - how.street / 2, end] for end in (low[1], high[1])]
        for k in range(1, counts[0])
    ] + [
        [[end, low[1] + k * (size[1] + how.street) - how.street / 2] for end in (low[0], high[0])]
        for k in range(1, counts[1])
    ]
    return np.column_stack([corner, corner + size]), np.array(lines).reshape(-1, 2, 2)


def _parks(blocks: Any, how: Manner) -> Any:
    """The block nearest the middle is a park, but not in the old town."""
    middle = (blocks[:, :2] + blocks[:, 2:]) / 2
    found = np.zeros(len(blocks), bool)
    if how is not OLD and len(blocks) > 6:
        found[np.argmin(np.linalg.norm(middle - middle.mean(axis=0), axis=1))] = True
    return found


def _parcels(blocks: Any, how: Manner) -> tuple[Any, Any]:
    """Two rows of parcels back to back in each block, as (n, 4) grid boxes, and each one's block."""
    found, owner = [], []
    for number, (left, low, right, high) in enumerate(blocks):
        count = max(1, round((high - low) / how.plot))
        cuts = np.linspace(low, high, count + 1)
        middle = (left + right) / 2
        for a, b in ((left, middle), (middle, right)):
            found.append(np.column_stack([np.full(count, a), cuts[:-1], np.full(count, b), cuts[1:]]))
            owner.append(np.full(count, number))
    return np.concatenate(found), np.concatenate(owner)


def _plans(
    parcels: Any, centre: Any, column: int, row: int, how: Manner, random: np.random.Generator
) -> tuple[Any, Any]:
    """Use and storeys: by the fabric, the distance to a main road, and the place in the quarter."""
    middle = (parcels[:, :2] + parcels[:, 2:]) / 2
    off = np.abs(middle - centre)
    edge = np.minimum(BLOCKWISE / 2 - off[:, 0], SHOREWISE / 2 - off[:, 1])
    use = np.full(len(parcels), "residential", object)
    pick = random.random(len(parcels))
    if how is OLD:
        use[pick < 0.22] = "mixed"
        levels = 3 + (3 * _wave(middle, 90.0)).astype(int)
    elif how is CORNICHE:
        use[pick < 0.25] = "mixed"
        use[pick > 0.85] = "commercial"
        height = _wave(middle, 700.0) ** 2 * _wave(middle + 300, 260.0)
        seaward = np.clip(1 - (middle[:, 0] - middle[:, 0].min()) / 420.0, 0, 1)
        levels = 6 + (36 * np.clip(height * 2.2, 0, 1) * seaward).astype(int)
    else:
        near = edge < 62
        use[near & (pick < 0.30)] = "mixed"
        use[near & (pick > 0.82)] = "commercial"
        inner = 2 + (pick > 0.62)
        levels = np.where(near, 4 + (3 * _wave(middle, 420.0)).astype(int), inner + (3 if how is FLATS else 0))
    _landmarks(use, levels, middle, centre, how, (column * 31 + row * 17) % 7)
    return use, levels


def _landmarks(use: Any, levels: Any, middle: Any, centre: Any, how: Manner, turn: int) -> None:
    """A mosque near the middle of each quarter, a school, and here and there a clinic or an office."""
    order = np.argsort(np.linalg.norm(middle - centre, axis=1), kind="stable")
    places = [("religious", 3, 0)]
    if how is not OLD:
        places += (
            [("educational", 3, 4)]
            + ([("health", 4, 9)] if turn == 3 else [])
            + ([("government", 5, 12)] if turn == 5 else [])
        )
    for name, storeys, at in places:
        if at < len(order):
            use[order[at]], levels[order[at]] = name, storeys


def _wave(at: Any, length: float) -> Any:
    """A smooth field from 0 to 1 over the city, without noise."""
    x, y = at[:, 0] / length, at[:, 1] / length
    return np.round(0.5 + 0.25 * (np.sin(x * 2.1 + 1.3 * np.sin(y * 0.7)) + np.sin(y * 1.7 + 0.9 * np.sin(x * 0.9))), 4)


def _inside(parcels: Any, use: Any, how: Manner) -> Any:
    """The plot inside its setbacks; public buildings keep more ground free."""
    side = np.array([how.setback[0], how.setback[1]])
    size = parcels[:, 2:] - parcels[:, :2]
    more = np.where(np.isin(use, ["religious", "educational", "health"]), 2.0, 1.0)[:, None]
    margin = np.minimum(side * more, size * 0.22)
    if how is CORNICHE:
        margin = np.where((use == "residential")[:, None], np.maximum(margin, size * 0.24), margin)
    return np.column_stack([parcels[:, :2] + margin, parcels[:, 2:] - margin])


def _outlines(use: Any, levels: Any, how: Manner, random: np.random.Generator) -> Any:
    pick = random.random(len(use))
    if how is CORNICHE:
        names = np.select([pick < 0.35, pick < 0.6, pick < 0.8], ["chamfer", "cross", "block"], "notch")
    elif how is OLD:
        names = np.select([pick < 0.55, pick < 0.8], ["block", "ell"], "notch")
    else:
        names = np.select([pick < 0.25, pick < 0.5, pick < 0.72, pick < 0.86], ["block", "ell", "notch", "tee"], "you")
    names = np.where(use == "religious", "chamfer", names)
    return np.where((levels > 12) & (names == "notch"), "chamfer", names)


def _boxes(boxes: Any) -> Any:
    if not len(boxes):
        return np.empty(0, object)
    a, b, c, d = boxes.T
    corners = np.stack([np.stack([a, b], 1), np.stack([c, b], 1), np.stack([c, d], 1), np.stack([a, d], 1)], axis=1)
    return shapely.polygons(np.round(placed(corners), 2))


def _placed(shapes: Any) -> Any:
    return shapely.transform(shapes, lambda points: np.round(placed(points), 2))
