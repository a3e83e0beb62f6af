"""What decides how much is seen, of a camera and a picture's size."""

from __future__ import annotations

import math

from twin.model.view import Camera
from twin.scene.camera import sides
from twin.scene.tree import Eye

_MARGIN = 1.15
"""The picture is so much wider where tiles are asked for: what comes into it is there."""


def eye(camera: Camera, size: tuple[int, int], tolerance: float, clear: float) -> Eye:
    """Of a camera over a picture of a size in pixels; ``clear`` as ``Eye`` has it."""
    focal = size[1] / 2 / math.tan(math.radians(camera.field) / 2)
    parallel = camera.distance if camera.parallel else 0.0
    return Eye(camera.eye(), focal, sides(camera, *size, _MARGIN), tolerance, clear, parallel)
