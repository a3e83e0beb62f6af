"""A layer: what is shown, in which order, from which source."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from twin.core.i18n import named, trn
from twin.core.units import symbol
from twin.model.feature import HIDDEN
from twin.model.link import Link
from twin.model.operation import Operation
from twin.model.style import Colouring

Heights = Literal["ellipsoidal", "orthometric", "unknown"]


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True)


class Column(_Noun):
    """An attribute of a layer's features."""

    name: str
    type: str
    """DuckDB's name of its type: BIGINT, DOUBLE, VARCHAR, BOOLEAN, TIMESTAMP…"""
    unit: str = ""
    title_en: str = ""
    title_ar: str = ""
    values_en: dict[str, str] = {}
    """What its codes mean, where they have names of their own."""
    values_ar: dict[str, str] = {}
    source_name: str = ""
    """In the file it came from, where that is another."""
    source_type: str = ""
    """Arrow's name of its type there, where ours is wider: int16, int32, float, date32[day]."""

    @property
    def title(self) -> str:
        """Its name in the language in use."""
        return named(self.title_en, self.title_ar, self.name)

    @property
    def heading(self) -> str:
        """Its name and unit, as a table's head has them."""
        return f"{self.title} ({symbol(self.unit)})" if self.unit else self.title

    @property
    def is_number(self) -> bool:
        """Whether its values are amounts."""
        return any(part in self.type.upper() for part in ("INT", "DOUBLE", "FLOAT", "DECIMAL"))

    def meaning(self, code: str) -> str:
        """What a code means in the language in use; the code itself where it has no name."""
        return named(self.values_en.get(code), self.values_ar.get(code), code)


class Source(_Noun):
    """Where a layer came from."""

    file: str = ""
    sha256: str = ""
    format: str = ""
    licence: str = ""
    attribution: str = ""
    time: datetime | None = None
    crs: str = ""
    """The CRS that the file was read in, as ``EPSG:n`` or WKT."""
    swapped: bool = False
    """Whether each place's two coordinates were exchanged on the way."""
    operation: Operation | None = None
    """What brought its coordinates to the city's CRS; None where they were placed by hand."""
    synthetic: bool = False


class Layer(_Noun):
    """What is shown (an OGC FeatureCollection with a place in the layer tree)."""

    id: str
    kind: str
    """How it is shown: the name of a layer kind."""
    title_en: str = ""
    title_ar: str = ""
    position: int = 0
    visible: bool = True
    opacity: float = 1.0
    columns: tuple[Column, ...] = ()
    heights: Heights = "unknown"
    source: Source = Source()
    link: Link | None = None
    """The file beside the city that holds its data, where that is too much to be taken in."""
    colouring: Colouring | None = None
    """What colours its features; None leaves them the base scene's."""
    version: int = 0
    """The transaction that wrote its features."""
    labels: str | None = None
    """The column written over its features, ``name`` for their names, empty for none; None leaves it to the kind."""
    count: int = 0
    extent: tuple[float, float, float, float, float, float] | None = None
    """xmin, ymin, zmin, xmax, ymax, zmax in the city's CRS."""

    @property
    def title(self) -> str:
        """Its name in the language in use."""
        return named(self.title_en, self.title_ar, self.id)

    @property
    def amount(self) -> str:
        """How much of what it holds, in words: points of a cloud, tiles of a tileset, else features."""
        if self.link and self.link.holds == "points":
            return trn("{n} point", "{n} points", self.link.amount)
        if self.link and self.link.holds == "tileset":
            return trn("{n} tile", "{n} tiles", self.link.amount)
        return trn("{n} feature", "{n} features", self.count)

    @property
    def attributes(self) -> tuple[Column, ...]:
        """The columns that a person reads, without those that hold the rest of a source's document."""
        return tuple(column for column in self.columns if column.name not in HIDDEN)
