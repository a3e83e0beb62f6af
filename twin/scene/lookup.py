"""Compiled kernels of the lookup that all tiles of a layer share, and of what a vertex takes to the screen."""

from __future__ import annotations

import numpy as np

from twin.core.kernels import numba
from twin.scene.tones import COLOURED, HIDDEN, SELECTED


@numba.njit(cache=True, nogil=True)
def paint(texels, at, classes, table):  # type: ignore[no-untyped-def]
    """Each feature's colour by its class: ``at`` is its place among the classes, −1 where there is none ("no data")."""
    last = len(table) - 1
    for n in range(len(at)):
        which = classes[at[n]] if at[n] >= 0 else last
        texels[n, 0], texels[n, 1], texels[n, 2] = table[which, 0], table[which, 1], table[which, 2]
        texels[n, 3] |= COLOURED


@numba.njit(cache=True, nogil=True)
def means(texels, runs, first):  # type: ignore[no-untyped-def]
    """Texels from ``first`` on that stand for runs of features: the mean of those drawn, selected if most are."""
    # A texel is read as one number: a byte at a time takes twice as long.
    whole, none = texels.reshape(-1).view(np.uint32), np.int64(0)
    for n in range(len(runs)):
        red, green, blue, count, coloured, selected = none, none, none, none, none, none
        for row in range(runs[n, 0], runs[n, 1]):
            texel = np.int64(whole[row])
            mark = texel >> 24
            if mark & HIDDEN:
                continue
            red += texel & 255
            green += (texel >> 8) & 255
            blue += (texel >> 16) & 255
            coloured |= mark & COLOURED
            selected += 1 if mark & SELECTED else 0
            count += 1
        at = first + n
        chosen = SELECTED if 2 * selected > count else 0
        texels[at, 3] = coloured | chosen if count else HIDDEN
        if count:
            texels[at, 0], texels[at, 1], texels[at, 2] = red // count, green // count, blue // count


@numba.njit(cache=True, nogil=True)
def corners(normals, foot, base, lit, days, nights, dim, found):  # type: ignore[no-untyped-def]
    """Vertices into (n, 4) floats of three bytes each: the normal, the colour by day and by night, and the foot.

    VTK hands bytes to a card as a float each; a float holds three of them exactly. The fourth is the foot's dimming,
    and 256 where the corner is lit. By night a colour among ``days`` is that of ``nights``; ``dim`` dims any other.
    """
    last = 0
    for n in range(len(normals)):
        normal, day, night, place = 0, 0, 0, 1
        known = False
        for k in range(len(days)):
            # Neighbours mostly have one colour.
            at = (last + k) % len(days)
            if days[at, 0] == base[n, 0] and days[at, 1] == base[n, 1] and days[at, 2] == base[n, 2]:
                last, known = at, True
                break
        for axis in range(3):
            normal += place * int(normals[n, axis] * 127.0 + 128.5)
            day += place * int(base[n, axis])
            night += place * (int(nights[last, axis]) if known else int(base[n, axis] * dim[axis]))
            place *= 256
        found[n, 0], found[n, 1], found[n, 2] = normal, day, night
        found[n, 3] = int(foot[n] * 255.0 + 0.5) + (256 if lit else 0)


def warm() -> None:
    """Compile all by using each once."""
    texels, one = np.zeros((2, 4), np.uint8), np.zeros(1, np.int32)
    paint(texels, one, np.zeros(1, np.uint8), np.zeros((1, 3), np.uint8))
    means(texels, np.array([[0, 1]], np.int64), 1)
    normal, foot = np.zeros((1, 3), np.float32), np.ones(1, np.float32)
    colour, dim = np.zeros((1, 3), np.uint8), np.ones(3)
    corners(normal, foot, colour, True, colour, colour, dim, np.empty((1, 4), np.float32))
