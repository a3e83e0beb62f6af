"""DXF, through GDAL: entities with their CAD layer; blocks in place, closed lines as outlines, texts as points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats import folders, gdal, text
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.thinning import thinned

NAME = "DXF"
SUFFIXES = (".dxf",)
LARGEST = 1 << 30
_HEAD, _TAIL, _WORDS = 1 << 20, 256, 16 << 20
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


def letters(path: Path) -> bytes:
    """Its lines beyond ASCII."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        return b"\n".join(line for line in (*head.splitlines(), *file.readlines(_WORDS)) if not line.isascii())


def _opened(path: Path) -> Sequence[gdal.Opened]:
    found = _encoding(path)
    return gdal.layers(path, NAME, "DXF", {"ENCODING": found} if found else {}, several=False)


def _encoding(path: Path) -> str:
    """The encoding of its words; empty where they are plain ASCII. From 2007 on it is UTF-8 by the format."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    words = letters(path)
    version, page = _variable(head, b"$ACADVER"), _variable(head, b"$DWGCODEPAGE")
    told = "utf-8" if version >= "AC1021" else page.replace("ansi_", "")
    return gdal.encoding(text.encoding(words, told or None)) if words else ""


def _variable(head: bytes, name: bytes) -> str:
    """A variable of the head, as it stands there."""
    _, _, after = head.partition(name)
    lines = after[:100].split()
    return lines[1].decode("ascii", "replace") if len(lines) > 1 else ""


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read()


def _unit(path: Path) -> tuple[str, float] | None:
    with path.open("rb") as file:
        told = _variable(file.read(_HEAD), b"$INSUNITS")
    return _UNITS.get(int(told)) if told.isascii() and told.isdigit() else None
