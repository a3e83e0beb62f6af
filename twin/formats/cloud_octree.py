"""An octree for a LAS or LAZ file, which has none: made in one pass, kept beside the person's other caches.

Each point gets a level by chance, four times as many on each as on the one above, and lies in the node of its place
there: so every level is a fair sample of all points, one pass in bounded memory is enough whatever order they come in,
and a node is added to what stands above it, as in COPC. Sorting by distance, as Potree does, would look more even and
take a second pass; a reservoir for each node would need all nodes in memory.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import CannotRead
from twin.core.i18n import mark, tr
from twin.formats import cloud_header as headers
from twin.formats.cloud_header import Header
from twin.formats.copc import placed_points
from twin.formats.placing import Place
from twin.formats.reader import Report
from twin.model.patches import Octree, PointFile, Points

MOST = 80_000_000
"""Points that a cache holds; of a file with more each has the same chance to be drawn."""
_CHUNK, _NODE, _SAMPLE = 1_000_000, 30_000, 40_000
"""Points read at a time, of a node about, and of a sample."""
_RECORD = np.dtype([("place", "<i4", 3), ("colour", "u1", 3), ("class", "u1"), ("intensity", "<u2")])
_FINE = 0.001
"""Metres: coordinates are kept as whole numbers of it."""
_BITS, _LEVELS = 19, 7
_KEPT = 6 << 30
"""Bytes of all octrees in the cache."""
_VERSION = 1
_START = 1 << 16


class Cached:
    """A file's octree in the cache."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "octree.json").read_text("utf-8"))
        self._origin = np.array(about["origin"], float)
        self._side, self._apart = float(about["side"]), float(about["apart"])
        self._coloured = bool(about["coloured"])
        self.count, self.kept, self.classes = int(about["count"]), int(about["kept"]), about["classes"]
        self.low, self.high = tuple(about["low"]), tuple(about["high"])
        runs = np.load(folder / "runs.npy", allow_pickle=False)
        order = np.argsort(runs["node"], kind="stable")
        self._runs = runs[order]
        self._nodes, self._firsts = np.unique(self._runs["node"], return_index=True)
        self._counts = np.add.reduceat(self._runs["count"], self._firsts)
        self._data = np.memmap(folder / "points.bin", _RECORD, "r")

    def octree(self) -> Octree:
        """Its nodes in the city."""
        keys = _keys(self._nodes)
        sides = self._side / 2.0 ** keys[:, 0]
        low = self._origin + keys[:, 1:] * sides[:, None]
        places = {int(code): place for place, code in enumerate(self._nodes)}
        parents = [places.get(_code(*(int(one) for one in (key[0] - 1, *(key[1:] >> 1)))), -1) for key in keys]
        apart = self._apart / 2.0 ** keys[:, 0]
        return Octree(
            keys.astype(np.int32), self._counts.astype(np.int64), np.array(parents, np.int64),
            np.concatenate([low, low + sides[:, None]], axis=1), apart, self._coloured,
        )  # fmt: skip

    def points(self, node: int) -> Points:
        """One node's."""
        first = self._firsts[node]
        last = self._firsts[node + 1] if node + 1 < len(self._firsts) else len(self._runs)
        return self._points([self._data[run["at"] : run["at"] + run["count"]] for run in self._runs[first:last]])

    def sample(self) -> Points:
        """Of its upper levels, which are fair samples."""
        ends = np.cumsum(self._runs["count"])
        last = int(np.searchsorted(ends, _SAMPLE)) + 1
        return self._points([self._data[run["at"] : run["at"] + run["count"]] for run in self._runs[:last]])

    def _points(self, parts: list[Any]) -> Points:
        found = np.concatenate(parts)
        places = found["place"].astype(np.float64) * _FINE
        local = np.floor(places.min(axis=0))
        origin = self._origin + local
        return Points(
            origin=(float(origin[0]), float(origin[1]), float(origin[2])),
            places=(places - local).astype(np.float32),
            classes=np.ascontiguousarray(found["class"]),
            intensity=np.ascontiguousarray(found["intensity"]),
            colours=np.ascontiguousarray(found["colour"]) if self._coloured else None,
        )


def cached(file: PointFile, header: Header, place: Place, progress: Report) -> Cached:
    """The octree of a file as it is now, made where there is none. Raises NotThisFormat where it can't be read."""
    folder = Path(file.cache) / _name(file)
    if not (folder / "octree.json").exists():
        draft = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            _build(Path(file.path), header, place, draft, progress)
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
            _sweep(folder)
        except OSError as why:
            words = mark("The point cloud can’t be prepared to be drawn: {why}.")
            raise CannotRead(words, folder, why=why.strerror or str(why)) from why
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Cached(folder)


def _sweep(made: Path) -> None:
    """Keep within a bound what can be made again: the oldest goes, never the one that was just made."""
    others = sorted((one for one in made.parent.iterdir() if one != made), key=lambda one: one.stat().st_mtime)
    sizes = {one: sum(file.stat().st_size for file in one.iterdir()) for one in (made, *others)}
    whole = sum(sizes.values())
    for one in others:
        if whole <= _KEPT:
            return
        shutil.rmtree(one, ignore_errors=True)
        whole -= sizes[one]


def _name(file: PointFile) -> str:
    """Another for another file, and for the same one in another CRS; the same where it was moved."""
    looked = Path(file.path).stat()
    with Path(file.path).open("rb") as opened:
        start = hashlib.sha256(opened.read(_START)).hexdigest()
    told = [_VERSION, start, looked.st_size, looked.st_mtime_ns, file.crs, file.city_crs, file.local, file.height_unit]
    told += [file.levels.model_dump()] if file.levels else []
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


def _build(path: Path, header: Header, place: Place, folder: Path, progress: Report) -> None:
    import laspy

    chance = np.random.default_rng(0)
    share = min(1.0, MOST / header.count)
    box = _cube(header, place, path)
    levels = min(_LEVELS, max(1, math.ceil(math.log(3 * share * header.count / _NODE + 1, 4))))
    weights = 4.0 ** np.arange(levels)
    cuts = np.cumsum(weights / weights.sum())[:-1]
    runs, written, read, wide, coloured = [], 0, 0, None, False
    classes = np.zeros(256, np.int64)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    with headers.told(path), laspy.open(path) as reader, (folder / "points.bin").open("wb") as out:
        for record in reader.chunk_iterator(_CHUNK):
            columns = headers.unpacked(record)
            read += len(columns["classes"])
            if wide is None:
                most = int(columns["colours"].max()) if "colours" in columns and read else 0
                wide, coloured = most > 255, most > 0
            points = placed_points(columns, place, wide=wide, coloured=coloured)
            classes += np.bincount(points.classes, minlength=256)
            whole = points.places.astype(np.float64) + points.origin
            if len(whole):
                low, high = np.fmin(low, whole.min(axis=0)), np.fmax(high, whole.max(axis=0))
            records, codes = _records(points, whole, box, chance, cuts, share)
            nodes, firsts, counts = np.unique(codes, return_index=True, return_counts=True)
            runs.append(np.column_stack([nodes, written + firsts, counts]))
            out.write(records.tobytes())
            written += len(records)
            progress(read / header.count, tr("Preparing the points to be drawn…"))
    if read != header.count or not written:
        raise headers.damaged(path)
    whole_runs = np.concatenate(runs)
    table = np.empty(len(whole_runs), [("node", "<i8"), ("at", "<i8"), ("count", "<i8")])
    for n, name in enumerate(("node", "at", "count")):
        table[name] = whole_runs[:, n]
    np.save(folder / "runs.npy", table)
    area = max(float(np.prod(np.maximum(high[:2] - low[:2], 0.1))), 1e-6)
    about = {
        "origin": box[:3].tolist(), "side": float(box[3]), "count": read, "kept": written, "coloured": coloured,
        "apart": math.sqrt(area / max(1.0, written / weights.sum())),
        "classes": {str(code): int(n) for code, n in enumerate(classes) if n},
        "low": low.tolist(), "high": high.tolist(),
    }  # fmt: skip
    (folder / "octree.json").write_text(json.dumps(about), "utf-8")


def _cube(header: Header, place: Place, path: Path) -> Any:
    """West, south, lowest and side of a cube about all points, in the city, in metres."""
    from twin.formats.copc import placed_boxes

    box = placed_boxes(np.array([header.low]), np.array([header.high]), place)[0]
    side = float((box[3:] - box[:3]).max())
    if not math.isfinite(side) or side > 1_000_000:
        words = mark(
            "Its points have no place in the city’s coordinate system. Say which CRS they are in (--crs EPSG:n)."
        )
        raise CannotRead(words, path)
    side = max(1.0, side * 1.001)
    return np.array([*np.floor(box[:3] * 1000) / 1000, side])


def _records(points: Points, whole: Any, box: Any, chance: Any, cuts: Any, share: float) -> tuple[Any, Any]:
    """Points as the cache keeps them, by node, and each one's node."""
    level = np.searchsorted(cuts, chance.random(len(whole)), side="right").astype(np.int64)
    taken = chance.random(len(whole)) < share if share < 1 else np.ones(len(whole), bool)
    relative = whole - box[:3]
    cell = np.clip((relative / box[3] * (1 << level)[:, None]).astype(np.int64), 0, ((1 << level) - 1)[:, None])
    codes = _code(level, cell[:, 0], cell[:, 1], cell[:, 2])
    made = np.zeros(len(whole), _RECORD)
    made["place"] = np.clip(np.rint(relative / _FINE), -(2**31), 2**31 - 1)
    made["class"], made["intensity"] = points.classes, points.intensity
    if points.colours is not None:
        made["colour"] = points.colours
    order = np.argsort(codes, kind="stable")
    order = order[taken[order]]
    return made[order], codes[order]


def _code(level: Any, x: Any, y: Any, z: Any) -> Any:
    """A node as one number, by level first."""
    return level << 3 * _BITS | x << 2 * _BITS | y << _BITS | z


def _keys(codes: Any) -> Any:
    mask = (1 << _BITS) - 1
    return np.column_stack([codes >> 3 * _BITS, codes >> 2 * _BITS & mask, codes >> _BITS & mask, codes & mask])
