"""Numbers into classes: equal counts, equal intervals, natural breaks."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.model.style import Method

_CELLS = 256
"""Values are gathered into so many before natural breaks are sought: exact where there are no more values than that."""


def cuts(values: Any, method: Method, classes: int) -> Any:
    """The inner limits of the classes, ascending, each above the smallest value; fewer where values repeat.

    Only an equal interval may have no value in it.
    """
    low, high = float(values.min()), float(values.max())
    if method == "equal":
        found = np.linspace(low, high, classes + 1)[1:-1]
    elif method == "natural":
        found = _natural(values, classes)
    else:
        found = np.quantile(values, np.arange(1, classes) / classes)
    found = np.unique(found)
    found = found[found > low]
    return found if method == "equal" else _filled(values, found)


def _filled(values: Any, limits: Any) -> Any:
    """Without the limits that begin a class of no value: a limit between two values that many share is one."""
    below = np.searchsorted(np.sort(values), np.append(limits, np.inf))
    return limits[np.diff(below) > 0]


def _natural(values: Any, classes: int) -> Any:
    """The limits that leave the least squared distance to each class's mean (Fisher 1958), by dynamic programming."""
    kept, counts = np.unique(values, return_counts=True)
    if len(kept) > _CELLS:
        edges = np.linspace(kept[0], kept[-1], _CELLS + 1)
        cell = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, _CELLS - 1)
        counts = np.bincount(cell, minlength=_CELLS)
        sums = np.bincount(cell, weights=values, minlength=_CELLS)
        kept, counts = (sums / np.maximum(counts, 1))[counts > 0], counts[counts > 0]
    size = len(kept)
    if size <= classes:
        return kept[1:]
    weight, first, second = (
        np.concatenate([[0.0], np.cumsum(part)]) for part in (counts, counts * kept, counts * kept * kept)
    )
    # spread[i, j]: the squared distances of values i…j to their mean.
    w, s, q = (part[None, 1:] - part[:-1, None] for part in (weight, first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(w > 0, q - s * s / w, np.inf)
    best, starts = spread[0].copy(), []
    for _ in range(classes - 1):
        # joined[i, j]: the first i values in one class fewer, values i…j in one more.
        joined = np.concatenate([[np.inf], best[:-1]])[:, None] + spread
        joined[np.tril_indices(size, -1)] = np.inf
        starts.append(joined.argmin(axis=0))
        best = joined.min(axis=0)
    end, limits = size - 1, []
    for start in reversed(starts):
        at = int(start[end])
        limits.append(float(kept[at]))
        end = at - 1
    return np.array(limits[::-1])
