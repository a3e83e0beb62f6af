"""GDAL behind a short list: only the drivers we name exist, and none of them may reach a network."""

from __future__ import annotations

import atexit
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from twin.core.errors import NotThisFormat, ReaderFailed
from twin.formats import folders, vector
from twin.formats.broken import broken
from twin.formats.crs import Box
from twin.formats.notes import Notes
from twin.formats.placing import Place, between
from twin.formats.reader import Batch, Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.vector import Raw, trusted
from twin.model.layer import Column

DRIVERS = (
    "GPKG",
    "GeoJSON",
    "ESRI Shapefile",
    "FlatGeobuf",
    "OpenFileGDB",
    "MapInfo File",
    "LIBKML",
    "GPX",
    "DXF",
    "OSM",
    "GML",
    "GeoJSONSeq",
)
_OPTIONS = {
    # A closed line of a drawing is an outline; GPX tells heights beside a point.
    "DXF_CLOSED_LINE_AS_POLYGON": "TRUE",
    "GPX_ELE_AS_25D": "YES",
    # Without it, what a block holds beyond 10,000 entities is dropped.
    "DXF_FEATURE_LIMIT_PER_BLOCK": "500000",
    "CPL_TMPDIR": tempfile.gettempdir(),
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noop}",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
}
FID, GEOMETRY = "\0fid", "\0geometry"
_NARROWER = {
    ("OFTInteger", "OFSTNone"): "int32",
    ("OFTInteger", "OFSTInt16"): "int16",
    ("OFTReal", "OFSTFloat32"): "float",
    ("OFTDate", "OFSTNone"): "date32[day]",
}
_BESIDE = (".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".mid")
_DEGREES = ("EPSG:4326", "EPSG:4979", "OGC:CRS84")
_TYPES = {
    "OFTInteger": pa.int64(),
    "OFTInteger64": pa.int64(),
    "OFTReal": pa.float64(),
    "OFTBinary": pa.binary(),
}


@cache
def ready() -> Any:
    """Pyogrio, with every other driver taken out: a VRT under another name would ask the network."""
    os.environ.setdefault("PROJ_NETWORK", "OFF")
    import pyogrio
    from pyogrio._ogr import _register_drivers

    skipped = [name for name in pyogrio.list_drivers() if name not in DRIVERS]
    pyogrio.set_gdal_config_options({**_OPTIONS, "GDAL_SKIP": ",".join(skipped)})
    # GDAL reads the list of what to skip when it registers its drivers, which pyogrio did on import.
    _register_drivers()
    # What GDAL warns about is told feature by feature, in our words.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"pyogrio|twin\.formats\.gdal")
    left = set(pyogrio.list_drivers())
    if left != set(DRIVERS):
        raise ReaderFailed("The vector library could not be locked down: {left}", left=", ".join(sorted(left)))
    return pyogrio


def encoding(name: str) -> str:
    """What GDAL calls an encoding that Python calls ``name``."""
    return name.replace("windows-", "CP").replace("-sig", "").upper()


def odd(path: Path) -> bool:
    """Whether pyogrio would take the name for an address: it splits at these, in a folder's name too."""
    return any(one in str(path.absolute()) for one in ";!")


def _plain(path: Path) -> str:
    """A name that GDAL takes as it stands."""
    whole = str(path.absolute())
    if not odd(path):
        return whole
    return str(_linked(path.absolute())) if path.is_dir() else f"/vsisubfile/0,{whole}"


@cache
def _linked(folder: Path) -> Path:
    """A plain name for a folder whose own would be taken for an address."""
    room = tempfile.TemporaryDirectory(prefix="balad-")
    atexit.register(room.cleanup)
    link = Path(room.name) / f"linked{folder.suffix}"
    link.symlink_to(folder, target_is_directory=True)
    return link


@contextmanager
def told(path: Path, name: str) -> Iterator[None]:
    """Whatever GDAL or Arrow says about a file, in our words."""
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

    try:
        yield
    except (
        DataSourceError,
        DataLayerError,
        FeatureError,
        GeometryError,
        pa.ArrowException,
        OSError,
        ValueError,
    ) as why:
        said = str(why).replace(_plain(path), path.name).replace(str(path), path.name)
        raise broken(path, name, said) from why


@contextmanager
def _crs_told(path: Path) -> Iterator[None]:
    """A CRS that GDAL can't write down is a slip of pyogrio's own."""
    try:
        yield
    except UnboundLocalError as why:
        raise NotThisFormat("Its coordinate system is damaged: export it anew.", path) from why


@dataclass(frozen=True)
class Opened:
    """A layer of a file, with what GDAL says about where it lies."""

    raw: Raw
    crs: str | None
    bounds: Box | None


def layers(
    path: Path,
    name: str,
    driver: str,
    options: Mapping[str, str] | None = None,
    *,
    several: bool = True,
    counted: bool = True,
) -> tuple[Opened, ...]:
    """The layers of a file that have geometry; looked for once, though a survey and a reading both ask.

    Only ``driver`` may have opened it; ``counted`` says whether features and bounds are counted, which some formats
    read the whole file for.
    """
    asked = _Ask(name, driver, several, counted, tuple((options or {}).items()))
    return _layers(path, _state(path), asked)


def _state(path: Path) -> tuple[tuple[int, int], ...]:
    """What changes when a file, one that belongs to it, or one of a folder's files is written."""
    if path.is_dir():
        there = list(folders.members(path))
    else:
        there = [one for one in (path, *map(path.with_suffix, _BESIDE)) if one.exists()]
    looked = [one.stat() for one in there]
    return tuple((one.st_mtime_ns, one.st_size) for one in looked)


@dataclass(frozen=True)
class _Ask:
    """How a file is opened."""

    name: str
    driver: str
    several: bool
    counted: bool
    options: tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)
def _layers(path: Path, _found: tuple[tuple[int, int], ...], ask: _Ask) -> tuple[Opened, ...]:
    pyogrio = ready()
    listed: list[str | int] = [0]
    if ask.several:
        with told(path, ask.name):
            listed = [str(layer) for layer, kind in pyogrio.list_layers(_plain(path)) if kind is not None]
    return tuple(_opened(path, ask, layer) for layer in listed)


def _opened(path: Path, ask: _Ask, layer: str | int) -> Opened:
    options, name = dict(ask.options), ask.name
    with told(path, name), _crs_told(path):
        about = ready().read_info(
            _plain(path), layer=layer, force_feature_count=ask.counted, force_total_bounds=ask.counted, **options
        )
    if about["driver"] != ask.driver:
        raise broken(path, name, "not recognized as being in a supported file format")
    raw = Raw(
        name=about["layer_name"],
        schema=_schema(about),
        geometry=GEOMETRY,
        batches=_reader(path, name, layer, options, [str(field) for field in about["fields"]]),
        fid=FID,
        stamp=Stamp.found((about.get("layer_metadata") or {}).get(KEY)),
        count=max(0, about["features"]),
        columns=_narrower(about),
    )
    return Opened(raw, about["crs"] or None, about["total_bounds"])


def survey(opened: Sequence[Opened], path: Path) -> Survey:
    """What the first layer that names a CRS says, and where its features lie."""
    if not opened:
        raise NotThisFormat("It holds no layer with geometry. Check what was chosen when it was exported.", path)
    first = leading(opened)
    bounds = trusted(first.raw, first.bounds, geographic=(first.crs or "").upper() in _DEGREES)
    return Survey(
        crs=first.crs,
        bounds=bounds,
        heights=first.raw.stamp.heights if first.raw.stamp else "unknown",
        count=sum(one.raw.count for one in opened),
        synthetic=any(one.raw.stamp and one.raw.stamp.synthetic for one in opened),
    )


def leading(opened: Sequence[Opened]) -> Opened:
    """The layer whose CRS speaks for the file: the first with features and a CRS."""
    return max(opened, key=lambda one: (one.crs is not None and one.raw.count > 0, one.crs is not None))


def read(opened: Sequence[Opened], place: Place, notes: Notes) -> Iterator[Batch]:
    """Every layer's features; a layer in another CRS than the file's first is brought to that one on its way."""
    main = leading(opened).crs
    for one in opened:
        if one.crs == main:
            yield from vector.read(one.raw, place, notes)
        elif one.crs is None or main is None:
            notes.say("Layer “{layer}” names no coordinate system and was left out.", layer=one.raw.name)
        else:
            yield from vector.read(one.raw, between(one.crs, main, place), notes)


def _schema(about: dict[str, Any]) -> pa.Schema:
    """The columns as planned with; what arrives is typed by itself."""
    types = [_TYPES.get(kind, pa.string()) for kind in about["ogr_types"]]
    return pa.schema(list(zip((str(field) for field in about["fields"]), types, strict=True)))


def _narrower(about: dict[str, Any]) -> dict[str, Column]:
    """The columns whose types ours are wider than."""
    types = zip(about["fields"], about["ogr_types"], about["ogr_subtypes"], strict=True)
    found = {str(name): _NARROWER.get((kind, part), "") for name, kind, part in types}
    return {name: Column(name=name, type="", source_type=kind) for name, kind in found.items() if kind}


def _reader(
    path: Path, name: str, layer: str | int, options: dict[str, str], names: Sequence[str]
) -> Callable[[Sequence[str] | None], Iterator[pa.RecordBatch]]:
    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        chosen: dict[str, Any] = {"return_fids": True} if wanted is None else {"columns": list(wanted)}
        chosen |= {"read_geometry": wanted is None, "batch_size": vector.ROWS, "use_pyarrow": True, **options}
        with told(path, name), ready().open_arrow(_plain(path), layer=layer, **chosen) as (_, reader):
            for batch in reader:
                # GDAL puts its number first and the geometry last, under names that an attribute may have too.
                yield batch.rename_columns([FID, *names, GEOMETRY]) if wanted is None else batch

    return batches


def tables(path: Path, name: str) -> list[str]:
    """The names of a file's tables that have no geometry."""
    with told(path, name):
        return [str(layer) for layer, kind in ready().list_layers(_plain(path)) if kind is None]


def rows(path: Path, name: str, layer: str, wanted: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a layer or table, as the file has them."""
    return _reader(path, name, layer, {}, wanted)(wanted)
