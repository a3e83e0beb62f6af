"""What lies around the city: the ground's picture out to the horizon, and the sky above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from twin.model.shapes import Arrays
from twin.scene import rasters
from twin.scene.ground import Ground
from twin.scene.light import Sky

_FAR = 60_000.0
"""Metres from the city's middle to where the ground has long become haze."""
_CELLS, _RELIEF_CELLS = 48, 192


def plain(
    ground: Ground, scene_origin: tuple[float, float, float], height: float, relief: Sequence[Arrays] = ()
) -> vtkActor:
    """The ground: its picture is stretched at its edges, so that the city never ends in one.

    It lies at a height, or so far above or below the triangles of a relief.
    """
    # Fine cells near the picture, so that coordinates on it stay exact in float32.
    cells = _RELIEF_CELLS if relief else _CELLS
    xs = _steps(ground.west, ground.east, cells)
    ys = _steps(ground.south, ground.north, cells)
    x, y = np.meshgrid(xs, ys)
    z = height + (_levels(xs, ys, relief) if relief else np.zeros(x.shape))
    u, v = (x - ground.west) / (ground.east - ground.west), (y - ground.south) / (ground.north - ground.south)
    local = np.column_stack([x.ravel() - scene_origin[0], y.ravel() - scene_origin[1], z.ravel()])
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


def _steps(low: float, high: float, cells: int) -> Any:
    middle = (low + high) / 2
    return np.unique([middle - _FAR, *np.linspace(low, high, cells), middle + _FAR])


def _levels(xs: Any, ys: Any, relief: Sequence[Arrays]) -> Any:
    """The relief at each crossing; beyond it, as at the nearest crossing it covers in that row or column."""
    found = np.full((len(ys), len(xs)), np.nan)
    x_step, y_step = xs[2] - xs[1], ys[2] - ys[1]
    inner = np.full((len(ys) - 2, len(xs) - 2), np.nan)
    for arrays in relief:
        points = arrays.points.astype(np.float64) + np.array(arrays.origin)
        rasters.levels(
            (points[:, 0] - xs[1]) / x_step, (points[:, 1] - ys[1]) / y_step, points[:, 2], arrays.triangles, inner
        )
    found[1:-1, 1:-1] = inner
    for way in (found, found.T):
        for line in way:
            known = np.flatnonzero(np.isfinite(line))
            if len(known):
                line[:] = np.interp(np.arange(len(line)), known, line[known])
    return np.nan_to_num(found)


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
