"""Which tiles are wanted at which level of detail: by how many pixels each would be off on the screen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.scene import choosing
from twin.scene.tiles import Key, Node, Tile
from twin.scene.tiles import above as above_

TOLERANCE = 0.8
"""Pixels that a tile may be off before a finer one takes its place."""
_COARSE, _COARSEST = 22.0, 3.0
"""Metres a pixel from which a tile may be off by more, as their square, and how many times more at the most: where a
block of houses is a pixel, all of them have melted."""
HAZE = np.array([[1_500.0, 0.0], [5_000.0, 0.45], [12_000.0, 1.0]])
"""Metres and the share of the horizon's colour there (ART)."""
_SPREAD = 0.4
"""The share of the space between a coarse tile's boxes by which what they stand for may lie elsewhere."""
_KEPT = 2
"""Coarse tiles so far above the leaves are always there: whoever turns round sees no hole."""
_STEADY = 1.1
"""A tile that was refined stays so until it is this much farther away: nothing flickers at the border."""

Floats = npt.NDArray[np.float64]
Sides = tuple[float, float, float, float]
"""West, south, east, north, in metres."""


@dataclass(frozen=True)
class Eye:
    """What decides how much is seen of a tile."""

    at: tuple[float, float, float]
    focal: float
    """Pixels that a metre fills, one metre before the eye."""
    planes: Floats
    """(n, 4) the sides of what is seen, each looking inward."""
    tolerance: float = TOLERANCE
    """Pixels that a tile may be off."""
    clear: float = 0.0
    """How many times farther than usual it sees through the haze; 0 where there is none."""
    parallel: float = 0.0
    """In a parallel view the distance from which all is seen as large."""


class Tree:
    """The quadtrees of all layers, each leaf with its levels of detail below it."""

    def __init__(
        self,
        tiles: Iterable[Tile] = (),
        details: Mapping[str, Sequence[float]] | None = None,
        near: Mapping[str, float] | None = None,
    ) -> None:
        """By kind: the metres that each level may be off, and those within which all is drawn."""
        there = {tile.key: tile for tile in tiles}
        above = {above_(key) for key in there}
        self.nodes: list[Node] = []
        self.below: list[list[int]] = []
        self.above: list[int] = []
        self.roots: dict[str, list[int]] = {}
        boxes: list[tuple[float, ...]] = []
        errors: list[float] = []
        near_by: list[float] = []
        place: dict[Key, int] = {}
        for key in sorted(there):
            tile, parent = there[key], place.get(above_(key), -1)
            if key in above:
                west, south, _, east, north, _ = tile.box
                spread = math.sqrt(max(1.0, (east - west) * (north - south)) / max(1, tile.count))
                steps = [(0, _SPREAD * spread, 0.0)]
            else:
                off = (details or {}).get(tile.kind, (0.0,))
                within_ = (near or {}).get(tile.kind, 0.0)
                steps = [(n, off[n], within_ if n == 1 else 0.0) for n in range(len(off) - 1, -1, -1)]
            for detail, error, within in steps:
                at = len(self.nodes)
                if parent < 0:
                    self.roots.setdefault(key[0], []).append(at)
                else:
                    self.below[parent].append(at)
                self.nodes.append(Node(key, detail))
                self.below.append([])
                self.above.append(parent)
                boxes.append(tile.box)
                errors.append(error)
                near_by.append(within)
                parent = at
            place[key] = parent
        self._place = place
        self.boxes = np.array(boxes, np.float64).reshape(-1, 6)
        self._errors, self._near = np.array(errors), np.array(near_by)
        self._refined, self._seen = np.zeros(len(boxes), bool), np.zeros(len(boxes), bool)
        self._coarse = np.array([node.key in above for node in self.nodes], bool)
        kept = np.flatnonzero(self._heights() >= _KEPT)
        self._layers = {name: n for n, name in enumerate(self.roots)}
        layer = np.array([self._layers[node.key[0]] for node in self.nodes], np.int64)
        counts = np.array([len(below) for below in self.below], np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        below = np.array([at for below in self.below for at in below], np.int64)
        reach = np.zeros(len(boxes))
        self._parts = (
            starts, below, np.array(self.above, np.int64), self.boxes, self._errors, self._near, self._coarse, kept,
            layer, self._refined, self._seen, reach,
        )  # fmt: skip
        self._found, self._urgent = np.empty(len(boxes), np.int64), np.empty(len(boxes))

    def wanted(self, eye: Eye, layers: Iterable[str]) -> list[tuple[int, float]]:
        """The nodes to be drawn and all above them, with how urgent each is: the pixels that its absence is off."""
        names = [name for name in layers if name in self.roots]
        roots = np.array([at for name in names for at in self.roots[name]], np.int64)
        shown = np.zeros(len(self.roots), bool)
        shown[[self._layers[name] for name in names]] = True
        place = (np.array(eye.at), eye.planes, HAZE)
        numbers = (eye.focal, eye.tolerance, eye.clear, eye.parallel, _COARSE, _COARSEST, _STEADY)
        sight = tuple(map(float, numbers))
        count = choosing.walk(roots, shown, self._parts, place, sight, self._found, self._urgent)
        return list(zip(self._found[:count].tolist(), self._urgent[:count].tolist(), strict=True))

    def _heights(self) -> Floats:
        """How many coarse tiles stand one above the other below each node."""
        found = np.zeros(len(self.nodes))
        for at in range(len(self.nodes) - 1, -1, -1):
            above = self.above[at]
            if above >= 0 and self.nodes[above].key != self.nodes[at].key:
                found[above] = max(found[above], found[at] + 1)
            elif above >= 0:
                found[above] = max(found[above], found[at])
        return found

    def nearest(self, keys: Sequence[Key], eye: Eye) -> list[Key]:
        """Those of some tiles that are seen, the nearest first."""
        at = np.array([self._place[key] for key in keys], int)
        if not len(at):
            return []
        seen, away = visible(self.boxes[at], eye), distances(self.boxes[at], eye)
        return [keys[n] for n in np.argsort(away, kind="stable") if seen[n]]

    def drawn(self, layers: Iterable[str], there: Mapping[Node, object]) -> list[Node]:
        """What is drawn of what is ``there``: never a hole where a coarser or finer tile can fill it."""
        found: list[Node] = []
        for layer in layers:
            for root in self.roots.get(layer, ()):
                self._cover(root, there, found)
        return found

    def cut(self, layers: Iterable[str], off: float, within: Sides | None = None) -> list[Node]:
        """The nodes that are off by no more than so many metres, or the finest there are, within sides."""
        found = []
        waiting = [at for layer in layers for at in self.roots.get(layer, ())]
        while waiting:
            at = waiting.pop()
            box = self.boxes[at]
            if within and not (
                box[0] <= within[2] and within[0] <= box[3] and box[1] <= within[3] and within[1] <= box[4]
            ):
                continue
            below = self.below[at]
            # Façades are of no use to whoever asks for metres.
            if self._errors[at] <= off or not below:
                found.append(self.nodes[at])
            else:
                waiting += below
        return found

    def _cover(self, at: int, there: Mapping[Node, object], found: list[Node]) -> bool:
        """Add what covers a node; False where something of it is missing and nothing above is to be drawn instead."""
        if not self._seen[at]:
            # Nobody sees it now, but who turns round must not find a hole: whatever is there stays.
            if self.nodes[at] in there:
                found.append(self.nodes[at])
            return True
        if self._refined[at]:
            mark, whole = len(found), True
            for below in self.below[at]:
                whole &= self._cover(below, there, found)
            if whole:
                return True
            if self.nodes[at] in there:
                del found[mark:]
                found.append(self.nodes[at])
                return True
            return False
        if self.nodes[at] in there:
            found.append(self.nodes[at])
            return True
        mark, whole = len(found), bool(self.below[at])
        for below in self.below[at]:
            whole = whole and self._finer(below, there, found)
        if not whole:
            del found[mark:]
        return whole

    def _finer(self, at: int, there: Mapping[Node, object], found: list[Node]) -> bool:
        if self.nodes[at] in there:
            found.append(self.nodes[at])
            return True
        return bool(self.below[at]) and all(self._finer(below, there, found) for below in self.below[at])


def distances(boxes: Floats, eye: Eye) -> Floats:
    """(n,) metres from the eye to the nearest that a box, (n, 6), can be."""
    return np.asarray(choosing.each_away(np.ascontiguousarray(boxes, float), np.array(eye.at), float(eye.parallel)))


def clearness(away: Floats) -> Floats:
    """(n,) the share of its contrast that the haze leaves a thing so many metres away: the shader's own law (ART)."""
    return np.asarray(choosing.clear(away, HAZE))


def visible(boxes: Floats, eye: Eye) -> npt.NDArray[np.bool_]:
    """(n,) whether a box is not wholly behind one of the sides of what is seen."""
    return np.asarray(choosing.each_before(np.ascontiguousarray(boxes, float), eye.planes))
