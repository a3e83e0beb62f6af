"""What is never drawn smaller than some pixels: on the card as it is drawn, and here for the ray that picks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import camera as cameras
from twin.scene.tiles import Key

_LIFT = 1.2e-5
"""How far what lies on the ground is brought before it, in the depth's own unit."""
_NEARER = 2.5
"""Times what it has grown by that it is brought towards the eye there."""
_RIM = 0.38
"""What a tube's and a ribbon's edges lose of their light: pale colours are told from pale ground."""

DECLARED = "in vec4 growth;\nin vec2 lies;\nout float rim;\n"
SEEN = "in float rim;\n"
GROWN = f"""
  vec3 ahead = normalize(vec3(MCDCMatrix[0][2], MCDCMatrix[1][2], MCDCMatrix[2][2]));
  float times = max(1.0, gl_Position.w * metre / growth.w);
  vec3 out_ = growth.xyz * (times - 1.0);
  if (lies.y != 0.0) {{
    vec3 aside = cross(growth.xyz, ahead);
    out_ = aside * (lies.y * times * length(growth.xyz) / max(length(aside), 1e-9));
  }}
  vec4 grown = MCDCMatrix * vec4(vertexMC.xyz + out_, 1.0);
  // It is as far away as what it stands for, and comes before nothing that it lies behind; but the ground before what
  // lies on it would hide half of what has grown.
  vec3 nearer = ahead * (lies.x * {_NEARER:.1f} * (times - 1.0) * length(growth.xyz));
  vec4 stood = MCDCMatrix * vec4(vertexMC.xyz - nearer, 1.0);
  grown.z = (stood.z / stood.w - lies.x * {_LIFT:.1e}) * grown.w;
  gl_Position = grown;
"""
RIMMED = """
  float facing = dot((bytes(corner.x) - 128.0) / 127.0, ahead);
  rim = lies.y != 0.0 ? lies.y : sqrt(max(0.0, 1.0 - facing * facing));
"""
EDGED = f"""
  float soft = fwidth(rim);
  gl_FragData[0].rgb *= 1.0 - {_RIM} * clamp((abs(rim) - 1.0 + 0.85 * soft) / max(0.55 * soft, 1e-3), 0.0, 1.0);
"""
"""The outermost pixel of each side."""


class Aim:
    """A pixel of a picture, as it meets what grows."""

    def __init__(
        self,
        camera: Camera,
        metre: float,
        pixel: tuple[float, float],
        size: tuple[int, int],
        details: Mapping[Key, int] | None = None,
    ) -> None:
        """``metre`` is what a pixel is wide one metre before the eye; in a parallel view, everywhere.

        ``details`` are the levels of detail that tiles are drawn in.
        """
        self.camera, self.metre = camera, metre
        self._matrix, self._base, self._offset = cameras.projection(camera, *size)
        self._ahead = np.array(cameras.ahead(camera))
        self._pixel, self._details = pixel, details or {}

    def detail(self, key: Key) -> int:
        """The level of detail that a tile is drawn in."""
        return self._details.get(key, 0)

    def reach(self, boxes: Any, pixels: Any) -> Any:
        """(n,) metres that so many pixels are at the far side of each of (n, 6) boxes."""
        if self.camera.parallel:
            return pixels * self.metre
        middle, half = (boxes[:, :3] + boxes[:, 3:]) / 2, np.linalg.norm(boxes[:, 3:] - boxes[:, :3], axis=1) / 2
        away = np.linalg.norm(middle - np.array(self.camera.eye()), axis=1) + half
        return np.nan_to_num(pixels * self.metre * away)

    def first(self, tile: Arrays, gone: Any) -> tuple[float, int, cameras.Point] | None:
        """How far ahead of the eye the nearest of a tile's triangles at the pixel is, as it is drawn, and which.

        And the place in the city that it stands for: on a pipe's middle line, at a node's middle.
        """
        from twin.scene.rays import drawn

        assert tile.growth is not None
        true = tile.points + (np.asarray(tile.origin) - self._base)
        deep = true @ self._ahead
        times = np.maximum(1.0, (self.metre if self.camera.parallel else deep * self.metre) / tile.growth[:, 3])
        seen = (true + self._out(tile.growth, times)) @ self._matrix.T + self._offset
        deep -= tile.growth[:, 4] * _NEARER * (times - 1) * np.linalg.norm(tile.growth[:, :3], axis=1)
        which, depth, shares = drawn(seen, deep, tile.triangles, tile.owner, gone, *self._pixel, self.camera.parallel)
        if which < 0:
            return None
        corners = tile.triangles[which]
        middles = tile.points[corners] - np.where(tile.growth[corners, 5:] == 0, tile.growth[corners, :3], 0)
        east, north, height = np.asarray(shares) @ middles + np.asarray(tile.origin)
        return depth, which, (float(east), float(north), float(height))

    def _out(self, growth: Any, times: Any) -> Any:
        """(n, 3) how far each vertex grows, as the card has it."""
        out = growth[:, :3] * (times - 1)[:, None]
        ribbon = np.flatnonzero(growth[:, 5])
        if len(ribbon):
            along = growth[ribbon, :3]
            aside = np.cross(along, self._ahead)
            wide = growth[ribbon, 5] * times[ribbon] * np.linalg.norm(along, axis=1)
            out[ribbon] = aside * (wide / np.maximum(np.linalg.norm(aside, axis=1), 1e-9))[:, None]
        return out
