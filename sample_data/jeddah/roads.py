"""Roads: the grid's main roads and streets, and the Corniche along the coast."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.frame import BLOCKWISE, SHOREWISE, buildable, land, placed

_AVENUES = (
    ("Al-Madinah Road", "طريق المدينة"), ("King Fahd Road", "طريق الملك فهد"), ("Palestine Street", "شارع فلسطين"),
    ("Sari Street", "شارع صاري"), ("Hira Street", "شارع حراء"), ("At-Tahliyah Street", "شارع التحلية"),
    ("Ar-Rawdah Street", "شارع الروضة"), ("Al-Andalus Road", "طريق الأندلس"),
)  # fmt: skip


def grid_roads(
    cells: list[tuple[int, int]], streets: list[Any], widths: list[float]
) -> tuple[list[Any], list[str], list[float], list[tuple[str, str]]]:
    """Main roads between superblocks, every fourth inland a motorway; the streets inside them."""
    edges: dict[tuple[int, int, int], None] = {}
    for column, row in cells:
        edges |= {
            (0, column, row): None,
            (0, column + 1, row): None,
            (1, column, row): None,
            (1, column, row + 1): None,
        }
    lines, kinds, wide, titles = [], [], [], []
    for way, column, row in edges:
        ends = [[column, row], [column, row + 1]] if way == 0 else [[column, row], [column + 1, row]]
        line = shapely.LineString(placed(np.array(ends) * (BLOCKWISE, SHOREWISE)))
        fast = way == 0 and column % 4 == 2
        number = column if way == 0 else row + 3
        for part in _ashore(line):
            lines.append(part)
            kinds.append("motorway" if fast else "main")
            wide.append(24.0 if fast else 17.0)
            titles.append(_AVENUES[number % len(_AVENUES)])
    for inside, width in zip(streets, widths, strict=True):
        for line in inside:
            for part in _ashore(shapely.LineString(placed(line))):
                lines.append(part)
                kinds.append("street")
                wide.append(max(3.5, width - 4.0))
                titles.append(("", ""))
    return lines, kinds, wide, [(en or None, ar or None) for en, ar in titles]  # type: ignore[misc]


def corniche(extent: tuple[float, float, float, float]) -> tuple[list[Any], tuple[str, str]]:
    """The road that follows the coast behind its promenade."""
    west, south, east, north = extent
    line = shapely.boundary(land().buffer(-62.0, quad_segs=4))
    near = shapely.intersection(line, shapely.box(west - 400, south - 500, east, north + 500))
    parts = [part for part in shapely.get_parts(near) if part.length > 200]
    joined = shapely.line_merge(shapely.union_all(parts)) if parts else shapely.LineString()
    smooth = shapely.simplify(joined, 3.0)
    return [_rounded(part) for part in shapely.get_parts(smooth) if part.length > 200], (
        "Corniche Road",
        "طريق الكورنيش",
    )


def _ashore(line: Any) -> list[Any]:
    found = shapely.intersection(line, buildable(70.0))
    return [_rounded(part) for part in shapely.get_parts(found) if part.length > 15]


def _rounded(line: Any) -> Any:
    return shapely.transform(line, lambda points: np.round(points, 2))
