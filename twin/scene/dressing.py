"""What tiles are drawn with: one material for all that look alike, so that VTK compiles it once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vtkmodules.vtkRenderingCore import vtkShaderProperty

from twin.scene import materials
from twin.scene.facades import Parts
from twin.scene.ground import Sides
from twin.scene.light import Sky

FLAT = {"terrain": 0.0, "surfaces": 2e-6, "areas": 4e-6, "roads": 8e-6, "lines": 1.2e-5}
"""Kinds that lie on the ground, and how far they are brought before it (see ``materials.flat``)."""
BARE = frozenset({"pipes", "cables", "nodes", "towers", "trees", "furniture"})
"""Kinds that stand and are no buildings."""
COVERING = FLAT.keys() - {"lines"}
"""Those of them that one looks through with the ground."""


class Dressing:
    """The materials of an hour."""

    def __init__(self) -> None:
        self.shaded = 0
        """How many pictures of the shade they know of."""
        self._solids: dict[tuple[Sky, Parts], vtkShaderProperty] = {}
        self._flats: dict[tuple[Sky, float], vtkShaderProperty] = {}

    def __iter__(self) -> Iterator[vtkShaderProperty]:
        yield from self._solids.values()
        yield from self._flats.values()

    def renew(self, shaded: int) -> None:
        """Make them all again, for another hour or for so many pictures of the shade."""
        self.shaded, self._solids, self._flats = shaded, {}, {}

    def solid(self, sky: Sky, sun: Any, parts: Parts) -> vtkShaderProperty:
        """Of what stands."""
        if (sky, parts) not in self._solids:
            self._solids[sky, parts] = materials.solid(sky, sun, parts)
        return self._solids[sky, parts]

    def flat(self, sky: Sky, sun: Any, sides: Sequence[Sides], lift: float) -> vtkShaderProperty:
        """Of what lies on the ground, where pictures of the shade lie within ``sides``."""
        if (sky, lift) not in self._flats:
            self._flats[sky, lift] = materials.flat(sky, sun, sides, lift)
        return self._flats[sky, lift]

    def lay(self, sides: Sequence[Sides]) -> None:
        """As many pictures of the shade lie elsewhere: nothing is compiled again."""
        for material in self._flats.values():
            materials.lay(material, sides)
