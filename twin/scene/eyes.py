"""The eye of a camera, as it decides how much detail is seen."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCamera

from twin.model.view import Camera
from twin.scene.camera import Point
from twin.scene.tree import Eye

_MARGIN = 1.15
"""The picture is so much wider where tiles are asked for: what comes into it is there."""


def eye(aimed: vtkCamera, camera: Camera, origin: Point, size: tuple[int, int], tolerance: float, clear: float) -> Eye:
    """Of a camera, ``aimed`` in VTK's own coordinates from ``origin`` on, over a picture of a size in pixels."""
    width, height = size
    wide = vtkCamera()
    wide.DeepCopy(aimed)
    wide.Zoom(1 / _MARGIN)
    planes = [0.0] * 24
    wide.GetFrustumPlanes(width / max(1, height), planes)
    sides = np.array(planes).reshape(6, 4)[:4]
    sides[:, 3] -= sides[:, :3] @ np.asarray(origin)
    focal = height / 2 / np.tan(np.radians(camera.field) / 2)
    parallel = camera.distance if camera.parallel else 0.0
    return Eye(camera.eye(), float(focal), sides, tolerance, clear, parallel)
