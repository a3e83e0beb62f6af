"""A picture with no window: VTK draws off-screen, by EGL where there is no display."""

from __future__ import annotations

import os
import sys
from typing import Any

from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkEGLRenderWindow

from twin.model.view import Camera, View
from twin.scene.camera import fitting
from twin.scene.colours import Overlay
from twin.scene.scene import Scene
from twin.scene.source import TileSource


def picture(
    source: TileSource, view: View, size: tuple[int, int], overlay: Overlay | None = None, *, night: bool = False
) -> Any:
    """(height, width, 3) bytes, the first row on top."""
    window = _window()
    window.SetOffScreenRendering(1)
    window.SetSize(*size)
    scene = Scene(window, source, night=night)
    try:
        scene.show(frozenset(view.layers) if view.layers is not None else None)
        scene.overlay = overlay
        scene.wait()
        scene.look(view.camera)
        window.Render()
        pixels = vtkUnsignedCharArray()
        window.GetPixelData(0, 0, size[0] - 1, size[1] - 1, 0, pixels, 0)
        rows = vtk_to_numpy(pixels).reshape(size[1], size[0], -1)
        return rows[::-1, :, :3].copy()
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
    boxes = [layer.extent for layer in source.layers() if layer.extent and layer.id not in {"sea", "land"}]
    if not boxes:
        return Camera()
    west, south, low, east, north, high = zip(*boxes, strict=True)
    return fitting((min(west), min(south), min(low), max(east), max(north), max(high)))
