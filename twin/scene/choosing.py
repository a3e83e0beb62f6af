"""The compiled kernel that walks a layer's tree for each frame: only what is looked at is asked how far it is."""

from __future__ import annotations

import numpy as np

from twin.core.kernels import numba


@numba.njit(cache=True, nogil=True)
def away(box, eye, parallel):  # type: ignore[no-untyped-def]
    """Metres from the eye to the nearest that a box can be; in a parallel view ``parallel`` for all."""
    if parallel > 0.0:
        return parallel
    whole = 0.0
    for n in range(3):
        off = max(box[n] - eye[n], eye[n] - box[n + 3], 0.0)
        whole += off * off
    return np.sqrt(whole)


@numba.njit(cache=True, nogil=True)
def before(box, planes):  # type: ignore[no-untyped-def]
    """Whether a box is not wholly behind one of some planes, (n, 4); one that is nowhere (NaN) is behind them."""
    for m in range(len(planes)):
        far = planes[m, 3]
        for n in range(3):
            normal = planes[m, n]
            far += (box[n + 3] if normal > 0.0 else box[n]) * normal
        if not far >= 0.0:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def each_away(boxes, eye, parallel):  # type: ignore[no-untyped-def]
    """(n,) ``away`` of each box."""
    found = np.empty(len(boxes))
    for n in range(len(boxes)):
        found[n] = away(boxes[n], eye, parallel)
    return found


@numba.njit(cache=True, nogil=True)
def each_before(boxes, planes):  # type: ignore[no-untyped-def]
    """(n,) ``before`` of each box."""
    found = np.empty(len(boxes), np.bool_)
    for n in range(len(boxes)):
        found[n] = before(boxes[n], planes)
    return found


@numba.njit(cache=True, nogil=True)
def clear(away, haze):  # type: ignore[no-untyped-def]
    """The share of its contrast that the haze leaves a thing: ``haze`` is (n, 2) metres and shares taken."""
    return 1.0 - np.interp(away, haze[:, 0], haze[:, 1])


@numba.njit(cache=True, nogil=True)
def walk(roots, shown, tree, eye, sight, found, urgent):  # type: ignore[no-untyped-def]
    """Fill ``found`` and ``urgent`` with the nodes to be drawn and all above them; how many there are.

    ``tree`` is what ``Tree`` keeps (``refined``, ``seen`` and ``reach`` are written), ``eye`` its place and planes,
    ``sight`` its numbers, and ``shown`` whether each layer is drawn.
    """
    starts, below, above, boxes, errors, near, coarse, kept, layer, refined, seen, reach = tree
    at_, planes, haze = eye
    focal, tolerance, sees, parallel, coarse_from, coarsest, steady = sight
    count, height = 0, len(roots)
    waiting = np.empty(len(boxes), np.int64)
    waiting[:height] = roots
    while height:
        height -= 1
        at = waiting[height]
        far = away(boxes[at], at_, parallel)
        clarity = clear(far / sees, haze) if sees > 0.0 else 1.0
        seen[at] = clarity > 0.0 and before(boxes[at], planes)
        if not seen[at]:
            continue
        # What the haze takes of a difference nobody sees, and behind all of it nothing at all.
        loose = min(max(far / (focal * coarse_from), 1.0) ** 2, coarsest) if sees > 0.0 else 1.0
        reach[at] = max(errors[at] * focal / (tolerance * loose) * clarity, near[at])
        first, last = starts[at], starts[at + 1]
        refined[at] = first < last and far < reach[at] * (steady if refined[at] else 1.0)
        if refined[at]:
            for n in range(first, last):
                waiting[height] = below[n]
                height += 1
        if not refined[at] or coarse[at]:
            # Of a leaf's own levels only the one that is seen is of use. What is missing shows as what stands above it.
            found[count] = at
            urgent[count] = np.inf if above[at] < 0 else reach[above[at]] / max(far, 1.0)
            count += 1
    for at in kept:
        if not shown[layer[at]]:
            continue
        far = away(boxes[at], at_, parallel)
        if (sees > 0.0 and clear(far / sees, haze) <= 0.0) or not before(boxes[at], planes):
            found[count], urgent[count] = at, 0.0
            count += 1
    return count


def warm() -> None:
    """Compile all by using each once, as ``Tree`` does."""
    box, eye, planes, haze = np.zeros((1, 6)), np.zeros(3), np.zeros((4, 4)), np.array([[0.0, 0.0], [1.0, 1.0]])
    each_away(box, eye, 0.0)
    each_before(box, planes)
    clear(np.zeros(1), haze)
    one, flag, some = np.zeros(1, np.int64), np.zeros(1, np.bool_), np.zeros(1)
    tree = (np.zeros(2, np.int64), one[:0], one - 1, box, some, some, flag, one, one, flag, flag.copy(), some.copy())
    walk(one, flag, tree, (eye, planes, haze), (1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0), np.zeros(2, np.int64), np.zeros(2))
