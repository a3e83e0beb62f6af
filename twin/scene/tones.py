"""What the features of a layer look like: one texel for each, looked up by all tiles on their way to the screen.

A new colour, a filter or a selection changes texels and no mesh, whatever the size of the city.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkTexture

from twin.scene.colours import Overlay

WIDE = 4096
"""Texels in a row."""
COLOURED, HIDDEN, LIFTED, SELECTED = 1, 2, 4, 8
"""Bits of a texel's fourth channel: it has a colour from data, is not drawn, is the chosen one, is selected."""


class Tones:
    """The texels of a layer's features, in the order of their rows, and behind them those of coarse tiles' boxes."""

    def __init__(self, fids: Any, coarse: int) -> None:
        """``fids`` in the layer's own order; ``coarse`` is how many boxes stand for several features."""
        self.count = len(fids)
        rising = bool((np.diff(fids) > 0).all())
        self._order = None if rising else np.argsort(fids, kind="stable")
        self._fids = fids if self._order is None else fids[self._order]
        rows = -(-(self.count + coarse) // WIDE) or 1
        self._texels = np.zeros((rows * WIDE, 4), np.uint8)
        self._runs: dict[object, tuple[int, Any]] = {}
        self._free = self.count
        self._lock = threading.Lock()
        self._overlay: Overlay | None = None
        self._at: tuple[Any, Any] = (None, None)
        self._lifted = -1
        self._image: vtkImageData | None = None
        self._texture: vtkTexture | None = None

    def rows(self, fids: Any) -> Any:
        """(n,) the row of each feature; −1 where the layer doesn't have it."""
        if not self.count:
            return np.full(len(fids), -1)
        at = np.minimum(np.searchsorted(self._fids, fids), self.count - 1)
        return np.where(self._fids[at] == fids, at if self._order is None else self._order[at], -1)

    def slots(self, tile: object, fids: Any, runs: Any) -> Any:
        """(n,) the texel of each thing that a tile draws; those of a coarse tile's boxes are given with the first."""
        if runs is None:
            return np.maximum(self.rows(fids), 0)
        from twin.scene import lookup

        with self._lock:
            if tile not in self._runs:
                if self._free + len(runs) > len(self._texels):
                    raise IndexError("more coarse tiles than were listed")
                self._runs[tile] = self._free, np.clip(np.ascontiguousarray(runs, np.int64), 0, self.count)
                self._free += len(runs)
                lookup.means(self._texels, self._runs[tile][1], self._runs[tile][0])
            first = self._runs[tile][0]
        return first + np.arange(len(runs))

    @property
    def texture(self) -> vtkTexture:
        """For the window's thread alone."""
        if self._texture is None:
            self._image = vtkImageData()
            self._image.SetDimensions(WIDE, len(self._texels) // WIDE, 1)
            self._image.GetPointData().SetScalars(numpy_to_vtk(self._texels))
            self._texture = vtkTexture()
            self._texture.SetInputData(self._image)
            self._texture.SetColorModeToDirectScalars()
            self._texture.InterpolateOff()
        return self._texture

    def send(self) -> None:
        """What has changed goes to the card with the next picture."""
        if self._image is not None:
            self._image.GetPointData().GetScalars().Modified()
            self._image.Modified()

    def paint(self, overlay: Overlay | None) -> None:
        """The colours of an overlay as it is drawn; None for the city's own."""
        from twin.scene import lookup

        with self._lock:
            if overlay is None:
                self._texels[:, 3] &= ~np.uint8(COLOURED)
            else:
                lookup.paint(self._texels, self._places(overlay), overlay.classes, overlay.table)
            self._mean()

    def hide(self, hidden: Any) -> None:
        """Draw all but these features, by their fids; None or nothing shows all."""
        self._mark(HIDDEN, hidden)

    def select(self, selected: Any) -> None:
        """Show these features as selected, by their fids; None or nothing selects none."""
        self._mark(SELECTED, selected)

    def _mark(self, bit: int, fids: Any) -> None:
        with self._lock:
            mine = self._texels[: self.count, 3]
            mine &= ~np.uint8(bit)
            if fids is not None and len(fids):
                rows = self.rows(np.asarray(fids, np.int64))
                mine[rows[rows >= 0]] |= bit
            self._mean()

    def lift(self, fid: int | None) -> None:
        """Lift the colour of one feature."""

        row = -1 if fid is None else int(self.rows(np.array([fid]))[0])
        with self._lock:
            if self._lifted >= 0:
                self._texels[self._lifted, 3] &= ~np.uint8(LIFTED)
            if row >= 0:
                self._texels[row, 3] |= LIFTED
        self._lifted = row

    def hidden(self, fids: Any) -> Any:
        """(n,) whether each feature is not drawn."""
        return (self._texels[np.maximum(self.rows(fids), 0), 3] & HIDDEN) > 0

    def gone(self, fids: Any, runs: Any) -> Any:
        """(n,) whether each thing that a tile draws is not drawn: with ``runs``, where none of its features is."""
        if runs is None or not len(runs):
            return self.hidden(fids)
        runs = np.clip(runs, 0, self.count)
        first, last = int(runs[:, 0].min()), int(runs[:, 1].max())
        hidden = (self._texels[first:last, 3] & HIDDEN) > 0
        before = np.concatenate([[0], np.cumsum(hidden)])
        return before[runs[:, 1] - first] - before[runs[:, 0] - first] == runs[:, 1] - runs[:, 0]

    def _mean(self) -> None:
        from twin.scene import lookup

        for first, runs in self._runs.values():
            lookup.means(self._texels, runs, first)

    def _places(self, overlay: Overlay) -> Any:
        """Where each row is among an overlay's features: kept, since one step in time has the features of the last."""
        fids = overlay.fids
        if self._at[0] is not fids and not (self._at[0] is not None and np.array_equal(self._at[0], fids)):
            if self._order is None and np.array_equal(self._fids, fids):
                found = np.arange(self.count, dtype=np.int32)
            else:
                at = np.minimum(np.searchsorted(fids, self._fids), max(0, len(fids) - 1))
                known = fids[at] == self._fids if len(fids) else np.zeros(self.count, bool)
                found = np.empty(self.count, np.int32)
                found[slice(None) if self._order is None else self._order] = np.where(known, at, -1)
            self._at = (fids, found)
        return self._at[1]
