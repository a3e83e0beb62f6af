"""Shapes on their way to the screen: what a layer kind makes of a tile, and how its payload is packed."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"BLD1"

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Colour = tuple[int, int, int]
"""sRGB bytes."""


@dataclass(frozen=True)
class Arrays:
    """A tile's triangles. The last corner of each says its normal, owner and colour, the others where it is.

    So faces may share corners, as long as each has a last corner of its own; where they share none, it is the same.
    """

    origin: tuple[float, float, float]
    """The tile's origin in the city's CRS, in metres; points are local to it."""
    points: Floats
    """(n, 3)"""
    triangles: Ints
    """(m, 3) indices of points, counter-clockwise seen from outside."""
    normals: Floats
    """(n, 3), unit length."""
    owner: Ints
    """(n,) which of ``fids`` a vertex belongs to."""
    fids: NDArray[np.int64]
    """(f,) empty where ``rows`` says whom each stands for."""
    base: NDArray[np.uint8]
    """(n, 3) the colour before light, sRGB."""
    foot: Floats
    """(n,) the dimming at the foot of walls, 0.72 to 1."""
    lit: bool = True
    """False for ground colours, which the light doesn't change."""
    part: Ints | None = None
    """(n,) which face of its feature's geometry a vertex belongs to; −1 or None where there are no such faces."""
    facade: Floats | None = None
    """(n, 4) where floors, windows and lips are drawn.

    On a wall: bays along the building's walls; floors below the wall's lip, negative on it; −1, or where there are
    roshans −2 and less by a bay for each along this wall; and 64 times the wall's bays (−1 where they are unknown)
    plus its floors. On a roof: metres from up to four of its sides, 1000 where there is none.
    """

    rows: NDArray[np.int64] | None = None
    """(o, 2) where many features are drawn as one: the first row in the layer's order, and the one after the last."""
    growth: Floats | None = None
    """(n, 6) of what is never drawn smaller than some pixels, however far: pipes, network nodes.

    Metres from the middle that a vertex grows away from, x, y and z; the metres a pixel from which it grows; 1 where it
    lies on the ground, and is brought before it (the scene finds what else does); and the place across a ribbon, −1 or
    1, whose points lie on its middle line, and which faces the eye: there x, y and z are along the line, and as long as
    the ribbon's half width.
    """
    stands: Floats | None = None
    """(n, 2) the place, local to the origin, from whose ground a vertex's height counts; NaN where it is its own."""

    @property
    def nbytes(self) -> int:
        """What the card is sent: points, triangles and colours."""
        more = sum(one.nbytes for one in (self.facade, self.growth) if one is not None)
        return int(self.points.nbytes + self.triangles.nbytes + 4 * len(self.points) + more)


@dataclass(frozen=True)
class Targets:
    """What a ray may meet of a tile in full detail, without meshing it: prisms as footprints, and all else as faces."""

    origin: tuple[float, float, float]
    x: Floats
    """(n,) the corners of footprints, counter-clockwise and open, local to the origin."""
    y: Floats
    starts: NDArray[np.int64]
    """(p + 1,) the first corner of each."""
    ground: Floats
    height: Floats
    fids: NDArray[np.int64]
    """(p,) whose each prism is."""
    points: Floats
    """(m, 3) of all else."""
    triangles: Ints
    owner: Ints
    part: Ints
    """(m,) as in ``Arrays``."""
    owners: NDArray[np.int64]
    """(o,) the fids that ``owner`` counts."""

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        kept = (self.x, self.y, self.starts, self.ground, self.height, self.fids, self.points, self.triangles)
        return int(sum(one.nbytes for one in (*kept, self.owner, self.part)))


@dataclass(frozen=True)
class Packed:
    """A payload's arrays by name."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]


def pack(**arrays: NDArray[Any]) -> bytes:
    """Named arrays as one blob: a JSON header, then the arrays' bytes, each on an 8-byte edge."""
    header, bodies, at = [], [], 0
    for name, array in arrays.items():
        body = np.ascontiguousarray(array).tobytes()
        header.append([name, array.dtype.str, list(array.shape), at])
        bodies.append(body + b"\0" * (-len(body) % 8))
        at += len(bodies[-1])
    words = json.dumps(header).encode()
    words += b" " * (-(len(words) + 8) % 8)
    return b"".join([_MAGIC, struct.pack("<I", len(words)), words, *bodies])


def unpack(blob: bytes) -> Packed:
    """The arrays of a blob, without copying; ValueError where it is none."""
    if blob[:4] != _MAGIC:
        raise ValueError("not a tile payload")
    (size,) = struct.unpack_from("<I", blob, 4)
    found = {}
    for name, kind, shape, at in json.loads(blob[8 : 8 + size]):
        count = math.prod(shape)
        found[name] = np.frombuffer(blob, np.dtype(kind), count, 8 + size + at).reshape(shape)
    return Packed(found)


def parts(packed: Packed, name: str, count: int) -> Ints:
    """Which face each vertex belongs to; −1 in payloads of a city that was opened to be read alone, from before."""
    found = packed.arrays.get(name)
    return np.full(count, -1, np.int32) if found is None else found.astype(np.int32)


def colour(code: str) -> Colour:
    """``#rrggbb`` as three bytes."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
