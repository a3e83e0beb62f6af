"""A patch of linked rasters, made by a worker: read, painted, and as triangles of what it lies on."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from twin.core.errors import Cancelled, TwinError
from twin.model.layer import Layer
from twin.model.patches import SIDE, Patch, Square
from twin.scene import patching
from twin.scene.laying import Surface
from twin.scene.patching import Made, Pictures, Piece
from twin.scene.sheets import Raster, Sheet, Spot

_BELOW = 1.0
"""Metres under the lowest ground at which an embankment ends."""

_log = logging.getLogger("balad")

Read = Callable[[Layer, Square], Patch | None]


class Weaving:
    """Makes the patches of one sheet; on any thread."""

    def __init__(self, sheet: Sheet, surface: Surface, read: Read, kind: Callable[[str], Any]) -> None:
        """``read`` gives what a raster holds of a square, ``kind`` a layer kind by its name."""
        self._sheet, self._surface, self._asked, self._kind = sheet, surface, read, kind
        self._lost: set[str] = set()
        """Layers whose file can't be read: they aren't asked for again, and the others are drawn without them."""
        self._hems: dict[str, Any] = {}
        self._lock, self._losing = threading.Lock(), threading.Lock()

    def made(self, spot: Spot) -> Made | None:
        """What is drawn of it; None where that is nothing."""
        square = self._sheet.of(spot)
        heights: Any = None
        relief: Pictures = []
        pictures: Pictures = []
        for raster in self._sheet.on(square):
            patch = self._read(raster.layer, square)
            if patch is None:
                continue
            picture = patching.painted(self._kind(raster.layer.kind), patch, square.apart)
            laid = relief if raster in self._sheet.relief else pictures
            laid.append((picture, raster.layer.opacity))
            heights = patching.over(heights, patch.heights)
        whole, relief = self._whole(square, heights, relief)
        pieces: list[Piece] = []
        if whole is not None:
            opacity = self._sheet.rasters[0].layer.opacity
            pieces = patching.standing(square, whole, [*_first(relief), *pictures], opacity)
        if pictures and (whole is None or self._shows(square, whole)):
            ground = self._surface.within(square)
            pieces += patching.lying(square, ground, _first(pictures), pictures[0][1])
        return Made(square, tuple(pieces)) if pieces else None

    def _read(self, layer: Layer, square: Square) -> Patch | None:
        if layer.id in self._lost:
            return None
        try:
            return self._asked(layer, square)
        except Cancelled:
            return None
        except TwinError as why:
            with self._losing:
                if layer.id not in self._lost:
                    _log.warning("%s can't be drawn: %s", layer.id, why)
                self._lost.add(layer.id)
        return None

    def _whole(self, square: Square, heights: Any, relief: Pictures) -> tuple[Any, Pictures]:
        """Heights without gaps, and the pictures on them with the embankment's own; None where there are none."""
        if heights is not None and np.isfinite(heights).all():
            return heights, relief
        near = [raster for raster in self._sheet.relief if raster.meets(square, raster.hem)]
        about = [self._hem(raster).at(square, SIDE, 1) for raster in near]
        if not about:
            return None, relief
        from twin.scene import hems

        rough = np.maximum.reduce(about)
        known = np.full(rough.shape, np.nan) if heights is None else heights
        whole = hems.fallen(known, rough, square.apart, min(raster.fall for raster in self._sheet.relief))
        least = self._sheet.floor - _BELOW
        there = whole >= least
        if not there.any():
            return None, relief
        whole = np.maximum(whole, least - square.side)
        # As if it were level: nobody measured these slopes.
        own = patching.painted(self._kind("terrain"), Patch(heights=np.where(there, whole, np.nan)), math.inf)
        return whole, [(own, 1.0), *relief]

    def _shows(self, square: Square, whole: Any) -> bool:
        """Whether the ground is seen beside heights or above them."""
        sides = (square.west, square.south, square.west + square.side, square.south + square.side)
        return bool(self._surface.levels(sides)[1] > float(whole[1:-1, 1:-1].min()))

    def _hem(self, raster: Raster) -> Any:
        from twin.scene import hems

        with self._lock:
            if raster.layer.id not in self._hems:
                square = raster.widened
                patch = self._read(raster.layer, square)
                there = patch.heights if patch else None
                heights = np.full((SIDE, SIDE), np.nan) if there is None else there[1:-1, 1:-1]
                self._hems[raster.layer.id] = hems.hem(square, heights, raster.fall)
            return self._hems[raster.layer.id]


def _first(pictures: Pictures) -> Pictures:
    """The lowest as it is: what lies under it shines through all of them."""
    return [(picture, 1.0 if n == 0 else opacity) for n, (picture, opacity) in enumerate(pictures)]
