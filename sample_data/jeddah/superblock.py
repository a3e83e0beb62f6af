"""A superblock built and put down in plain columns: what is kept of it is WKB, and its geometries go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah import fabric, names, seafront
from sample_data.jeddah.built import Built, joined
from sample_data.jeddah.frame import BLOCKWISE, SHOREWISE, behind, buildable, quad
from sample_data.jeddah.layers import placed
from sample_data.jeddah.lots import MANNERS, cut
from sample_data.jeddah.terrain import raised, relief

_GATE, _OLD = np.array([519_250.0, 2_376_600.0]), 780.0
"""The old town's middle, and how far its lanes reach, in metres."""
_SINCE = {"old": 1905, "centre": 1966, "flats": 1974, "villas": 1982, "small": 1986}
_PER_HEAD = {"residential": 52.0, "mixed": 45.0, "commercial": 32.0, "religious": 9.0, "educational": 11.0}
"""Floor area for each person who lives or works there, in m²."""
_NEW = 1960
"""The year from which nobody built roshans."""


Packed = tuple[list[bytes], Any]
"""Flat WKB, and the grid that each was rounded to: GEOS goes by it whatever is done with a geometry later."""


@dataclass(frozen=True)
class Superblock:
    """What is kept of a superblock: whatever doesn't go by its number in the city."""

    district: int
    """Its place in the table of names."""
    extent: Any
    """(4,) of its parcels, in metres."""
    walls: Any
    """(4,) of its buildings."""
    blocks: pa.RecordBatch
    parcels: pa.RecordBatch
    buildings: pa.RecordBatch
    parks: Packed
    streets: Packed
    """(m,) middle lines."""
    widths: Any
    """(m,) metres."""


def build(column: int, row: int, seed: int) -> Superblock | None:
    """Build on a superblock of the grid; None where there is no room."""
    district = district_of(column, row)
    found = built(column, row, district, np.random.default_rng([seed, column + 1000, row + 1000]))
    if found is None:
        return None
    return Superblock(
        district, shapely.total_bounds(found.parcels), shapely.total_bounds(found.shapes),
        pa.record_batch(placed(raised(found.blocks))), pa.record_batch(placed(raised(found.parcels))),
        _buildings(found), _packed(found.parks), _packed(found.streets), found.widths,
    )  # fmt: skip


def unpacked(some: Packed) -> Any:
    """Geometries as they were."""
    return shapely.set_precision(shapely.from_wkb(some[0]), some[1], mode="pointwise")


def district_of(column: int, row: int) -> int:
    """The district whose middle is nearest to the superblock's."""
    middle = quad(column, row).mean(axis=0) / 1000
    places = np.array([(one[2], one[3]) for one in names.DISTRICTS])
    return int(np.argmin(np.round(((places - middle) ** 2).sum(axis=1), 4)))


def built(column: int, row: int, district: int, random: np.random.Generator) -> Built | None:
    """Its geometries, standing at 0."""
    title, _, _, _, manner, _ = names.DISTRICTS[district]
    room = shapely.Polygon(quad(column, row))
    ashore = behind(0.0)
    if not ashore.contains(room) and ashore.intersection(room).area < 0.05 * BLOCKWISE * SHOREWISE:
        return None
    some = []
    middle = quad(column, row).mean(axis=0)
    if manner == "old" and ((middle - _GATE) ** 2).sum() > _OLD**2:
        manner = "flats"
    if manner == "old":
        from sample_data.jeddah import old

        some.append(old.build(cut(column, row, MANNERS["centre"]), buildable(), random))
    else:
        some.append(fabric.build(column, row, MANNERS[manner], _SINCE[manner], random))
    front = seafront.build((column, row), room, title, 1990)
    if front is not None:
        some.append(front)
    found = joined(some)
    return found if len(found.shapes) else None


def _packed(shapes: Any) -> Packed:
    return shapely.to_wkb(shapes).tolist(), shapely.get_precision(shapes)


def _buildings(found: Built) -> pa.RecordBatch:
    ground, shapes = _grounded(found.shapes)
    heads = np.array([_PER_HEAD.get(one, 30.0) for one in found.use.tolist()])
    return pa.record_batch(
        placed(shapes)
        | {
            "use": pa.array(found.use.tolist(), pa.string()),
            "levels": found.levels.astype(np.int64),
            "height": np.round(found.height.astype(np.float64), 1),
            "ground": ground,
            "era": found.era.astype(np.int64),
            "wooden": (found.era < _NEW) & (found.use != "religious"),
            "floor_area": found.gross.astype(np.float64),
            "people": np.maximum(1, found.gross / heads).astype(np.int64),
            "part": pa.array(found.part.tolist(), pa.string()),
            "block": found.parcel_block[found.parcel].astype(np.int64),
            "parcel": found.parcel.astype(np.int64),
        }
    )


def _grounded(shapes: Any) -> tuple[Any, Any]:
    """The lowest ground under each building, and solids raised to stand on it."""
    points, whose = shapely.get_coordinates(shapes, return_index=True)
    ground = np.full(len(shapes), np.inf)
    np.minimum.at(ground, whose, relief().at(points))
    standing = np.array(shapes, object)
    solid = np.flatnonzero(shapely.has_z(standing) & (ground != 0))
    if len(solid):
        xyz, owner = shapely.get_coordinates(standing[solid], include_z=True, return_index=True)
        xyz[:, 2] = np.round(xyz[:, 2] + ground[solid][owner], 2)
        standing[solid] = shapely.set_coordinates(standing[solid], xyz)
    return ground, standing
