"""A page of GML through GDAL: looked through for entities first, and the schema that it names is not fetched."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark
from twin.formats import gdal, guarding, web_fetch
from twin.formats.web_pages import Feature

_BROKEN = mark("What {host} sent is no GML that can be read, or it broke off. Nothing was taken in: try again.")
_UNKNOWN = mark(
    "What {host} sent is in a coordinate system that isn’t known here. Nothing was taken in: ask those who run it for "
    "another, or for GeoJSON."
)
_MATCHED = re.compile(rb'\bnumberMatched="(\d+)"')
"""Of WFS 2; what older ones call ``numberOfFeatures`` is how many came with this answer."""
_HEAD = 8192
_ID = ("gml_id", "fid")


def features(answer: web_fetch.Answer, scratch: Path, wanted: CRS) -> tuple[list[Feature], int | None]:
    """Its features with their places in a CRS, east before north; and how many there are in all, where it says so."""
    matched = _MATCHED.search(answer.body[:_HEAD])
    with tempfile.TemporaryDirectory(dir=scratch, prefix="gml") as room:
        path = Path(room) / "page.gml"
        path.write_bytes(answer.body)
        try:
            guarding.look(path, "GML", "featurecollection")
            found = _read(path, wanted)
        except NotThisFormat as why:
            raise CannotRead(_BROKEN, answer.url, host=web_fetch.host(answer.url)) from why
        except CRSError as why:
            raise CannotRead(_UNKNOWN, answer.url, host=web_fetch.host(answer.url)) from why
    return found, int(matched[1]) if matched else None


def _read(path: Path, wanted: CRS) -> list[Feature]:
    pyogrio = gdal.ready()
    with gdal.told(path, "GML"):
        layers = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
        if not layers:
            return []
        # A schema that it names is on a server that nobody named.
        meta, _, shapes, columns = pyogrio.raw.read(path, layer=layers[0], DOWNLOAD_SCHEMA="NO")
    geometry = _placed(shapely.from_wkb(shapes), CRS.from_user_input(meta["crs"]) if meta["crs"] else wanted, wanted)
    written = shapely.to_geojson(geometry)
    names = [str(name) for name in meta["fields"]]
    rows = zip(*(column.tolist() for column in columns), strict=True) if columns else ((),) * len(written)
    return [
        _feature(dict(zip(names, row, strict=True)), json.loads(shape) if shape else None)
        for row, shape in zip(rows, written, strict=True)
    ]


def _feature(row: dict[str, Any], geometry: Any) -> Feature:
    named = next((row.pop(name) for name in _ID if row.get(name)), None)
    plain = {name: _plain(value) for name, value in row.items()}
    return {
        "type": "Feature", **({"id": str(named)} if named else {}), "geometry": geometry, "properties": plain,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool | list) else str(value)


def _placed(shapes: Any, source: CRS, wanted: CRS) -> Any:
    if source.equals(wanted, ignore_axis_order=True):
        return shapes
    move = Transformer.from_crs(source, wanted, always_xy=True)

    def placed(places: Any) -> Any:
        return np.column_stack([*move.transform(places[:, 0], places[:, 1]), *places[:, 2:].T])

    made, solid = np.array(shapes, object), shapely.has_z(shapes)
    for some, heights in ((solid, True), (~solid, False)):
        made[some] = shapely.transform(made[some], placed, include_z=heights)
    return made
