"""Points as VTK's actors, and their colours: the file's own, by height, or by an overlay's classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from twin.model.patches import Points
from twin.model.shapes import colour as coded
from twin.model.style import RAMPS
from twin.scene import actors

_SMALLEST, _LARGEST = 1.5, 6.0
"""Pixels."""
_BY_HEIGHT = np.array([coded(code) for code in reversed(RAMPS["batlow"])], np.float32)


@dataclass(frozen=True)
class Tints:
    """Classes of a column of points, each with a colour; the last is "no data"."""

    column: str
    limits: Any
    """(classes − 1,) ascending, of numbers."""
    codes: Any
    """(256,) the class of each code, of words; None of numbers."""
    table: Any
    """(classes + 1, 3) bytes."""

    def of(self, points: Points) -> Any:
        """(n, 3) bytes."""
        values = points.values(self.column)
        if self.codes is not None:
            return self.table[self.codes[values]]
        return self.table[np.searchsorted(self.limits, values, side="right")]


def colours(points: Points, tints: Tints | None, heights: tuple[float, float]) -> Any:
    """(n, 3) bytes: by an overlay, else the file's own, else by height between two, in metres."""
    if tints is not None:
        return tints.of(points)
    if points.colours is not None:
        return points.colours
    low, high = heights
    at = (points.values("elevation") - low) / max(high - low, 1e-6) * (len(_BY_HEIGHT) - 1)
    stops = np.arange(len(_BY_HEIGHT))
    return np.stack([np.interp(at, stops, _BY_HEIGHT[:, part]) for part in range(3)], axis=-1).astype(np.uint8)


def actor(points: Points, tones: Any, origin: actors.Point) -> vtkActor:
    """One actor for a node's points."""
    data = vtkPolyData()
    places = vtkPoints()
    places.SetData(numpy_to_vtk(np.ascontiguousarray(points.places)))
    data.SetPoints(places)
    data.SetVerts(actors.cells(np.arange(len(points.places), dtype=np.int32), 1))
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(tones)))
    found = actors.drawn(data)
    found.SetPosition(*(float(a - b) for a, b in zip(points.origin, origin, strict=True)))
    found.GetProperty().SetPointSize(2.0)
    return found


def colour(shown: vtkActor, tones: Any) -> None:
    """Other colours for the same points."""
    mapper: Any = shown.GetMapper()
    data = mapper.GetInput()
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(tones)))
    data.Modified()
    mapper.Update()


def size(gap: float) -> float:
    """How large a point is drawn, for so many pixels from one to the next."""
    return float(min(_LARGEST, max(_SMALLEST, 1.2 * gap)))
