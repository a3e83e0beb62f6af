"""The tiles of 3D Tiles 1.0: b3dm, i3dm, pnts and cmpt, and the batch tables in them; 1.1's glTF is read as it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.core.i18n import mark
from twin.formats.gltf_document import Broken, Gltf
from twin.formats.model_pieces import Piece, pieces
from twin.formats.tiles3d_cloud import dots
from twin.formats.tiles3d_files import Near
from twin.formats.tiles3d_instances import instances
from twin.formats.tiles3d_tables import Doubles, Table, numbers, row, tables

_DEEPEST = 5
_POINTS = 5000
"""How many points of a cloud without features make one."""
_Y_UP = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
_X_UP = np.array([[0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
_AXES = {"Y": _Y_UP, "Z": np.eye(4), "X": _X_UP}
"""To Z up; a tileset of before 1.0 may say ``gltfUpAxis``."""


@dataclass
class Opened:
    """A tile's content, or one of several in a composite."""

    kind: str
    """``b3dm``, ``i3dm``, ``pnts`` or ``gltf``."""
    features: Table
    batch: Table
    model: bytes = b""
    """Of all but points."""
    near: Near | None = None
    """What fetches files that the model names."""


def opened(body: bytes, near: Near, level: int = 0) -> Iterator[Opened]:
    """What a content is made of; Broken where it can't be read."""
    magic = body[:4]
    if magic == b"cmpt":
        if level > _DEEPEST:
            raise Broken(mark("its nodes run in a circle"))
        for inner in _inner(body):
            yield from opened(inner, near, level + 1)
    elif magic == b"b3dm":
        features, batch, rest = tables(body, 28)
        yield Opened("b3dm", features, batch, rest, near)
    elif magic == b"i3dm":
        features, batch, rest = tables(body, 32)
        if struct.unpack_from("<I", body, 28)[0]:
            yield Opened("i3dm", features, batch, rest, near)
        else:
            uri = rest.rstrip(b" \0").decode("utf-8", "replace")
            yield Opened("i3dm", features, batch, near(uri), near.to(uri))
    elif magic == b"pnts":
        features, batch, _ = tables(body, 28)
        yield Opened("pnts", features, batch)
    elif magic == b"glTF" or body[:64].lstrip()[:1] == b"{":
        yield Opened("gltf", Table(), Table(), body, near)
    else:
        raise Broken(mark("its content is of a kind that nobody knows"))


def content(body: bytes, near: Near) -> Iterator[Piece]:
    """The features of a tile's content, Z up, in the tile's own coordinates; Broken where it can't be read."""
    for one in opened(body, near):
        if one.kind == "pnts":
            yield from _points(one.features, one.batch)
            continue
        gltf = Gltf(one.model, one.near)
        if one.kind == "b3dm":
            found = pieces(gltf, one.batch.columns(one.features.count("BATCH_LENGTH")))
            yield from (transformed(piece, upright(gltf, one)) for piece in found)
        elif one.kind == "i3dm":
            made = [transformed(piece, upright(gltf, one)) for piece in pieces(gltf)]
            columns = one.batch.columns(one.features.count("INSTANCES_LENGTH"))
            yield from instances(made, one.features, columns)
        else:
            yield from (transformed(piece, upright(gltf, one)) for piece in pieces(gltf))


def upright(gltf: Gltf, one: Opened, up: str = "Y") -> Doubles:
    """(4, 4) from a model's coordinates to its tile's: Z up, about the centre that it is relative to."""
    move = np.eye(4)
    centre = one.features.vector("RTC_CENTER") if one.kind == "b3dm" else None
    legacy = gltf.extensions.get("CESIUM_RTC")
    if centre is None and isinstance(legacy, dict):
        centre = numbers(legacy.get("center"), 3)
    if centre is not None:
        move[:3, 3] = centre
    return np.asarray(move @ _AXES.get(up, _Y_UP), np.float64)


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


def transformed(piece: Piece, matrix: Doubles) -> Piece:
    """The piece where a (4, 4) matrix brings it."""

    def through(some: list[Doubles]) -> list[Doubles]:
        return [one @ matrix[:3, :3].T + matrix[:3, 3] for one in some]

    return Piece(piece.key, piece.attributes, through(piece.faces), through(piece.lines), through(piece.points))


def _points(features: Table, batch: Table) -> Iterator[Piece]:
    placed, ids = dots(features)
    if ids is None:
        for start in range(0, len(placed), _POINTS):
            yield Piece(str(start), {}, points=[placed[start : start + _POINTS]])
        return
    columns = batch.columns(features.count("BATCH_LENGTH"))
    for one in np.unique(ids).tolist():
        yield Piece(str(one), row(columns, one), points=[placed[ids == one]])
