"""One road to colour: a number or a word per feature becomes a class, and a class a colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from twin.core.i18n import isolate, number
from twin.model.shapes import colour
from twin.model.style import RAMPS, Colouring
from twin.scene.classes import cuts
from twin.scene.source import TileSource

CATEGORIES = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999")
"""Okabe and Ito (2008), in their order; the eighth stands for all others."""
NO_DATA, NO_DATA_BY_NIGHT = "#C9C6BF", "#4A525A"
_DIVERGING = "difference"
_TELLING, _WIDE = 0.5, 20.0
"""Limits that are nearer to each other would look the same without decimals."""
REST = "…"
"""What stands for the categories beyond the eighth."""
SAMPLED = b"sampled"
"""In a table's metadata: its values are some of many more, so their counts tell nothing."""


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
    """(n,) bytes, the class of each; the last class is "no data"."""
    legend: tuple[LegendClass, ...]
    ramp: str = ""
    """Of numbers; empty for words."""
    limits: Any = None
    """(classes − 2,) where one class of numbers ends and the next begins; None of words."""
    sampled: bool = False
    """Whether it was made from some of the values alone."""

    def by(self, *, night: bool) -> Overlay:
        """As it is drawn by night: a ramp runs the other way, more is lighter (ART)."""
        if not night:
            return self
        codes = [entry.colour for entry in self.legend[:-1]]
        if self.ramp and self.ramp != _DIVERGING:
            codes.reverse()
        colours = [*codes, NO_DATA_BY_NIGHT]
        rows = (replace(entry, colour=code) for entry, code in zip(self.legend, colours, strict=True))
        return replace(self, legend=tuple(rows))

    @property
    def table(self) -> Any:
        """(classes, 3) their colours, "no data" last."""
        return np.array([colour(entry.colour) for entry in self.legend], np.uint8)


def ramp(name: str, count: int) -> list[str]:
    """So many colours of a ramp, from low to high, between its stops by their RGB."""
    stops = np.array([colour(code) for code in RAMPS[name]], float)
    at = np.linspace(0, len(stops) - 1, count) if count > 1 else np.array([len(stops) / 2])
    mixed = np.column_stack([np.interp(at, np.arange(len(stops)), stops[:, channel]) for channel in range(3)])
    return [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in np.rint(mixed).astype(int)]


def overlay(values: pa.Table, layer: str, colouring: Colouring) -> Overlay:
    """Numbers in classes along a ramp; up to seven words and "other" for categories."""
    column = colouring.column
    order = np.argsort(values.column("fid").to_numpy())
    fids = values.column("fid").to_numpy()[order]
    cells = values.column(column).combine_chunks()
    numeric = pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type) or pa.types.is_decimal(cells.type)
    found, rows, limits = _numbers(cells, colouring) if numeric else (*_words(cells), None)
    sampled = SAMPLED in (values.schema.metadata or {})
    missing = LegendClass(NO_DATA, "", int(np.sum(found == len(rows))))
    classes = np.asarray(found[order], np.uint8)
    return Overlay(layer, column, fids, classes, (*rows, missing), colouring.ramp if numeric else "", limits, sampled)


def overlays(source: TileSource, colourings: Mapping[str, Colouring]) -> dict[str, Overlay]:
    """A colour per feature for each of these layers."""
    return {layer: overlay(source.values(layer, one.column), layer, one) for layer, one in colourings.items()}


def _numbers(cells: pa.Array, colouring: Colouring) -> tuple[Any, list[LegendClass], Any]:
    numbers = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    there = np.isfinite(numbers)
    if not there.any():
        return np.zeros(len(numbers), int), [], np.empty(0)
    values = numbers[there]
    limits, decimals = _apart(cuts(values, colouring.method, colouring.classes), values)
    classes = np.searchsorted(limits, np.where(there, numbers, 0), side="right")
    edges = [float(values.min()), *map(float, limits), float(values.max())]
    count = len(limits) + 1
    picked = ramp(colouring.ramp, count)
    rows = []
    for n in range(count):
        among = numbers[there & (classes == n)]
        ends = {number(float(one), decimals) for one in (among.min(), among.max())} if len(among) else set()
        words = ends.pop() if len(ends) == 1 else f"{number(edges[n], decimals)}–{number(edges[n + 1], decimals)}"
        rows.append(LegendClass(picked[n], isolate(words), len(among)))
    return np.where(there, classes, count), rows, limits


def _apart(limits: Any, values: Any) -> tuple[Any, int]:
    """The limits of classes that begin with numbers that don't look the same, and the decimals that tell them."""
    known = np.sort(values)

    def differ(decimals: int) -> Any:
        below = np.append(np.searchsorted(known, limits), len(known))
        # An equal interval may have no value in it: it begins with its limit.
        firsts = np.where(np.diff(below) > 0, known[np.minimum(below[:-1], len(known) - 1)], limits)
        return np.diff(np.round([known[0], *firsts], decimals)) > 0

    decimals = _decimals(np.array([known[0], *limits, known[-1]]))
    decimals = decimals if differ(decimals).all() else max(decimals, 1)
    limits = limits[differ(decimals)]
    fewer = _decimals(np.array([known[0], *limits, known[-1]]))
    return limits, fewer if differ(fewer).all() else decimals


def _decimals(edges: Any) -> int:
    """How many tell the limits of classes from each other; never more than three figures of all their span."""
    steps, span = np.diff(edges)[np.diff(edges) > 0], float(edges[-1] - edges[0])
    if not len(steps):
        return 1
    if span >= _WIDE and steps.min() >= _TELLING:
        return 0
    telling = int(np.ceil(-np.log10(steps.min() / _TELLING * 0.1)))
    return max(1, min(telling, int(np.ceil(2 - np.log10(span)))))


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
        rows.append(LegendClass(CATEGORIES[-1], REST, int(rest.sum())))
    classes[np.array([word is None for word in words], bool)] = len(rows)
    return classes, rows
