"""Shapefile, through GDAL: one, or all that lie in a folder or a zip, each a layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twin.core.errors import NoCrs
from twin.core.i18n import isolate
from twin.formats import crs, dbase, folders, gdal, text
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey

NAME = "Shapefile"
SUFFIXES = (".shp",)
SEVERAL = True


def survey(path: Path) -> Survey:
    """Its layers' CRS and extent."""
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Every layer that has geometry."""
    for one in _files(path):
        named, found = _told(one), _encoding(one)
        if named and found and not text.spoken() and text.codec(named) != text.codec(found):
            notes.say(
                "{file} says that its text is {told}, but it is {found}: it was read so.",
                file=isolate(one.with_suffix(".cpg").name),
                told=isolate(named[:40]),
                found=isolate(found),
            )
    yield from gdal.read(_opened(path), place, notes)


def letters(path: Path) -> bytes:
    """What its tables hold beyond ASCII, a value a line."""
    return b"\n".join(dbase.words(_beside(one, ".dbf")) for one in _files(path))


def told(path: Path) -> str:
    """The encoding that it says, in its own words."""
    return _told(_files(path)[0]) if _files(path) else ""


def _opened(path: Path) -> Sequence[gdal.Opened]:
    opened: list[gdal.Opened] = []
    for one in _files(path):
        encoding = _encoding(one)
        options = {"ENCODING": gdal.encoding(encoding)} if encoding else {}
        expected = _expected(one)
        for layer in gdal.layers(one, NAME, "ESRI Shapefile", options):
            raw = replace(layer.raw, expected=expected)
            opened.append(replace(layer, raw=raw, crs=layer.crs or _projection(one)))
    return opened


def _projection(path: Path) -> str | None:
    """What a .prj says that GDAL can't read, since it isn't in ESRI's words but in those of a later standard."""
    try:
        words = _beside(path, ".prj").read_text(encoding="utf-8", errors="replace").strip("\ufeff \t\r\n")
        return words if words and crs.known(words, path) else None
    except (OSError, NoCrs):
        return None


def _expected(path: Path) -> int:
    """How many features its index and its table say they have, where either is cut short."""
    index = _beside(path, ".shx")
    try:
        with index.open("rb") as file:
            claimed = int.from_bytes(file.read(28)[24:], "big") * 2
        records = (claimed - 100) // 8 if claimed > index.stat().st_size else 0
    except OSError:
        records = 0
    return max(records, dbase.expected(_beside(path, ".dbf")))


def _files(path: Path) -> list[Path]:
    return [one for one in folders.members(path) if one.suffix.lower() == ".shp"] if path.is_dir() else [path]


def _encoding(path: Path) -> str:
    """The encoding of its table by Python's name, where it isn't what the file says or says nothing; else empty."""
    raw = dbase.words(_beside(path, ".dbf"))
    told = _told(path)
    if not raw:
        return ""
    found = text.encoding(raw, told or None)
    return "" if told and found == text.codec(told) else found


def _told(path: Path) -> str:
    """What the .cpg says."""
    try:
        return _beside(path, ".cpg").read_bytes()[:64].decode("ascii", "replace").strip()
    except OSError:
        return ""


def _beside(path: Path, suffix: str) -> Path:
    """The file of the same name and another suffix, in either case."""
    upper = path.with_suffix(suffix.upper())
    return upper if upper.exists() else path.with_suffix(suffix)
