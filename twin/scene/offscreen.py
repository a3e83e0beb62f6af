"""A picture with no window: VTK draws off-screen, by EGL where there is no display."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkEGLRenderWindow

from twin.model.view import Camera, View
from twin.scene import actors, extents
from twin.scene.camera import Point, fitting
from twin.scene.colours import Overlay
from twin.scene.depths import Depth
from twin.scene.grounds import GROUND_LAYERS
from twin.scene.scene import Scene
from twin.scene.source import TileSource

_FINE, _LARGEST = 2, 8192
"""Pixels drawn for one, each way, in a fine picture; and the most that are drawn at once."""


def picture(
    source: TileSource, view: View, size: tuple[int, int], overlays: Mapping[str, Overlay] | None = None
) -> Any:
    """(height, width, 3) bytes, the first row on top."""
    return seen(source, view, size, overlays)[0]


def seen(
    source: TileSource,
    view: View,
    size: tuple[int, int],
    overlays: Mapping[str, Overlay] | None = None,
    *,
    fine: bool = False,
) -> tuple[Any, Callable[[Point, tuple[str, int]], bool]]:
    """A picture, with smooth edges where ``fine``, and what tells whether a point of the city is hidden in it."""
    found = shown(source, view, size, overlays, fine=fine)
    return found.rows, found.hides


class Shown(NamedTuple):
    """A picture and what can be said of it."""

    rows: Any
    """(height, width, 3) bytes, the first row on top."""
    hides: Callable[[Point, tuple[str, int]], bool]
    """Whether a point of the city is hidden in it."""
    depths: list[Depth]
    """How deep what is seen underground lies."""


def shown(
    source: TileSource,
    view: View,
    size: tuple[int, int],
    overlays: Mapping[str, Overlay] | None = None,
    *,
    fine: bool = False,
) -> Shown:
    """A view of a city, with smooth edges where ``fine``."""
    window = hidden()
    window.SetSize(*size)
    scene = Scene(window, source, night=view.light == "night")
    scene.viewport = size
    try:
        scene.show(frozenset(view.layers) if view.layers is not None else None)
        scene.colour(overlays or {})
        if view.ground < 1:
            scene.see_through(view.ground)
        scene.look(view.camera)
        scene.wait()
        rows = (drawn_fine if fine else draw)(window, size)
        # What is asked later is asked of this picture.
        scene.sight.depths()
        # The first time it is asked for heights of the ground that nobody may know yet.
        scene.depths(size)
        scene.wait()
        return Shown(rows, scene.sight, scene.depths(size))
    finally:
        scene.close()
        window.Finalize()


def _window() -> vtkRenderWindow:
    """By EGL where there is no display: the same picture, and no word about a missing X server."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return vtkEGLRenderWindow()
    return vtkRenderWindow()


def whole(source: TileSource) -> Camera:
    """A camera that sees the whole city."""
    layers = [layer for layer in source.layers() if layer.id not in GROUND_LAYERS or layer.link]
    extent = extents.whole(layers) if layers else None
    return fitting(extent) if extent else Camera()


def blank(size: tuple[int, int]) -> Any:
    """A triangle on an empty ground, (height, width, 3) bytes: what a trial of the graphics card draws."""
    data = actors.polygons(np.array([[-1, -1, 0], [1, -1, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
    data.GetPointData().SetScalars(numpy_to_vtk(np.tile(np.array([200, 60, 40], np.uint8), (3, 1))))
    window = hidden()
    renderer = vtkRenderer()
    window.AddRenderer(renderer)
    renderer.AddActor(actors.drawn(data))
    renderer.ResetCamera()
    rows = draw(window, size)
    window.Finalize()
    return rows


def hidden() -> vtkRenderWindow:
    """A render window that nobody sees."""
    window = _window()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    return window


def drawn_fine(window: vtkRenderWindow, size: tuple[int, int]) -> Any:
    """Draw now with smooth edges: the mean of four pixels for each, where that is no more than a card can hold."""
    if max(size) * _FINE > _LARGEST:
        return draw(window, size)
    rows = draw(window, (size[0] * _FINE, size[1] * _FINE))
    parts = rows.reshape(size[1], _FINE, size[0], _FINE, 3).astype(np.uint16)
    return ((parts.sum(axis=(1, 3)) + _FINE**2 // 2) // _FINE**2).astype(np.uint8)


def draw(window: vtkRenderWindow, size: tuple[int, int]) -> Any:
    """Draw now: (height, width, 3) bytes, the first row on top."""
    window.SetSize(*size)
    window.Render()
    pixels = vtkUnsignedCharArray()
    window.GetPixelData(0, 0, size[0] - 1, size[1] - 1, 0, pixels, 0)
    return vtk_to_numpy(pixels).reshape(size[1], size[0], -1)[::-1, :, :3].copy()
