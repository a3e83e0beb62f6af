"""A linked tileset as its reader holds it: its branches by the doors that lead to them, and its tiles' contents."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats.gltf_document import Broken
from twin.formats.placing import LOCAL, Place, decide
from twin.formats.tiles3d_drawn import Drawing
from twin.formats.tiles3d_files import Near, files
from twin.formats.tiles3d_placing import quick
from twin.formats.tiles3d_survey import survey
from twin.formats.tiles3d_tree import Tiles, behind, first
from twin.formats.tiles3d_volumes import boxes, placed, viewer
from twin.model.tilesets import EVERYWHERE, Branch, Tile, TileFeature, TileKey, TilesetFile

_KEPT = 400_000
"""Tiles of branches that are held for the next question."""


class TilesetReader:
    """One tileset, open."""

    def __init__(self, path: Path, place: Place, *, earthly: bool) -> None:
        self.path, self.earthly = path, earthly
        self._place = place
        self._kept: OrderedDict[tuple[int, ...], Tiles] = OrderedDict()

    def branch(self, path: tuple[int, ...]) -> Branch:
        """The tiles behind some doors, one after the other."""
        found = self._tiles(path)
        around = boxes(found.volumes, found.transforms, self._place, self.earthly)
        for number, above in enumerate(found.parents):
            if np.isnan(around[number, 0]):
                around[number] = around[above] if above >= 0 else [-EVERYWHERE] * 3 + [EVERYWHERE] * 3
        viewers = {
            number: made
            for number, (said, transform) in found.viewers.items()
            if (made := viewer(said, transform, self._place, self.earthly)) is not None
        }
        return Branch(
            parents=np.array(found.parents, np.int64),
            boxes=around,
            errors=np.array(found.errors, np.float64),
            replaces=np.array(found.replaces, bool),
            filled=np.array([bool(one) for one in found.contents], bool),
            doors=np.isin(np.arange(len(found.parents)), list(found.doors)),
            viewers=viewers,
        )

    def tile(self, key: TileKey) -> Tile:
        """What a tile shows; what of it can't be read is named in it."""
        found, lost = self._drawing(key), []
        for name in found.names:
            try:
                found.add(name)
            except Broken as why:
                lost.append(f"{name}: {tr(str(why))}")
        return found.tile(tuple(lost))

    def feature(self, key: TileKey, number: int) -> TileFeature:
        """What a feature of a tile says, by the number that the tile's owners have."""
        found = self._drawing(key)
        if number < 0 and found.names:
            return TileFeature("", found.names[0], {})
        for name in found.names:
            try:
                found.add(name)
            except Broken:
                continue
            known = found.feature(number)
            if known is not None:
                return TileFeature(known[0], name, known[1])
        raise NotThisFormat(mark("The tile isn’t what it was when it was drawn."), self.path)

    def _drawing(self, key: TileKey) -> Drawing:
        found = self._tiles(key.path)
        near = {name: Near(files(self.path), name) for name in found.contents[key.number]}
        return Drawing(near, found.transforms[key.number], found.up, quick(placed(self._place, self.earthly)))

    def _tiles(self, path: tuple[int, ...]) -> Tiles:
        """Of a branch; those above it are read again where nobody holds them any more."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        door = first(files(self.path)) if not path else self._tiles(path[:-1]).doors.get(path[-1])
        if door is None:
            raise NotThisFormat(mark("The tile isn’t what it was when it was drawn."), self.path)
        try:
            made = behind(files(self.path), door)
        except Broken as why:
            name = door.named
            words = mark("Tiles of the tileset can’t be read. {name}: {why}")
            raise NotThisFormat(words, self.path, name=name, why=tr(str(why))) from None
        self._kept[path] = made
        while sum(len(one.parents) for one in self._kept.values()) > _KEPT and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return made


def tileset(file: TilesetFile) -> TilesetReader:
    """A tileset, open; kept so, since whoever asks for one tile asks for another."""
    looked = Path(file.path).stat()
    key = (file, looked.st_size, looked.st_mtime_ns)
    found = _open.get(key)
    if found is None:
        found = _opened(file)
        while len(_open) >= _MOST:
            _open.pop(next(iter(_open)))
        _open[key] = found
    return found


_MOST = 6
_open: dict[tuple[TilesetFile, int, int], TilesetReader] = {}


def _opened(file: TilesetFile) -> TilesetReader:
    path, by_hand = Path(file.path), file.crs == LOCAL
    looked = survey(path)
    placing = decide(
        path,
        None if by_hand else file.crs,
        looked.bounds,
        city=file.city_crs,
        said=LOCAL if by_hand else None,
        local=file.local,
        height_unit=None if by_hand else file.height_unit,
    )
    return TilesetReader(path, placing.place, earthly=looked.crs is not None)
