"""Tilesets made by the tests: GLB by hand and by trimesh, and the tiles of 3D Tiles 1.0 about them."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pyproj import Transformer

EAST, NORTH = 517_000.0, 2_378_000.0
CRS = "EPSG:32637"
_DEGREES = Transformer.from_crs(CRS, "EPSG:4979", always_xy=True)
_EARTH = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def geocentric(points: Any) -> Any:
    """(n, 3) of places in the city."""
    lon, lat = _DEGREES.transform(points[:, 0], points[:, 1])
    return np.column_stack(_EARTH.transform(lon, lat, points[:, 2]))


def frame(east: float = EAST, north: float = NORTH, height: float = 0.0) -> Any:
    """(4, 4) from metres east, north and up of a place of the city to the earth, by differences."""
    ends = geocentric(np.array([[east, north, height]]) + np.vstack([np.zeros(3), np.eye(3)]))
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = (ends[1:] - ends[0]).T, ends[0]
    return made


def column(matrix: Any) -> list[float]:
    """As a tileset writes it."""
    return matrix.T.ravel().tolist()


def up(points: Any) -> Any:
    """Z up as Y up."""
    return np.column_stack([points[:, 0], points[:, 2], -points[:, 1]])


def picture(colours: Any, form: str = "PNG") -> bytes:
    """An image of 2 × 2 fields of 16 pixels: the first two on top."""
    rows = np.repeat(np.repeat(np.array(colours, np.uint8).reshape(2, 2, -1), 16, axis=0), 16, axis=1)
    made = io.BytesIO()
    Image.fromarray(rows).save(made, form, quality=95)
    return made.getvalue()


def glb(
    points: Any,
    triangles: Any,
    *,
    ids: Any = None,
    normals: Any = None,
    along: Any = None,
    image: bytes | str | None = None,
    material: dict[str, Any] | None = None,
    colours: Any = None,
    mode: int = 4,
    **more: Any,
) -> bytes:
    """A GLB of one primitive, its points Z up."""
    views: list[dict[str, Any]] = []
    accessors: list[dict[str, Any]] = []
    body = b""

    def add(array: Any, kind: str, component: int) -> int:
        nonlocal body
        views.append({"buffer": 0, "byteOffset": len(body), "byteLength": array.nbytes})
        body += array.tobytes() + b"\0" * (-array.nbytes % 4)
        said = {"bufferView": len(views) - 1, "componentType": component, "count": len(array), "type": kind}
        if kind == "VEC3" and component == 5126:
            said |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        accessors.append(said)
        return len(accessors) - 1

    attributes = {"POSITION": add(np.asarray(up(points), "<f4"), "VEC3", 5126)}
    if normals is not None:
        attributes["NORMAL"] = add(np.asarray(up(normals), "<f4"), "VEC3", 5126)
    if along is not None:
        attributes["TEXCOORD_0"] = add(np.asarray(along, "<f4"), "VEC2", 5126)
    if ids is not None:
        attributes["_BATCHID"] = add(np.asarray(ids, "<f4"), "SCALAR", 5126)
    if colours is not None:
        attributes["COLOR_0"] = add(np.asarray(colours, "<f4"), "VEC4", 5126)
    primitive: dict[str, Any] = {"attributes": attributes, "mode": mode}
    if triangles is not None:
        primitive["indices"] = add(np.asarray(triangles, "<u4").ravel(), "SCALAR", 5125)
    document: dict[str, Any] = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0, "name": "form"}],
        "meshes": [{"primitives": [primitive]}], **more,
    }  # fmt: skip
    if image is not None or material is not None:
        primitive["material"] = 0
        look = {"pbrMetallicRoughness": {}} if material is None else material
        if image is not None:
            look["pbrMetallicRoughness"] = {"baseColorTexture": {"index": 0}, **look.get("pbrMetallicRoughness", {})}
            document |= {"textures": [{"source": 0}]}
            if isinstance(image, str):
                document["images"] = [{"uri": image}]
            else:
                views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(image)})
                body += image + b"\0" * (-len(image) % 4)
                document["images"] = [{"bufferView": len(views) - 1, "mimeType": "image/png"}]
        document["materials"] = [look]
    document |= {"bufferViews": views, "accessors": accessors, "buffers": [{"byteLength": len(body)}]}
    words = json.dumps(document).encode()
    words += b" " * (-len(words) % 4)
    chunks = struct.pack("<I4s", len(words), b"JSON") + words + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def packed(
    magic: bytes, features: Any, feature_body: bytes, batch: Any, rest: bytes = b"", extra: bytes = b""
) -> bytes:
    """A b3dm, i3dm or pnts."""

    def padded(value: Any) -> bytes:
        words = json.dumps(value).encode() if value else b""
        return words + b" " * (-len(words) % 8)

    parts = [padded(features), feature_body + b"\0" * (-len(feature_body) % 8), padded(batch), b""]
    body = extra + b"".join(parts) + rest
    return struct.pack("<4s6I", magic, 1, 28 + len(body), *(len(one) for one in parts)) + body


def field(west: float, south: float, side: float, height: float, cells: int = 1) -> tuple[Any, Any, Any]:
    """A flat square of cells at a height: points, triangles, and where in a picture each point is."""
    at = np.linspace(0, 1, cells + 1)
    x, y = (one.ravel() for one in np.meshgrid(at, at))
    points = np.column_stack([west + x * side, south + y * side, np.full(len(x), height)])
    corner = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    first = np.column_stack([corner, corner + 1, corner + cells + 2])
    second = np.column_stack([corner, corner + cells + 2, corner + cells + 1])
    return points, np.vstack([first, second]), np.column_stack([x, 1 - y])


def written(path: Path, root: dict[str, Any], **said: Any) -> Path:
    """A tileset.json."""
    path.write_text(json.dumps({"asset": {"version": "1.1"}, "geometricError": 500, "root": root, **said}))
    return path


def box(west: float, south: float, side: float, low: float = -5.0, high: float = 60.0) -> dict[str, Any]:
    """A bounding volume about a square, in the frame's metres."""
    half, tall = side / 2, (high - low) / 2
    return {"box": [west + half, south + half, low + tall, half, 0, 0, 0, half, 0, 0, 0, tall]}


PALETTE = ((200, 60, 40), (60, 160, 60), (50, 90, 200), (230, 180, 40))


def quadtree(folder: Path, levels: int = 4, side: float = 1600.0, cells: int = 8) -> Path:
    """Squares that replace each other: each level has a colour of its own, and each tile a file."""
    folder.mkdir(parents=True, exist_ok=True)

    def tile(level: int, x: int, y: int) -> dict[str, Any]:
        wide = side / 2**level
        points, triangles, _ = field(x * wide, y * wide, wide, 10.0 + 0.1 * level, cells)
        tone = (np.array(PALETTE[level % 4]) / 255) ** 2.2
        look = {
            "pbrMetallicRoughness": {"baseColorFactor": [*tone.tolist(), 1]},
            "extensions": {"KHR_materials_unlit": {}},
        }
        name = f"{level}-{x}-{y}.glb"
        (folder / name).write_bytes(glb(points, triangles, material=look, ids=np.zeros(len(points))))
        made: dict[str, Any] = {
            "boundingVolume": box(x * wide, y * wide, wide),
            "geometricError": 80.0 / 2**level if level < levels - 1 else 0,
            "content": {"uri": name},
        }  # fmt: skip
        if level < levels - 1:
            made["children"] = [tile(level + 1, 2 * x + east, 2 * y + north) for east in (0, 1) for north in (0, 1)]
        return made

    root = tile(0, 0, 0)
    return written(folder / "tileset.json", {**root, "transform": column(frame()), "refine": "REPLACE"})
