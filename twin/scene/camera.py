"""The view's camera as VTK's, and how a hand moves it."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCamera

from twin.model.view import Camera

Point = tuple[float, float, float]

_BACK = 20_000.0
"""Metres that a parallel view's eye stands back."""
_WIDE, _FILLED, _NEAREST = 1.3, 0.88, 30.0
"""A view's width over its height at the least, the share of it that an extent fills, and metres."""

_MIXED = ("east", "north", "height", "pitch", "field")


def aim(target: vtkCamera, camera: Camera, origin: Point) -> None:
    """Point VTK's camera as the view's camera says."""
    target.SetFocalPoint(camera.east - origin[0], camera.north - origin[1], camera.height - origin[2])
    eye = camera.eye()
    target.SetPosition(*(a - b for a, b in zip(eye, origin, strict=True)))
    azimuth = math.radians(camera.azimuth)
    # Looking straight down, "up" in the picture is where the camera's azimuth points.
    straight = abs(camera.pitch) > 89.5
    target.SetViewUp(*((math.sin(azimuth), math.cos(azimuth), 0.0) if straight else (0.0, 0.0, 1.0)))
    target.SetViewAngle(camera.field)
    target.SetParallelProjection(camera.parallel)
    target.SetParallelScale(camera.distance * math.tan(math.radians(camera.field) / 2))
    target.SetClippingRange(max(0.3, camera.distance * 0.01), max(90_000.0, 4 * camera.distance))
    if camera.parallel:
        # Its eye is nowhere in particular: it stands back behind all that could stand before it.
        target.SetPosition(*(a - b for a, b in zip(_back(camera), origin, strict=True)))
        target.SetClippingRange(1.0, 2 * _BACK)


def fitting(
    extent: tuple[float, float, float, float, float, float], azimuth: float = 45.0, pitch: float = -35.0
) -> Camera:
    """The nearest camera that sees all corners of an extent, in a view at least as wide as ``_WIDE``."""
    west, south, low, east, north, high = extent
    middle = ((west + east) / 2, (south + north) / 2, (low + high) / 2)
    made = Camera(east=middle[0], north=middle[1], height=middle[2], azimuth=azimuth, pitch=pitch)
    turn, tilt = math.radians(azimuth), math.radians(pitch)
    ahead = (math.sin(turn) * math.cos(tilt), math.cos(turn) * math.cos(tilt), math.sin(tilt))
    right = (math.cos(turn), -math.sin(turn), 0.0)
    above = (-math.sin(turn) * math.sin(tilt), -math.cos(turn) * math.sin(tilt), math.cos(tilt))
    half = math.tan(math.radians(made.field / 2)) * _FILLED
    needed = _NEAREST
    for corner in itertools.product((west, east), (south, north), (low, high)):
        away = [a - b for a, b in zip(corner, middle, strict=True)]
        across, up, far = (sum(a * b for a, b in zip(away, axis, strict=True)) for axis in (right, above, ahead))
        needed = max(needed, abs(across) / (half * _WIDE) - far, abs(up) / half - far)
    return made.model_copy(update={"distance": needed})


def plan_of(extent: tuple[float, float, float, float, float, float]) -> Camera:
    """Straight down on an extent, with a true scale."""
    return plan(fitting(extent, 0.0, -90.0))


def plan(camera: Camera) -> Camera:
    """Straight down with a true scale, of the same extent; from a plan, the view in perspective again."""
    if camera.parallel:
        return camera.model_copy(update={"parallel": False, "pitch": -35.0})
    return camera.model_copy(update={"parallel": True, "pitch": -90.0, "azimuth": 0.0})


LEVEL, BENEATH = -2.0, 80.0
"""Degrees that a hand may turn a view up to: so that its eye stays above the ground, and where it may go below it."""


def orbited(camera: Camera, turn: float, rise: float, highest: float = LEVEL) -> Camera:
    """Turned about the point looked at, in degrees; no flatter than ``highest``, and a plan is a plan."""
    if camera.parallel:
        return camera.model_copy(update={"azimuth": (camera.azimuth + turn) % 360})
    pitch = min(highest, max(-90.0, camera.pitch + rise))
    return camera.model_copy(update={"azimuth": (camera.azimuth + turn) % 360, "pitch": pitch})


def panned(camera: Camera, right: float, ahead: float) -> Camera:
    """Moved over the ground, in metres along the view."""
    azimuth = math.radians(camera.azimuth)
    east = camera.east + right * math.cos(azimuth) + ahead * math.sin(azimuth)
    north = camera.north - right * math.sin(azimuth) + ahead * math.cos(azimuth)
    return camera.model_copy(update={"east": east, "north": north})


def zoomed(camera: Camera, factor: float, about: Point | None = None) -> Camera:
    """Nearer by a factor, towards a point that keeps its place in the picture."""
    distance = min(80_000.0, max(5.0, camera.distance * factor))
    factor = distance / camera.distance
    if about is None:
        return camera.model_copy(update={"distance": distance})
    east, north, height = (
        a + (b - a) * factor for a, b in zip(about, (camera.east, camera.north, camera.height), strict=True)
    )
    return camera.model_copy(update={"distance": distance, "east": east, "north": north, "height": height})


def between(start: Camera, end: Camera, share: float) -> Camera:
    """A camera on the way from one to another, 0 to 1: higher in the middle of a long way, turned the short way."""
    far = math.dist((start.east, start.north), (end.east, end.north))
    near = math.log(start.distance) * (1 - share) + math.log(end.distance) * share
    rise = min(1.5, 0.5 * far / max(start.distance, end.distance)) * math.sin(math.pi * share)
    turn = (end.azimuth - start.azimuth + 180) % 360 - 180
    moved = {name: _mixed(getattr(start, name), getattr(end, name), share) for name in _MIXED}
    azimuth = (start.azimuth + turn * share) % 360
    return end.model_copy(update={**moved, "distance": math.exp(near) * (1 + rise), "azimuth": azimuth})


def _mixed(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


def metres_per_pixel(camera: Camera, rows: int) -> float:
    """At the point looked at, across the view."""
    return 2 * camera.distance * math.tan(math.radians(camera.field) / 2) / max(1, rows)


def ray(camera: Camera, x: float, y: float, width: int, height: int) -> tuple[Point, Point]:
    """The eye and the unit direction through a pixel (from the top left corner), in the city's CRS."""
    ahead, right, up = _axes(camera)
    half = math.tan(math.radians(camera.field) / 2)
    across, above = (2 * x / width - 1) * half * width / height, (1 - 2 * y / height) * half
    if camera.parallel:
        east, north, high = (
            a + camera.distance * (across * r + above * u) for a, r, u in zip(_back(camera), right, up, strict=True)
        )
        return (east, north, high), ahead
    way = [a + across * r + above * u for a, r, u in zip(ahead, right, up, strict=True)]
    size = math.sqrt(sum(part * part for part in way))
    return camera.eye(), (way[0] / size, way[1] / size, way[2] / size)


def pixel(camera: Camera, point: Point, width: int, height: int) -> tuple[float, float] | None:
    """Where a point of the city is in the picture, from the top left corner; None behind the eye."""
    ahead, right, up = _axes(camera)
    way = [a - b for a, b in zip(point, _back(camera) if camera.parallel else camera.eye(), strict=True)]
    depth = sum(a * b for a, b in zip(way, ahead, strict=True))
    if depth <= 0.1:
        return None
    if camera.parallel:
        depth = camera.distance
    half = math.tan(math.radians(camera.field) / 2)
    across = sum(a * b for a, b in zip(way, right, strict=True)) / (depth * half * width / height)
    above = sum(a * b for a, b in zip(way, up, strict=True)) / (depth * half)
    return (across + 1) * width / 2, (1 - above) * height / 2


def depth(camera: Camera, point: Point) -> float:
    """Metres to a point along the view, from the eye; in a parallel view from far behind it, as VTK's camera stands."""
    eye = _back(camera) if camera.parallel else camera.eye()
    return sum((a - b) * c for a, b, c in zip(point, eye, _axes(camera)[0], strict=True))


def source(camera: Camera, point: Point) -> Point:
    """Where the ray that sees a point begins: in the eye, or in a parallel view far before the point."""
    if not camera.parallel:
        return camera.eye()
    ahead = _axes(camera)[0]
    return point[0] - _BACK * ahead[0], point[1] - _BACK * ahead[1], point[2] - _BACK * ahead[2]


def pixels(camera: Camera, points: Any, width: int, height: int) -> Any:
    """``pixel`` for many points, (n, 3) in the city's CRS: (n, 2) pixels, NaN behind the eye."""
    ahead, right, up = (np.array(axis) for axis in _axes(camera))
    way = np.asarray(points) - np.array(_back(camera) if camera.parallel else camera.eye())
    depth = way @ ahead
    behind = depth <= 0.1
    scale = (np.full(len(way), camera.distance) if camera.parallel else np.where(behind, np.nan, depth)) * math.tan(
        math.radians(camera.field) / 2
    )
    scale[behind] = np.nan
    across, above = way @ right / (scale * width / height), way @ up / scale
    return np.column_stack([(across + 1) * width / 2, (1 - above) * height / 2])


def projection(camera: Camera, width: int, height: int) -> tuple[Any, Any, Any]:
    """``pixel`` as algebra: (X, Y, W) = A (point − base) + c, and (X/W, Y/W) the pixel of what is before the eye."""
    ahead, right, up = (np.array(axis) for axis in _axes(camera))
    half = math.tan(math.radians(camera.field) / 2)
    across, above = right * height / (2 * half), up * -height / (2 * half)
    middle = np.array([width / 2, height / 2, 1.0])
    if camera.parallel:
        matrix = np.array([across / camera.distance, above / camera.distance, np.zeros(3)])
        return matrix, np.array(_back(camera)), middle
    return np.array([across, above, np.zeros(3)]) + np.outer(middle, ahead), np.array(camera.eye()), np.zeros(3)


def sides(camera: Camera, width: int, height: int, margin: float) -> Any:
    """(4, 4) the planes about a picture so many times as wide and tall, looking inward: a x + b y + c z + d ≥ 0."""
    ahead, right, up = (np.array(axis) for axis in _axes(camera))
    tall = math.tan(math.radians(camera.field) / 2) * margin
    wide = tall * width / max(1, height)
    if camera.parallel:
        normals, eye = np.array([right, -right, up, -up]), np.array(_back(camera))
        room = camera.distance * np.array([wide, wide, tall, tall])
    else:
        normals = np.array([right + wide * ahead, wide * ahead - right, up + tall * ahead, tall * ahead - up])
        normals /= np.linalg.norm(normals, axis=1)[:, None]
        eye, room = np.array(camera.eye()), np.zeros(4)
    return np.column_stack([normals, room - normals @ eye])


def ahead(camera: Camera) -> Point:
    """The unit vector that a camera looks along."""
    return _axes(camera)[0]


def _axes(camera: Camera) -> tuple[Point, Point, Point]:
    """Unit vectors ahead, to the right and up in the picture."""
    azimuth, pitch = math.radians(camera.azimuth), math.radians(camera.pitch)
    ahead = (math.sin(azimuth) * math.cos(pitch), math.cos(azimuth) * math.cos(pitch), math.sin(pitch))
    right = (math.cos(azimuth), -math.sin(azimuth), 0.0)
    up = (
        right[1] * ahead[2] - right[2] * ahead[1],
        right[2] * ahead[0] - right[0] * ahead[2],
        right[0] * ahead[1] - right[1] * ahead[0],
    )
    return ahead, right, up


def _back(camera: Camera) -> Point:
    """Where a parallel view's rays begin: on the plane through the eye, moved far back."""
    ahead = _axes(camera)[0]
    return camera.east - _BACK * ahead[0], camera.north - _BACK * ahead[1], camera.height - _BACK * ahead[2]


def on_plane(eye: Point, way: Point, height: float) -> Point | None:
    """Where a ray meets the level of a height; None where it never does."""
    if abs(way[2]) < 1e-9 or (height - eye[2]) / way[2] <= 0:
        return None
    far = (height - eye[2]) / way[2]
    return eye[0] + way[0] * far, eye[1] + way[1] * far, height
