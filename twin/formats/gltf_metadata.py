"""Which feature each vertex belongs to, and what it says: EXT_mesh_features, EXT_structural_metadata, ``_BATCHID``."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.formats.gltf_document import Broken, Gltf, Primitive

_NUMBERS = {
    "INT8": "<i1", "UINT8": "<u1", "INT16": "<i2", "UINT16": "<u2", "INT32": "<i4", "UINT32": "<u4", "INT64": "<i8",
    "UINT64": "<u8", "FLOAT32": "<f4", "FLOAT64": "<f8",
}  # fmt: skip
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def features_of(primitive: Primitive) -> tuple[NDArray[np.int64] | None, int | None]:
    """The number of each vertex's feature, and the property table that counts them; None where there is neither."""
    said = primitive.extensions.get("EXT_mesh_features")
    sets = said.get("featureIds") if isinstance(said, dict) else None
    for one in sets if isinstance(sets, list) else []:
        if not isinstance(one, dict):
            continue
        table = one.get("propertyTable")
        number = one.get("attribute")
        if isinstance(number, int):
            ids = primitive.attributes.get(f"_FEATURE_ID_{number}")
            if ids is not None and ids.ndim == 1:
                found = _whole(ids)
                nothing = one.get("nullFeatureId")
                return np.where(found == nothing, -1, found) if isinstance(nothing, int) else found, table
        elif "texture" not in one:
            return np.arange(len(primitive.points), dtype=np.int64), table
    for name in ("_BATCHID", "BATCHID", "_FEATURE_ID_0"):
        ids = primitive.attributes.get(name)
        if ids is not None and ids.ndim == 1:
            return _whole(ids), None
    return None, None


def _whole(ids: NDArray[Any]) -> NDArray[np.int64]:
    """Feature numbers; what is none is nobody's."""
    sound = np.abs(ids) < 2**53
    return np.where(sound, np.rint(np.where(sound, ids, 0)), -1).astype(np.int64)


def tables(gltf: Gltf) -> list[dict[str, list[Any]]]:
    """The columns of every property table; a property of an unknown kind is left out."""
    said = gltf.extensions.get("EXT_structural_metadata")
    if not isinstance(said, dict):
        return []
    classes = (said.get("schema") or {}).get("classes") or {}
    enums = (said.get("schema") or {}).get("enums") or {}
    made = []
    for one in said.get("propertyTables") or []:
        kinds = (classes.get(one.get("class")) or {}).get("properties") or {}
        count = one.get("count")
        columns: dict[str, list[Any]] = {}
        for name, views in (one.get("properties") or {}).items():
            kind = kinds.get(name)
            if isinstance(kind, dict) and isinstance(count, int) and 0 <= count < 100_000_000:
                values = _values(gltf, kind, views, count, enums)
                if values is not None:
                    columns[str(kind.get("name") or name)] = values
        made.append(columns)
    return made


def _values(gltf: Gltf, kind: dict[str, Any], views: Any, count: int, enums: dict[str, Any]) -> list[Any] | None:
    if kind.get("array") or not isinstance(views, dict):
        return None
    body = gltf.view(views.get("values"))
    what = kind.get("type")
    if what == "STRING":
        found: list[Any] | None = _strings(body, gltf.view(views.get("stringOffsets")), views, count)
    elif what == "BOOLEAN":
        bits = np.unpackbits(np.frombuffer(body, np.uint8), bitorder="little")
        found = _enough(bits, count).astype(bool).tolist()
    elif what == "ENUM":
        found = _named(body, enums.get(str(kind.get("enumType"))), count)
    else:
        found = _numbers(body, kind, count)
    nothing = kind.get("noData")
    if found is None or nothing is None:
        return found
    return [kind.get("default") if value == nothing else value for value in found]


def _strings(body: bytes, offsets: bytes, views: dict[str, Any], count: int) -> list[Any]:
    dtype = np.dtype(_NUMBERS.get(str(views.get("stringOffsetType", "UINT32")), "<u4"))
    ends = _enough(np.frombuffer(offsets[: len(offsets) // dtype.itemsize * dtype.itemsize], dtype), count + 1).astype(
        np.int64
    )
    if (np.diff(ends) < 0).any() or ends[-1] > len(body):
        raise Broken("it points to bytes that are not there")
    return [body[start:stop].decode("utf-8", "replace") for start, stop in itertools.pairwise(ends.tolist())]


def _named(body: bytes, said: Any, count: int) -> list[Any] | None:
    if not isinstance(said, dict):
        return None
    names = {one.get("value"): one.get("name") for one in said.get("values") or [] if isinstance(one, dict)}
    dtype = np.dtype(_NUMBERS.get(str(said.get("valueType", "UINT16")), "<u2"))
    numbers = _enough(np.frombuffer(body[: len(body) // dtype.itemsize * dtype.itemsize], dtype), count)
    return [names.get(number, str(number)) for number in numbers.tolist()]


def _numbers(body: bytes, kind: dict[str, Any], count: int) -> list[Any] | None:
    dtype, width = _NUMBERS.get(str(kind.get("componentType"))), _WIDTHS.get(str(kind.get("type")))
    if dtype is None or width is None:
        return None
    size = np.dtype(dtype).itemsize
    flat: NDArray[Any] = _enough(np.frombuffer(body[: len(body) // size * size], dtype), count * width)
    if kind.get("normalized") and flat.dtype.kind in "iu":
        flat = flat / np.iinfo(flat.dtype).max
    scale, offset = kind.get("scale"), kind.get("offset")
    if width > 1:
        return [list(row) for row in flat.reshape(count, width).tolist()]
    if isinstance(scale, int | float) or isinstance(offset, int | float):
        flat = flat * float(scale if isinstance(scale, int | float) else 1) + float(
            offset if isinstance(offset, int | float) else 0
        )
    return list(flat.tolist())


def _enough(found: NDArray[Any], count: int) -> NDArray[Any]:
    if len(found) < count:
        raise Broken("it points to bytes that are not there")
    return found[:count]
