"""What lies in an area that was drawn on the screen, by the features' full detail, whatever is drawn of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from twin.model.shapes import Targets
from twin.model.view import Camera
from twin.scene import camera as cameras
from twin.scene.details import Details
from twin.scene.tiles import Key

Selected = Mapping[str, Any]
"""By layer, the fids that are selected: (n,), rising."""


def inside(
    details: Details,
    view: Camera,
    area: Any,
    size: tuple[int, int],
    wanted: Callable[[str], bool],
    hidden: Callable[[str, Any], Any],
    going: Callable[[float], None] = lambda _share: None,
) -> dict[str, Any]:
    """Features of the wanted layers any part of which, as it is projected, reaches into the area; hidden ones never.

    ``area`` is (m, 2) pixels from the top left corner of a picture of ``size``. What stands before a feature doesn't
    matter. ``going`` is told how far it is, and may raise to stop it.
    """
    from twin.scene import inside as kernels

    area = np.ascontiguousarray(area, np.float64)
    if len(area) < 3:
        return {}
    sides = np.concatenate([area.min(axis=0), area.max(axis=0)])
    matrix, base, offset = cameras.projection(view, *size)
    found: dict[str, list[Any]] = {}
    keys = [key for key in _near(details, matrix, base, offset, sides) if wanted(key[0])]
    for n, key in enumerate(keys):
        going(n / len(keys))
        tile = details.met(key)
        if tile is None:
            continue
        shift = matrix @ (np.asarray(tile.origin) - base) + offset
        fids = tile.owners if isinstance(tile, Targets) else tile.fids
        hit = np.zeros(len(fids), np.bool_)
        kernels.faces(tile.points, tile.triangles, tile.owner, matrix, shift, area, sides, hit)
        some = [fids[hit]]
        if isinstance(tile, Targets):
            hit = np.zeros(len(tile.fids), np.bool_)
            kernels.prisms(tile.x, tile.y, tile.starts, tile.ground, tile.height, matrix, shift, area, sides, hit)
            some.append(tile.fids[hit])
        mine = np.concatenate(some)
        found.setdefault(key[0], []).append(mine[~hidden(key[0], mine)])
    whole = {layer: np.unique(np.concatenate(some)) for layer, some in found.items()}
    return {layer: fids for layer, fids in whole.items() if len(fids)}


def combined(before: Selected, more: Selected, *, add: bool, remove: bool) -> dict[str, Any]:
    """A selection after another area was drawn: instead of it, added to it, or taken out of it."""
    if not add and not remove:
        return dict(more)
    join = np.setdiff1d if remove else np.union1d
    none = np.empty(0, np.int64)
    layers = {*before, *more}
    made = {layer: join(before.get(layer, none), more.get(layer, none)) for layer in sorted(layers)}
    return {layer: fids for layer, fids in made.items() if len(fids)}


def _near(details: Details, matrix: Any, base: Any, offset: Any, sides: Any) -> list[Key]:
    """The finest tiles whose boxes may reach into the area's sides."""
    keys, boxes = details.finest
    if not len(keys):
        return []
    pick = np.array([[x, y, z] for x in (0, 3) for y in (1, 4) for z in (2, 5)])
    seen = (boxes[:, pick] - base) @ matrix.T + offset
    depth = seen[..., 2]
    before = depth > 0.1
    with np.errstate(all="ignore"):
        spots = np.where(before[..., None], seen[..., :2] / depth[..., None], np.nan)
    whole = before.all(axis=1)
    apart = (spots[..., 0].max(axis=1) < sides[0]) | (spots[..., 0].min(axis=1) > sides[2])
    apart |= (spots[..., 1].max(axis=1) < sides[1]) | (spots[..., 1].min(axis=1) > sides[3])
    there = np.isfinite(boxes[:, 0]) & before.any(axis=1) & ~(whole & apart)
    return [keys[n] for n in np.flatnonzero(there)]
