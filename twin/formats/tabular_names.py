"""Which columns of a table say where its rows lie, by their names in English or Arabic and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twin.core.folding import folded

_WORD = re.compile(r"[a-z]+|\d+|[\u0621-\u064a]+")
_BETWEEN = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _set(words: str) -> frozenset[str]:
    return frozenset(folded(word).replace(" ", "") for word in words.split("|"))


_LON = _set("lon|long|lng|longitude|longitud|longitudes|خط الطول|خطوط الطول|درجة الطول")
_LAT = _set("lat|latitude|latitud|latitudes|دائرة العرض|خط العرض|دوائر العرض|خطوط العرض|درجة العرض")
_EAST = _set("east|easting|eastings|شرق|الشرق|شرقي|الشرقي|شرقيات|الشرقيات|شرقية|الشرقية")
_NORTH = _set("north|northing|northings|شمال|الشمال|شمالي|الشمالي|شماليات|الشماليات|شمالية|الشمالية")
_X, _Y, _Z = _set("x|س|سيني|السيني"), _set("y|ص|صادي|الصادي"), _set("z|ع")
_PAIRS = ((_LON, _LAT, True), (_EAST, _NORTH, False), (_X, _Y, False), (_set("e"), _set("n"), False))
"""Degrees first: they alone need no further word."""
_BESIDE = _set(
    "coord|coords|coordinate|coordinates|point|pt|utm|gps|geo|geog|wgs|84|1984|dd|deg|degree|degrees|decimal|centroid|"
    "center|centre|m|metre|metres|meter|meters|stop|location|loc|pos|position|احداثي|الإحداثي|إحداثيات|الإحداثيات|احداثيات|"
    "متر|درجة|نقطة"
)
"""Words that may stand beside a coordinate's name without changing what it is."""
_GEOMETRY = _set(
    "wkt|geometry|geom|thegeom|wktgeom|wktgeometry|geomwkt|geometrywkt|shape|geo|wkb|ewkt|ewkb|الشكل|الهندسة"
)
_CRS = _set("crs|srs|srid|epsg|crscode|epsgcode|النظام المرجعي للإحداثيات|النظام الإحداثي|نظام الإحداثيات")


@dataclass(frozen=True)
class Pair:
    """Two columns that hold a place."""

    x: str
    y: str
    z: str = ""
    degrees: bool = False
    """Whether their names say longitude and latitude."""


def pair(names: Iterable[str]) -> Pair | None:
    """The first two columns that are called as coordinates are."""
    given = list(names)
    for first, second, degrees in _PAIRS:
        x, y = (next((name for name in given if _is(name, known)), "") for known in (first, second))
        if x and y:
            z = "" if degrees else next((name for name in given if _is(name, _Z)), "")
            return Pair(x, y, z, degrees)
    return None


def geometries(names: Iterable[str]) -> list[str]:
    """The columns that may hold geometry, by their names."""
    return [name for name in names if _joined(name) in _GEOMETRY]


def crs(names: Iterable[str]) -> str:
    """The column that says each row's coordinate system; empty where there is none."""
    return next((name for name in names if _joined(name) in _CRS), "")


def _joined(name: str) -> str:
    return "".join(_words(name))


def _words(name: str) -> list[str]:
    return _WORD.findall(folded(_BETWEEN.sub(" ", _CAMEL.sub(" ", name))))


def _is(name: str, known: frozenset[str]) -> bool:
    words = _words(name)
    left = [word for word in words if word not in _BESIDE]
    return "".join(left) in known or "".join(words) in known
