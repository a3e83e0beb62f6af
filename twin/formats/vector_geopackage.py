"""GeoPackage, through GDAL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from twin.core.errors import CannotWrite
from twin.core.i18n import mark
from twin.formats import columns, gdal
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.writing import whole
from twin.model.feature import FID, GEOMETRY

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
    flat, was = columns.plain(table)
    with whole(out) as draft:
        if not gdal.odd(draft):
            _write(draft, flat, crs, layer, Stamp.of(layer, meta, was))
            return
        with TemporaryDirectory(prefix="balad-") as folder:
            made = Path(folder) / "layer.gpkg"
            _write(made, flat, crs, layer, Stamp.of(layer, meta, was))
            shutil.copyfile(made, draft)


def _write(draft: Path, table: pa.Table, crs: str, layer: str, stamp: Stamp) -> None:
    pyogrio = gdal.ready()
    pyogrio.write_arrow(
        table,
        draft,
        layer=layer,
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type="Unknown",
        crs=crs,
        layer_options={"GEOMETRY_NAME": GEOMETRY, "FID": FID},
        layer_metadata={KEY: stamp.model_dump_json()},
    )
    written = pyogrio.read_info(draft, layer=layer, force_feature_count=True)["features"]
    if written != table.num_rows:
        words = mark("Only {written} of {count} features could be written.")
        raise CannotWrite(words, draft, written=written, count=table.num_rows)
