"""DXF, through GDAL: entities with their CAD layer; blocks in place, closed lines as outlines, texts as points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats import folders, gdal
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.thinning import thinned

NAME = "DXF"
SUFFIXES = (".dxf",)
LARGEST = 1 << 30
_HEAD, _TAIL = 1 << 20, 256
_BINARY = b"AutoCAD Binary DXF"
_UNITS = {
    1: (mark("inches"), 0.0254), 2: (mark("feet"), 0.3048), 3: (mark("miles"), 1609.344),
    4: (mark("millimetres"), 0.001), 5: (mark("centimetres"), 0.01), 7: (mark("kilometres"), 1000.0),
    14: (mark("decimetres"), 0.1),
}  # fmt: skip
"""What ``$INSUNITS`` says beside metres and nothing, and how many metres that is."""


def survey(path: Path) -> Survey:
    """Where its entities lie; a drawing names no CRS."""
    with path.open("rb") as file:
        head = file.read(32)
    if head.startswith(b"AC10"):
        raise NotThisFormat(folders.DWG, path)
    if head.startswith(_BINARY):
        raise NotThisFormat("This DXF is a binary one. Save it as an ASCII DXF in your CAD program.", path)
    if b"EOF" not in _tail(path):
        raise NotThisFormat("The DXF is cut short: its end is missing. Copy it again from where it came from.", path)
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its entities; told is what its unit says, since it is seldom what was drawn in."""
    unit = _unit(path)
    if unit:
        notes.say(
            "The drawing says that it is in {unit}; its coordinates were taken as they stand. If it lies or looks "
            "wrong, take it back and give its place with a scale of {scale}.",
            unit=tr(unit[0]),
            scale=str(unit[1]),
        )
    named = [replace(one, raw=replace(thinned(one.raw), name=path.stem, id="EntityHandle")) for one in _opened(path)]
    yield from gdal.read(named, place, notes)


def _opened(path: Path) -> Sequence[gdal.Opened]:
    return gdal.layers(path, NAME, "DXF", several=False)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read()


def _unit(path: Path) -> tuple[str, float] | None:
    with path.open("rb") as file:
        _, found, after = file.read(_HEAD).partition(b"$INSUNITS")
    lines = after[:40].split()
    return _UNITS.get(int(lines[1])) if found and len(lines) > 1 and lines[1].isdigit() else None
