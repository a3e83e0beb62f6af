"""A GLB held to the letter of glTF 2.0, EXT_mesh_features and EXT_structural_metadata, by code of the tests' own."""

from __future__ import annotations

import itertools
import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np

_SIZES = {5121: 1, 5123: 2, 5125: 4, 5126: 4}
_WIDE = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def checked(path: Path) -> tuple[dict[str, Any], bytes]:
    """The document and its binary chunk; an AssertionError says which rule is broken."""
    body = path.read_bytes()
    magic, version, size = struct.unpack_from("<4sII", body)
    assert (magic, version, size) == (b"glTF", 2, len(body)) and size % 4 == 0
    length, kind = struct.unpack_from("<I4s", body, 12)
    assert kind == b"JSON" and length % 4 == 0
    document = json.loads(body[20 : 20 + length])
    at = 20 + length
    binary_size, binary_kind = struct.unpack_from("<I4s", body, at)
    assert binary_kind == b"BIN\0" and binary_size % 4 == 0 and at + 8 + binary_size == len(body)
    binary = body[at + 8 :]
    assert document["asset"]["version"] == "2.0" and document["buffers"][0]["byteLength"] <= binary_size
    for view in document["bufferViews"]:
        assert view["buffer"] == 0 and view["byteLength"] >= 1
        assert view["byteOffset"] + view["byteLength"] <= document["buffers"][0]["byteLength"]
    for number in range(len(document.get("accessors", []))):
        values = accessor(document, binary, number)
        said = document["accessors"][number]
        if "min" in said:
            rows = values.reshape(len(values), -1)
            assert np.allclose(rows.min(axis=0), said["min"]) and np.allclose(rows.max(axis=0), said["max"])
    for mesh in document.get("meshes", []):
        for primitive in mesh["primitives"]:
            _primitive(document, binary, primitive)
    for name in ("EXT_mesh_features", "EXT_structural_metadata"):
        used = name in json.dumps({key: value for key, value in document.items() if key != "extensionsUsed"})
        assert used == (name in document["extensionsUsed"])
    if "EXT_structural_metadata" in document.get("extensions", {}):
        properties(document, binary)
    return document, binary


def accessor(document: dict[str, Any], binary: bytes, number: int) -> Any:
    """Its values."""
    said = document["accessors"][number]
    view = document["bufferViews"][said["bufferView"]]
    kind = {5121: "<u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}[said["componentType"]]
    width, start = _WIDE[said["type"]], view["byteOffset"] + said.get("byteOffset", 0)
    assert start % _SIZES[said["componentType"]] == 0 and said["count"] >= 1
    assert said["count"] * width * _SIZES[said["componentType"]] <= view["byteLength"]
    found = np.frombuffer(binary, kind, said["count"] * width, start)
    return found.reshape(-1, width) if width > 1 else found


def properties(document: dict[str, Any], binary: bytes) -> dict[str, list[Any]]:
    """The columns of the one property table, by their names."""
    extension = document["extensions"]["EXT_structural_metadata"]
    (table,) = extension["propertyTables"]
    schema = extension["schema"]
    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", schema["id"])
    declared = schema["classes"][table["class"]]["properties"]
    assert set(table["properties"]) <= set(declared) and table["count"] >= 1
    found = {}
    for name, views in table["properties"].items():
        assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name)
        kind = declared[name]
        view = document["bufferViews"][views["values"]]
        assert view["byteOffset"] % 8 == 0
        body = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        if kind["type"] == "STRING":
            ends = document["bufferViews"][views["stringOffsets"]]
            offsets = np.frombuffer(binary, "<u4", table["count"] + 1, ends["byteOffset"])
            assert (np.diff(offsets.astype(int)) >= 0).all()
            values = [body[a:b].decode() for a, b in itertools.pairwise(offsets.tolist())]
        elif kind["type"] == "BOOLEAN":
            values = np.unpackbits(np.frombuffer(body, "u1"), bitorder="little")[: table["count"]].astype(bool).tolist()
        else:
            assert kind["type"] == "SCALAR"
            dtype = {"INT64": "<i8", "FLOAT64": "<f8"}[kind["componentType"]]
            values = np.frombuffer(body, dtype, table["count"]).tolist()
        found[kind["name"]] = [None if value == kind.get("noData", object()) else value for value in values]
    return found


def _primitive(document: dict[str, Any], binary: bytes, primitive: dict[str, Any]) -> None:
    attributes = primitive["attributes"]
    count = {document["accessors"][number]["count"] for number in attributes.values()}
    assert len(count) == 1 and "min" in document["accessors"][attributes["POSITION"]]
    if "indices" in primitive:
        indices = accessor(document, binary, primitive["indices"])
        assert indices.max() < min(count)
        per = {4: 3, 1: 2}[primitive["mode"]]
        assert len(indices) % per == 0
    if "NORMAL" in attributes:
        normals = accessor(document, binary, attributes["NORMAL"])
        assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4)
    for said in primitive["extensions"]["EXT_mesh_features"]["featureIds"]:
        ids = accessor(document, binary, attributes[f"_FEATURE_ID_{said['attribute']}"])
        assert said["featureCount"] == len(np.unique(ids)) and said["propertyTable"] == 0
        table = document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]
        assert ids.max() < table["count"] and ids.min() >= 0
