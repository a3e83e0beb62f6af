"""Feature tables and batch tables (3D Tiles 1.0): JSON, and the bytes that it points to."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_document import Broken

Doubles = NDArray[np.float64]
_TYPES = {
    "BYTE": "<i1", "UNSIGNED_BYTE": "<u1", "SHORT": "<i2", "UNSIGNED_SHORT": "<u2", "INT": "<i4", "UNSIGNED_INT": "<u4",
    "FLOAT": "<f4", "DOUBLE": "<f8",
}  # fmt: skip
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


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


def tables(body: bytes, start: int) -> tuple[Table, Table, bytes]:
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


def places(features: Table, count: int) -> Doubles:
    """(count, 3) of a feature table, quantised or not, about its centre."""
    found = features.array("POSITION", "FLOAT", 3, count)
    if found is None:
        steps = features.array("POSITION_QUANTIZED", "UNSIGNED_SHORT", 3, count)
        offset, scale = features.vector("QUANTIZED_VOLUME_OFFSET"), features.vector("QUANTIZED_VOLUME_SCALE")
        if steps is None or offset is None or scale is None:
            raise Broken(mark("it is not built as the standard says"))
        found = steps / 65535.0 * scale + offset
    centre = features.vector("RTC_CENTER")
    return np.asarray(found.astype(np.float64) + (0.0 if centre is None else centre), np.float64)


def row(columns: dict[str, list[Any]], number: int) -> dict[str, Any]:
    """What a batch table says of one of its rows."""
    return {
        name: values[number] for name, values in columns.items() if number < len(values) and values[number] is not None
    }


def numbers(said: Any, count: int) -> Doubles | None:
    """So many numbers; None where they are none."""
    try:
        made = np.array(said, np.float64).reshape(count)
    except (TypeError, ValueError):
        return None
    return made if np.isfinite(made).all() else None
