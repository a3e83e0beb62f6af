"""Arrays as VTK's actors: raw and static; textures as they are sampled."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  registers the OpenGL factories
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from twin.model.shapes import Arrays

Point = tuple[float, float, float]
_AWAY = 1000.0
"""Metres from any side of a roof: no façade and no lip."""


def actor(arrays: Arrays, colours: Any, scene_origin: Point) -> vtkActor:
    """One actor for a tile: its points stay local, its position carries the origin."""
    data = polygons(arrays.points, arrays.triangles)
    data.GetPointData().SetScalars(numpy_to_vtk(colours))
    facade = arrays.facade
    if facade is None:
        facade = np.full((len(arrays.points), 4), _AWAY, np.float32)
    named = numpy_to_vtk(np.ascontiguousarray(facade))
    named.SetName("facade")
    data.GetPointData().AddArray(named)
    found = drawn(data)
    mapper = cast(vtkPolyDataMapper, found.GetMapper())
    mapper.MapDataArrayToVertexAttribute("facade", "facade", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    found.SetPosition(*(float(a - b) for a, b in zip(arrays.origin, scene_origin, strict=True)))
    return found


def recolour(shown: vtkActor, colours: Any) -> None:
    """New vertex colours on a tile that is drawn already."""
    data = shown.GetMapper().GetInput()
    data.GetPointData().SetScalars(numpy_to_vtk(colours))
    data.Modified()


def sample(shown: vtkActor, name: str, texture: vtkTexture, coordinates: Any = None) -> None:
    """Let the actor's shader read a texture, at these (n, 2) coordinates unless it makes its own."""
    data = shown.GetMapper().GetInput()
    if coordinates is not None or data.GetPointData().GetTCoords() is None:
        # VTK declares a texture only where there are coordinates, used or not.
        plain = np.zeros((data.GetNumberOfPoints(), 2), np.float32) if coordinates is None else coordinates
        data.GetPointData().SetTCoords(numpy_to_vtk(np.ascontiguousarray(plain, np.float32)))
        data.Modified()
    looks = shown.GetProperty()
    if looks.GetTexture(name) is not None:
        # VTK warns of a texture that takes another's place.
        looks.RemoveTexture(name)
    looks.SetTexture(name, texture)


def texture(picture: Any, *, mipmapped: bool = False) -> vtkTexture:
    """A raster of bytes as it is, its first row in the south; a shader finds its channels in r, or in r and a."""
    image = vtkImageData()
    image.SetDimensions(picture.shape[1], picture.shape[0], 1)
    flat = np.ascontiguousarray(picture).reshape(picture.shape[0] * picture.shape[1], -1)
    image.GetPointData().SetScalars(numpy_to_vtk(flat))
    found = vtkTexture()
    found.SetInputData(image)
    found.SetColorModeToDirectScalars()
    found.SetWrap(vtkTexture.ClampToEdge)
    found.InterpolateOn()
    found.SetMipmap(mipmapped)
    # VTK's default of 4 makes software GL ten times slower.
    found.SetMaximumAnisotropicFiltering(1)
    return found


def polygons(points: Any, triangles: Any) -> vtkPolyData:
    """Triangles over shared points, in 32-bit indices."""
    data = vtkPolyData()
    made = vtkPoints()
    made.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32)))
    data.SetPoints(made)
    data.SetPolys(cells(triangles, 3))
    return data


def cells(corners: Any, size: int) -> vtkCellArray:
    """Cells of one size."""
    made = vtkCellArray()
    made.SetData(size, numpy_to_vtk(np.ascontiguousarray(corners, np.int32).reshape(-1)))
    return made


def drawn(data: vtkPolyData) -> vtkActor:
    """An actor that shows the data in its own colours."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetStatic(1)
    mapper.SetScalarModeToUsePointData()
    # Shaders compute from the points as they are.
    mapper.SetVBOShiftScaleMethod(0)
    found = vtkActor()
    found.SetMapper(mapper)
    found.GetProperty().LightingOff()
    return found
