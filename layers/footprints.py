"""Buildings on their way into tiles' payloads: rings straight out of WKB; courtyards and solids as faces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers import courtyards, solid, wkb
from layers.cutting import Tiles

WOODEN = "roshan"
"""The façade that has wooden bays."""


def packed(table: pa.Table, starts: Any) -> list[dict[str, Any]]:
    """The arrays of each tile's payload; ``starts`` are the tiles' first rows, and the end of the last."""
    tiles = Tiles(np.asarray(starts))
    column = _plain(wkb.read(table.column("geometry")), table)
    decoded = column.kinds != wkb.WHOLE
    geometries = np.full(len(table), None, object)
    geometries[decoded] = shapely.from_wkb(table.column("geometry").filter(pa.array(decoded)).to_numpy())
    low = column.sides[:, :2].copy()
    low[decoded] = np.fmin(low[decoded], shapely.bounds(geometries[decoded])[:, :2])
    origin = tiles.least(low)
    origin = np.where(np.isfinite(origin), origin, 0.0)
    origins = np.column_stack([origin, np.zeros(len(origin))])
    solids = (column.kinds == wkb.OTHER) & ~shapely.is_empty(geometries)
    faces = solid.packed(table, geometries, solids, origins[tiles.of], tiles)
    rings = _rings(table, column, geometries, solids, origins, tiles)
    return [{"origin": at, **flat, **high} for at, flat, high in zip(origins, rings, faces, strict=True)]


def _plain(column: wkb.Column, table: pa.Table) -> wkb.Column:
    """What lies in plan and is written otherwise (collections, big endian), as polygons that can be read."""
    other = np.flatnonzero(column.kinds == wkb.OTHER)
    shapes = shapely.from_wkb(table.column("geometry").take(pa.array(other)).to_numpy())
    flat = ~shapely.has_z(shapes)
    if not flat.any():
        return column
    parts, whose = shapely.get_parts(shapes[flat], return_index=True)
    areas = shapely.get_type_id(parts) == 3
    written = table.column("geometry").to_numpy().copy()
    shells = np.full(int(flat.sum()), None, object)
    if areas.any():
        shapely.multipolygons(parts[areas], indices=whose[areas], out=shells)
    written[other[flat]] = shapely.to_wkb(shells, flavor="iso", byte_order=1)
    return wkb.read(pa.chunked_array([pa.array(written, pa.binary())]))


def _rings(
    table: pa.Table, column: wkb.Column, geometries: Any, solids: Any, origins: Any, tiles: Tiles
) -> list[dict[str, Any]]:
    fids, wood = table.column("fid").to_numpy(), _wooden(table)
    ground = _numbers(table, "ground", 0.0)
    height = np.maximum(_numbers(table, "height", 3.2), 0.1)
    whose = np.repeat(np.arange(len(table)), column.rings)
    reach = -tiles.least(-column.sides[:, 2:]) - origins[:, :2]
    side = np.maximum(np.max(reach, axis=1, initial=1.0), 1.0)
    xy, starts = wkb.traced(column, origins[tiles.of, :2], side[tiles.of])
    holed = np.flatnonzero(column.kinds == wkb.HOLED)
    shells, of = shapely.get_parts(geometries[holed], return_index=True)
    hollow = shapely.get_num_interior_rings(shells) > 0
    rows = holed[of[hollow]]
    courts = courtyards.packed(
        shells[hollow], rows, ground[rows], height[rows], fids[rows], origins[tiles.of[rows]], tiles
    )
    high = np.flatnonzero(solids)
    made = []
    for n, ((a, b), (c, d), (e, f)) in enumerate(
        zip(tiles.cuts(whose), tiles.cuts(rows), tiles.cuts(high), strict=True)
    ):
        mine = whose[a:b]
        found = np.concatenate([mine, rows[c:d], high[e:f]]) - tiles.starts[n]
        count = tiles.starts[n + 1] - tiles.starts[n]
        flat = {
            "side": side[n : n + 1],
            "xy": xy[starts[a] : starts[b]],
            "starts": starts[a : b + 1] - starts[a],
            "ground": ground[mine].astype(np.float32),
            "height": height[mine].astype(np.float32),
            "wood": wood[mine],
            "fids": fids[mine],
        }
        # The row in the tile of each: of rings, courtyards and solids.
        row = found.astype(np.uint16 if count <= np.iinfo(np.uint16).max else np.uint32)
        made.append({**flat, **courts[n], "row": row})
    return made


def _wooden(table: pa.Table) -> Any:
    words = table.schema.field("facade").type if "facade" in table.column_names else None
    if words is None or not (pa.types.is_string(words) or pa.types.is_large_string(words)):
        return np.zeros(len(table), bool)
    return pc.fill_null(pc.equal(table.column("facade"), WOODEN), False).to_numpy()


def _numbers(table: pa.Table, name: str, otherwise: float) -> Any:
    if name not in table.column_names:
        return np.full(len(table), otherwise)
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(values), otherwise, values)
