"""The chosen feature: its edges as a white line over a dark one, seen on any ground (ART)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLShaderProperty

from twin.model.shapes import Arrays, colour
from twin.scene import actors

_LINES = (("#12252E", 5.0, 2e-5), ("#FFFFFF", 2.0, 3e-5))
"""Colour, width in pixels, and how far it is brought before what it lies on, in the depth's own unit."""
_OVER = 0.6
"""Metres that a line of its own stands over the ground it was drawn on."""
_LIFT = 0.08
"""The share of white that the feature's own colour is lifted by."""
_SHARP = 0.94
"""The cosine between two faces above which the edge they share is no edge to the eye."""


def lifted(colours: Any, mine: Any) -> Any:
    """The colours of the vertices that are mine, lighter."""
    colours[mine] = (colours[mine] * (1 - _LIFT) + 255 * _LIFT).astype(np.uint8)
    return colours


def outline(arrays: Arrays, fid: int, origin: actors.Point, scale: float = 1.0) -> Sequence[vtkActor]:
    """The lines about a feature, the dark one first; ``scale`` is a pixel's size on this screen."""
    points, lines = edges(arrays, fid)
    if not len(lines):
        return ()
    return [_line(points, lines, _away(arrays.origin, origin), *one, scale) for one in _LINES]


def border(paths: Sequence[Any], origin: actors.Point, scale: float = 1.0) -> Sequence[vtkActor]:
    """The same along a feature's own lines, each (n, 3) in the city's CRS, where its layer isn't drawn."""
    if not paths:
        return ()
    points = np.vstack(paths) - np.asarray(origin)
    points[:, 2] += _OVER
    ends = np.cumsum([len(path) for path in paths])
    first = np.setdiff1d(np.arange(len(points)), ends - 1)
    lines = np.column_stack([first, first + 1])
    return [_line(points, lines, (0.0, 0.0, 0.0), *one, scale) for one in _LINES]


def edges(arrays: Arrays, fid: int, eye: actors.Point | None = None) -> tuple[Any, Any]:
    """The feature's points, and the (n, 2) pairs of them between which it has an edge.

    From an ``eye``, in the tile's own coordinates, only those of the faces that it sees the front of.
    """
    mine = arrays.fids[arrays.owner[arrays.triangles[:, 0]]] == fid
    triangles = arrays.triangles[mine]
    if eye is not None:
        first = triangles[:, 0]
        way = np.asarray(eye) - arrays.points[first]
        triangles = triangles[np.einsum("ij,ij->i", way, arrays.normals[first]) > 0]
    corners = arrays.points[triangles].astype(np.float64)
    flat = corners.reshape(-1, 3)
    points, same = np.unique(np.round(flat, 3), axis=0, return_inverse=True)
    same = same.reshape(-1, 3)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    pairs = np.sort(same[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    faces = np.repeat(np.arange(len(triangles)), 3)
    found, which, times = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    # The sum of the faces' normals is as long as they are many only where they look the same way.
    total = np.zeros((len(found), 3))
    np.add.at(total, which, normal[faces])
    bent = np.linalg.norm(total, axis=1) < times * np.sqrt((1 + _SHARP) / 2)
    kept = ((times == 1) | bent) & (found[:, 0] != found[:, 1])
    return points, found[kept]


def _away(tile: actors.Point, origin: actors.Point) -> actors.Point:
    east, north, height = (float(a - b) for a, b in zip(tile, origin, strict=True))
    return east, north, height


def _line(points: Any, lines: Any, at: actors.Point, code: str, width: float, lift: float, scale: float) -> vtkActor:
    data = vtkPolyData()
    data.SetPoints(actors.polygons(points, np.empty((0, 3))).GetPoints())
    data.SetLines(actors.cells(lines, 2))
    made = actors.drawn(data)
    made.SetPosition(*at)
    made.GetProperty().SetColor(*(part / 255 for part in colour(code)))
    made.GetProperty().SetLineWidth(width * scale)
    shader = vtkOpenGLShaderProperty()
    position = "//VTK::PositionVC::Impl"
    nearer = f"{position}\n  gl_Position.z -= {lift:.1e} * gl_Position.w;\n"
    shader.AddVertexShaderReplacement(position, True, nearer, False)
    made.SetShaderProperty(shader)
    return made
