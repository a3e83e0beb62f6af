"""Linking a tileset: its outline, what it holds, and whether its tiles can be read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats.gltf_document import Broken
from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.formats.reader import Batch, Place
from twin.formats.tiles3d_copied import tell
from twin.formats.tiles3d_drawn import Drawing
from twin.formats.tiles3d_files import Missing, Near, files, unreadable
from twin.formats.tiles3d_placing import quick
from twin.formats.tiles3d_survey import stamp, survey
from twin.formats.tiles3d_tree import Circle, Tiles
from twin.formats.tiles3d_volumes import Doubles, boxes, placed
from twin.formats.tiles3d_walk import walked
from twin.model.feature import GEOMETRY, UID
from twin.model.tilesets import EVERYWHERE, Dots, Faces, Lines, Tile

_COUNTED, _SECONDS = 200_000, 20.0
"""Tiles that are counted, and for how long."""
_LOOKED = 4.0
"""Seconds that tiles are read for, to see whether they can be."""
_WIDEST = 3_000_000.0
"""Metres that a tileset may span in a city's plane."""


@dataclass
class Count:
    """What a tileset holds."""

    tiles: int = 0
    contents: list[tuple[str, Doubles, str]] = field(default_factory=list)
    """Those that are there, coarse ones first: file, transform, and the axis that is up in it."""
    kinds: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    lost: dict[str, str] = field(default_factory=dict)
    version: str = ""
    whole: bool = True
    """Whether all of it was counted."""


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its outline as one feature."""
    # Tiles may have come or gone since, though their tileset.json is the same.
    _counted.cache_clear()
    held, said = counted(path), stamp(path)
    layer = said.layer or (path.stem if path.name.lower() != "tileset.json" else path.absolute().parent.name)
    layer = layer.replace(".", "_") or path.stem
    if not held.contents:
        tell(held.missing, held.lost, notes)
        if held.missing or held.lost:
            name, why = next(iter({**dict.fromkeys(held.missing, "it isn’t there"), **held.lost}.items()))
            words = mark("None of its tiles can be read. The first, {name}: {why}")
            raise CannotRead(words, path, name=name, why=tr(why))
        raise NotThisFormat("It holds no features.", path)
    around, unread = _looked(path, held, place)
    tell(held.missing, {**held.lost, **unread}, notes)
    if not held.whole:
        notes.say("It has more than {count} tiles; those beyond were not counted.", count=held.tiles)
    notes.read(layer, len(held.contents))
    notes.kept(layer, len(held.contents))
    outline = shapely.box(around[0], around[1], around[3], around[4])
    table = pa.RecordBatch.from_pydict(
        {
            UID: pa.array([layer]),
            GEOMETRY: pa.array([shapely.to_wkb(outline)], pa.binary()),
            "tiles": pa.array([len(held.contents)], pa.int64()),
            "missing_tiles": pa.array([sum(held.missing.values())], pa.int64()),
            "tiles_version": pa.array([held.version or None], pa.string()),
        }
    )
    title, arabic = (said.title_en, said.title_ar) if said.layer else (layer, "")
    measures = Measures(around[None], shapely.get_type_id([outline]))
    yield Batch(layer, "tilesets", table, title, arabic, measures=measures, by_type=dict(held.kinds))


def linked(path: Path) -> dict[str, Any]:
    """What the city keeps of it beside where it is."""
    return {"amount": len(counted(path).contents)}


def counted(path: Path) -> Count:
    """What it holds. NotThisFormat where its own tileset.json can't be read, or leads to itself."""
    looked = path.stat()
    return _counted(path, looked.st_mtime_ns, looked.st_size)


@lru_cache(maxsize=1)
def _counted(path: Path, _time: int, _size: int) -> Count:
    found, held, ends = files(path), Count(), time.monotonic() + _SECONDS
    for door, tiles in walked(path):
        if isinstance(tiles, Broken):
            if isinstance(tiles, Circle) or not (door.chain or door.implicit):
                raise unreadable(path, tiles)
            if isinstance(tiles, Missing):
                held.missing[door.named] += 1
            else:
                held.lost[door.named] = str(tiles)
            continue
        held.version = held.version or tiles.version
        held.lost.update(tiles.lost)
        held.tiles += len(tiles.parents) - len(tiles.doors)
        for number, names in enumerate(tiles.contents):
            for name in names:
                if found.there(name):
                    held.contents.append((name, tiles.transforms[number], tiles.up))
                    held.kinds[PurePosixPath(name).suffix.lower().lstrip(".") or "?"] += 1
                else:
                    held.missing[name] += 1
        if held.tiles > _COUNTED or time.monotonic() > ends:
            held.whole = False
            break
    return held


def _looked(path: Path, held: Count, place: Place) -> tuple[Doubles, dict[str, str]]:
    """(6,) the box about it in the city, and which of its tiles can't be read; CannotRead where none can."""
    earthly = survey(path).crs is not None
    found, to_city = files(path), quick(placed(place, earthly))
    around, unread, read = np.array([np.inf] * 3 + [-np.inf] * 3), dict[str, str](), 0
    ends = time.monotonic() + _LOOKED
    for name, transform, up in held.contents:
        if read and time.monotonic() > ends:
            break
        drawing = Drawing({name: Near(found, name)}, transform, up, to_city)
        try:
            drawing.add(name)
            made = drawing.tile()
        except Broken as why:
            unread[name] = str(why)
            continue
        read += 1
        box = _box(made)
        around[:3], around[3:] = np.fmin(around[:3], box[:3]), np.fmax(around[3:], box[3:])
    if not read:
        name, why_not = next(iter(unread.items()))
        words = mark("None of its tiles can be read. The first, {name}: {why}")
        raise CannotRead(words, path, name=name, why=tr(why_not))
    root = _root(path, place, earthly)
    whole = held.whole and read + len(unread) == len(held.contents)
    there = np.isfinite(around).all()
    if there and root is not None and not whole:
        # Of what was not looked at, the root's volume says how far it reaches.
        around[[0, 1, 3, 4]] = root[[0, 1, 3, 4]]
    elif not there and root is not None:
        around = root
    if not np.isfinite(around).all() or np.ptp(around.reshape(2, 3)[:, :2], axis=0).max() > _WIDEST:
        words = mark(
            "It spans more of the earth than a city’s coordinate system can hold: bring the part that you need."
        )
        raise CannotRead(words, path)
    return around, unread


def _root(path: Path, place: Place, earthly: bool) -> Doubles | None:
    """The box of the root's volume in the city; None where it has none there."""
    _, tiles = next(iter(walked(path)))
    if not isinstance(tiles, Tiles) or not tiles.parents:
        return None
    found = boxes(tiles.volumes[:1], tiles.transforms[:1], place, earthly)[0]
    return found if np.isfinite(found).all() and np.abs(found).max() < EVERYWHERE else None


def _box(tile: Tile) -> Doubles:
    kept: list[Faces | Lines | Dots] = [*tile.faces, *tile.lines, *tile.dots]
    points = [one.points for one in kept if len(one.points)]
    if not points:
        return np.array([np.inf] * 3 + [-np.inf] * 3)
    low, high = np.min([one.min(axis=0) for one in points], axis=0), np.max([one.max(axis=0) for one in points], axis=0)
    return np.concatenate([low + np.array(tile.origin), high + np.array(tile.origin)])
