"""GeoPackage, through GDAL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.core.errors import CannotWrite
from twin.core.i18n import mark
from twin.formats import columns, gdal
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.writing import whole
from twin.model.feature import FID, GEOMETRY, UID

NAME = "GeoPackage"
SUFFIXES = (".gpkg",)


def survey(path: Path) -> Survey:
    """Its layers' CRS and extent."""
    return gdal.survey(gdal.layers(path, NAME, "GPKG"), path)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Every layer that has geometry."""
    yield from gdal.read(gdal.layers(path, NAME, "GPKG"), place, notes)


def write(out: Path, table: pa.Table, crs: str, layer: str, meta: Mapping[str, Any] | None = None) -> None:
    """Write a layer as the only one of a GeoPackage; geometry types are not promoted."""
    flat, was = columns.plain(as_it_came(table, (meta or {}).get("came", {})))
    with whole(out) as draft:
        if not gdal.odd(draft):
            _write(draft, flat, crs, layer, _stamp(layer, meta, flat, was))
            return
        with TemporaryDirectory(prefix="balad-") as folder:
            made = Path(folder) / "layer.gpkg"
            _write(made, flat, crs, layer, _stamp(layer, meta, flat, was))
            shutil.copyfile(made, draft)


def _stamp(layer: str, meta: Mapping[str, Any] | None, table: pa.Table, was: dict[str, str]) -> Stamp:
    return Stamp.of(layer, meta, was).model_copy(update={"numbered": UID not in table.column_names})


def as_it_came(table: pa.Table, came: Mapping[str, tuple[str, str]]) -> pa.Table:
    """A layer with each column called and typed as in the file it came from, where its values still fit.

    Ids that are whole numbers become the file's own numbers of its features, in their order.
    """
    for name, (_, kind) in came.items():
        if kind and name in table.column_names:
            table = _narrowed(table, name, kind)
    numbers = _numbers(table.column(UID))
    if numbers is not None:
        table = table.drop_columns([UID]).add_column(0, FID, numbers).sort_by(FID)
    # SQLite knows no large letters, and the features' own numbers have a column wherever they came from.
    used = {FID, *(name.lower() for name in table.column_names)}
    called = dict[str, str]()
    for name, (given, _) in came.items():
        if given.lower() not in used:
            called[name] = given
            used.add(given.lower())
    return table.rename_columns([called.get(name, name) for name in table.column_names])


def _narrowed(table: pa.Table, name: str, kind: str) -> pa.Table:
    place, column = table.column_names.index(name), table.column(name)
    try:
        narrow = column.cast(pa.type_for_alias(kind))
        same = narrow.cast(column.type).equals(column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return table
    return table.set_column(place, name, narrow) if same else table


def _numbers(uids: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Ids as numbers, where each is written as its number is, and from 1 on."""
    if not pc.all(pc.match_substring_regex(uids, r"^[1-9][0-9]{0,15}$")).as_py() or uids.null_count or not len(uids):
        return None
    return uids.cast(pa.int64())


def _type(table: pa.Table) -> str:
    """The one type of a layer's geometry, as GDAL calls it; Unknown where it has several."""
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    shapes = shapes[~shapely.is_missing(shapes)]
    kinds = {(one.geom_type, one.has_z) for one in shapes}
    (kind, solid) = kinds.pop() if len(kinds) == 1 else ("Unknown", False)
    return f"{kind}{' Z' if solid else ''}" if kind != "LinearRing" else "Unknown"


def _write(draft: Path, table: pa.Table, crs: str, layer: str, stamp: Stamp) -> None:
    pyogrio = gdal.ready()
    pyogrio.write_arrow(
        table,
        draft,
        layer=layer,
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type=_type(table),
        crs=crs,
        layer_options={"GEOMETRY_NAME": GEOMETRY, "FID": FID},
        layer_metadata={KEY: stamp.model_dump_json()},
    )
    written = pyogrio.read_info(draft, layer=layer, force_feature_count=True)["features"]
    if written != table.num_rows:
        words = mark("Only {written} of {count} features could be written.")
        raise CannotWrite(words, draft, written=written, count=table.num_rows)
