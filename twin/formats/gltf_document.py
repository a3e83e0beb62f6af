"""A glTF 2.0 file, taken apart with every number checked: what it points to is there, or it is refused in words."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_document import depth
from twin.formats.gltf_buffer import COMPONENTS, WIDTHS

Fetch = Callable[[str], bytes]
"""The bytes of a file, by its URI in the document; Broken where there is none."""
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_DEEPEST = 60
_UNREAD = frozenset({"KHR_draco_mesh_compression", "EXT_meshopt_compression"})
_MOST = 200_000_000
"""Numbers of one accessor."""


class Broken(Exception):
    """A document that breaks the standard; its words are a catalogue message."""


@dataclass
class Primitive:
    """Some triangles, lines or points with their attributes, where they lie in the document's world (Y up)."""

    mode: int
    points: NDArray[np.float64]
    indices: NDArray[np.int64]
    attributes: dict[str, NDArray[Any]] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    node: int = 0
    """Whose form it is a part of."""
    copy: int = 0
    """Which of the node's instances it is."""
    material: int | None = None
    world: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    """(4, 4) what brought its points where they are."""

    def triangles(self) -> NDArray[np.int64]:
        """(m, 3) corners of its triangles, strips and fans taken apart; none where it has none."""
        flat = self.indices
        if self.mode == 4:
            return flat[: len(flat) // 3 * 3].reshape(-1, 3)
        if self.mode in (5, 6) and len(flat) > 2:
            first = np.full(len(flat) - 2, flat[0]) if self.mode == 6 else flat[:-2]
            made = np.column_stack([first, flat[1:-1], flat[2:]])
            if self.mode == 5:
                made[1::2] = made[1::2][:, [1, 0, 2]]
            return made
        return np.empty((0, 3), np.int64)

    def segments(self) -> NDArray[np.int64]:
        """(m, 2) ends of its lines."""
        flat = self.indices
        if self.mode == 1:
            return flat[: len(flat) // 2 * 2].reshape(-1, 2)
        if self.mode in (2, 3) and len(flat) > 1:
            made = np.column_stack([flat[:-1], flat[1:]])
            return np.vstack([made, [[flat[-1], flat[0]]]]) if self.mode == 2 else made
        return np.empty((0, 2), np.int64)


class Gltf:
    """A document and its bytes; ``fetch`` brings files beside it by their URIs."""

    def __init__(self, body: bytes, fetch: Fetch | None = None, looks: bool = False) -> None:
        """With ``looks`` its primitives have what they look like, too."""
        self.fetch, self.looks = fetch, looks
        self.json, self.binary = _parts(body)
        version = self.json.get("asset", {}).get("version") if isinstance(self.json.get("asset"), dict) else None
        if not str(version).startswith("2."):
            raise Broken(mark("it is no glTF 2.0"))
        needed = set(_list(self.json, "extensionsRequired")) & _UNREAD
        if needed:
            raise Broken(mark("its form is compressed (Draco or meshopt), which can’t be read: export it uncompressed"))

    @property
    def _wanted(self) -> tuple[str, ...]:
        return ("_", "COLOR", "NORMAL", "TEXCOORD") if self.looks else ("_", "COLOR")

    @property
    def extensions(self) -> dict[str, Any]:
        """Of the whole document."""
        found = self.json.get("extensions")
        return found if isinstance(found, dict) else {}

    def primitives(self) -> Iterator[Primitive]:
        """Every primitive of the scene, where its nodes put it."""
        scenes, nodes = _list(self.json, "scenes"), _list(self.json, "nodes")
        number = self.json.get("scene", 0)
        roots = _list(_at(scenes, number), "nodes") if scenes else list(range(len(nodes)))
        seen: set[int] = set()
        for root in roots:
            yield from self._node(root, np.eye(4), 0, seen)

    def accessor(self, number: Any) -> NDArray[Any]:
        """Its values, (n,) or (n, width); Broken where they are not there."""
        said = _at(_list(self.json, "accessors"), number)
        component, width = COMPONENTS.get(said.get("componentType", 0)), WIDTHS.get(said.get("type", ""))
        count = said.get("count")
        if component is None or width is None or not isinstance(count, int) or not 0 <= count * width <= _MOST:
            raise Broken(mark("it has an accessor of an unknown type"))
        dtype = np.dtype(component)
        if "bufferView" in said:
            found = self._strided(said["bufferView"], _whole(said, "byteOffset"), dtype, width, count)
        else:
            found = np.zeros((count, width), dtype)
        if isinstance(said.get("sparse"), dict):
            found = self._sparse(found.copy(), said["sparse"], dtype, width)
        if said.get("normalized") and dtype.kind in "iu":
            found = np.maximum(found / np.iinfo(dtype).max, -1.0)
        return found[:, 0] if width == 1 else found

    def view(self, number: Any) -> bytes:
        """The bytes of a buffer view."""
        said = _at(_list(self.json, "bufferViews"), number)
        body = self._buffers[_index(said.get("buffer"), len(self._buffers))]
        start, size = _whole(said, "byteOffset"), _whole(said, "byteLength")
        if start + size > len(body):
            raise Broken(mark("it points to bytes that are not there"))
        return body[start : start + size]

    @cached_property
    def _buffers(self) -> list[bytes]:
        return [self._body(said, n) for n, said in enumerate(_list(self.json, "buffers"))]

    def _body(self, said: Any, number: int) -> bytes:
        uri = said.get("uri") if isinstance(said, dict) else None
        if uri is None:
            if number:
                raise Broken(mark("it points to bytes that are not there"))
            return self.binary
        return self.fetched(str(uri))

    def fetched(self, uri: str) -> bytes:
        """The bytes that a URI names: in itself, or in a file beside it."""
        own = inline(uri)
        if own is not None:
            return own
        if self.fetch is None:
            raise Broken(mark("it points to bytes that are not there"))
        return self.fetch(uri)

    def _strided(self, view: Any, offset: int, dtype: np.dtype[Any], width: int, count: int) -> NDArray[Any]:
        body = self.view(view)
        said = _at(_list(self.json, "bufferViews"), view)
        size = dtype.itemsize * width
        step = said.get("byteStride") or size
        if not isinstance(step, int) or step < size or (count and offset + step * (count - 1) + size > len(body)):
            raise Broken(mark("it points to bytes that are not there"))
        if not count:
            return np.empty((0, width), dtype)
        strides = (step, dtype.itemsize)
        return np.ndarray((count, width), dtype, body, offset, strides).copy()

    def _sparse(self, found: NDArray[Any], said: dict[str, Any], dtype: np.dtype[Any], width: int) -> NDArray[Any]:
        count, where, values = said.get("count"), said.get("indices"), said.get("values")
        if not isinstance(count, int) or not isinstance(where, dict) or not isinstance(values, dict):
            raise Broken(mark("it has an accessor of an unknown type"))
        kind = COMPONENTS.get(where.get("componentType", 0))
        if kind is None or not 0 <= count <= len(found):
            raise Broken(mark("it has an accessor of an unknown type"))
        rows = self._strided(where.get("bufferView"), _whole(where, "byteOffset"), np.dtype(kind), 1, count)[:, 0]
        if count and rows.max() >= len(found):
            raise Broken(mark("it points to a vertex that is not there"))
        found[rows] = self._strided(values.get("bufferView"), _whole(values, "byteOffset"), dtype, width, count)
        return found

    def _node(self, number: Any, above: NDArray[np.float64], level: int, seen: set[int]) -> Iterator[Primitive]:
        node = _at(_list(self.json, "nodes"), number)
        if level > _DEEPEST or number in seen:
            raise Broken(mark("its nodes run in a circle"))
        seen.add(number)
        world = above @ _matrix(node)
        if "mesh" in node:
            yield from self._mesh(node, number, world)
        for child in _list(node, "children"):
            yield from self._node(child, world, level + 1, seen)

    def _mesh(self, node: dict[str, Any], number: int, world: NDArray[np.float64]) -> Iterator[Primitive]:
        mesh = _at(_list(self.json, "meshes"), node["mesh"])
        worlds = self._instances(node, world)
        name = str(node.get("name") or mesh.get("name") or "")
        for said in _list(mesh, "primitives"):
            extensions = said.get("extensions") if isinstance(said.get("extensions"), dict) else {}
            if set(extensions) & _UNREAD:
                words = mark("its form is compressed (Draco or meshopt), which can’t be read: export it uncompressed")
                raise Broken(words)
            own = {key: self.accessor(which) for key, which in dict(said.get("attributes") or {}).items()
                   if key == "POSITION" or key.startswith(self._wanted)}  # fmt: skip
            points = own.pop("POSITION", None)
            if points is None or points.ndim != 2 or points.shape[1] != 3:
                continue
            points = points.astype(np.float64)
            indices = self.accessor(said["indices"]).astype(np.int64) if "indices" in said else np.arange(len(points))
            if indices.ndim != 1 or (len(indices) and indices.max() >= len(points)):
                raise Broken(mark("it points to a vertex that is not there"))
            if not np.isfinite(points).all():
                raise Broken(mark("its coordinates are no numbers"))
            for copy, one in enumerate(worlds):
                placed = points @ one[:3, :3].T + one[:3, 3]
                made = Primitive(int(said.get("mode", 4)), placed, indices, own, extensions, name, number, copy)
                made.material, made.world = said.get("material"), one
                yield made

    def _instances(self, node: dict[str, Any], world: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Where a node's mesh stands: once, or many times by EXT_mesh_gpu_instancing."""
        said = (node.get("extensions") or {}).get("EXT_mesh_gpu_instancing")
        if not isinstance(said, dict) or not isinstance(said.get("attributes"), dict):
            return [world]
        own = {key: self.accessor(number) for key, number in said["attributes"].items()}
        count = max((len(one) for one in own.values()), default=0)
        if any(len(one) != count for one in own.values()):
            raise Broken(mark("it points to a vertex that is not there"))
        parts = [own.get(key) for key in ("TRANSLATION", "ROTATION", "SCALE")]
        return [world @ composed(*(None if one is None else one[n] for one in parts)) for n in range(count)]


def composed(move: Any, turn: Any, scale: Any) -> NDArray[np.float64]:
    """(4, 4) of a translation, a unit quaternion (x, y, z, w) and a scale; each may be None."""
    made = np.eye(4)
    if turn is not None:
        x, y, z, w = (float(value) for value in turn)
        made[:3, :3] = [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    if scale is not None:
        made[:3, :3] *= np.asarray(scale, np.float64)
    if move is not None:
        made[:3, 3] = np.asarray(move, np.float64)
    return made


def inline(uri: str) -> bytes | None:
    """The bytes that a data URI holds; None where it is another."""
    if not uri.startswith("data:"):
        return None
    try:
        return base64.b64decode(uri.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise Broken(mark("it points to bytes that are not there")) from None


def below(folder: Path) -> Fetch:
    """What fetches files in a folder and below it; never from elsewhere."""

    def fetch(uri: str) -> bytes:
        path = beside(uri, folder)
        if path is None or not path.is_file():
            raise Broken(mark("it points to bytes that are not there"))
        return path.read_bytes()

    return fetch


def beside(uri: str, folder: Path) -> Path | None:
    """The file that a relative URI names below a folder; None where it would lead out of it."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(uri)
    if parts.scheme or parts.netloc or not parts.path or "\0" in uri:
        return None
    path = (folder / unquote(parts.path)).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _parts(body: bytes) -> tuple[dict[str, Any], bytes]:
    if body[:4] != b"glTF":
        return _parsed(body), b""
    if len(body) < 20:
        raise Broken(mark("it ends before its time"))
    _, version, size = struct.unpack_from("<4sII", body)
    if version != 2:
        raise Broken(mark("it is no glTF 2.0"))
    if size > len(body):
        raise Broken(mark("it ends before its time"))
    words, binary, at = b"", b"", 12
    while at + 8 <= size:
        length, kind = struct.unpack_from("<II", body, at)
        if at + 8 + length > size:
            raise Broken(mark("it ends before its time"))
        if kind == _JSON and not words:
            words = body[at + 8 : at + 8 + length]
        elif kind == _BIN and not binary:
            binary = body[at + 8 : at + 8 + length]
        at += 8 + length
    return _parsed(words), binary


def _parsed(words: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(words.rstrip(b"\0")) if depth(words) < 100 else None
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Broken(mark("it is no glTF 2.0"))
    return found


def _matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    """Column by column in the file; else its parts."""
    try:
        if "matrix" in node:
            made = np.array(node["matrix"], np.float64).reshape(4, 4).T
        else:
            made = composed(node.get("translation"), node.get("rotation"), node.get("scale"))
    except (TypeError, ValueError):
        raise Broken(mark("a node of it is turned by no numbers")) from None
    if not np.isfinite(made).all():
        raise Broken(mark("a node of it is turned by no numbers"))
    return made


def _list(found: Any, name: str) -> list[Any]:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, list) else []


def _at(found: list[Any], number: Any) -> dict[str, Any]:
    one = found[_index(number, len(found))]
    if not isinstance(one, dict):
        raise Broken(mark("it points to something that is not there"))
    return one


def _index(number: Any, count: int) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < count:
        raise Broken(mark("it points to something that is not there"))
    return number


def _whole(said: dict[str, Any], name: str) -> int:
    value = said.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Broken(mark("it points to bytes that are not there"))
    return value
