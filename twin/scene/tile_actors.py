"""A tile of a tileset as VTK's actors: its triangles by how they look, its lines and its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from twin.model.patches import Points
from twin.model.tilesets import Dots, Faces, Lines, Tile
from twin.scene import actors, dots

_WIDTH = 2.0
"""Pixels of a line."""
_TWICE = 2
"""VTK keeps what it has sent."""


class Looks(NamedTuple):
    """What decides which material an actor is drawn with."""

    lit: bool = False
    pictured: bool = False
    cutoff: float = 0.0
    flat: bool = True
    """Whether it is lines or points."""


@dataclass
class Shown:
    """A tile that can be drawn."""

    tile: Tile
    actors: list[tuple[vtkActor, Looks]]
    apart: list[tuple[vtkActor, float]]
    """Points, and the metres between them."""
    seen: int = 0
    """The last turn it was wanted in."""

    @property
    def nbytes(self) -> int:
        """What it takes, here and on the card."""
        return _TWICE * self.tile.nbytes


def shown(tile: Tile, origin: actors.Point, opacity: float, heights: tuple[float, float]) -> Shown:
    """Actors for a tile; none is visible yet. Points without colours take those of their heights."""
    made = Shown(tile, [], [])
    for faces in tile.faces:
        found = _faces(faces)
        found.SetForceTranslucent(faces.blended or opacity < 1)
        found.SetForceOpaque(not faces.blended and opacity >= 1)
        pictured = faces.picture is not None
        made.actors.append((found, Looks(faces.normals is not None, pictured, faces.cutoff, flat=False)))
    for lines in tile.lines:
        made.actors.append((_lines(lines), Looks()))
    for some in tile.dots:
        found = _dots(some, tile.origin, heights)
        made.actors.append((found, Looks()))
        made.apart.append((found, some.apart))
    for found, _ in made.actors:
        found.SetPosition(*(float(a - b) for a, b in zip(tile.origin, origin, strict=True)))
        found.GetProperty().SetOpacity(opacity)
        found.SetVisibility(False)
    return made


def fade(made: Shown, opacity: float) -> None:
    """Another opacity."""
    blended = [faces.blended for faces in made.tile.faces]
    for number, (found, _) in enumerate(made.actors):
        found.GetProperty().SetOpacity(opacity)
        if number < len(blended):
            found.SetForceTranslucent(blended[number] or opacity < 1)
            found.SetForceOpaque(not blended[number] and opacity >= 1)


def _faces(faces: Faces) -> vtkActor:
    data = actors.polygons(faces.points, faces.triangles)
    through = faces.blended or faces.cutoff > 0
    tones = faces.colours if through else faces.colours[:, :3]
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(tones)))
    found = actors.drawn(data)
    if faces.normals is not None:
        _attribute(found, data, "leans", faces.normals)
    if faces.picture is not None and faces.along is not None:
        _attribute(found, data, "at", faces.along)
        picture = faces.picture
        if not through:
            picture = picture.copy()
            picture[..., 3] = 255
        texture = actors.texture(picture, mipmapped=True)
        if faces.repeats:
            texture.SetWrap(vtkTexture.Repeat)
        actors.sample(found, "picture", texture)
    return found


def _attribute(found: vtkActor, data: vtkPolyData, name: str, values: Any) -> None:
    named = numpy_to_vtk(np.ascontiguousarray(values, np.float32))
    named.SetName(name)
    data.GetPointData().AddArray(named)
    mapper = cast(vtkPolyDataMapper, found.GetMapper())
    mapper.MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)


def _lines(lines: Lines) -> vtkActor:
    data, places = vtkPolyData(), vtkPoints()
    places.SetData(numpy_to_vtk(np.ascontiguousarray(lines.points)))
    data.SetPoints(places)
    data.SetLines(actors.cells(lines.segments, 2))
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(lines.colours)))
    found = actors.drawn(data)
    found.GetProperty().SetLineWidth(_WIDTH)
    return found


def _dots(some: Dots, origin: tuple[float, float, float], heights: tuple[float, float]) -> vtkActor:
    count = len(some.points)
    points = Points(origin, some.points, np.zeros(count, np.uint8), np.zeros(count, np.uint16), some.colours)
    return dots.actor(points, dots.colours(points, None, heights), origin)
