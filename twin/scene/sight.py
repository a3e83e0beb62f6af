"""What hides what in the picture that was drawn last: by its depths first, and by a ray where they leave a doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkCommand, vtkFloatArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from twin.model.view import Camera
from twin.scene.camera import Point, depth, metres_per_pixel, pixel

_NEAR, _PIXELS = 0.5, 2.0
"""Metres, and pixels' widths, that what is drawn may stand before a point without hiding it."""
_DEEP = 1_000.0
"""Metres before a point at which nothing can be a part of the same feature any more."""

Hidden = Callable[[Point, tuple[str, int] | None], bool]


class Sight:
    """Answers from the picture that its window shows; a depth costs nothing, a ray a fraction of a millisecond."""

    def __init__(
        self, window: vtkRenderWindow, renderer: vtkRenderer, camera: Callable[[], Camera], by_ray: Hidden
    ) -> None:
        self._window, self._renderer, self._camera, self._by_ray = window, renderer, camera, by_ray
        self._drawn: Camera | None = None
        """From where the picture was drawn."""
        self.pictures = 0
        """How many were drawn."""
        self._depths: Any = None
        self._range = (0.0, 1.0)
        self._tag = renderer.AddObserver(vtkCommand.EndEvent, self._draws)

    def __call__(self, point: Point, of: tuple[str, int] | None = None) -> bool:
        """Whether something stands between the eye and a point, other than the feature it is a point ``of``."""
        gap = self._gap(point) if self._drawn is self._camera() else None
        if gap is None or _NEAR < gap <= _DEEP:
            return self._by_ray(point, of)
        return gap > _DEEP

    def depths(self) -> Any:
        """(rows, columns) of the picture, 0 to 1, the first row at the bottom; kept until the next picture."""
        if self._depths is None:
            width, height = self._window.GetSize()
            found = vtkFloatArray()
            self._window.GetZbufferData(0, 0, width - 1, height - 1, found)
            self._depths = vtk_to_numpy(found).reshape(height, width)
            self._range = self._renderer.GetActiveCamera().GetClippingRange()
        return self._depths

    def close(self) -> None:
        """Hear of no more pictures: whoever is heard is kept."""
        self._renderer.RemoveObserver(self._tag)

    def _draws(self, *_what: object) -> None:
        self._drawn, self._depths = self._camera(), None
        self.pictures += 1

    def _gap(self, point: Point) -> float | None:
        """Metres from what is drawn at a point's pixel to it, less what pixels are off; None beside the picture."""
        depths, seen = self.depths(), self._camera()
        height, width = depths.shape
        at = pixel(seen, point, width, height)
        if at is None or not (0 <= at[0] < width and 0 <= at[1] < height):
            return None
        far = depth(seen, point)
        wide = metres_per_pixel(seen, height) * (1 if seen.parallel else far / seen.distance)
        return (
            far
            - self._metres(float(depths[height - 1 - int(at[1]), int(at[0])]), parallel=seen.parallel)
            - _PIXELS * wide
        )

    def _metres(self, deep: float, *, parallel: bool) -> float:
        """Along the view, of one of the picture's depths."""
        near, end = self._range
        return near + deep * (end - near) if parallel else near * end / (end - deep * (end - near))
