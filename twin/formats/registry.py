"""Which module reads or writes a file: by its suffix, and where two share one, by what stands in it."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from twin.core import paths
from twin.core.errors import CannotRead, NotThisFormat, Refused, TooLarge
from twin.core.i18n import mark
from twin.formats import folders
from twin.formats.reader import Format
from twin.formats.request import Reader
from twin.formats.together import Out

_MODULES = (
    "vector_geopackage",
    "vector_geojson",
    "vector_shapefile",
    "geoparquet",
    "cityjson",
    "cityjson_seq",
    "vector_flatgeobuf",
    "vector_geodatabase",
    "vector_mapinfo",
    "vector_kml",
    "vector_gpx",
    "vector_dxf",
    "vector_osm",
    "epanet",
    "delimited",
    "spreadsheet",
    "pandapower",
    "gtfs",
    "citygml",
    "ifc",
    "gltf",
    "tiles3d",
    "raster",
    "pointcloud",
    "mbtiles",
    "pmtiles",
    "tile_folder",
)
LARGEST = 4 << 30
"""Bytes of a file; a format may say another bound as ``LARGEST``."""
_PACKED = (".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar", ".zst")
_CITYJSON = (b'"CityJSON"', b'"CityJSONFeature"')
_TILESET = (b'"asset"', b'"geometricError"', b'"root"')
_GEOJSON = (b'"FeatureCollection"', b'"Feature"')

Write = Callable[[Path, pa.Table, str, str, Mapping[str, Any] | None], None]
"""Path, table (uid, geometry, attributes), CRS, layer id, and what the store keeps about the layer."""
WriteTogether = Callable[[Path, Sequence[Out], str], None]
"""Path, the layers that came with one file, CRS."""


_brought: list[Format] = []


def bring(readers: Sequence[Reader]) -> None:
    """From now on, these readers of plugins are formats too, in this process."""
    if not readers:
        _brought.clear()
        return
    from twin.formats.brought import Brought

    _brought[:] = [cast(Format, Brought(one)) for one in readers]


def formats() -> tuple[Format, ...]:
    """Every format, GeoPackage first, those of plugins last."""
    return (*_own(), *_brought)


@cache
def _own() -> tuple[Format, ...]:
    found = [f"twin.formats.{name}" for name in _MODULES]
    return tuple(cast(Format, import_module(name)) for name in found if find_spec(name))


def found(path: Path) -> tuple[Format, Path]:
    """The format that reads a file or a folder, and the one data set that a folder holds; not too large."""
    path = paths.dataset(path)
    _look(path)
    if not path.is_dir():
        return choose(path), path
    chosen, inner = folders.found(path, formats())
    if chosen is None or inner.is_file():
        return choose(inner), inner
    if not hasattr(chosen, "HOLDS"):
        _bounded(inner, chosen)
    return chosen, inner


def choose(path: Path) -> Format:
    """The format that reads a file, which is there, readable and not too large."""
    _look(path)
    if path.suffix.lower() == ".dwg":
        raise NotThisFormat(folders.DWG, path)
    if path.suffix.lower() in _PACKED:
        words = mark("It is packed in a way that can’t be opened here: unpack it, and bring what it holds.")
        raise NotThisFormat(words, path)
    if path.is_dir():
        return found(path)[0]
    claims = [one for one in formats() if path.name.lower().endswith(one.SUFFIXES)]
    if not claims:
        words = mark("Files of this kind can’t be read. These can, in a zip file too: {formats}")
        raise NotThisFormat(words, path, formats=readable())
    chosen = _of_plugin(path) or (claims[0] if len(claims) == 1 else _by_content(path, claims))
    _bounded(path, chosen)
    return chosen


def _of_plugin(path: Path) -> Format | None:
    """The plugin's reader that names the file more closely than any format of ours: no plugin takes those over."""
    ends = {one: _end(path, one) for one in formats()}
    found = max(_brought, key=lambda one: ends[one], default=None)
    return found if found and ends[found] > max(ends[one] for one in _own()) else None


def _end(path: Path, one: Format) -> int:
    """How many letters of a file's name a format knows by its end."""
    return max((len(end) for end in one.SUFFIXES if path.name.lower().endswith(end)), default=0)


def readable() -> str:
    """The formats, each with the suffix that most of its files have, as a person reads them."""
    return ", ".join(f"{one.NAME} ({one.SUFFIXES[0]})" for one in formats())


def writer(out: Path) -> Write:
    """What writes a file of that suffix."""
    can = [one for one in formats() if hasattr(one, "write")]
    fitting = _fitting(out, can)
    if fitting:
        return cast(Write, cast(Any, fitting).write)
    names = ", ".join(f"{one.NAME} ({one.SUFFIXES[0]})" for one in formats() if one in can or _is_together(one))
    raise Refused("Files of this kind can’t be written. These can: {formats}", out, formats=names)


def together(out: Path) -> WriteTogether | None:
    """What writes all layers of one import into a file of that suffix; None where a file holds one layer."""
    fitting = _fitting(out, [one for one in formats() if _is_together(one)])
    return cast(WriteTogether, cast(Any, fitting).write_together) if fitting else None


def _is_together(one: Format) -> bool:
    return hasattr(one, "write_together")


def _fitting(out: Path, can: Sequence[Format]) -> Format | None:
    """The one with the longest suffix: .city.json before .json."""
    found = [(len(end), one) for one in can for end in one.SUFFIXES if out.name.lower().endswith(end)]
    return max(found, key=lambda each: each[0])[1] if found else None


def _look(path: Path) -> None:
    try:
        if path.is_dir():
            return
        if not path.exists():
            raise CannotRead("There is no such file.", path)
        if not path.is_file():
            raise CannotRead("This is no file that can be read from its beginning to its end.", path)
        with path.open("rb") as file:
            if not file.read(1):
                raise NotThisFormat(
                    "The file is empty. Copy it again from where it came from, or export it anew.", path
                )
    except OSError as why:
        raise CannotRead("The file can’t be read: {why}.", path, why=why.strerror or str(why)) from why


def _bounded(path: Path, chosen: Format) -> None:
    largest = int(getattr(chosen, "LARGEST", LARGEST))
    size = folders.size(path)
    if size > largest:
        words = mark("The file has {size} MB; a {format} file may have {largest}. Split it, or bring it as GeoPackage.")
        raise TooLarge(words, path, size=size >> 20, format=chosen.NAME, largest=largest >> 20)


def _by_content(path: Path, claims: list[Format]) -> Format:
    """JSON is one of several things, and its type may stand at its very end; a format may say ``claims(path)``."""
    for one in claims:
        if not hasattr(one, "claims"):
            _bounded(path, one)
    for one in claims:
        own = getattr(one, "claims", None)
        if own and own(path):
            return one
    named = {one.NAME: one for one in claims}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for name in _spoken(content):
            if name in named:
                return named[name]
    raise NotThisFormat(
        "It is JSON, or looks like it, but neither CityJSON nor GeoJSON nor a tileset. Check where it "
        "came from, or export it anew.",
        path,
    )


def _spoken(content: mmap.mmap) -> Iterator[str]:
    if all(content.find(word) >= 0 for word in _TILESET):
        yield "3D Tiles"
    if any(content.find(word) >= 0 for word in _CITYJSON):
        yield "CityJSON"
    if any(content.find(word) >= 0 for word in _GEOJSON) or content.find(b'"coordinates"') >= 0:
        yield "GeoJSON"
