"""Roads: main roads between superblocks, streets and lanes inside them, and the road along the coast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from sample_data.jeddah import names
from sample_data.jeddah.built import ashore
from sample_data.jeddah.frame import DEEP, MOTORWAYS, behind, nodes, quad

WIDTHS = {"motorway": 34.0, "main": 19.0}
"""Metres between kerbs."""
_COAST_WIDTH, _BACK_WIDTH = 18.0, 9.0


@dataclass(frozen=True)
class Roads:
    """Lines with what is known of each."""

    lines: list[Any]
    classes: list[str]
    widths: list[float]
    titles: list[tuple[str, str] | tuple[None, None]]

    def add(self, lines: Any, kind: str, width: Any, title: tuple[str, str] | tuple[None, None]) -> None:
        """More lines of one class and name."""
        widths = np.broadcast_to(width, len(lines)).tolist()
        self.lines.extend(lines)
        self.classes.extend([kind] * len(lines))
        self.widths.extend(widths)
        self.titles.extend([title] * len(lines))


def roads(cells: list[tuple[int, int]], streets: list[Any], widths: list[Any]) -> Roads:
    """All roads of the superblocks that are built."""
    found = Roads([], [], [], [])
    for (way, number), spans in sorted(_edges(cells).items()):
        fast = way == 0 and number in MOTORWAYS
        title = (names.AVENUES if way == 0 else names.STREETS).get(number, (None, None))
        kind = "motorway" if fast else "main"
        found.add(_main(way, number, spans), kind, WIDTHS[kind], title)
    ground = shapely.union_all([shapely.Polygon(quad(*cell)) for cell in cells])
    found.add(_along(ground, 0.0), "main", _COAST_WIDTH, names.CORNICHE)
    found.add(_along(ground, 20 + DEEP + 8.5), "street", _BACK_WIDTH, (None, None))
    for lines, wide in zip(streets, widths, strict=True):
        found.add(lines, "street", wide, (None, None))
    return found


def _edges(cells: list[tuple[int, int]]) -> dict[tuple[int, int], set[int]]:
    """For each grid line the spans between crossings that touch a built superblock."""
    found: dict[tuple[int, int], set[int]] = {}
    for column, row in cells:
        for side in (0, 1):
            found.setdefault((0, column + side), set()).add(row)
            found.setdefault((1, row + side), set()).add(column)
    return found


def _main(way: int, number: int, spans: set[int]) -> list[Any]:
    lines = []
    for span in sorted(spans):
        ends = np.array([span, span + 1])
        fixed = np.full(2, number)
        points = nodes(fixed, ends) if way == 0 else nodes(ends, fixed)
        lines.append(shapely.LineString(points))
    return _parts(ashore(lines, behind(0.0)), 15.0)


def _along(ground: Any, metres: float) -> list[Any]:
    """The line that follows the coast so many metres behind its road, where the city is built."""
    line = shapely.get_exterior_ring(behind(metres))
    near = shapely.intersection(line, shapely.buffer(ground, 60.0))
    return _parts(shapely.line_merge(near), 120.0)


def _parts(lines: Any, least: float) -> list[Any]:
    parts = shapely.get_parts(lines)
    kept = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > least)]
    return list(shapely.set_precision(kept, 0.01))
