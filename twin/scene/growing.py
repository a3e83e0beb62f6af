"""What is never drawn smaller than some pixels: on the card as it is drawn, and here for the ray that picks it."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import camera as cameras

_LIFT = 1.2e-5
"""How far what lies on the ground is brought before it, in the depth's own unit."""
_RIM = 0.42
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
  // It is as far away as what it stands for: what grows comes before nothing that it lies behind.
  grown.z = (gl_Position.z / gl_Position.w - lies.x * {_LIFT:.1e}) * grown.w;
  gl_Position = grown;
"""
RIMMED = """
  float facing = dot((bytes(corner.x) - 128.0) / 127.0, ahead);
  rim = lies.y != 0.0 ? lies.y : sqrt(max(0.0, 1.0 - facing * facing));
"""
EDGED = f"""
  float soft = fwidth(rim);
  gl_FragData[0].rgb *= 1.0 - {_RIM} * clamp((abs(rim) - 1.0 + 1.1 * soft) / max(0.6 * soft, 1e-3), 0.0, 1.0);
"""
"""The outermost pixel of each side."""


class Aim:
    """A pixel of a picture, as it meets what grows."""

    def __init__(self, camera: Camera, metre: float, x: float, y: float, size: tuple[int, int]) -> None:
        """``metre`` is what a pixel is wide one metre before the eye; in a parallel view, everywhere."""
        self.camera, self.metre = camera, metre
        self._matrix, self._base, self._offset = cameras.projection(camera, *size)
        self._ahead = np.array(cameras.ahead(camera))
        self._pixel = (x, y)

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
        base = np.asarray(tile.origin) - self._base
        true = tile.points + base
        deep = true @ self._ahead
        times = np.maximum(1.0, (self.metre if self.camera.parallel else deep * self.metre) / tile.growth[:, 3])
        seen = (true + tile.growth[:, :3] * (times - 1)[:, None]) @ self._matrix.T + self._offset
        which, depth, shares = drawn(seen, deep, tile.triangles, tile.owner, gone, *self._pixel, self.camera.parallel)
        if which < 0:
            return None
        corners = tile.triangles[which]
        middle = np.asarray(shares) @ (tile.points[corners] - tile.growth[corners, :3])
        east, north, height = middle + np.asarray(tile.origin)
        return depth, which, (float(east), float(north), float(height))
