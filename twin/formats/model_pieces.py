"""The primitives of a model sorted by feature: each with its triangles, lines and points, and what it says."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.formats import triangles
from twin.formats.gltf_document import Gltf, Primitive
from twin.formats.gltf_metadata import features_of, tables

Doubles = NDArray[np.float64]


@dataclass
class Piece:
    """A feature of a model, in the model's own coordinates."""

    key: str
    """Its number in the model, or its node's name."""
    attributes: dict[str, Any] = field(default_factory=dict)
    faces: list[Doubles] = field(default_factory=list)
    """(m, 3, 3) corners of triangles."""
    lines: list[Doubles] = field(default_factory=list)
    """(m, 2, 3)"""
    points: list[Doubles] = field(default_factory=list)
    """(m, 3)"""

    def coordinates(self) -> Doubles:
        """(n, 3) all of them, in the order in which ``wkb`` wants them back."""
        return np.concatenate([np.empty((0, 3)), *(one.reshape(-1, 3) for one in self._of())])

    def wkb(self, placed: Doubles) -> bytes | None:
        """Of the coordinates where they came to lie; faces count before lines, and lines before points."""
        faces, lines, points = (sum(map(len, some)) for some in (self.faces, self.lines, self.points))
        if faces:
            return triangles.multipolygon(placed[: 3 * faces], np.arange(3 * faces).reshape(-1, 3))
        if lines:
            found = shapely.MultiLineString(list(placed[: 2 * lines].reshape(-1, 2, 3)))
            return bytes(shapely.to_wkb(found, flavor="iso", byte_order=1))
        return multipoint(placed[:points])

    def _of(self) -> list[Doubles]:
        return self.faces or self.lines or self.points


def pieces(gltf: Gltf, batch: dict[str, list[Any]] | None = None) -> list[Piece]:
    """The features of a document; ``batch`` are the columns of a batch table that stands outside it."""
    known = tables(gltf)
    found: dict[tuple[Any, ...], Piece] = {}
    for primitive in gltf.primitives():
        ids, table = features_of(primitive)
        if ids is None:
            key = (" node", primitive.node, primitive.copy)
            piece = found.setdefault(key, Piece(primitive.name or str(primitive.node)))
            for kind, corners in _forms(primitive):
                getattr(piece, kind).append(primitive.points[corners])
            continue
        columns = known[table] if table is not None and _is_in(table, known) else batch or {}
        for kind, corners in _forms(primitive):
            for one, rows in _runs(ids[corners if corners.ndim == 1 else corners[:, 0]]):
                if one >= 0:
                    own = (table, one, primitive.copy)
                    piece = found.setdefault(own, Piece(str(one), _row(columns, one)))
                    getattr(piece, kind).append(primitive.points[corners[rows]])
    return list(found.values())


def _forms(primitive: Primitive) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """What a primitive draws: the name of a piece's list, and the vertices of each of its items."""
    corners, ends = primitive.triangles(), primitive.segments()
    if len(corners):
        yield "faces", corners
    elif len(ends):
        yield "lines", ends
    elif primitive.mode == 0:
        yield "points", primitive.indices


def _runs(ids: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Each number, and where it stands."""
    if not len(ids):
        return
    order = np.argsort(ids, kind="stable")
    numbers, starts = np.unique(ids[order], return_index=True)
    yield from zip(numbers.tolist(), np.split(order, starts[1:]), strict=True)


def multipoint(points: Doubles) -> bytes | None:
    """(n, 3) as ISO WKB."""
    if not len(points):
        return None
    made = np.zeros(len(points), np.dtype([("order", "u1"), ("type", "<u4"), ("xyz", "<f8", (3,))]))
    made["order"], made["type"], made["xyz"] = 1, 1001, points
    return struct.pack("<BII", 1, 1004, len(made)) + made.tobytes()


def _row(columns: dict[str, list[Any]], number: int) -> dict[str, Any]:
    return {
        name: values[number] for name, values in columns.items() if number < len(values) and values[number] is not None
    }


def _is_in(table: int, known: list[Any]) -> bool:
    return isinstance(table, int) and 0 <= table < len(known)
