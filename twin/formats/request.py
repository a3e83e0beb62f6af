"""What is asked of the process that reads a file, and what it answers; both cross as plain data."""

from __future__ import annotations

from pydantic import BaseModel

from twin.model.layer import Column, Heights
from twin.model.link import Link
from twin.model.operation import Operation
from twin.model.report import LayerReport


class Join(BaseModel):
    """A layer of the city that a table's rows belong to."""

    ipc: str
    """Its features' ``uid`` and ``geometry`` in the city's CRS, as an Arrow stream."""
    layer: str
    column: str | None = None
    """The table's column that holds the ids; None where it is to be found."""


class Reader(BaseModel):
    """A plugin's reader as its manifest declares it; the child imports it."""

    plugin: str
    title: str
    run: str
    """``module:function``."""
    suffixes: tuple[str, ...]


class Request(BaseModel):
    """A file to take in."""

    path: str
    scratch: str
    """A folder for the layers' files; who asks removes it."""
    city_crs: str | None = None
    heights_crs: str | None = None
    """The CRS whose heights the city has, where one of its layers says so."""
    crs: str | None = None
    """What a person says about the file: ``EPSG:n`` or ``local``."""
    local: tuple[float, float, float, float] | None = None
    """East, north, angle in degrees counter-clockwise, scale."""
    swapped: bool = False
    """Whether a person says that each place's two coordinates stand exchanged."""
    encoding: str | None = None
    """The encoding of its text, where a person says it."""
    layer: str | None = None
    """One of the file's layers, or the name of the only one; before the names of several."""
    kind: str | None = None
    copied: bool = False
    """Whether the features of what would be linked are to be taken in."""
    join: Join | None = None
    """A layer whose geometry the file's rows take, by its ids."""
    identified: bool = False
    """Whether features that have no ids of their own are refused."""
    taken: tuple[str, ...] = ()
    """Layer ids that the city has."""
    extent: tuple[float, float, float, float] | None = None
    """The city's, in its CRS."""
    readers: tuple[Reader, ...] = ()
    """Those of plugins."""


class TakenLayer(BaseModel):
    """A layer, waiting as an Arrow stream."""

    ipc: str
    title: str = ""
    title_ar: str = ""
    columns: dict[str, Column] = {}
    """What the file tells of its columns, by their names."""
    report: LayerReport


class Answer(BaseModel):
    """What a file held."""

    crs: str
    """The city's CRS from now on, which all coordinates are in."""
    source_crs: str
    heights: Heights = "unknown"
    format: str
    sha256: str
    layers: list[TakenLayer]
    operation: Operation | None = None
    astray: bool = False
    """Whether it lies far from the city, or its axes look swapped."""
    synthetic: bool = False
    """Whether the file says that it was generated, not measured."""
    notes: list[str] = []
    attribution: str = ""
    """Whom it is to be credited to, where it says so."""
    link: Link | None = None
    """Where its data stays in the file: its path is the file's own."""
