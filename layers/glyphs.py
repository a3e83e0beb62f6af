"""Glyphs: one small solid copied to where each of many features stands, as large and turned as each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.solids import OWN, Solid
from twin.api import shapes


@dataclass(frozen=True)
class Glyph:
    """A shape from near and from afar."""

    fine: Solid
    coarse: Solid
    pixels: float = 0.0
    """Of half its size on the screen at the least; 0 where it may become as small as it is."""
    level: bool = False
    """Whether it hangs on its middle rather than standing on its foot."""


@dataclass(frozen=True)
class Stand:
    """Where copies stand, a row each."""

    feet: Any
    """(n, 3) from the tile's origin."""
    size: Any
    """(n, 3) what one unit of the glyph is in x, y and z, in metres."""
    turn: Any
    """(n,) radians counter-clockwise."""
    owner: Any
    """(n,) which feature each is of."""
    colours: Any
    """(n, 3) the colour of what a feature is."""
    on_ground: Any
    sunk: Any


def copied(glyph: Glyph, where: Stand, *, coarse: bool = False) -> dict[str, Any]:
    """Points, normals, triangles, owner, base, growth and stands of all copies, as ``shapes.Arrays`` names them."""
    one = glyph.coarse if coarse else glyph.fine
    count, many = len(one.points), len(where.feet)
    away = _turned(one.points[None] * where.size[:, None], where.turn)
    normals = _turned(one.normals[None] / where.size[:, None], where.turn)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    own = (one.colours == OWN).all(axis=1)
    base = np.where(own[None, :, None], where.colours[:, None], one.colours[None]).astype(np.uint8)
    reach = np.linalg.norm(one.points, axis=1).max() * where.size.max(axis=1, initial=1e-6)
    grows = reach / glyph.pixels if glyph.pixels else np.full(many, np.inf)
    growth = np.zeros((many, count, 6), np.float32)
    growth[..., :3], growth[..., 3], growth[..., 4] = away, grows[:, None], where.on_ground[:, None]
    return {
        "points": (where.feet[:, None] + away).reshape(-1, 3),
        "normals": normals.reshape(-1, 3),
        "triangles": (one.triangles[None] + count * np.arange(many)[:, None, None]).reshape(-1, 3),
        "owner": np.repeat(where.owner, count),
        "base": base.reshape(-1, 3),
        "growth": growth.reshape(-1, 6),
        "stands": np.repeat(np.where(where.sunk[:, None], where.feet[:, :2], np.nan), count, axis=0),
    }


def meshed(origin: Any, fids: Any, parts: Sequence[dict[str, Any]], *, grows: bool) -> shapes.Arrays:
    """Several such as one tile."""
    firsts = np.cumsum([0, *(len(one["points"]) for one in parts)])[:-1]
    whole = {name: np.concatenate([np.empty((0, *_EMPTY[name])), *(one[name] for one in parts)]) for name in _EMPTY}
    corners = [one["triangles"] + first for one, first in zip(parts, firsts, strict=True)]
    return shapes.Arrays(
        origin=tuple(float(value) for value in origin),  # type: ignore[arg-type]
        points=whole["points"].astype(np.float32),
        triangles=np.concatenate([np.empty((0, 3)), *corners]).astype(np.int32),
        normals=whole["normals"].astype(np.float32),
        owner=whole["owner"].astype(np.int32),
        fids=fids,
        base=whole["base"].astype(np.uint8),
        foot=np.ones(len(whole["points"]), np.float32),
        growth=whole["growth"].astype(np.float32) if grows else None,
        stands=whole["stands"].astype(np.float32),
    )


def _turned(some: Any, turn: Any) -> Any:
    """(n, k, 3) turned about the upright axis."""
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = some[..., 0], some[..., 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y, np.broadcast_to(some[..., 2], x.shape)], axis=-1)


_EMPTY: dict[str, tuple[int, ...]] = {
    "points": (3,), "normals": (3,), "owner": (), "base": (3,), "growth": (6,), "stands": (2,),
}  # fmt: skip
