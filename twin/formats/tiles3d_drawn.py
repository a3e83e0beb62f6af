"""A tile's contents as they are drawn: triangles, lines and points in the city, and whose each of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.core.i18n import mark, tr
from twin.formats import gltf_looks as looks
from twin.formats.gltf_document import Broken, Gltf, Primitive
from twin.formats.gltf_metadata import features_of, tables
from twin.formats.tiles3d_cloud import cloud
from twin.formats.tiles3d_content import Opened, opened, upright
from twin.formats.tiles3d_files import Near
from twin.formats.tiles3d_instances import standing
from twin.formats.tiles3d_tables import row
from twin.formats.tiles3d_volumes import Doubles, Placed
from twin.model.tilesets import Dots, Faces, Lines, Tile

_MOST = 6_000_000
"""Vertices of one tile."""
_STEP = 10.0
"""Metres over which the turn from a tileset's coordinates to the city's is measured."""
_PICTURES = 96 << 20
"""Bytes of a tile's pictures; what is more is halved."""
Told = Callable[[int], tuple[str, dict[str, Any]]]
"""The key and the attributes of a feature, by its number among those that came together."""


@dataclass
class _Part:
    """Some vertices in the city, of one look."""

    points: Doubles
    cells: NDArray[Any]
    owner: NDArray[Any]
    colours: NDArray[np.uint8]
    normals: Doubles | None = None
    along: NDArray[np.float32] | None = None
    apart: float = 0.0
    own: bool = True
    """Whether its colours are its own."""


@dataclass
class Drawing:
    """A tile's contents, one after the other."""

    near: Mapping[str, Near]
    """What fetches each content's files, by its name."""
    transform: Doubles
    up: str
    placed: Placed
    faces: dict[tuple[Any, ...], list[_Part]] = field(default_factory=dict)
    """By picture (content and texture), cutoff, blending, light and repeating."""
    lines: list[_Part] = field(default_factory=list)
    dots: list[_Part] = field(default_factory=list)
    pictures: dict[tuple[str, int], tuple[NDArray[np.uint8], bool] | None] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    _vertices: int = 0
    _count: int = 0
    _told: list[tuple[int, int, Told]] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """The contents."""
        return tuple(self.near)

    def add(self, name: str) -> None:
        """Add a content; Broken where it can't be read."""
        near = self.near[name]
        try:
            for one in opened(near.files.read(name), near):
                if one.kind == "pnts":
                    self._cloud(one)
                else:
                    self._model(one, name)
        except (TypeError, ValueError, AttributeError, LookupError, OverflowError) as why:
            raise Broken(mark("it is not built as the standard says")) from why

    def feature(self, number: int) -> tuple[str, dict[str, Any]] | None:
        """The key and the attributes of a feature of what was added so far."""
        for start, count, told in self._told:
            if start <= number < start + count:
                return told(number - start)
        return None

    def tile(self, lost: tuple[str, ...] = ()) -> Tile:
        """All that was added."""
        parts = [*self.lines, *self.dots, *(one for some in self.faces.values() for one in some)]
        parts = [one for one in parts if len(one.points)]
        if not parts:
            return Tile((0.0, 0.0, 0.0), lost=(*lost, *self.lost))
        origin = np.floor(np.min([one.points.min(axis=0) for one in parts], axis=0))
        return Tile(
            origin=(float(origin[0]), float(origin[1]), float(origin[2])),
            faces=tuple(self._faces(origin)),
            lines=tuple(_lines(one, origin) for one in self.lines),
            dots=tuple(_dots(one, origin) for one in self.dots if len(one.points)),
            features=self._count,
            lost=(*lost, *self.lost),
        )

    def _model(self, one: Opened, name: str) -> None:
        gltf = Gltf(one.model, one.near, looks=True)
        known = tables(gltf)
        batch: dict[str, list[Any]] | None = None

        def columns(table: int | None) -> dict[str, list[Any]]:
            nonlocal batch
            if table is not None and 0 <= table < len(known):
                return known[table]
            if batch is None:
                batch = one.batch.columns(one.features.count("BATCH_LENGTH")) if one.kind == "b3dm" else {}
            return batch

        whole = upright(gltf, one, self.up)
        if one.kind == "i3dm":
            stands, rows = standing(one.features)
            said = one.batch.columns(one.features.count("INSTANCES_LENGTH"))
            start = self._features(len(stands), lambda n: (str(n), row(said, int(rows[n]))))
            # An instance's form is turned upright before it is put anywhere.
            moves = self.transform @ stands @ whole
            for primitive in gltf.primitives():
                owner = np.repeat(np.arange(start, start + len(stands)), len(primitive.points))
                self._primitive(gltf, primitive, moves, owner, name)
            return
        numbers: dict[tuple[Any, ...], int] = {}
        for primitive in gltf.primitives():
            owner = self._owner(primitive, columns, numbers)
            self._primitive(gltf, primitive, (self.transform @ whole)[None], owner, name)

    def _owner(self, primitive: Primitive, columns: Callable[[int | None], Any], numbers: dict[Any, int]) -> Any:
        ids, table = features_of(primitive)
        table = table if isinstance(table, int) else None
        if ids is None:
            key: tuple[Any, ...] = ("node", primitive.node, primitive.copy)
            if key not in numbers:
                label = primitive.name or str(primitive.node)
                numbers[key] = self._features(1, lambda _: (label, {}))
            return np.full(len(primitive.points), numbers[key])
        if len(ids) != len(primitive.points):
            raise Broken(mark("it points to a vertex that is not there"))
        found, which = np.unique(ids, return_inverse=True)
        mine = np.full(len(found), -1)
        for at, number in enumerate(found.tolist()):
            if number < 0:
                continue
            key = (table, number, primitive.copy)
            if key not in numbers:
                numbers[key] = self._features(1, _one(columns, table, number))
            mine[at] = numbers[key]
        return mine[which.ravel()]

    def _primitive(self, gltf: Gltf, primitive: Primitive, moves: Doubles, owner: Any, name: str) -> None:
        """Add it once for each of the (k, 4, 4) ``moves``; ``owner`` is whose each vertex of all of them is."""
        self._bounded(len(moves) * len(primitive.points))
        used = np.zeros(len(primitive.points), bool)
        used[primitive.indices] = True
        if not used.all():
            owner = owner.reshape(len(moves), -1)[:, used].ravel()
            primitive = _only(primitive, used)
        count, times = len(primitive.points), len(moves)
        if not times * count:
            return
        points = np.einsum("kij,nj->kni", moves[:, :3, :3], primitive.points) + moves[:, None, :3, 3]
        where = self._place(points.reshape(-1, 3))
        made = looks.look(gltf, primitive.material)
        triangles, segments = primitive.triangles(), primitive.segments()
        tones = np.tile(looks.colours(made, primitive), (times, 1))
        if len(triangles):
            part = _Part(where, _times(triangles, times, count), owner, tones)
            middle = points.reshape(-1, 3).mean(axis=0)
            self._triangles(gltf, primitive, moves, made, name, part, middle)
        elif len(segments):
            self.lines.append(_Part(where, _times(segments, times, count), owner, tones))
        elif primitive.mode == 0 and len(primitive.indices):
            at = _times(primitive.indices[:, None], times, count)[:, 0]
            own = primitive.material is not None or "COLOR_0" in primitive.attributes
            self.dots.append(_Part(where[at], at, owner[at], tones[at], apart=_apart(where[at]), own=own))

    def _triangles(
        self,
        gltf: Gltf,
        primitive: Primitive,
        moves: Doubles,
        made: looks.Look,
        name: str,
        part: _Part,
        middle: Doubles,
    ) -> None:
        whole = moves @ primitive.world
        mirrored = np.repeat(np.linalg.det(whole[:, :3, :3]) < 0, len(part.cells) // len(moves))
        part.cells[mirrored] = part.cells[mirrored][:, ::-1]
        along, shown = looks.places(made, primitive), None
        if made.texture is not None and along is not None:
            shown = self._picture(gltf, made.texture, name)
            part.along = np.tile(along, (len(moves), 1)) if shown is not None else None
        normals = primitive.attributes.get("NORMAL")
        sound = normals is not None and normals.shape == primitive.points.shape
        if not made.unlit and sound:
            part.normals = self._turned(middle, normals, whole)
        elif not made.unlit and shown is None:
            part = _flat(part)
            self._bounded(len(part.points))
        repeats = shown is None or shown[1]
        key = ((name, made.texture) if shown else None, made.cutoff, made.blended, part.normals is not None, repeats)
        self.faces.setdefault(key, []).append(part)

    def _picture(self, gltf: Gltf, texture: int, name: str) -> tuple[NDArray[np.uint8], bool] | None:
        key = (name, texture)
        if key not in self.pictures:
            try:
                self.pictures[key] = looks.picture(gltf, texture)
            except Broken as why:
                self.pictures[key] = None
                self.lost.append(f"{name}: {tr(str(why))}")
        return self.pictures[key]

    def _place(self, points: Doubles) -> Doubles:
        if not len(points):
            return points
        where = self.placed(points)
        if not np.isfinite(where).all():
            raise Broken(mark("it has no place in the city’s coordinate system"))
        return where

    def _turned(self, middle: Doubles, normals: Any, whole: Doubles) -> Doubles:
        """Normals as they stand in the city, about a place of the tileset."""
        ends = self.placed(np.vstack([middle[None], middle + _STEP * np.eye(3)]))
        turn = (ends[1:] - ends[0]) / _STEP
        if not np.isfinite(turn).all():
            turn = np.eye(3)
        through = np.linalg.pinv(whole[:, :3, :3])
        made = np.einsum("nj,kji->kni", np.nan_to_num(normals.astype(np.float64)), through).reshape(-1, 3) @ turn
        length = np.linalg.norm(made, axis=1, keepdims=True)
        return np.asarray(np.where(length > 0, made / np.maximum(length, 1e-300), [0.0, 0.0, 1.0]), np.float64)

    def _cloud(self, one: Opened) -> None:
        found = cloud(one.features)
        points = found.points @ self.transform[:3, :3].T + self.transform[:3, 3]
        self._bounded(len(points))
        where = self._place(points)
        rows = len(points) if found.ids is None else one.features.count("BATCH_LENGTH")
        owner = np.full(len(points), -1) if found.ids is None else found.ids.copy()
        if one.batch.json:
            # Where no point has a number, each point has a row of its own.
            said = one.batch.columns(rows)
            start = self._features(rows, lambda n: (str(n), row(said, n)))
            owner = np.arange(len(points)) if found.ids is None else owner
            owner = np.where((owner >= 0) & (owner < rows), owner + start, -1)
        else:
            owner[:] = self._features(1, lambda _: ("", {}))
        colours = np.full((len(points), 4), 255, np.uint8)
        if found.colours is not None:
            colours = found.colours
        self.dots.append(_Part(where, owner, owner, colours, apart=_apart(where), own=found.colours is not None))

    def _features(self, count: int, told: Told) -> int:
        """The first number of so many more."""
        start = self._count
        self._told.append((start, count, told))
        self._count += count
        return start

    def _bounded(self, more: int) -> None:
        self._vertices += more
        if self._vertices > _MOST:
            raise Broken(mark("it has more corners than are drawn of one tile"))

    def _faces(self, origin: Doubles) -> Iterator[Faces]:
        shown = {key: found for key, found in self.pictures.items() if found}
        share = 1
        while sum(rows.nbytes for rows, _ in shown.values()) // share**2 > _PICTURES:
            share *= 2
        for (picture, cutoff, blended, lit, repeats), parts in self.faces.items():
            starts = np.cumsum([0, *(len(one.points) for one in parts)])
            rows = shown[picture][0][::share, ::share] if picture else None
            yield Faces(
                points=_near(np.concatenate([one.points for one in parts]), origin),
                triangles=np.concatenate([one.cells + start for one, start in zip(parts, starts, strict=False)]).astype(
                    np.int32
                ),
                owner=np.concatenate([one.owner for one in parts]).astype(np.int32),
                colours=np.concatenate([one.colours for one in parts]),
                normals=np.concatenate([one.normals for one in parts]).astype(np.float32) if lit else None,
                along=np.concatenate([one.along for one in parts]) if picture else None,
                picture=None if rows is None else np.ascontiguousarray(rows),
                cutoff=cutoff,
                blended=blended,
                repeats=repeats,
            )


def _one(columns: Callable[[int | None], Any], table: int | None, number: int) -> Told:
    return lambda _: (str(number), row(columns(table), number))


def _only(primitive: Primitive, used: NDArray[np.bool_]) -> Primitive:
    """Without the vertices that nothing of it uses: primitives often share all of a mesh's."""
    numbers = np.cumsum(used) - 1
    own = {name: values[used] if len(values) == len(used) else values for name, values in primitive.attributes.items()}
    return replace(primitive, points=primitive.points[used], indices=numbers[primitive.indices], attributes=own)


def _times(cells: Any, times: int, count: int) -> Any:
    """Cells of so many copies of so many vertices."""
    return np.tile(cells, (times, 1)) + np.repeat(np.arange(times) * count, len(cells))[:, None]


def _flat(part: _Part) -> _Part:
    """Each triangle with corners of its own, so that it is lit by itself (glTF 2.0, §3.7.2.1)."""
    triangles = part.cells
    corners = part.points[triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    flat = triangles.ravel()
    return _Part(
        part.points[flat],
        np.arange(len(flat)).reshape(-1, 3),
        part.owner[flat],
        part.colours[flat],
        np.repeat(normal, 3, axis=0),
        None if part.along is None else part.along[flat],
    )


def _lines(part: _Part, origin: Doubles) -> Lines:
    return Lines(
        _near(part.points, origin), part.cells.astype(np.int32), part.owner.astype(np.int32), part.colours[:, :3].copy()
    )


def _dots(part: _Part, origin: Doubles) -> Dots:
    own = part.colours[:, :3].copy() if part.own else None
    return Dots(_near(part.points, origin), part.owner.astype(np.int32), part.apart, own)


def _near(points: Doubles, origin: Doubles) -> NDArray[np.float32]:
    return np.ascontiguousarray(points - origin, np.float32)


def _apart(points: Doubles) -> float:
    """Metres between points, as if they lay on the largest side of the box that is about them."""
    sides = np.sort(np.ptp(points, axis=0)) if len(points) else np.zeros(3)
    return float(np.sqrt(max(sides[1] * sides[2], 1e-6) / max(len(points), 1)))
