"""A glTF 2.0 document of features: Y up, metres, local to an origin; ids and attributes beside the triangles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.formats.gltf_buffer import Buffer
from twin.formats.gltf_properties import property_table
from twin.formats.solids import Part, Solids, normals

_TRIANGLES, _LINES, _POINTS = 4, 1, 0
_COLOURS = {
    "buildings": (0.87, 0.79, 0.67), "roads": (0.47, 0.44, 0.40), "lines": (0.47, 0.44, 0.40),
    "rooms": (0.80, 0.58, 0.35), "pipes": (0.03, 0.21, 0.64), "cables": (0.69, 0.28, 0.03),
}  # fmt: skip
"""Linear, by the layer's kind."""
_OTHER = (0.70, 0.63, 0.52)
_GLASS = 0.45


def up(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Z up as Y up."""
    return np.column_stack([points[:, 0], points[:, 2], -points[:, 1]])


def document(
    table: pa.Table, shape: Solids, kind: str, *, translation: Any = None, extras: dict[str, Any] | None = None
) -> bytes:
    """A GLB of rows; ``shape`` is theirs, Z up and local. ``translation`` (Y up) moves it where it belongs."""
    buffer = Buffer()
    primitives = [
        made
        for part, mode in ((shape.faces, _TRIANGLES), (shape.lines, _LINES), (shape.points, _POINTS))
        if (made := _primitive(part, mode, buffer))
    ]
    node: dict[str, Any] = {"name": "features", "mesh": 0} if primitives else {"name": "features"}
    if translation is not None:
        node["translation"] = [float(value) for value in translation]
    found: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Balad"},
        "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"]
        if primitives
        else ["EXT_structural_metadata"],
        "extensions": {"EXT_structural_metadata": property_table(table, buffer)},
        "scene": 0,
        "scenes": [{"nodes": [0], **({"extras": extras} if extras else {})}],
        "nodes": [node],
    }
    if primitives:
        found |= {"meshes": [{"name": "features", "primitives": primitives}], "materials": [_material(kind)]}
    return buffer.glb(found)


def _primitive(part: Part, mode: int, buffer: Buffer) -> dict[str, Any] | None:
    if not len(part.points) or (mode != _POINTS and not len(part.cells)):
        return None
    attributes = {"POSITION": buffer.vertices(up(part.points))}
    if mode == _TRIANGLES:
        attributes["NORMAL"] = buffer.vertices(up(normals(part)))
    attributes["_FEATURE_ID_0"] = buffer.vertices(part.owner)
    made: dict[str, Any] = {"attributes": attributes, "mode": mode, "material": 0}
    if mode != _POINTS:
        made["indices"] = buffer.indices(part.cells)
    ids = {"featureCount": len(np.unique(part.owner)), "attribute": 0, "propertyTable": 0}
    made["extensions"] = {"EXT_mesh_features": {"featureIds": [ids]}}
    return made


def _material(kind: str) -> dict[str, Any]:
    glass = kind == "rooms"
    colour = [*_COLOURS.get(kind, _OTHER), _GLASS if glass else 1.0]
    looks = {"baseColorFactor": colour, "metallicFactor": 0.0, "roughnessFactor": 1.0}
    return {"name": kind or "features", "pbrMetallicRoughness": looks, "doubleSided": True} | (
        {"alphaMode": "BLEND"} if glass else {}
    )
