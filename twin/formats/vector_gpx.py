"""GPX 1.0 and 1.1, through GDAL: waypoints, routes and tracks; elevations are the heights of points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twin.formats import gdal, guarding
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.thinning import thinned

NAME = "GPX"
SUFFIXES = (".gpx",)
LARGEST = 1 << 30
_LAYERS = ("waypoints", "routes", "tracks")
"""The points of routes and tracks are the corners of their lines."""


def survey(path: Path) -> Survey:
    """WGS 84, as the format has it, and its extent."""
    guarding.look(path, NAME, "gpx")
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its waypoints, routes and tracks, those that there are."""
    yield from gdal.read([replace(one, raw=thinned(one.raw)) for one in _opened(path)], place, notes)


def _opened(path: Path) -> Sequence[gdal.Opened]:
    found = gdal.layers(path, NAME, "GPX")
    there = [one for one in found if one.raw.name in _LAYERS and one.raw.count]
    return there or found[:1]
