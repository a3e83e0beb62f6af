"""Patches of linked rasters as triangles with a picture: read and painted by a worker, sent by the window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from twin.model.patches import SIDE, STEP, Patch, Square
from twin.scene import actors
from twin.scene.laying import Triangles

_CORNERS = (SIDE - 1) // STEP + 1
_SKIRT = 0.03
"""Of its side: how far a patch's border hangs down, so that no gap shows beside a coarser one."""

Pictures = list[tuple[Any, float]]
"""(SIDE, SIDE, 4) bytes and how opaque each is, the lowest first."""


@dataclass(frozen=True)
class Piece:
    """Triangles with a picture."""

    points: Any
    """(n, 3) metres from the square's south-western corner, heights as they are."""
    triangles: Any
    along: Any
    """(n, 2) where each point is in the picture."""
    picture: Any
    """(SIDE, SIDE, 4) bytes, the first row in the south."""
    opacity: float
    lies: bool
    """Whether it lies on a ground that is drawn as well."""

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return int(sum(one.nbytes for one in (self.points, self.triangles, self.along, self.picture)))


@dataclass(frozen=True)
class Made:
    """A patch on its way to the screen: of heights, and of pictures on the ground beside them."""

    square: Square
    pieces: tuple[Piece, ...]

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return sum(one.nbytes for one in self.pieces)


def standing(square: Square, heights: Any, pictures: Pictures, opacity: float) -> list[Piece]:
    """Of (SIDE + 2, SIDE + 2) heights without gaps, and what lies on them."""
    whole = _laid(pictures)
    if not whole[..., 3].any():
        return []
    along = np.arange(_CORNERS) * (square.side / (_CORNERS - 1))
    x, y = np.meshgrid(along, along)
    surface = np.stack([x, y, heights[1:-1:STEP, 1:-1:STEP]], axis=-1).reshape(-1, 3)
    hanging = surface[_rim()]
    hanging[:, 2] -= _SKIRT * square.side
    points = np.concatenate([surface, hanging]).astype(np.float32)
    return [Piece(points, _triangles(), _along(), whole, opacity, lies=False)]


def lying(square: Square, ground: Triangles, pictures: Pictures, opacity: float) -> list[Piece]:
    """Of pictures on the ground's own triangles, which are cut to the square."""
    whole = _laid(pictures)
    points, triangles = ground
    if not whole[..., 3].any() or not len(triangles):
        return []
    along = (points[:, :2] / square.apart + 0.5) / SIDE
    made = [one.astype(kind) for one, kind in ((points, np.float32), (triangles, np.int32), (along, np.float32))]
    return [Piece(made[0], made[1], made[2], whole, opacity, lies=True)]


def actor(piece: Piece, square: Square, origin: actors.Point) -> vtkActor:
    """Its actor, with its picture."""
    data = actors.polygons(piece.points, piece.triangles)
    named = numpy_to_vtk(piece.along)
    named.SetName("at")
    data.GetPointData().AddArray(named)
    found = actors.drawn(data)
    mapper = cast(vtkPolyDataMapper, found.GetMapper())
    mapper.ScalarVisibilityOff()
    mapper.MapDataArrayToVertexAttribute("at", "at", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    found.SetPosition(square.west - origin[0], square.south - origin[1], -origin[2])
    actors.sample(found, "picture", actors.texture(piece.picture, mipmapped=True))
    return found


def painted(kind: Any, patch: Patch, apart: float) -> Any:
    """(SIDE, SIDE, 4) bytes of what a raster holds, as its layer kind paints it."""
    return kind.paint(patch.picture if patch.heights is None else patch.heights, apart)


def over(below: Any, above: Any) -> Any:
    """Heights of one raster where it has some, else those of another."""
    if below is None or above is None:
        return above if below is None else below
    return np.where(np.isfinite(above), above, below)


def _laid(pictures: Pictures) -> Any:
    """One picture of several on each other; black where there is nothing."""
    if len(pictures) == 1:
        return pictures[0][0] * (pictures[0][0][..., 3:] > 0)
    whole = np.zeros((SIDE, SIDE, 4), np.float32)
    for picture, opacity in pictures:
        share = (picture[..., 3:] > 127) * np.float32(opacity)
        bare = whole[..., 3:] < 128
        colours = np.where(bare, picture[..., :3], whole[..., :3] * (1 - share) + picture[..., :3] * share)
        whole[..., :3] = np.where(share > 0, colours, whole[..., :3])
        whole[..., 3:] = np.maximum(whole[..., 3:], np.where(share > 0, 255, 0))
    return np.rint(whole).astype(np.uint8)


@cache
def _rim() -> Any:
    """The corners on the border, counter-clockwise, the first again at the end."""
    grid = np.arange(_CORNERS * _CORNERS).reshape(_CORNERS, _CORNERS)
    return np.concatenate([grid[0, :-1], grid[:-1, -1], grid[-1, :0:-1], grid[::-1, 0]])


@cache
def _triangles() -> Any:
    corner = (np.arange(_CORNERS - 1)[:, None] * _CORNERS + np.arange(_CORNERS - 1)).ravel()
    quads = np.column_stack([corner, corner + 1, corner + _CORNERS + 1, corner + _CORNERS])
    rim = _rim()
    below = _CORNERS * _CORNERS + np.arange(len(rim))
    a, b, c, d = rim[:-1], rim[1:], below[1:], below[:-1]
    found = [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]], np.column_stack([a, c, b]), np.column_stack([a, d, c])]
    return np.concatenate(found).astype(np.int32)


@cache
def _along() -> Any:
    """Where each corner is in the picture, whose outer places' middles lie on the patch's border."""
    along = (np.arange(_CORNERS) * STEP + 0.5) / SIDE
    x, y = np.meshgrid(along, along)
    found = np.column_stack([x.ravel(), y.ravel()]).astype(np.float32)
    return np.concatenate([found, found[_rim()]])
