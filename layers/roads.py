"""Roads: ribbons with the width of their class, laid on the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from layers import draping, palette
from layers.surfaces import faces_of, meshed
from twin.api import shapes

KIND = "roads"
VERSION = 4
DETAILS = (0.0, 5.0, 20.0, 40.0)
"""Metres by which each level of detail may be off: as it is, without small bends, without streets, motorways alone."""
COLUMNS: tuple[str, ...] = ("road_class", "width")
WIDTHS = {"motorway": 28.0, "main": 18.0, "street": 9.0}
"""Metres, where a road names no width."""
LIFTS = {"street": 0.10, "main": 0.16, "motorway": 0.22}
"""Metres above the ground: a crossing shows the wider road."""
_BEND, _STEP = 4.0, 400.0
"""Metres that a far road may leave its line, and between its points along straight stretches."""
_FAR = "far_"
_RANKS = {"street": 0, "main": 1, "motorway": 2}


def encode(table: pa.Table) -> bytes:
    """Each line buffered to its width; polygons are taken as they are."""
    geometries = np.array(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False)), object)
    classes = table.column("road_class").to_pylist() if "road_class" in table.column_names else ["street"] * len(table)
    widths = np.array([WIDTHS.get(name or "", 9.0) for name in classes])
    if "width" in table.column_names:
        said = table.column("width").cast(pa.float64()).to_numpy(zero_copy_only=False)
        widths = np.where(np.isfinite(said) & (said > 0), said, widths)
    line = shapely.get_dimensions(geometries) == 1
    names = [name if name in WIDTHS else "street" for name in classes]
    lifts, colours = np.array([LIFTS[name] for name in names]), [palette.ROADS[name] for name in names]
    far = geometries.copy()
    half, lines = widths[line] / 2, geometries[line]
    ribbons = shapely.buffer(lines, half, cap_style="flat", quad_segs=3)
    geometries[line] = draping.draped(ribbons, lines)
    straight = shapely.buffer(shapely.simplify(lines, _BEND), half, cap_style="flat", join_style="mitre")
    far[line] = draping.draped(straight, lines, _STEP)
    kept = faces_of(table, shapely.force_3d(far), lifts, colours)
    return shapes.pack(
        **faces_of(table, shapely.force_3d(geometries), lifts, colours),
        **{_FAR + name: kept[name] for name in _OWN},
        rank=np.array([_RANKS[name] for name in names], np.uint8),
    )


def mesh(payload: bytes, level: int = 0) -> shapes.Arrays:
    """The ribbons, lit as they lie."""
    packed = shapes.unpack(payload)
    if level == 0:
        return meshed(packed)
    far = {name: packed[_FAR + name] for name in _OWN}
    if level > 1:
        seen = packed["rank"][far["owner"]] > level - 2
        moved = np.cumsum(seen, dtype=np.int32) - 1
        far |= {name: far[name][seen] for name in ("points", "normals", "owner", "part")}
        far["triangles"] = moved[packed[_FAR + "triangles"][seen[packed[_FAR + "triangles"][:, 2]]]]
    return meshed(shapes.Packed({"fids": packed["fids"], "colours": packed["colours"], **far}))


_OWN = ("origin", "points", "triangles", "normals", "owner", "part")
"""What a level of detail doesn't share with the other."""
