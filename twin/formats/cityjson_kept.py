"""All that a city object says beyond its attributes: made a text on reading, and an object again on writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import orjson

from twin.core.i18n import mark
from twin.formats.cityjson_fault import Fault, Points
from twin.formats.cityjson_geometry import check
from twin.formats.geometry import ABSURD

LINKS = ("parents", "children")


def canonical(value: Any) -> str:
    """JSON that is the same for the same value; never by ``json``, whose floats cjio rounds once it is imported."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def upgraded(thing: dict[str, Any]) -> dict[str, Any]:
    """An object of CityJSON 1.0 or 1.1 as 2.0 has it: levels of detail are text, addresses a list, members children."""
    made = dict(thing)
    if "geometry" in made:
        made["geometry"] = [upgraded_geometry(geometry) for geometry in made["geometry"] or []]
    if isinstance(made.get("address"), dict):
        made["address"] = [made["address"]]
    if made["type"] == "CityObjectGroup" and "members" in made:
        made.setdefault("children", made.pop("members"))
    for key in LINKS:
        found = made.get(key, [])
        if not isinstance(found, list) or not all(isinstance(uid, str) for uid in found):
            raise Fault(mark("its parents or children are no list of ids"))
    return made


def upgraded_geometry(geometry: dict[str, Any]) -> dict[str, Any]:
    """A geometry whose level of detail is text, as it is since CityJSON 1.1."""
    lod = geometry.get("lod")
    return {**geometry, "lod": str(lod)} if isinstance(lod, int | float) else geometry


def alike(vertices: Points) -> list[int]:
    """For each vertex the first one at the same place: what a text says must not hang on how a file numbers places."""
    first: dict[tuple[float, ...], int] = {}
    return [first.setdefault(place, number) for number, place in enumerate(map(tuple, vertices.tolist()))]


def text_of(thing: dict[str, Any], vertices: Points, same: list[int]) -> str:
    """All but type and attributes; boundaries over the object's own vertices, in order of first use."""
    own: dict[int, int] = {}

    def number(vertex: int) -> int:
        return own.setdefault(same[vertex], len(own))

    others = {key: thing[key] for key in thing if key not in {"type", "attributes", "geometry", "vertices"}}
    geometry = [_renumbered(one, number) for one in thing.get("geometry") or []]
    if isinstance(others.get("address"), list):
        for place in _places(others["address"]):
            check(place, len(vertices))
        others["address"] = [_addressed(one, number) for one in others["address"]]
    points = vertices[np.fromiter(own, np.int64, len(own))]
    if not (np.abs(points[:, :2]) <= ABSURD).all() or not np.isfinite(points).all():
        raise Fault(mark("It has no place in the city’s coordinate system."))
    return canonical({**others, "geometry": geometry, "vertices": points.tolist()})


def from_text(text: str, number: Callable[[list[float]], int]) -> dict[str, Any]:
    """The object's members again; ``number`` gives a place its vertex in the file that is written."""
    said: dict[str, Any] = orjson.loads(text)
    numbers = [number(point) for point in said.pop("vertices", [])]
    geometry = [_renumbered(one, numbers.__getitem__) for one in said.pop("geometry", [])]
    if isinstance(said.get("address"), list):
        said["address"] = [_addressed(one, numbers.__getitem__) for one in said["address"]]
    return {**said, "geometry": geometry} if geometry else said


def _places(addresses: list[Any]) -> Iterator[dict[str, Any]]:
    for one in addresses:
        if isinstance(one, dict) and isinstance(one.get("location"), dict):
            yield one["location"]


def _addressed(address: Any, number: Callable[[int], int]) -> Any:
    if not any(True for _ in _places([address])):
        return address
    return {**address, "location": _renumbered(upgraded_geometry(address["location"]), number)}


def _renumbered(geometry: dict[str, Any], number: Callable[[int], int]) -> dict[str, Any]:
    return {**geometry, "boundaries": through(geometry.get("boundaries"), number)}


def through(nested: Any, number: Callable[[int], int]) -> Any:
    """Lists in lists with each whole number changed; null stays null."""
    if isinstance(nested, list):
        return [through(one, number) for one in nested]
    return None if nested is None else number(nested)
