"""Where a city is: the box of its layers, and of those that belong together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from twin.model.layer import Layer
from twin.model.view import Camera
from twin.scene.grounds import GROUND_LAYERS, Box

BURIED = frozenset({"pipes", "cables", "nodes"})
"""Kinds that may lie below the ground, and don't tell how high it is."""
_NEAR, _WIDEST = 5_000.0, 200_000.0
"""Metres from the largest layer within which another belongs to the city, and the most that one layer of it spans."""


def whole(layers: Collection[Layer]) -> Box | None:
    """The box of all of these, but for the ground's where there are others."""
    solid = [layer for layer in layers if layer.id not in GROUND_LAYERS] or layers
    return _around(_sides([layer for layer in solid if layer.extent]))


def core(layers: Collection[Layer]) -> Box | None:
    """The box of the largest layer and of those near it: one that lies elsewhere must not coarsen the ground."""
    there = [layer for layer in layers if layer.extent and layer.id not in GROUND_LAYERS]
    # A base map is mostly wider than its city, and needs no ground of ours.
    there = [layer for layer in there if layer.kind != "imagery"] or there
    if not there:
        return whole(layers)
    sides = _sides(there)
    middle = sides[int(np.argmax([layer.count for layer in there]))]
    near = (sides[:, :2] <= middle[3:5] + _NEAR).all(axis=1) & (sides[:, 3:5] >= middle[:2] - _NEAR).all(axis=1)
    near &= (sides[:, 3:5] - sides[:, :2]).max(axis=1) <= _WIDEST
    return _around(sides[near] if near.any() else middle[None])


def level(layers: Collection[Layer]) -> float | None:
    """How high level ground lies: as low as what stands on it; None where all that is there has heights in it."""
    there = [layer for layer in layers if layer.extent and layer.id not in GROUND_LAYERS]
    standing = [layer for layer in there if layer.kind not in BURIED or _is_flat(layer)]
    found = core(standing or [layer for layer in layers if layer.id in GROUND_LAYERS])
    return found[2] if found else None


def _is_flat(layer: Layer) -> bool:
    """Whether its features have no heights."""
    return layer.extent is not None and layer.extent[2] == layer.extent[5] == 0.0


def ground(layers: Collection[Layer]) -> tuple[float, float]:
    """Between which heights the ground lies: level, and as the terrain is."""
    base = level(layers) or 0.0
    relief = [layer.extent for layer in layers if layer.extent and (layer.id == "terrain" or layer.kind == "terrain")]
    return min([base, *(box[2] for box in relief)]), max([base, *(box[5] for box in relief)])


def meets(layers: Collection[Layer], camera: Camera) -> bool:
    """Whether the point looked at lies in or near one of these: as near as the eye is to it."""
    east, north, near = camera.east, camera.north, camera.distance
    boxes = [layer.extent for layer in layers if layer.extent]
    return any(
        box[0] <= east + near and east - near <= box[3] and box[1] <= north + near and north - near <= box[4]
        for box in boxes
    )


def _sides(layers: Sequence[Layer]) -> np.typing.NDArray[np.float64]:
    """(n, 6) their boxes; a picture has no height of its own and lies where the lowest other layer does.

    What is buried doesn't make the ground lower.
    """
    sides = np.array([layer.extent for layer in layers if layer.extent], float).reshape(-1, 6)
    buried = np.array([layer.kind in BURIED for layer in layers], bool)
    if buried.any() and not buried.all():
        lowest = sides[~buried, 2].min()
        sides[buried, 2], sides[buried, 5] = np.maximum(sides[buried, 2], lowest), np.maximum(sides[buried, 5], lowest)
    flat = np.array([layer.kind == "imagery" for layer in layers], bool)
    if flat.any() and not flat.all():
        sides[flat, 2] = sides[flat, 5] = sides[~flat, 2].min()
    return sides


def _around(boxes: np.typing.NDArray[np.float64]) -> Box | None:
    if not len(boxes):
        return None
    low, high = boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)
    return tuple(float(side) for side in (*low, *high))  # type: ignore[return-value]
