"""The tiles of 3D Tiles 1.0: b3dm, i3dm, pnts and cmpt, and the batch tables in them; 1.1's glTF is read as it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_document import Broken, Gltf, fetched
from twin.formats.model_pieces import Piece, pieces
from twin.formats.tiles3d_instances import instances

Doubles = NDArray[np.float64]
_TYPES = {
    "BYTE": "<i1", "UNSIGNED_BYTE": "<u1", "SHORT": "<i2", "UNSIGNED_SHORT": "<u2", "INT": "<i4", "UNSIGNED_INT": "<u4",
    "FLOAT": "<f4", "DOUBLE": "<f8",
}  # fmt: skip
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_DEEPEST = 5
_POINTS = 5000
"""How many points of a cloud without features make one."""
_Y_UP = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])


@dataclass
class Table:
    """A feature table or a batch table: JSON, and the bytes that it points to."""

    json: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    def array(self, name: str, component: str, width: int, count: int) -> NDArray[Any] | None:
        """A property with one value (of so many numbers) a row; None where the table lacks it."""
        said = self.json.get(name)
        if said is None:
            return None
        if isinstance(said, list):
            flat = np.array(said, np.dtype(_TYPES[component]))
        elif isinstance(said, dict):
            dtype = np.dtype(_TYPES[str(said.get("componentType", component))])
            offset = said.get("byteOffset", 0)
            if not isinstance(offset, int) or offset < 0 or offset + dtype.itemsize * width * count > len(self.body):
                raise Broken(mark("it points to bytes that are not there"))
            flat = np.frombuffer(self.body, dtype, width * count, offset)
        else:
            raise Broken(mark("it points to bytes that are not there"))
        if len(flat) < width * count:
            raise Broken(mark("it points to bytes that are not there"))
        return flat[: width * count].reshape(count, width) if width > 1 else flat[:count]

    def columns(self, count: int) -> dict[str, list[Any]]:
        """As columns; those of extensions and hierarchies are left out."""
        made: dict[str, list[Any]] = {}
        for name, said in self.json.items():
            if isinstance(said, list):
                made[name] = said
            elif isinstance(said, dict) and said.get("componentType") in _TYPES and said.get("type") in _WIDTHS:
                found = self.array(name, said["componentType"], _WIDTHS[said["type"]], count)
                made[name] = [] if found is None else found.tolist()
        return made

    def vector(self, name: str) -> Doubles | None:
        """Three numbers that hold for the whole tile."""
        found = self.array(name, "FLOAT", 3, 1)
        return None if found is None else found.reshape(3).astype(np.float64)

    def count(self, name: str) -> int:
        """A number of rows."""
        found = self.json.get(name, 0)
        if isinstance(found, dict):
            array = self.array(name, "UNSIGNED_INT", 1, 1)
            found = int(array[0]) if array is not None else 0
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= 200_000_000:
            raise Broken(mark("it is not built as the standard says"))
        return found


def content(body: bytes, folder: Path, level: int = 0) -> Iterator[Piece]:
    """The features of a tile's content, Z up, in the tile's own coordinates; Broken where it can't be read."""
    magic = body[:4]
    if magic == b"cmpt":
        if level > _DEEPEST:
            raise Broken(mark("its nodes run in a circle"))
        for inner in _inner(body):
            yield from content(inner, folder, level + 1)
    elif magic == b"b3dm":
        features, batch, rest = _tables(body, 28)
        yield from _moved(pieces(_gltf(rest, folder), batch.columns(features.count("BATCH_LENGTH"))), features)
    elif magic == b"i3dm":
        features, batch, rest = _tables(body, 32)
        embedded = struct.unpack_from("<I", body, 28)[0]
        model = rest if embedded else fetched(rest.rstrip(b" \0").decode("utf-8", "replace"), folder)
        made = [_upright(one) for one in pieces(_gltf(model, folder))]
        yield from instances(made, features, batch.columns(features.count("INSTANCES_LENGTH")))
    elif magic == b"pnts":
        features, batch, _ = _tables(body, 28)
        yield from _points(features, batch)
    elif magic == b"glTF" or body[:64].lstrip()[:1] == b"{":
        yield from (_upright(one) for one in pieces(_gltf(body, folder)))
    else:
        raise Broken(mark("its content is of a kind that nobody knows"))


def _gltf(body: bytes, folder: Path) -> Gltf:
    return Gltf(body, folder)


def _inner(body: bytes) -> Iterator[bytes]:
    if len(body) < 16:
        raise Broken(mark("it ends before its time"))
    count, at = struct.unpack_from("<I", body, 12)[0], 16
    for _ in range(min(count, 100_000)):
        if at + 12 > len(body):
            raise Broken(mark("it ends before its time"))
        size = struct.unpack_from("<I", body, at + 8)[0]
        if size < 12 or at + size > len(body):
            raise Broken(mark("it ends before its time"))
        yield body[at : at + size]
        at += size


def _tables(body: bytes, start: int) -> tuple[Table, Table, bytes]:
    """The feature table, the batch table, and what comes after them."""
    if len(body) < start:
        raise Broken(mark("it ends before its time"))
    version, size, *lengths = struct.unpack_from("<6I", body, 4)
    if version != 1 or size > len(body) or start + sum(lengths) > size:
        raise Broken(mark("it ends before its time"))
    parts, at = [], start
    for length in lengths:
        parts.append(body[at : at + length])
        at += length
    return Table(_json(parts[0]), parts[1]), Table(_json(parts[2]), parts[3]), body[at:size]


def _json(words: bytes) -> dict[str, Any]:
    if not words.strip(b" \0"):
        return {}
    try:
        found = orjson.loads(words.rstrip(b" \0")) if depth(words) < 100 else None
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Broken(mark("its tables are no JSON"))
    return found


def _upright(piece: Piece) -> Piece:
    """glTF is Y up, 3D Tiles is Z up."""
    return transformed(piece, _Y_UP)


def _moved(some: list[Piece], features: Table) -> Iterator[Piece]:
    centre = features.vector("RTC_CENTER")
    move = np.eye(4)
    if centre is not None:
        move[:3, 3] = centre
    for one in some:
        yield transformed(one, move @ _Y_UP)


def transformed(piece: Piece, matrix: Doubles) -> Piece:
    """The piece where a (4, 4) matrix brings it."""

    def through(some: list[Doubles]) -> list[Doubles]:
        return [one @ matrix[:3, :3].T + matrix[:3, 3] for one in some]

    return Piece(piece.key, piece.attributes, through(piece.faces), through(piece.lines), through(piece.points))


def _points(features: Table, batch: Table) -> Iterator[Piece]:
    if "extensions" in features.json and "3DTILES_draco_point_compression" in (features.json["extensions"] or {}):
        raise Broken(mark("its form is compressed (Draco or meshopt), which can’t be read: export it uncompressed"))
    count = features.count("POINTS_LENGTH")
    points = features.array("POSITION", "FLOAT", 3, count)
    if points is None:
        steps = features.array("POSITION_QUANTIZED", "UNSIGNED_SHORT", 3, count)
        offset, scale = features.vector("QUANTIZED_VOLUME_OFFSET"), features.vector("QUANTIZED_VOLUME_SCALE")
        if steps is None or offset is None or scale is None:
            raise Broken(mark("it is not built as the standard says"))
        points = steps / 65535.0 * scale + offset
    centre = features.vector("RTC_CENTER")
    placed = points.astype(np.float64) + (0.0 if centre is None else centre)
    ids = features.array("BATCH_ID", "UNSIGNED_SHORT", 1, count)
    if ids is None:
        for start in range(0, count, _POINTS):
            yield Piece(str(start), {}, points=[placed[start : start + _POINTS]])
        return
    columns = batch.columns(features.count("BATCH_LENGTH"))
    for one in np.unique(ids).tolist():
        row = {name: values[one] for name, values in columns.items() if one < len(values) and values[one] is not None}
        yield Piece(str(one), row, points=[placed[ids == one]])
