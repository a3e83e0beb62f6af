"""Which pictures of the shade a city needs: one of all of it, and a finer one about what is looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import ground
from twin.scene.grounds import FAR, NEAR, Box, Grounds, Shade
from twin.scene.tiles import Node
from twin.scene.tree import Tree

_COARSE, _CLOSE = 2.3, 1.5
"""Metres a pixel above which a city needs a finer picture of what is near, and of that one (ART)."""
_HALF, _STEP, _FROM = 1536.0, 768.0, 8_000.0
"""Metres to its sides, by which it moves, and from how far one looks at it at most."""
_STANDING = frozenset({"buildings", "palms", "trees"})
"""Kinds that lay a shade on the ground."""
_FOOT = 20.0
_OFF = 2.0
"""Pixels of it that what stands may be off: its foot's shade is blurred over more."""


class Shading:
    """Asks for them when what they are made of has changed."""

    def __init__(self, grounds: Grounds, mesh: Callable[[Node], Arrays | None]) -> None:
        """``mesh`` gives a tile without what is kept out of the picture."""
        self._grounds = grounds
        self._mesh = mesh
        self._stands: bool | None = None

    @property
    def there(self) -> bool:
        """Whether what stands shades the ground, roughly or finely; where nothing does, no shade is missing."""
        return self._grounds.shaded or self._stands is False

    def cast(
        self, tree: Tree, core: Box, seen: Sequence[Layer], veiled: Mapping[str, int], sun: Any, camera: Camera
    ) -> bool:
        """Ask for the shade of the layers that are ``seen``; True where there is less of it at once.

        ``veiled`` tells one state of what is kept out of each layer from another.
        """
        own = [layer for layer in seen if layer.link is None]
        standing = [layer.id for layer in own if layer.kind in _STANDING]
        layers = (standing, [layer.id for layer in own if layer.kind == "roads"])
        self._stands = bool(standing)
        if not standing:
            return self._grounds.clear()
        made_of = tuple((layer.id, layer.source, layer.version, veiled.get(layer.id)) for layer in own)
        self._stand(tree, core, made_of, layers, sun)
        return self._near(tree, core, made_of, layers, sun, camera)

    def _stand(self, tree: Tree, core: Box, made_of: object, layers: tuple[list[str], list[str]], sun: Any) -> None:
        """All of the city, ``core``, roughly first; ``layers`` are those that cast a shade, and roads with lamps."""
        reach = max(0.0, min(400.0, core[5] - core[2])) * float(np.hypot(*sun[:2])) / max(float(sun[2]), 0.05) + _FOOT
        sides = (core[0] - reach, core[1] - reach, core[3] + reach, core[4] + reach)
        if not self._grounds.shaded:
            pixel = _pixel(sides, ground.SKETCH_PIXELS)
            self._grounds.stand(FAR, self._shade(tree, (made_of, "sketch"), sides, pixel, layers), sun)
        else:
            pixel = _pixel(sides, ground.SHADE_PIXELS if _fine(core) else ground.WIDE_PIXELS)
            self._grounds.stand(FAR, self._shade(tree, made_of, sides, pixel, layers), sun)

    def _near(
        self, tree: Tree, core: Box, made_of: object, layers: tuple[list[str], list[str]], sun: Any, camera: Camera
    ) -> bool:
        """What is looked at, where the picture of all is too coarse; True where one went."""
        if camera.distance > _FROM or _fine(core):
            return self._grounds.drop(NEAR)
        east, north = (round(at / _STEP) * _STEP for at in (camera.east, camera.north))
        sides = (east - _HALF, north - _HALF, east + _HALF, north + _HALF)
        self._grounds.stand(NEAR, self._shade(tree, made_of, sides, _CLOSE, layers), sun)
        return False

    def _shade(
        self, tree: Tree, made_of: object, sides: ground.Sides, pixel: float, layers: tuple[list[str], list[str]]
    ) -> Shade:
        def meshed(some: Iterable[str]) -> Iterator[Arrays]:
            for node in tree.cut(some, _OFF * pixel, sides):
                arrays = self._mesh(node)
                if arrays is not None:
                    yield arrays

        return Shade((made_of, *map(tuple, layers)), sides, pixel, lambda: meshed(layers[0]), lambda: meshed(layers[1]))


def _fine(core: Box) -> bool:
    """Whether one picture of all of it is fine enough."""
    return _pixel((core[0], core[1], core[3], core[4]), ground.SHADE_PIXELS) <= _COARSE


def _pixel(sides: ground.Sides, most: int) -> float:
    return max(ground.SHADE_FINEST, math.sqrt((sides[2] - sides[0]) * (sides[3] - sides[1]) / most))
