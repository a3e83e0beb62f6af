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

_CORNERS = (SIDE - 1) // STEP + 1
_SKIRT = 0.03
"""Of its side: how far a patch's border hangs down, so that no gap shows beside a coarser one."""


@dataclass(frozen=True)
class Made:
    """A patch on its way to the screen."""

    square: Square
    points: Any
    """(n, 3) metres from the square's south-western corner, heights as they are."""
    picture: Any
    """(SIDE, SIDE, 4) bytes, the first row in the south."""

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return int(self.points.nbytes + self.picture.nbytes)


def made(square: Square, heights: Any, pictures: list[tuple[Any, float]], base: float) -> Made | None:
    """A patch of heights, (SIDE + 2, SIDE + 2) or None for level ground at ``base``, and what lies on it.

    ``pictures`` are (SIDE, SIDE, 4) bytes and how opaque each is, the lowest first. None where there is nothing.
    """
    whole = _laid(pictures)
    if not whole[..., 3].any():
        return None
    along = np.arange(_CORNERS) * (square.side / (_CORNERS - 1))
    x, y = np.meshgrid(along, along)
    if heights is None:
        z = np.full(x.shape, base)
        return Made(square, np.stack([x, y, z], axis=-1).reshape(-1, 3).astype(np.float32), whole)
    z = _filled(heights[1:-1:STEP, 1:-1:STEP])
    surface = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    hanging = surface[_rim()]
    hanging[:, 2] -= _SKIRT * square.side
    return Made(square, np.concatenate([surface, hanging]).astype(np.float32), whole)


def actor(patch: Made, origin: actors.Point) -> vtkActor:
    """Its actor, with its picture."""
    hangs = len(patch.points) > _CORNERS * _CORNERS
    data = actors.polygons(patch.points, _triangles(hangs=hangs))
    along = _along(hangs=hangs)
    named = numpy_to_vtk(along)
    named.SetName("at")
    data.GetPointData().AddArray(named)
    found = actors.drawn(data)
    mapper = cast(vtkPolyDataMapper, found.GetMapper())
    mapper.ScalarVisibilityOff()
    mapper.MapDataArrayToVertexAttribute("at", "at", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    found.SetPosition(patch.square.west - origin[0], patch.square.south - origin[1], -origin[2])
    actors.sample(found, "picture", actors.texture(patch.picture, mipmapped=True))
    return found


def painted(kind: Any, patch: Patch, apart: float) -> Any:
    """(SIDE, SIDE, 4) bytes of what a raster holds, as its layer kind paints it."""
    return kind.paint(patch.picture if patch.heights is None else patch.heights, apart)


def over(below: Any, above: Any) -> Any:
    """Heights of one raster where it has some, else those of another."""
    if below is None or above is None:
        return above if below is None else below
    return np.where(np.isfinite(above), above, below)


def _laid(pictures: list[tuple[Any, float]]) -> Any:
    """One picture of several on each other."""
    if len(pictures) == 1:
        return np.ascontiguousarray(pictures[0][0])
    whole = np.zeros((SIDE, SIDE, 4), np.float32)
    for picture, opacity in pictures:
        share = (picture[..., 3:] > 127) * np.float32(opacity)
        bare = whole[..., 3:] < 128
        colours = np.where(bare, picture[..., :3], whole[..., :3] * (1 - share) + picture[..., :3] * share)
        whole[..., :3] = np.where(share > 0, colours, whole[..., :3])
        whole[..., 3:] = np.maximum(whole[..., 3:], np.where(share > 0, 255, 0))
    return np.rint(whole).astype(np.uint8)


def _filled(corners: Any) -> Any:
    """Without gaps: what is missing takes the mean of what is beside it; its picture ends before it."""
    found = corners.copy()
    while (missing := ~np.isfinite(found)).any():
        around = np.pad(found, 1, constant_values=np.nan)
        beside = np.stack(
            [around[up : up + len(found), right : right + len(found)] for up in range(3) for right in range(3)]
        )
        there = np.isfinite(beside)
        counts = there.sum(axis=0)
        if not counts.any():
            return np.zeros_like(found)
        means = np.where(there, beside, 0).sum(axis=0) / np.maximum(counts, 1)
        found = np.where(missing & (counts > 0), means, found)
    return found


@cache
def _rim() -> Any:
    """The corners on the border, counter-clockwise, the first again at the end."""
    grid = np.arange(_CORNERS * _CORNERS).reshape(_CORNERS, _CORNERS)
    return np.concatenate([grid[0, :-1], grid[:-1, -1], grid[-1, :0:-1], grid[::-1, 0]])


@cache
def _triangles(*, hangs: bool) -> Any:
    corner = (np.arange(_CORNERS - 1)[:, None] * _CORNERS + np.arange(_CORNERS - 1)).ravel()
    quads = np.column_stack([corner, corner + 1, corner + _CORNERS + 1, corner + _CORNERS])
    found = [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
    if hangs:
        rim = _rim()
        below = _CORNERS * _CORNERS + np.arange(len(rim))
        a, b, c, d = rim[:-1], rim[1:], below[1:], below[:-1]
        found += [np.column_stack([a, c, b]), np.column_stack([a, d, c])]
    return np.concatenate(found).astype(np.int32)


@cache
def _along(*, hangs: bool) -> Any:
    """Where each corner is in the picture, whose outer places' middles lie on the patch's border."""
    along = (np.arange(_CORNERS) * STEP + 0.5) / SIDE
    x, y = np.meshgrid(along, along)
    found = np.column_stack([x.ravel(), y.ravel()]).astype(np.float32)
    return np.concatenate([found, found[_rim()]]) if hangs else found
