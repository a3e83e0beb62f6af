"""MapInfo TAB and MIF/MID, through GDAL; a word about the encoding that is wrong is overruled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from twin.core.errors import NotThisFormat
from twin.core.i18n import isolate, mark
from twin.formats import dbase, gdal, text
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey

NAME = "MapInfo"
SUFFIXES = (".tab", ".mif")
_SAMPLE = 4 << 20
_CHARSET = re.compile(rb'charset\s+"?([\w.-]+)', re.IGNORECASE)
_PARTS = {".tab": (".dat", ".map", ".id"), ".mif": (".mid",)}
_TYPE = re.compile(rb"^\s*type\s+(\w+)", re.IGNORECASE | re.MULTILINE)


def survey(path: Path) -> Survey:
    """Its CRS and extent; a drawing that is not on the earth names no CRS."""
    _whole(path)
    return gdal.survey(_opened(path), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its features."""
    named, found = _told(path), _encoding(path)
    opened = _opened(path)
    if path.suffix.lower() == ".tab":
        expected = dbase.expected(_beside(path, ".dat"))
        opened = [replace(one, raw=replace(one.raw, expected=expected)) for one in opened]
    elif not all(_ends_well(one) for one in (path, _beside(path, ".mid"))):
        notes.say("The file ends in the middle of a line: it may be cut short.")
    if found and found != named:
        opened = [replace(one, raw=replace(one.raw, batches=_again(one.raw.batches, named, found))) for one in opened]
    if named and found != named and not text.spoken():
        notes.say(
            "{file} says that its text is {told}, but it is {found}: it was read so.",
            file=isolate(path.name),
            told=isolate(named),
            found=isolate(found),
        )
    yield from gdal.read(opened, place, notes)


def letters(path: Path) -> bytes:
    """What its table holds beyond ASCII, a value or a row a line."""
    return b"\n".join(line for line in _words(path).splitlines() if not line.isascii())


def told(path: Path) -> str:
    """The encoding that it says, by Python's name."""
    return _told(path)


def _opened(path: Path) -> Sequence[gdal.Opened]:
    return [
        replace(one, crs=None if one.crs and one.crs.upper().startswith(("LOCAL_CS", "ENGCRS")) else one.crs)
        for one in gdal.layers(path, NAME, "MapInfo File")
    ]


def _whole(path: Path) -> None:
    """NotThisFormat where a part is missing: GDAL would give a table without places or words."""
    if path.suffix.lower() == ".tab":
        with path.open("rb") as file:
            kind = _TYPE.search(file.read(_SAMPLE))
        if kind and kind[1].upper() in (b"LINKED", b"VIEW", b"SEAMLESS", b"ACCESS", b"RASTER", b"ODBC", b"WMS", b"TMS"):
            words = mark(
                "This .tab stands for a table of another kind ({kind}), not for features. Export it as TAB or MIF."
            )
            raise NotThisFormat(words, path, kind=kind[1].decode("ascii", "replace"))
    names = {one.name.lower() for one in path.parent.iterdir()} if path.parent.is_dir() else set()
    for part in _PARTS[path.suffix.lower()]:
        if (path.stem + part).lower() not in names:
            words = mark("The file {part} is missing, which belongs to it: copy it beside the others.")
            raise NotThisFormat(words, path, part=path.stem + part)


def _beside(path: Path, suffix: str) -> Path:
    """The file of the same name and another suffix, in either case."""
    upper = path.with_suffix(suffix.upper())
    return upper if upper.exists() else path.with_suffix(suffix)


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        return file.read(1) in (b"\n", b"\r", b"\x1a", b"")


def _told(path: Path) -> str:
    """The encoding that the file names, by Python's name; empty where it names none."""
    with path.open("rb") as file:
        named = _CHARSET.findall(file.read(4096))
    found = [text.codec(one.decode("ascii", "replace")) for one in named]
    return next((one for one in found[::-1] if one), "")


def _words(path: Path) -> bytes:
    if path.suffix.lower() == ".tab":
        return dbase.words(_beside(path, ".dat"))
    try:
        with _beside(path, ".mid").open("rb") as file:
            return file.read(_SAMPLE)
    except OSError:
        return b""


def _encoding(path: Path) -> str:
    raw, told = _words(path), _told(path)
    return text.encoding(raw, told or None) if raw and not raw.isascii() else told


def _again(
    batches: Callable[..., Iterator[pa.RecordBatch]], told: str, found: str
) -> Callable[..., Iterator[pa.RecordBatch]]:
    """Batches whose text, decoded as the file says, is taken back to bytes and decoded as what it is."""

    def read(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        for batch in batches(wanted):
            for place, field in enumerate(batch.schema):
                if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
                    raw = batch.column(place).cast(pa.binary()).to_pylist()
                    words = [_mended(one, told, found) for one in raw]
                    batch = batch.set_column(place, field.name, pa.array(words, pa.string()))  # noqa: PLW2901
            yield batch

    return read


def _mended(raw: bytes | None, told: str, found: str) -> str | None:
    """A value that GDAL gives in UTF-8 after the encoding that the file tells, or as it stands where it tells none."""
    if raw is None or raw.isascii():
        return None if raw is None else raw.decode()
    own = raw.decode("utf-8", "replace").encode(told, "replace") if told else raw
    return own.decode(found, "replace")
