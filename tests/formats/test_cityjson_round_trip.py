"""Every valid CityJSON file at hand: into a city and out again it satisfies the schema, opens in cjio, and is the same.

A file's objects lie in several layers, which go out one by one; together they are what came in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyproj
import pytest

from tests.formats.test_conformance import VALID
from tests.real import FOLDER, data
from tools.cjio import cityjson
from twin.core.errors import CannotRead, NoCrs
from twin.host.session import Session
from twin.store.city import City
from twin.work.jobs import Jobs

REAL = [
    FOLDER / "city3d" / name
    for name in (
        "cjio/delft.json",
        "cjio/cube.json",
        "cjio/multi_lod.json",
        "cjio/rotterdam/rotterdam_subset.json",
        "duckdb-cityjson/hollow_solid.city.json",
        "duckdb-cityjson/geometry_templates.city.json",
        "duckdb-cityjson/delft_subset.city.jsonl",
    )
]
OURS = ("balad_links", "balad_type")
"""What we add: it says nothing of the file's own."""
_NEAR = 1e-4
"""Metres; degrees are brought to the city by another program here."""


@cache
def validator() -> Any:
    schema = json.loads(data("cityjson_schemas/cityjson-2.0.min.schema.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def read(path: Path) -> list[dict[str, Any]]:
    """The documents of a file: one, or a header with features that have their own vertices."""
    if path.suffix != ".jsonl":
        return [json.loads(path.read_text("utf-8"))]
    text, lines = path.read_text("utf-8"), []
    while text := text.lstrip():
        one, end = json.JSONDecoder().raw_decode(text)
        lines.append(one)
        text = text[end:]
    first, *features = lines
    if first["type"] == "CityJSONFeature":
        return [{"transform": {"scale": [1, 1, 1], "translate": [0, 0, 0]}, **one} for one in (first, *features)]
    return [{**first, **feature, "type": "CityJSON"} for feature in features]


def objects(documents: list[dict[str, Any]], to: Any = None) -> dict[str, Any]:
    """Each object with places for its numbers: ``to`` brings them to the city."""
    found = {}
    for one in documents:
        points = np.array(one["vertices"], float).reshape(-1, 3)
        transform = one.get("transform", {"scale": [1, 1, 1], "translate": [0, 0, 0]})
        points = points * transform["scale"] + transform["translate"]
        if to is not None and len(points):
            points = np.column_stack(to.transform(*points.T))
        for uid, thing in one["CityObjects"].items():
            found[uid] = _spelled(thing, points, one.get("appearance", {}))
    return found


def _spelled(thing: dict[str, Any], points: Any, appearance: dict[str, Any]) -> dict[str, Any]:
    made = {**thing, "type": {"+GenericCityObject": "GenericCityObject"}.get(thing["type"], thing["type"])}
    made["attributes"] = {key: value for key, value in thing.get("attributes", {}).items() if key not in OURS}
    links = thing.get("attributes", {}).get(OURS[0], {})
    for key in ("parents", "children"):
        made[key] = sorted({*thing.get(key, []), *links.get(key, [])})
    if "children_roles" in links:
        made["children_roles"] = links["children_roles"]
    made["geometry"] = [_placed(one, points, appearance) for one in thing.get("geometry", [])]
    if "address" in thing:
        made["address"] = [
            {**one, **({"location": _placed(one["location"], points, appearance)} if "location" in one else {})}
            for one in thing["address"]
        ]
    return made


def _placed(geometry: dict[str, Any], points: Any, appearance: dict[str, Any]) -> dict[str, Any]:
    def walk(nested: Any) -> Any:
        return [walk(one) for one in nested] if isinstance(nested, list) else tuple(points[nested].tolist())

    made = {**geometry, "boundaries": walk(geometry["boundaries"]), "lod": str(geometry.get("lod", ""))}
    for theme, said in geometry.get("material", {}).items():
        one = said.get("values", said.get("value"))
        made.setdefault("materials", {})[theme] = _named(one, appearance.get("materials", []))
    made["texture"] = geometry.get("texture")
    made.pop("material", None)
    return made


def _named(nested: Any, known: list[Any]) -> Any:
    return (
        [_named(one, known) for one in nested]
        if isinstance(nested, list)
        else nested
        if nested is None
        else known[nested]
    )


def same(first: Any, second: Any, where: str = "") -> None:
    """Equal, numbers to a tenth of a millimetre."""
    if isinstance(first, dict) and isinstance(second, dict):
        assert first.keys() == second.keys(), where
        for key in first:
            same(first[key], second[key], f"{where}/{key}")
    elif isinstance(first, list | tuple) and isinstance(second, list | tuple):
        assert len(first) == len(second), where
        for place, (one, other) in enumerate(zip(first, second, strict=True)):
            same(one, other, f"{where}/{place}")
    elif isinstance(first, float) or isinstance(second, float):
        assert first == pytest.approx(second, abs=_NEAR), where
    else:
        assert first == second, where


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with Jobs() as running:
        yield running


@contextmanager
def session(city: Path, jobs: Jobs) -> Iterator[Session]:
    """A city with the child of all of them: starting one each would be most of the time."""
    made = Session.open(city) if city.exists() else Session(city)
    made.jobs.close()
    made.jobs = jobs
    try:
        yield made
    finally:
        made.jobs = Jobs()
        made.close()


@pytest.mark.parametrize("path", [*REAL, *VALID], ids=lambda path: path.name)
def test_in_and_out_again_nothing_is_lost(path: Path, tmp_path: Path, jobs: Jobs) -> None:
    if not path.exists():
        pytest.skip("the real files are not beside the project")
    city = tmp_path / "c.balad"
    before = read(path)
    named = [one["metadata"]["referenceSystem"] for one in before if "referenceSystem" in one.get("metadata", {})]
    source = f"EPSG:{named[0].rstrip('/').split('/')[-1]}" if named else "EPSG:32637"
    if not named:
        City.create(city, source).close()
    try:
        with session(city, jobs) as made:
            report = made.run("import", file=path, **({} if named else {"crs": source}))
    except NoCrs as why:
        # What it says of itself is about another place on Earth: it is taken as it stands.
        assert "have no place in" in str(why)
        source = "EPSG:32637"
        City.create(city, source).close()
        with session(city, jobs) as made:
            report = made.run("import", file=path, crs=source)
    except CannotRead as why:
        assert "no features" in str(why) and not any(one["CityObjects"] for one in before)
        return
    assert not [one for layer in report.layers for one in layer.refused]
    came: dict[str, Any] = {}
    headers = []
    with session(city, jobs) as made:
        crs = made.city.crs
        for layer in made.city.layers():
            out = tmp_path / f"{layer.id}.city.json"
            made.run("export", layer=layer.id, out=out)
            written = read(out)
            validator().validate(written[0])
            with out.open() as file:
                assert len(cityjson().reader(file).j["CityObjects"]) == len(written[0]["CityObjects"])
            came |= objects(written)
            headers.append(written[0])
    moved = source != crs and (source, crs) != ("EPSG:7415", "EPSG:28992")
    first = objects(before, _way(source, crs, before) if moved else None)
    if moved:
        _scaled(first)
        _scaled(came)
    same(first, came)
    for header in headers:
        _kept(before[0], header)


def _scaled(found: dict[str, Any]) -> None:
    """North is another way in another CRS, and a template turns with it: how large it is stays."""
    for thing in found.values():
        for one in thing["geometry"]:
            if "transformationMatrix" in one:
                one["transformationMatrix"] = _scale(one["transformationMatrix"])


def _scale(matrix: list[float]) -> float:
    return round(float(np.linalg.det(np.reshape(matrix, (4, 4)))) ** (1 / 3), 1)


def _way(source: str, crs: str, documents: list[dict[str, Any]]) -> pyproj.Transformer:
    """PROJ's operation for where the file lies."""
    (first, *_) = (place for thing in objects(documents).values() for place in _places(thing["geometry"]))
    lon, lat, _ = pyproj.Transformer.from_crs(source, "OGC:CRS84", always_xy=True).transform(*first)
    area = pyproj.aoi.AreaOfInterest(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
    return pyproj.Transformer.from_crs(source, crs, always_xy=True, area_of_interest=area)


def _places(nested: Any) -> Iterator[tuple[float, ...]]:
    if isinstance(nested, tuple):
        yield nested
    elif isinstance(nested, list):
        yield from (place for one in nested for place in _places(one))
    elif isinstance(nested, dict):
        yield from _places(nested.get("boundaries", []))


def _kept(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What a file says beyond its objects is in each that goes out."""
    for key in before.keys() - {"type", "version", "transform", "CityObjects", "vertices", "metadata", "id"}:
        assert key in after, key
    for key, value in before.get("metadata", {}).items():
        if key not in {"referenceSystem", "geographicalExtent"}:
            same(after["metadata"][key], value, key)
