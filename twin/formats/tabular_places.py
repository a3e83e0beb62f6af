"""Where the rows of a table lie: from columns of coordinates, or of geometry as text; a row without one says why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.core.errors import CannotRead
from twin.core.i18n import mark, tr
from twin.formats import tabular_names, text
from twin.formats.tabular_names import Pair
from twin.formats.tabular_values import numbers, plain

Coordinates = NDArray[np.float64]
WGS84 = "EPSG:4326"
_SRID = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;\s*", re.IGNORECASE)
_HEX = re.compile(r"^[0-9A-Fa-f]{10,}$")
_ANGLE = re.compile(
    r"""^([NSEW])?\s*(-?\d+(?:[.,]\d+)?)\s*(?:[°º]\s*(?:(\d+(?:[.,]\d+)?)\s*['’′]\s*(?:(\d+(?:[.,]\d+)?)\s*(?:["”″]|''))?)?)?\s*([NSEW])?$""",
    re.IGNORECASE,
)
_CODE = re.compile(r"^\s*(?:EPSG:{1,2}|urn:ogc:def:crs:EPSG::)?(\d{4,6})\s*$", re.IGNORECASE)
_SAMPLE = 200


@dataclass(frozen=True)
class Placed:
    """A table's rows with their places."""

    geometry: pa.Array
    """WKB; null where a row lies nowhere."""
    reasons: pa.Array
    """Why; null where it lies somewhere."""
    used: tuple[str, ...]
    """The columns that are no attributes any more."""
    crs: str | None = None


def placed(table: pa.Table, path: Path) -> Placed | None:
    """By a column of geometry, else by two of coordinates; None where no column is called so."""
    found = _by_geometry(table)
    if found is None:
        names = tabular_names.pair(table.column_names)
        found = _by_pair(table, names, path) if names else None
    told = tabular_names.crs(table.column_names)
    said = _said(table.column(told)) if found and told else None
    if found is None or said is None:
        return found
    return Placed(found.geometry, found.reasons, (*found.used, told), said)


def _by_geometry(table: pa.Table) -> Placed | None:
    for name in tabular_names.geometries(table.column_names):
        column = table.column(name).to_pylist()
        told = [one for one in column if one]
        if told and any(shape is not None for shape in _shapes(told[:_SAMPLE])[0]):
            shapes, srids = _shapes(column)
            lost = tr("Its geometry can’t be read: {why}")
            reasons = [
                None if shape is not None or not word else lost.replace("{why}", word[:60])
                for word, shape in zip(column, shapes, strict=True)
            ]
            crs = f"EPSG:{srids.pop()}" if len(srids) == 1 else None
            wkb = pa.array(shapely.to_wkb(shapes, include_srid=False), pa.binary())
            return Placed(wkb, pa.array(reasons, pa.string()), (name,), crs)
    return None


def _shapes(words: list[str | None]) -> tuple[NDArray[np.object_], set[str]]:
    """Geometry of WKT, EWKT or hexadecimal WKB, and the SRIDs that are told."""
    srids: set[str] = set()
    texts: list[str | None] = []
    for word in words:
        found = _SRID.match(word) if word else None
        if found and word:
            srids.add(found[1])
        texts.append((word[found.end() :] if found and word else word) or None)
    binary = np.array([bool(one and _HEX.match(one)) for one in texts], bool)
    given = np.array(texts, dtype=object)
    shapes = np.full(len(given), None, dtype=object)
    shapes[binary] = shapely.from_wkb(given[binary], on_invalid="ignore")
    shapes[~binary] = shapely.from_wkt(given[~binary], on_invalid="ignore")
    told = shapely.get_srid(shapes[binary]) if binary.any() else []
    srids |= {str(one) for one in told if one > 0}
    return shapes, srids


def _by_pair(table: pa.Table, names: Pair, path: Path) -> Placed:
    east, north = (_coordinates(table.column(name), name, names.degrees, path) for name in (names.x, names.y))
    reasons: list[str | None] = [None] * len(table)
    given = [table.column(name).to_pylist() for name in (names.x, names.y)]
    for values, words, name in ((east, given[0], names.x), (north, given[1], names.y)):
        for row in np.flatnonzero(np.isnan(values)):
            word = words[row]
            reasons[row] = reasons[row] or (
                tr("Its “{column}” is “{value}”, which is no number.", column=name, value=word[:40])
                if word
                else tr("It has no “{column}”.", column=name)
            )
    if names.degrees:
        _in_degrees(east, north, names, reasons, path)
    lost = np.array([reason is not None for reason in reasons], bool)
    shapes = np.full(len(table), None, dtype=object)
    shapes[~lost] = _points(table, names, east, north, ~lost)
    used = tuple(name for name in (names.x, names.y, names.z) if name)
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    return Placed(wkb, pa.array(reasons, pa.string()), used, WGS84 if names.degrees else None)


def _points(table: pa.Table, names: Pair, east: Coordinates, north: Coordinates, rows: NDArray[np.bool_]) -> Any:
    flat: Any = shapely.points(np.column_stack([east[rows], north[rows]]))
    if not names.z:
        return flat
    words = table.column(names.z).to_pylist()
    read = numbers([word for word in words if word]) or []
    values = iter(read)
    up = np.array([next(values, np.nan) if word else np.nan for word in words], float)[rows]
    solid = ~np.isnan(up)
    flat[solid] = shapely.points(east[rows][solid], north[rows][solid], up[solid])
    return flat


def _coordinates(column: pa.ChunkedArray, name: str, degrees: bool, path: Path) -> Coordinates:
    """The numbers of a column, NaN where there is none."""
    clear = plain(column.combine_chunks())
    if clear is not None:
        return np.asarray(clear.cast(pa.float64()).to_numpy(zero_copy_only=False))
    words: list[str | None] = column.to_pylist()
    told = [word for word in words if word]
    read = numbers(told)
    if read is not None:
        values = iter(read)
        return np.array([next(values) if word else np.nan for word in words], float)
    # One word that is no number must not decide how the others are read.
    sound = [word for word in told if any(map(str.isdigit, word)) and numbers([word]) is not None]
    commas = next((word for word in told if "," in text.western(word) and numbers([word]) is None), None)
    if sound and numbers(sound) is None:
        commas = commas or next((word for word in sound if "," in word), sound[0])
    if commas is not None and not degrees and _is_ambiguous(commas):
        words_ = mark("Column “{column}”: whether the comma in “{value}” marks thousands or decimals can’t be known.")
        raise CannotRead(words_, path, column=name, value=commas)
    return np.array([_coordinate(word, degrees) if word else np.nan for word in words], float)


def _coordinate(word: str, degrees: bool) -> float:
    read = numbers([word])
    if read is not None:
        return float(read[0])
    return _degrees(text.western(word)) if degrees else np.nan


def _is_ambiguous(word: str) -> bool:
    return re.fullmatch(r"\s*[+-]?\d{1,3}(,\d{3})+\s*", text.western(word)) is not None


def _degrees(word: str) -> float:
    """``21°32'15.5"N`` and ``21,5`` as degrees; NaN where it is neither."""
    found = _ANGLE.match(word.strip())
    if not found:
        return np.nan
    parts = [float((part or "0").replace(",", ".")) for part in found.groups()[1:4]]
    value = abs(parts[0]) + parts[1] / 60 + parts[2] / 3600
    side = (found[1] or found[5] or "").upper()
    return -value if side in ("S", "W") or found[2].startswith("-") else value


def _in_degrees(lon: Coordinates, lat: Coordinates, names: Pair, reasons: list[str | None], path: Path) -> None:
    with np.errstate(invalid="ignore"):
        outside = (np.abs(lat) > 90) | (np.abs(lon) > 180)
        turned = (np.abs(lat) > 90) & (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
    there = np.isfinite(lon) & np.isfinite(lat)
    if turned.sum() > there.sum() / 2:
        words = mark(
            "“{lat}” holds what can only be longitudes: the two columns look swapped. Exchange their names, and bring "
            "the file again."
        )
        raise CannotRead(words, path, lat=names.y)
    if outside.sum() > there.sum() / 2:
        words = mark(
            "“{lon}” and “{lat}” hold no degrees: {x}, {y}. Name them x and y, and say which CRS they are in "
            "(--crs EPSG:n)."
        )
        row = int(np.flatnonzero(outside)[0])
        raise CannotRead(words, path, lon=names.x, lat=names.y, x=f"{lon[row]:.10g}", y=f"{lat[row]:.10g}")
    for stray in np.flatnonzero(outside).tolist():
        reasons[stray] = tr(
            mark("{lon}, {lat} is no place in degrees."), lon=f"{lon[stray]:.10g}", lat=f"{lat[stray]:.10g}"
        )


def _said(column: pa.ChunkedArray) -> str | None:
    """The one CRS that all rows name; None where they name none, or several."""
    told = {word.strip() for word in column.unique().to_pylist() if word}
    if len(told) != 1:
        return None
    word = told.pop()
    found = _CODE.match(text.western(word))
    if found:
        return f"EPSG:{found[1]}"
    return word if re.match(r"\w+:\w+$|[A-Z]+CRS\[|(PROJ|GEOG)CS\[", word) else None
