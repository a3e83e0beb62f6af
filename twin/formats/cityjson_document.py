"""A CityJSON document: parsed strictly, and held to what every reader of it relies on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark

VERSIONS = ("1.0", "1.1", "2.0")
DEEPEST = 200
"""Levels of nesting: CityJSON itself needs about 12."""
_CHUNK = 4 << 20
_STEPS = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1
_EXACT = 2.0**53
"""Integers beyond this are no longer exact as doubles."""


@dataclass(frozen=True)
class Document:
    """A file, or one CityJSONFeature of a sequence with its header's facts."""

    header: dict[str, Any]
    """Everything but the objects and vertices."""
    objects: dict[str, Any]
    vertices: NDArray[np.float64]
    """(n, 3) real coordinates in the file's CRS."""
    decimals: bool = False
    """Whether they came as decimals, which no transform to whole numbers gives back."""
    appearance: dict[str, Any] | None = None
    """Materials and textures of its own, that its objects name by number instead of the header's."""


def parsed(data: bytes, path: Path) -> dict[str, Any]:
    """One JSON object, strictly (RFC 8259: no NaN, no comments, a bound on depth); NotThisFormat otherwise."""
    try:
        found = orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError) as why:
        raise NotThisFormat(
            "This is not valid JSON: it breaks off or is wrong in line {line}, at letter {column}. Copy it "
            "again from where it came from, or export it anew.",
            path,
            line=getattr(why, "lineno", 1),
            column=getattr(why, "colno", 1),
        ) from None
    if not isinstance(found, dict):
        raise NotThisFormat(
            "This JSON is not an object, so it is no CityJSON. Check where it came from, or export it anew.", path
        )
    if depth(data) > DEEPEST:
        raise NotThisFormat(
            "This JSON is nested too deep to be a city: {most} levels are read. Check where it came from, "
            "or export it anew.",
            path,
            most=DEEPEST,
        )
    return found


def depth(data: bytes) -> int:
    """How deep brackets nest at the most; those inside strings count too, which errs on the safe side."""
    codes, now, most = np.frombuffer(data, np.uint8), 0, 0
    for start in range(0, len(codes), _CHUNK):
        levels = now + np.cumsum(_STEPS[codes[start : start + _CHUNK]], dtype=np.int32)
        now, most = int(levels[-1]), max(most, int(levels.max()))
    return most


@lru_cache(maxsize=1)
def document(path: Path, _stamp: int) -> Document:
    """The one document of a CityJSON file."""
    found = parsed(path.read_bytes(), path)
    check_header(found, path)
    return assembled(found, found, path)


@lru_cache(maxsize=1)
def sequence(path: Path, _stamp: int) -> tuple[Document, ...]:
    """The features of a CityJSONSeq, each with the header's facts."""
    return tuple(_features(path))


def stamp(path: Path) -> int:
    """What changes when the file does."""
    return path.stat().st_mtime_ns


def check_header(found: dict[str, Any], path: Path) -> None:
    """The type and version that the standard asks for (CityJSON 2.0, §1)."""
    if found.get("type") != "CityJSON":
        raise NotThisFormat("Its “type” is not “CityJSON”.", path)
    if found.get("version") not in VERSIONS:
        words = mark("CityJSON {version} can’t be read; 1.0, 1.1 and 2.0 can.")
        raise NotThisFormat(words, path, version=str(found.get("version")))


def assembled(header: dict[str, Any], part: dict[str, Any], path: Path) -> Document:
    """Header and objects together, with real coordinates."""
    objects, transform = part.get("CityObjects"), header.get("transform")
    if not isinstance(objects, dict):
        raise NotThisFormat("It has no “CityObjects”.", path)
    for uid, thing in objects.items():
        if not isinstance(thing, dict) or not isinstance(thing.get("type"), str):
            raise NotThisFormat("The object “{id}” has no type.", path, id=uid)
    facts = {key: value for key, value in header.items() if key not in {"CityObjects", "vertices"}}
    vertices, decimals = coordinates(part.get("vertices"), transform, path)
    local = part.get("appearance") if part is not header else None
    return Document(facts, objects, vertices, decimals, local if isinstance(local, dict) else None)


def coordinates(vertices: Any, transform: Any, path: Path) -> tuple[NDArray[np.float64], bool]:
    """Vertices as real coordinates, and whether they came as decimals; NotThisFormat where any isn't finite.

    ``v × scale + translate`` in doubles, then + 0.0, which makes −0 the 0 that it equals.
    """
    if not isinstance(vertices, list):
        raise NotThisFormat("It has no list of “vertices”.", path)
    try:
        given = np.array(vertices)
        points = given.astype(np.float64).reshape(-1, 3)
        right = len(points) == len(vertices) and (given.dtype.kind in "iuf" or not len(vertices))
    except (ValueError, TypeError, OverflowError):
        right = False
    if not right or not np.isfinite(points).all() or (np.abs(points) > _EXACT).any():
        raise NotThisFormat("Its vertices are not triples of finite numbers that a double can hold.", path)
    if transform is None:
        return points + 0.0, True
    try:
        scale = np.array(transform["scale"], np.float64)
        translate = np.array(transform["translate"], np.float64)
        right = scale.shape == translate.shape == (3,) and bool(np.isfinite([scale, translate]).all() and scale.all())
    except (ValueError, TypeError, KeyError, OverflowError):
        right = False
    if not right:
        raise NotThisFormat("Its “transform” is not a scale and a translation of three finite numbers each.", path)
    with np.errstate(over="ignore"):
        real = points * scale + translate + 0.0
    if not np.isfinite(real).all():
        raise NotThisFormat("Its transform makes coordinates that are not finite.", path)
    return real, bool((points != np.rint(points)).any())


def _features(path: Path) -> Iterator[Document]:
    header: dict[str, Any] | None = None
    with path.open("rb") as lines:
        for found in _lines(lines, path):
            if header is None and found.get("type") == "CityJSON":
                check_header(found, path)
                header = found
                if found.get("CityObjects"):
                    yield assembled(found, found, path)
                continue
            if found.get("type") != "CityJSONFeature":
                raise NotThisFormat(
                    "A line of it is no CityJSONFeature. Copy it again from where it came from, or export it anew.",
                    path,
                )
            objects = found.get("CityObjects")
            if not isinstance(objects, dict):
                raise NotThisFormat("It has no “CityObjects”.", path)
            if not isinstance(found.get("id"), str) or found["id"] not in objects:
                words = mark("A CityJSONFeature names the root “{id}”, which is not among its objects.")
                raise NotThisFormat(words, path, id=str(found.get("id")))
            yield assembled(header or {"type": "CityJSON", "version": "2.0"}, found, path)


def _lines(lines: BinaryIO, path: Path) -> Iterator[dict[str, Any]]:
    """An object a line; a file that is one object over several lines is taken as that one."""
    for line in lines:
        if not line.strip():
            continue
        if line.strip() in {b"{", b"["}:
            yield parsed(line + lines.read(), path)
            return
        yield parsed(line, path)
