"""Cloud Optimized Point Clouds: the octree is in the file, and a node is read by itself (COPC 1.0)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from twin.formats import cloud_header as headers
from twin.formats.placing import Place
from twin.model.patches import Octree, Points

_LAYERS = {6: 9, 7: 10, 8: 11}
"""How many layers the points of a format are packed in, extra bytes aside."""
_ENTRY = np.dtype(
    [("level", "<i4"), ("x", "<i4"), ("y", "<i4"), ("z", "<i4"), ("at", "<u8"), ("size", "<i4"), ("count", "<i4")]
)
_PAGE = -1
_MOST, _DEEPEST = 1_000_000, 24
"""Nodes, and levels: what is deeper is left out."""
_SAMPLE = 40_000


class Copc:
    """An open file, placed in a city."""

    def __init__(self, path: Path, place: Place) -> None:
        import laspy

        self.path, self._place = path, place
        with headers.told(path):
            self._file = path.open("rb")
            parts = laspy.DecompressionSelection
            needed = parts.XY_RETURNS_CHANNEL | parts.Z | parts.CLASSIFICATION | parts.INTENSITY | parts.RGB
            self._reader = laspy.CopcReader(self._file, decompression_selection=needed)
            info = self._reader.copc_info
            self._centre = np.asarray(info.center, float)
            self._half, self._spacing = float(info.halfsize), float(info.spacing)
        if not all(map(math.isfinite, (*self._centre, self._half, self._spacing))) or self._half <= 0:
            raise headers.damaged(path)
        self._entries = _sorted(_entries(path, self._file, info.hierarchy_root_offset, info.hierarchy_root_size))
        if self.count > self._reader.header.point_count:
            raise headers.damaged(path)
        self._wide: bool | None = None
        self._coloured = False

    @property
    def count(self) -> int:
        """Points, by the nodes' own counts."""
        return int(self._entries["count"].sum(dtype=np.int64))

    def octree(self) -> Octree:
        """Its nodes in the city."""
        found = self._entries
        self._look()
        keys = np.column_stack([found[name] for name in ("level", "x", "y", "z")])
        sides = 2 * self._half / 2.0 ** keys[:, 0]
        low = self._centre - self._half + keys[:, 1:] * sides[:, None]
        boxes = placed_boxes(low, low + sides[:, None], self._place)
        across = boxes[:, 3] - boxes[:, 0]
        # Its own spacing is in the file's unit: what a side is in the city tells how long that is.
        unit = float(np.median(across / sides))
        apart = (self._spacing if self._spacing > 0 else self._half / 64) * unit / 2.0 ** keys[:, 0]
        # Where points are few they stand farther apart than a node's full one would have them.
        area = across * (boxes[:, 4] - boxes[:, 1])
        apart = np.clip(np.sqrt(area / np.maximum(found["count"], 1)), apart, 4 * apart)
        return Octree(keys, found["count"].astype(np.int64), _parents(keys), boxes, apart, self._coloured)

    def points(self, node: int) -> Points:
        """One node's."""
        entry = self._entries[node]
        if not entry["count"]:
            return placed_points({"places": np.empty((0, 3)), "classes": np.empty(0, np.uint8),
                                  "intensity": np.empty(0, np.uint16)}, self._place, wide=False)  # fmt: skip
        self._look()
        return placed_points(self._columns(node), self._place, wide=bool(self._wide), coloured=self._coloured)

    def sample(self) -> Points:
        """Of its upper nodes, whose points are spread over all of it."""
        self._look()
        last = int(np.searchsorted(np.cumsum(self._entries["count"]), _SAMPLE))
        parts = [
            self._columns(node) for node in range(min(last + 1, len(self._entries))) if self._entries["count"][node]
        ]
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return placed_points(joined, self._place, wide=bool(self._wide), coloured=self._coloured)

    def verify(self, seconds: float) -> None:
        """Read nodes from the top and the end, for so many seconds at most."""
        import time

        until = time.monotonic() + seconds
        for node in np.flatnonzero(self._entries["count"] > 0)[::-1].tolist():
            self._columns(node)
            if time.monotonic() > until:
                return

    def _look(self) -> None:
        """Whether there are colours, and whether of 16 bits: by the first points."""
        if self._wide is None:
            first = int(np.flatnonzero(self._entries["count"] > 0)[0])
            colours = self._columns(first).get("colours")
            most = int(colours.max()) if colours is not None and len(colours) else 0
            self._wide, self._coloured = most > 255, most > 0

    def _columns(self, node: int) -> dict[str, Any]:
        import laspy.copc

        entry = self._entries[node]
        found = laspy.copc.OctreeNode()
        found.offset, found.byte_size = int(entry["at"]), int(entry["size"])
        found.point_count = int(entry["count"])
        if not self._held(entry):
            raise headers.damaged(self.path)
        with headers.told(self.path):
            return headers.unpacked(self._reader._fetch_and_decompress_points_of_nodes([found]))

    def _held(self, entry: Any) -> bool:
        """Whether a node's layers are as long together as it is at most: lazrs makes room for what they say.

        LAZ 1.4: a chunk is its first point, the number of points, and the length of each layer, then the layers.
        """
        form = self._reader.header.point_format
        layers = _LAYERS.get(int(form.id), 9) + form.num_extra_bytes
        self._file.seek(int(entry["at"]) + form.size + 4)
        lengths = np.frombuffer(self._file.read(4 * layers), "<u4")
        return len(lengths) == layers and int(lengths.sum(dtype=np.int64)) <= int(entry["size"])


def _entries(path: Path, file: Any, offset: int, size: int) -> Any:
    """All pages of the hierarchy, each once, and what they say held against the file."""
    long, pages, seen, found = path.stat().st_size, [(int(offset), int(size))], set(), []
    total = 0
    while pages:
        at, size = pages.pop()
        if at in seen or size <= 0 or size % _ENTRY.itemsize or at + size > long:
            raise headers.damaged(path)
        seen.add(at)
        file.seek(at)
        page = np.frombuffer(file.read(size), _ENTRY)
        more = page["count"] == _PAGE
        pages += [(int(one["at"]), int(one["size"])) for one in page[more]]
        found.append(page[~more])
        total += len(found[-1])
        if total > _MOST:
            raise headers.damaged(path)
    whole = np.concatenate(found)
    level = whole["level"]
    most = np.left_shift(1, np.clip(level, 0, _DEEPEST).astype(np.int64))
    wrong = (level < 0) | (level > _DEEPEST) | (whole["count"] < 0) | (whole["count"] > headers.MANY)
    for axis in ("x", "y", "z"):
        wrong |= (whole[axis] < 0) | (whole[axis] >= most)
    ends = whole["at"].astype(np.float64) + whole["size"]
    wrong |= (whole["count"] > 0) & ((whole["size"] <= 0) | (ends > long))
    if wrong.any() or not (whole["count"] > 0).any():
        raise headers.damaged(path)
    return whole


def _sorted(entries: Any) -> Any:
    """By level: parents first."""
    order = np.lexsort((entries["z"], entries["y"], entries["x"], entries["level"]))
    return entries[order]


def _parents(keys: Any) -> Any:
    """(n,) the place of each node's parent; −1 where there is none."""
    places = {tuple(key): place for place, key in enumerate(keys.tolist())}
    return np.array([places.get((level - 1, x >> 1, y >> 1, z >> 1), -1) for level, x, y, z in keys.tolist()], np.int64)


def placed_boxes(low: Any, high: Any, place: Place) -> Any:
    """(n, 6) in the city, of boxes in the file's CRS."""
    corners = [
        np.column_stack([(low, high)[i][:, 0], (low, high)[j][:, 1], (low, high)[k][:, 2]])
        for i in (0, 1) for j in (0, 1) for k in (0, 1)
    ]  # fmt: skip
    there = np.stack([place(one) for one in corners])
    return np.concatenate([there.min(axis=0), there.max(axis=0)], axis=1)


def placed_points(columns: dict[str, Any], place: Place, *, wide: bool, coloured: bool = False) -> Points:
    """Columns in the file's CRS as points of the city; one that has no place there is left out."""
    there = place(columns["places"])
    sure = np.isfinite(there).all(axis=1)
    if not sure.all():
        there, columns = there[sure], {name: column[sure] for name, column in columns.items()}
    origin = np.floor(there.min(axis=0)) if len(there) else np.zeros(3)
    colours = columns.get("colours") if coloured else None
    return Points(
        origin=(float(origin[0]), float(origin[1]), float(origin[2])),
        places=(there - origin).astype(np.float32),
        classes=columns["classes"],
        intensity=columns["intensity"],
        colours=None if colours is None else headers.bytes_of(colours, wide=wide),
    )
