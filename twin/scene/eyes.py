"""What decides how much is seen, of a camera and a picture's size."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCamera

from twin.model.view import Camera
from twin.scene.camera import Point
from twin.scene.tree import Eye

_MARGIN = 1.15
"""The picture is so much wider where tiles are asked for: what comes into it is there."""


def eye(seen: Camera, by: vtkCamera, origin: Point, viewport: tuple[int, int], tolerance: float, clear: float) -> Eye:
    """Of a camera, as VTK has it about the scene's origin; ``clear`` as ``Eye`` has it."""
    width, height = viewport
    wide = vtkCamera()
    wide.DeepCopy(by)
    wide.Zoom(1 / _MARGIN)
    planes = [0.0] * 24
    wide.GetFrustumPlanes(width / max(1, height), planes)
    sides = np.array(planes).reshape(6, 4)[:4]
    sides[:, 3] -= sides[:, :3] @ np.asarray(origin)
    focal = height / 2 / np.tan(np.radians(seen.field) / 2)
    parallel = seen.distance if seen.parallel else 0.0
    return Eye(seen.eye(), float(focal), sides, tolerance, clear, parallel)
