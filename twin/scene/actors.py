"""Arrays as VTK's actors: raw, static, with haze in their shader."""

from __future__ import annotations

from typing import Any

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  registers the OpenGL factories
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from twin.model.shapes import Arrays

_NEAR = 1_500.0
"""Metres where the haze begins (ART)."""


def actor(arrays: Arrays, colours: Any, scene_origin: tuple[float, float, float]) -> vtkActor:
    """One actor for a tile: its points stay local, its position carries the origin."""
    data = vtkPolyData()
    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(arrays.points)))
    data.SetPoints(points)
    data.SetPolys(_cells(arrays.triangles))
    data.GetPointData().SetScalars(numpy_to_vtk(colours))
    found = _mapped(data)
    found.SetPosition(*(float(a - b) for a, b in zip(arrays.origin, scene_origin, strict=True)))
    return found


def recolour(drawn: vtkActor, colours: Any) -> None:
    """New vertex colours on a tile that is drawn already."""
    data = drawn.GetMapper().GetInput()
    data.GetPointData().SetScalars(numpy_to_vtk(colours))
    data.Modified()


def hazed(drawn: vtkActor, haze: tuple[float, float, float], most: float, far: float) -> None:
    """Mix the haze in by distance: nothing up to 1.5 km, ``most`` at ``far`` metres.

    The distance is the clip space's w, the depth along the view; the parallel projection has none, and no haze.
    """
    shader = drawn.GetShaderProperty()
    shader.ClearAllShaderReplacements()
    position = "//VTK::PositionVC::"
    shader.AddVertexShaderReplacement(f"{position}Dec", True, f"{position}Dec\nout float away;\n", False)
    impl = f"{position}Impl"
    shader.AddVertexShaderReplacement(impl, True, f"{impl}\n  away = gl_Position.w;\n", False)
    shader.AddFragmentShaderReplacement(f"{position}Dec", True, f"{position}Dec\nin float away;\n", False)
    mixed = (
        "//VTK::TCoord::Impl\n"
        f"  float reach = clamp((away - {_NEAR:.1f}) / {far - _NEAR:.1f}, 0.0, {1 / max(most, 0.01):.4f});\n"
        f"  float mist = {most:.4f} * reach;\n"
        f"  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, vec3({haze[0]:.4f}, {haze[1]:.4f}, {haze[2]:.4f}),"
        " min(mist, 1.0));\n"
    )
    shader.AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, mixed, False)


def _cells(triangles: Any) -> vtkCellArray:
    cells = vtkCellArray()
    flat = numpy_to_vtk(np.ascontiguousarray(triangles, np.int32).reshape(-1))
    cells.SetData(3, flat)
    return cells


def _mapped(data: vtkPolyData) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetStatic(1)
    mapper.SetScalarModeToUsePointData()
    found = vtkActor()
    found.SetMapper(mapper)
    found.GetProperty().LightingOff()
    return found
