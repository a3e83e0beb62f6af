"""The binary side of a glTF document: arrays as buffer views and accessors, packed into one GLB (glTF 2.0, §4.4)."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_VERTICES, _INDICES = 34962, 34963


class Buffer:
    """Bytes on their way into a GLB; every view begins on an edge of 8."""

    def __init__(self) -> None:
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self._bodies: list[bytes] = []
        self._at = 0

    def view(self, body: bytes, **facts: Any) -> int:
        """The number of a new buffer view."""
        self.views.append({"buffer": 0, "byteOffset": self._at, "byteLength": len(body), **facts})
        padded = body + b"\0" * (-len(body) % 8)
        self._bodies.append(padded)
        self._at += len(padded)
        return len(self.views) - 1

    def vertices(self, values: NDArray[Any]) -> int:
        """The number of an accessor over float32 values, (n,) or (n, 3), with its bounds."""
        array = np.ascontiguousarray(values, "<f4")
        kind = "SCALAR" if array.ndim == 1 else f"VEC{array.shape[1]}"
        view = self.view(array.tobytes(), target=_VERTICES)
        rows = array.reshape(len(array), -1)
        low, high = rows.min(axis=0).tolist(), rows.max(axis=0).tolist()
        return self._accessor(view, 5126, len(array), kind, min=low, max=high)

    def indices(self, values: NDArray[Any]) -> int:
        """The number of an accessor over indices."""
        view = self.view(np.ascontiguousarray(values, "<u4").tobytes(), target=_INDICES)
        return self._accessor(view, 5125, len(values), "SCALAR")

    def glb(self, document: dict[str, Any]) -> bytes:
        """The document and its bytes as one file."""
        whole = {
            **document,
            "bufferViews": self.views,
            "accessors": self.accessors,
            "buffers": [{"byteLength": self._at}],
        }
        if not self._at:
            whole = document
        words = orjson.dumps({key: value for key, value in whole.items() if value != []})
        words += b" " * (-len(words) % 8)
        chunks = struct.pack("<II", len(words), 0x4E4F534A) + words
        if self._at:
            chunks += struct.pack("<II", self._at, 0x004E4942) + b"".join(self._bodies)
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks

    def _accessor(self, view: int, component: int, count: int, kind: str, **bounds: Any) -> int:
        self.accessors.append({"bufferView": view, "componentType": component, "count": count, "type": kind, **bounds})
        return len(self.accessors) - 1
