"""Shapefile, through GDAL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twin.formats import gdal
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey

NAME = "Shapefile"
SUFFIXES = (".shp",)


def survey(path: Path) -> Survey:
    """Its layers' CRS and extent."""
    return gdal.survey(gdal.layers(path, NAME), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Every layer that has geometry."""
    yield from gdal.read(gdal.layers(path, NAME), place, notes)
