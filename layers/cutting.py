"""Features of several tiles that were made ready together, each tile's for itself again."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Solids:
    """Faces of features of several tiles: a row for each point, but for the triangles."""

    points: Any
    triangles: Any
    normals: Any
    owner: Any
    """(n,) which of the features a point belongs to, as they are counted here."""
    facade: Any
    more: dict[str, Any]


@dataclass(frozen=True)
class Tiles:
    """Runs of rows, each a tile's."""

    starts: Any
    """(t + 1,) the first row of each, and the end of the last."""

    @property
    def of(self) -> Any:
        """(n,) the tile of each row."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def least(self, values: Any) -> Any:
        """(t, c) the least of each tile's (n, c) values; NaN and infinite ones don't count."""
        return np.fmin.reduceat(values, self.starts[:-1])

    def cuts(self, rows: Any) -> list[tuple[int, int]]:
        """For each tile, where its part of some rows begins and ends; they rise."""
        return list(itertools.pairwise(np.searchsorted(rows, self.starts).tolist()))

    def split(self, name: str, solids: Solids, rows: Any, fids: Any) -> list[dict[str, Any]]:
        """Each tile's faces under names of their own; ``rows`` and ``fids`` are the features'."""
        tile = self.of[rows][solids.owner] if len(rows) else np.empty(0, np.int64)
        order = np.argsort(tile, kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        firsts = tile[solids.triangles[:, 0]]
        turn = np.argsort(firsts, kind="stable")
        many = np.arange(len(self.starts))
        points, corners = np.searchsorted(tile[order], many), np.searchsorted(firsts[turn], many)
        values = {"points": solids.points, "normals": solids.normals, "facade": solids.facade, **solids.more}
        values = {f"{name}_{key}": value[order] for key, value in values.items()}
        triangles, owner = place[solids.triangles[turn]].astype(np.int32), solids.owner[order]
        made = []
        for n, (first, last) in enumerate(self.cuts(rows)):
            a, b, here = points[n], points[n + 1], slice(corners[n], corners[n + 1])
            own = {key: value[a:b] for key, value in values.items()}
            own |= {f"{name}_triangles": triangles[here] - np.int32(a), f"{name}_owner": owner[a:b] - np.int32(first)}
            made.append({**own, f"{name}_fids": fids[first:last]})
        return made
