"""CityJSON as its users notice it: counts, roofs, CRS, and nothing lost on the way out and in again."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pyarrow as pa
import pytest
import shapely

from tests.command import answered, balad
from tests.real import data
from tools.cjio import cityjson
from twin.core.errors import NoCrs, NotThisFormat
from twin.formats.intake import take_in
from twin.formats.request import Request


def taken(name, scratch, **said):
    return take_in(Request(path=str(data(name)), scratch=str(scratch), **said))


def rows(layer):
    with pa.ipc.open_stream(layer.ipc) as stream:
        return stream.read_all().to_pylist()


def test_delft_is_counted_and_placed(tmp_path):
    answer = taken("city3d/cjio/delft.json", tmp_path)
    types = {}
    for layer in answer.layers:
        for name, count in layer.report.by_type.items():
            types[name] = types.get(name, 0) + count
    assert sum(layer.report.read for layer in answer.layers) == 570
    assert (types["Building"], types["Road"], types["PlantCover"]) == (160, 143, 126)
    assert answer.crs == "EPSG:28992"
    assert answer.source_crs == "EPSG:7415"
    assert answer.heights == "orthometric"
    boxes = np.array([layer.report.extent for layer in answer.layers if layer.report.extent])
    assert boxes[:, 0].min() == pytest.approx(84616, abs=1.5)
    assert boxes[:, 4].max() == pytest.approx(447751, abs=1.5)


def test_rotterdam_asks_for_a_crs_then_gives_roofs(tmp_path):
    with pytest.raises(NoCrs):
        taken("city3d/cjio/rotterdam/rotterdam_subset.json", tmp_path)
    answer = taken("city3d/cjio/rotterdam/rotterdam_subset.json", tmp_path, crs="EPSG:28992")
    found = rows(answer.layers[0])
    assert len(found) == 16
    assert all("RoofSurface" in json.loads(row["surfaces"]) for row in found)
    assert all(shapely.from_wkb(row["geometry"]).has_z for row in found)


def test_the_sequence_has_its_features(tmp_path):
    answer = taken("city3d/duckdb-cityjson/delft_subset.city.jsonl", tmp_path)
    assert answer.layers[0].report.by_type == {"Building": 10, "BuildingPart": 10}


def test_a_template_is_put_in_its_place(tmp_path):
    answer = taken("city3d/duckdb-cityjson/geometry_templates.city.json", tmp_path, crs="EPSG:32637")
    boxes = [
        shapely.bounds(shapely.from_wkb(row["geometry"]))
        for layer in answer.layers
        for row in rows(layer)
        if row["geometry"]
    ]
    assert boxes
    assert np.isfinite(boxes).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "3.0"}, "3.0"),
        ({"type": "Feature"}, "CityJSON"),
        ({"vertices": [[0, 0]]}, "vertices"),
        ({"transform": {"scale": [1, 1], "translate": [0, 0, 0]}}, "transform"),
        ({"CityObjects": {"a": {}}}, "type"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path, change, words):
    sound = json.loads(data("city3d/cjio/cube.json").read_text())
    broken = tmp_path / "x.city.json"
    broken.write_text(json.dumps({**sound, **change, "note": "CityJSON"}))
    with pytest.raises(NotThisFormat, match=words):
        take_in(Request(path=str(broken), scratch=str(tmp_path), crs="EPSG:32637"))


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson", "city.json"])
@pytest.mark.parametrize("layer", ["buildings", "roads"])
def test_out_and_in_again_gives_the_same_content(tmp_path, suffix, layer):
    first, second = tmp_path / "a.balad", tmp_path / "b.balad"
    answered("import", first, data("city3d/cjio/delft.json"))
    out = tmp_path / f"out.{suffix}"
    answered("export", first, layer, out)
    answered("import", second, out, "--layer", layer)
    before, after = answered("check", first), answered("check", second)
    assert before["ok"] and after["ok"]
    assert after["content"]["base"][layer] == before["content"]["base"][layer]


def test_what_is_written_satisfies_the_schema_and_opens_in_cjio(tmp_path):
    first, out = tmp_path / "a.balad", tmp_path / "out.city.json"
    answered("import", first, data("city3d/cjio/delft.json"))
    answered("export", first, "buildings", out)
    written = json.loads(out.read_text())
    schemas = sorted(data("cityjson_schemas").glob("*2.0*cityjson*.json")) or sorted(
        data("cityjson_schemas").rglob("*2*0*.json")
    )
    schema = json.loads(next(path for path in schemas if "feature" not in path.name.lower()).read_text())
    jsonschema.validate(written, schema)
    with out.open() as file:
        assert len(cityjson().reader(file).j["CityObjects"]) == 160


def test_a_file_without_a_crs_leaves_no_city(tmp_path):
    done = balad("import", tmp_path / "a.balad", data("city3d/cjio/rotterdam/rotterdam_subset.json"))
    assert done.returncode == 1
    assert "--crs" in done.stderr
    assert list(tmp_path.iterdir()) == []
