"""Arrays as VTK's actors: raw and static; textures as they are sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  registers the OpenGL factories
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkProperty, vtkTexture

from twin.model.shapes import Arrays
from twin.scene import light

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Sent:
    """A tile as the card takes it: 32 bytes a vertex, and its façade's where it has one."""

    origin: Point
    points: Any
    triangles: Any
    attributes: dict[str, Any]
    """By their names in the shader, a row for each point."""

    @property
    def nbytes(self) -> int:
        """What it takes in memory, here and on the card."""
        return int(self.points.nbytes + self.triangles.nbytes + sum(one.nbytes for one in self.attributes.values()))


def sent(arrays: Arrays, slots: Any) -> Sent:
    """A tile's arrays with the texel of each thing it draws."""
    from twin.scene import lookup

    corner = np.empty((len(arrays.points), 4), np.float32)
    base = np.ascontiguousarray(arrays.base)
    lookup.corners(arrays.normals, arrays.foot, base, arrays.lit, *light.BY_NIGHT, corner)
    attributes = {"corner": corner, "slot": slots[arrays.owner].astype(np.float32)}
    if arrays.facade is not None:
        attributes["facade"] = np.ascontiguousarray(arrays.facade)
    if arrays.growth is not None:
        attributes["growth"] = np.ascontiguousarray(arrays.growth[:, :4])
        attributes["lies"] = np.ascontiguousarray(arrays.growth[:, 4:])
    return Sent(arrays.origin, arrays.points, arrays.triangles, attributes)


def actor(tile: Sent, scene_origin: Point) -> vtkActor:
    """One actor for a tile: its points stay local, its position carries the origin."""
    data = polygons(tile.points, tile.triangles)
    found = drawn(data)
    mapper = cast(vtkPolyDataMapper, found.GetMapper())
    mapper.ScalarVisibilityOff()
    for name, values in tile.attributes.items():
        named = numpy_to_vtk(values)
        named.SetName(name)
        data.GetPointData().AddArray(named)
        mapper.MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    found.SetPosition(*(float(a - b) for a, b in zip(tile.origin, scene_origin, strict=True)))
    return found


def sample(shown: vtkActor | vtkProperty, name: str, texture: vtkTexture) -> None:
    """Let a shader read a texture."""
    looks = shown.GetProperty() if isinstance(shown, vtkActor) else shown
    if looks.GetTexture(name) is texture:
        return
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
