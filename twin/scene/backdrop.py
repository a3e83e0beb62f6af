"""What lies around the city: the ground's picture out to the horizon, and the sky above it."""

from __future__ import annotations

from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from twin.scene.ground import Ground
from twin.scene.light import Sky

_FAR = 60_000.0
"""Metres from the city's middle to where the ground has long become haze."""
_CELLS = 48


def plain(ground: Ground, scene_origin: tuple[float, float, float], height: float) -> vtkActor:
    """The ground: its picture is stretched at its edges, so that the city never ends in one."""
    # Fine cells near the picture, so that coordinates on it stay exact in float32.
    xs = _steps(ground.west, ground.east)
    ys = _steps(ground.south, ground.north)
    x, y = np.meshgrid(xs, ys)
    u, v = (x - ground.west) / (ground.east - ground.west), (y - ground.south) / (ground.north - ground.south)
    local = np.column_stack([x.ravel() - scene_origin[0], y.ravel() - scene_origin[1], np.full(x.size, height)])
    data = vtkPolyData()
    points = vtkPoints()
    points.SetData(numpy_to_vtk(local.astype(np.float32)))
    data.SetPoints(points)
    data.SetPolys(_grid(len(ys), len(xs)))
    edges = np.clip(np.column_stack([u.ravel(), v.ravel()]), -40, 40).astype(np.float32)
    data.GetPointData().SetTCoords(numpy_to_vtk(edges))
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    found = vtkActor()
    found.SetMapper(mapper)
    found.SetTexture(_texture(ground.picture))
    found.GetProperty().LightingOff()
    return found


def dome(sky: Sky) -> vtkActor:
    """The sky, a half sphere about the eye: the gradient starts at the horizon whatever the pitch."""
    rises = np.radians([-12.0, 0.0, 4.0, 10.0, 20.0, 35.0, 60.0, 90.0])
    turns = np.linspace(0, 2 * np.pi, 25)
    rise, turn = np.meshgrid(rises, turns, indexing="ij")
    directions = np.stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)], axis=-1)
    share = np.clip(rise / np.radians(60.0), 0, 1)[..., None] ** 0.8
    colours = np.array(sky.horizon) * (1 - share) + np.array(sky.zenith) * share
    data = vtkPolyData()
    points = vtkPoints()
    points.SetData(numpy_to_vtk((directions.reshape(-1, 3) * _FAR * 1.2).astype(np.float32)))
    data.SetPoints(points)
    data.SetPolys(_grid(len(rises), len(turns)))
    data.GetPointData().SetScalars(numpy_to_vtk(colours.reshape(-1, 3).astype(np.uint8)))
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    found = vtkActor()
    found.SetMapper(mapper)
    found.GetProperty().LightingOff()
    return found


def _steps(low: float, high: float) -> Any:
    middle = (low + high) / 2
    return np.unique([middle - _FAR, *np.linspace(low, high, _CELLS), middle + _FAR])


def _grid(rows: int, columns: int) -> vtkCellArray:
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    quads = np.column_stack([first, first + 1, first + columns + 1, first + columns]).astype(np.int32)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtk(np.ascontiguousarray(triangles).reshape(-1)))
    return cells


def _texture(picture: Any) -> vtkTexture:
    image = vtkImageData()
    image.SetDimensions(picture.shape[1], picture.shape[0], 1)
    image.GetPointData().SetScalars(numpy_to_vtk(picture.reshape(-1, 3)))
    found = vtkTexture()
    found.SetInputData(image)
    found.SetWrap(vtkTexture.ClampToEdge)
    found.InterpolateOn()
    found.MipmapOn()
    return found
