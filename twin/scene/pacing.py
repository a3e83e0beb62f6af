"""Software GL kept within bounds: what a frame of many points makes it hold is drawn in parts, one after the other."""

from __future__ import annotations

import weakref

from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

BATCH = 200_000
"""Points of one part: Mesa's llvmpipe holds some 250 bytes of each until its threads have painted it."""
_SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "gdi generic")
"""How renderers call themselves that have no card."""


class Pacing:
    """Waits in a frame for each part of the points that it draws.

    llvmpipe sorts all that is drawn into scenes of 36 MB, takes a new one as long as its threads are behind, and keeps
    each for good: 1.2 million points take 200 MB of them, and a third of a frame goes into asking for so much memory.
    A card is never waited for.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._software: bool | None = None
        self._drawn = 0

    def watch(self, shown: vtkActor, points: int) -> None:
        """Count an actor's points whenever it is drawn."""
        # The actor is the renderer's: it must not hold what holds the renderer.
        own = weakref.ref(self)

        def drawn(*_: object) -> None:
            found = own()
            if found is not None:
                found._count(points)

        shown.GetMapper().AddObserver(vtkCommand.EndEvent, drawn)

    def _count(self, points: int) -> None:
        window = self._renderer.GetRenderWindow()
        if self._software is None:
            self._software = software(window)
        self._drawn += points
        if self._software and self._drawn >= BATCH:
            self._drawn = 0
            window.WaitForCompletion()


def software(window: vtkRenderWindow) -> bool:
    """Whether the processor draws what a window shows; asked while it is drawn."""
    said = window.ReportCapabilities().lower()
    return any(one in said for one in _SOFTWARE)
