"""One road to colour: a number or a word per feature becomes a class, and a class a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from twin.core.i18n import isolate, number
from twin.model.shapes import colour

RAMPS = {
    "energy": ("#F7E7B7", "#F2B56B", "#DE7A4D", "#B23A54", "#6A1B4D"),
    "water": ("#E3F3EE", "#9BD3D0", "#4FA3BF", "#2B6CA3", "#1F3A6E"),
    "security": ("#EEEAF6", "#C4B7E2", "#9481C8", "#6650A4", "#3C2A73"),
    "living": ("#EEF4DF", "#BFDBA0", "#83B871", "#438A55", "#1E5A41"),
}
CATEGORIES = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999")
"""Okabe and Ito (2008), in their order; the eighth stands for all others."""
NO_DATA = "#C9C6BF"


@dataclass(frozen=True)
class LegendClass:
    """A row of the legend."""

    colour: str
    words: str
    count: int


@dataclass(frozen=True)
class Overlay:
    """A colour per feature over one layer, and its legend."""

    layer: str
    column: str
    fids: Any
    """(n,) sorted."""
    classes: Any
    """(n,) the class of each; the last class is "no data"."""
    legend: tuple[LegendClass, ...]

    def painted(self, fids: Any, owner: Any) -> Any:
        """(n, 3) the colour of each vertex."""
        table = np.array([colour(entry.colour) for entry in self.legend], np.uint8)
        at = np.minimum(np.searchsorted(self.fids, fids), max(0, len(self.fids) - 1))
        found = self.classes[at] if len(self.fids) else np.zeros(len(fids), int)
        known = (self.fids[at] == fids) if len(self.fids) else np.zeros(len(fids), bool)
        return table[np.where(known, found, len(table) - 1)][owner]


def overlay(values: pa.Table, layer: str, column: str, ramp: str = "energy", no_data: str = "") -> Overlay:
    """Five classes of equal count for numbers; up to seven words and "other" for categories."""
    order = np.argsort(values.column("fid").to_numpy())
    fids = values.column("fid").to_numpy()[order]
    cells = values.column(column).combine_chunks()
    numeric = pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type) or pa.types.is_decimal(cells.type)
    found, rows = _numbers(cells, RAMPS[ramp]) if numeric else _words(cells)
    missing = LegendClass(NO_DATA, no_data, int(np.sum(found == len(rows))))
    return Overlay(layer, column, fids, found[order], (*rows, missing))


def _numbers(cells: pa.Array, ramp: tuple[str, ...]) -> tuple[Any, list[LegendClass]]:
    numbers = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    there = np.isfinite(numbers)
    if not there.any():
        return np.zeros(len(numbers), int), []
    cuts = np.unique(np.quantile(numbers[there], [0.2, 0.4, 0.6, 0.8]))
    cuts = cuts[cuts > numbers[there].min()]
    classes = np.searchsorted(cuts, np.where(there, numbers, 0), side="right")
    edges = [float(numbers[there].min()), *map(float, cuts), float(numbers[there].max())]
    count = len(cuts) + 1
    picked = [ramp[round(n * (len(ramp) - 1) / max(1, count - 1))] for n in range(count)]
    decimals = 0 if edges[-1] - edges[0] >= 20 else 1
    rows = [
        LegendClass(
            picked[n],
            isolate(f"{number(edges[n], decimals)}–{number(edges[n + 1], decimals)}"),
            int(np.sum(there & (classes == n))),
        )
        for n in range(count)
    ]
    return np.where(there, classes, count), rows


def _words(cells: pa.Array) -> tuple[Any, list[LegendClass]]:
    words = np.array([None if word is None else str(word) for word in cells.to_pylist()], object)
    known, counts = np.unique(np.array([word for word in words if word is not None], object), return_counts=True)
    most = sorted(zip(-counts, known, strict=True))[: len(CATEGORIES) - 1]
    names = [name for _, name in most]
    classes = np.full(len(words), len(names) + (len(known) > len(names)))
    rows = []
    for n, name in enumerate(names):
        classes[words == name] = n
        rows.append(LegendClass(CATEGORIES[n], str(name), int(np.sum(words == name))))
    if len(known) > len(names):
        rest = np.array([word is not None and word not in names for word in words])
        classes[rest] = len(names)
        rows.append(LegendClass(CATEGORIES[-1], "…", int(rest.sum())))
    classes[np.array([word is None for word in words], bool)] = len(rows)
    return classes, rows
