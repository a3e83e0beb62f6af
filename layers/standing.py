"""What stands on the ground and is known by its shape: towers, trees, street furniture, each a glyph at its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import glyphs
from twin.api import shapes


def packed(
    table: pa.Table, which: Sequence[int], size: Any, turn: Any, colours: Sequence[shapes.Colour] | None = None
) -> bytes:
    """Each point of a feature, or the middle of what is no point, on its own height, else on the ground there.

    ``which`` shape each has, (n, 3) ``size`` in metres for one unit of it, (n,) ``turn`` in radians.
    """
    geometries = np.array(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False)), object)
    broad = shapely.get_dimensions(geometries) > 0
    geometries[broad] = shapely.centroid(geometries[broad])
    points, whose = shapely.get_coordinates(geometries, include_z=True, return_index=True)
    own = np.isfinite(points[:, 2])
    origin = np.array([*points[:, :2].min(axis=0), 0.0]) if len(points) else np.zeros(3)
    tints = np.zeros((len(table), 3)) if colours is None else np.array(colours).reshape(-1, 3)
    return shapes.pack(
        origin=origin,
        feet=(np.nan_to_num(points) - origin).astype(np.float32),
        owner=whose.astype(np.int32),
        shape=np.asarray(which, np.uint8)[whose],
        size=np.asarray(size, np.float32)[whose],
        turn=np.asarray(turn, np.float32)[whose],
        colours=tints.astype(np.uint8)[whose],
        sunk=~own,
        fids=table.column("fid").to_numpy(),
    )


def meshed(
    payload: bytes, level: int, known: Mapping[str, glyphs.Glyph], seen: Collection[str] | None = None
) -> shapes.Arrays:
    """All of a tile, coarse from the first level on; only those that are still ``seen`` from here, if it is said."""
    given = shapes.unpack(payload)
    parts = []
    for number, name in enumerate(known):
        mine = given["shape"] == number
        if not mine.any() or (seen is not None and name not in seen):
            continue
        where = glyphs.Stand(
            feet=given["feet"][mine],
            size=given["size"][mine],
            turn=given["turn"][mine],
            owner=given["owner"][mine],
            colours=given["colours"][mine],
            on_ground=np.zeros(int(mine.sum()), bool),
            sunk=given["sunk"][mine],
        )
        parts.append(glyphs.copied(known[name], where, coarse=level > 0))
    grows = any(one.pixels for one in known.values())
    return glyphs.meshed(given["origin"], given["fids"], parts, grows=grows)


def heights(payload: bytes) -> tuple[float, float]:
    """From the lowest foot to the highest top."""
    given = shapes.unpack(payload)
    if not len(given["feet"]):
        return np.nan, np.nan
    z = given["feet"][:, 2]
    return float(z.min()), float((z + 1.2 * given["size"].max(axis=1)).max())


def scattered(fids: Any) -> Any:
    """(n,) radians: each turned its own way, by its number."""
    return ((fids * 2654435761 >> 8) % 360) * (np.pi / 180)


def words(table: pa.Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """What each feature's columns say, in small letters, those that say nothing left out."""
    there = [table.column(name).to_pylist() for name in columns if name in table.column_names]
    rows = zip(*there, strict=True) if there else [()] * len(table)
    return [tuple(str(word).lower() for word in row if word) for row in rows]


def chosen(
    said: Sequence[tuple[str, ...]], known: Sequence[str], meant: Mapping[str, str], otherwise: str
) -> list[int]:
    """Which of the known shapes the words mean; ``otherwise`` where they mean none."""
    places = {name: place for place, name in enumerate(known)}
    places |= {word: places[name] for word, name in meant.items()}
    return [next((places[word] for word in row if word in places), places[otherwise]) for row in said]
