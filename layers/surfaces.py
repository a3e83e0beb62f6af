"""Surfaces in space: land use, plants, water, relief, bridges; each in the colour of its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers import palette
from layers.faces import Faces, triangulated
from twin.api import shapes

KIND = "surfaces"
VERSION = 2
COLUMNS: tuple[str, ...] = ("object_type",)


def encode(table: pa.Table) -> bytes:
    """Triangles of every polygon, local to the tile; points and lines have none."""
    geometries = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    return packed_faces(table, geometries, np.zeros(len(table)), palette.typed(table))


def mesh(payload: bytes, _level: int = 0) -> shapes.Arrays:
    """The polygons, lit as they lie."""
    return meshed(shapes.unpack(payload))


def meshed(packed: shapes.Packed) -> shapes.Arrays:
    """The same from what ``faces_of`` made."""
    origin = tuple(float(value) for value in packed["origin"])
    normals = packed["normals"].copy()
    # A surface seen from below is still land or water: its light comes from above.
    normals[normals[:, 2] < 0] *= -1
    count = len(packed["points"])
    return shapes.Arrays(
        origin,  # type: ignore[arg-type]
        packed["points"],
        packed["triangles"],
        normals,
        packed["owner"],
        packed["fids"],
        packed["colours"][packed["owner"]] if count else np.empty((0, 3), np.uint8),
        np.ones(count, np.float32),
        part=shapes.parts(packed, "part", count),
    )


def packed_faces(table: pa.Table, geometries: Any, lifts: Any, colours: Sequence[shapes.Colour]) -> bytes:
    """Geometries as a payload of triangles, so many metres above where each lies, in the colour of each."""
    return shapes.pack(**faces_of(table, geometries, lifts, colours))


def faces_of(table: pa.Table, geometries: Any, lifts: Any, colours: Sequence[shapes.Colour]) -> dict[str, Any]:
    """The arrays of such a payload."""
    return arrays_of(table, triangulated(geometries), shapely.bounds(geometries), lifts, colours)


def arrays_of(
    table: pa.Table, faces: Faces, boxes: Any, lifts: Any, colours: Sequence[shapes.Colour]
) -> dict[str, Any]:
    """The same of faces that are known; ``boxes`` (n, 4) are their geometries'."""
    there = np.isfinite(boxes[:, 0])
    origin = np.array([*np.nanmin(boxes[:, :2], axis=0), 0.0]) if there.any() else np.zeros(3)
    points = faces.points - origin
    points[:, 2] += np.asarray(lifts)[faces.feature]
    return {
        "origin": origin,
        "points": points.astype(np.float32),
        "triangles": faces.triangles,
        "normals": faces.normals,
        "owner": faces.feature,
        "part": faces.part,
        "fids": table.column("fid").to_numpy(),
        "colours": np.array(colours, np.uint8).reshape(-1, 3),
    }
