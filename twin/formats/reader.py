"""What a format is: one module with ``NAME``, ``SUFFIXES``, ``survey`` and ``read``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.formats.measuring import Measures
from twin.formats.notes import Notes
from twin.model.layer import Column, Heights

Place = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Survey:
    """What a file says about itself, found cheaply."""

    crs: str | None
    """``EPSG:n`` or WKT; None where it names none."""
    bounds: tuple[float, float, float, float] | None
    """West, south, east, north in that CRS."""
    heights: Heights = "unknown"
    count: int = 0
    """Features, where that is known at once."""
    synthetic: bool = False
    """Whether the file says that it was generated, not measured."""
    site: tuple[float, float] | None = None
    """Longitude and latitude (WGS 84) that a file without a CRS tells of its site: a hint, never used by itself."""
    height_unit: float | None = None
    """What a height is multiplied by to be metres, where the file says so beside its CRS."""


@dataclass(frozen=True)
class Batch:
    """Some features of a layer, placed in the city."""

    layer: str
    kind: str
    table: pa.RecordBatch
    title: str = ""
    title_ar: str = ""
    measures: Measures | None = None
    """Of its features, where the reader has them at hand."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    """What the file tells of its columns: titles, units, what codes mean; their types are the table's."""
    by_type: dict[str, int] | None = None
    """How many are of each type, where that is not to be counted from its features."""


class Format(Protocol):
    """A format's module."""

    NAME: str
    SUFFIXES: tuple[str, ...]

    def survey(self, path: Path) -> Survey:
        """Look at the file."""

    def read(self, path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
        """Its features, in batches."""
